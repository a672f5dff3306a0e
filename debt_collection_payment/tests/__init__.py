from . import test_collection_payment
