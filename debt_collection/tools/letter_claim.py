"""What a letter may claim of an item when part of it is contested."""

from decimal import ROUND_HALF_UP


def in_proportion(part, whole, amount, precision):
    """``amount`` × ``part`` / ``whole``, rounded half up; all of it when all is meant.

    Turns a share in company currency into the item's own currency.
    """
    if not whole or part >= whole:
        return amount
    return (amount * part / whole).quantize(precision, ROUND_HALF_UP)
