from . import collection_channel_snailmail, collection_letter, snailmail_letter
