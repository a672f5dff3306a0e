from . import (
    collection_case_assign,
    collection_tier_ladder,
)
