from . import collection_letter, mail_mail
