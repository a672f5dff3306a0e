from . import test_sale_order, test_sale_order_release
