from . import collection_sales_note
