from . import collection_policy_sale, sale_order, sale_order_release, sale_order_release_request
