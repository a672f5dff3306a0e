from . import test_collection_payment, test_pay_online
