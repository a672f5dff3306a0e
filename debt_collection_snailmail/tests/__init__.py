from . import test_letter_by_post
