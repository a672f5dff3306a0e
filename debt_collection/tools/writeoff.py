"""How a write-off is shared out: pure rules, amounts as `Decimal`."""

from decimal import ROUND_HALF_UP, Decimal


def company_part(part, open_amount, open_company, booked_amount, booked_company, step):
    """What a part of an item's open amount is worth in the company's currency.

    Everything that is open takes everything that is open in the company's currency, so that no
    exchange difference is left; a part goes by the item's booking rate and never takes more.

    :param part: amount in the item's currency, at most `open_amount`
    :param booked_amount: the item's amount in its own currency, `booked_company` in the company's
    :param step: smallest unit of the company's currency
    """
    if part >= open_amount:
        return open_company
    rate = booked_company / booked_amount if booked_amount else Decimal(1)
    return min(round_to(part * rate, step), open_company)


def split_debit(amount, tax_share, allowance, step):
    """Share a written-off amount out: tax given back, allowance as far as it goes, expense.

    :param amount: what is written off, in the company's currency
    :param tax_share: how much of the item is tax that the law gives back, from 0 to 1
    :param allowance: what was set aside for the item
    :return: dict ``tax allowance expense`` that adds up to `amount`
    """
    tax = round_to(amount * tax_share, step)
    used = min(max(allowance, Decimal(0)), amount - tax)
    return {"tax": tax, "allowance": used, "expense": amount - tax - used}


def round_to(amount, step):
    """Round half up to a multiple of `step`."""
    return (amount / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step
