from . import collection_contact_wish
