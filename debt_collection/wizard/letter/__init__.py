from . import collection_letter_run, collection_letter_run_line
