from . import collection_credit_match, collection_credit_match_pair
