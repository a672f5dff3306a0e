from . import collection_case, collection_position, payment_transaction, res_partner
