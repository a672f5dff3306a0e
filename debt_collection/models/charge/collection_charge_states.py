"""States of a late charge that others ask for."""




# The days are taken: nobody else asks for them.
CLAIMED = ("requested", "approved", "posted", "waiving", "waived")
# The days are charged: they are in the memo no more.
CHARGED = ("posted", "waiving", "waived")
