from . import collection_statement, collection_tier_ladder, collection_tier_ladder_line
