from . import collection_sale_release
