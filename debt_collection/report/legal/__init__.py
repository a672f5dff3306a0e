from . import collection_case_file_report
