from . import collection_rate_import
