"""What follows from what: the only room that knows all others.

Lower rooms declare hooks (``_on_*``) and say when they are called; the lists here implement them.
"""

from . import collection_letter, collection_letter_template
