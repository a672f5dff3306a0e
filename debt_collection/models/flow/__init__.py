"""What follows from what: the only room that knows all others.

Lower rooms declare hooks (``_on_*``) and say when they are called; the lists here implement them.
The night, from the classification to the steps that are due, is here for the same reason.
"""

from . import (
    account_move,
    account_move_line,
    account_partial_reconcile,
    collection_activity,
    collection_case,
    collection_case_night,
    collection_case_step,
    collection_letter,
    collection_letter_template,
    collection_plan,
    collection_promise,
    mail_activity,
    res_partner,
)
