from . import collection_payment
