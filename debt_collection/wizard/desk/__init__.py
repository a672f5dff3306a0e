from . import collection_next_action
