from . import collection_credit_match
