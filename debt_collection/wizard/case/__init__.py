from . import collection_case_assign
