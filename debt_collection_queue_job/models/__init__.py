from . import collection_channel_email, collection_letter, mail_mail
