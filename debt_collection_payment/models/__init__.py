from . import collection_case, res_partner
