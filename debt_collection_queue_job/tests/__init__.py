from . import test_collection_letter_queue
