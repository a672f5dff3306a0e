from . import test_letter_as_sms, test_segments
