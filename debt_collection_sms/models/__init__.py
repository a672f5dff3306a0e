from . import collection_channel_sms, collection_letter, sms_sms, sms_tracker
