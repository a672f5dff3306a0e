"""What a letter may claim of each item when part of it is contested."""

from decimal import ROUND_HALF_UP, Decimal


def share_contested(contested, residuals):
    """Split a contested amount over its items, the first ones first.

    :param contested: Decimal, the amount in dispute
    :param residuals: list of Decimals, what is open of each item, oldest first
    :return: list of Decimals, never more than what is open
    """
    shares, left = [], contested
    for residual in residuals:
        share = max(min(left, residual), Decimal(0))
        shares.append(share)
        left -= share
    return shares


def in_proportion(part, whole, amount, precision):
    """``amount`` × ``part`` / ``whole``, rounded half up; all of it when all is meant.

    Turns a share in company currency into the item's own currency.
    """
    if not whole or part >= whole:
        return amount
    return (amount * part / whole).quantize(precision, ROUND_HALF_UP)
