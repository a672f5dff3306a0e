"""Whose money a bank line is, and for which invoices: proposals with their reasons, pure rules.

Amounts are whole minor units (cents). A proposal is sure when who paid and what for are each told
by something that cannot well be chance; everything else is a suggestion for a person to look at.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

try:
    # Optional: names are compared faster, and alike.
    from rapidfuzz.fuzz import ratio as _rapid_ratio
except ImportError:
    _rapid_ratio = None

MOST_ITEMS = 24
"""Open invoices of a customer among which a sum is looked for, oldest first."""
MOST_STEPS = 20_000
MOST_PROPOSALS = 3
SAME_NAME = 0.88
LIKE_NAME = 0.72
APART = 0.06
"""How much better a name must fit than the next one to be that customer's."""
DISCOUNT_GRACE = timedelta(days=5)
LEGAL_FORMS = frozenset(
    "ltd limited llc inc incorporated corp corporation co company plc lp llp gmbh ag kg kgaa ug "
    "mbh ohg gbr se sa sas sarl eurl sl slu srl spa bv nv oy ab as aps kk pty pte the and und et y "
    "cie sca snc ltda eireli".split()
)
CHINESE_FORMS = (
    "有限责任公司", "股份有限公司", "有限公司", "股份", "公司", "株式会社", "合同会社",
)
INVOICE_WORDS = re.compile(
    r"(?:inv(?:oice)?|bill|rechnung\w*|rg|re|rnr|rech|nr|no|ref|facture|fact|fac|factura|fattura|"
    r"factuur|fatura|发票\w{0,2}|号|請求書)s?[\s.:#°ºo-]*$"
)


class Item(NamedTuple):
    """An open invoice: its number, what is open of it, and the discount for paying early."""

    key: int
    customer: int
    number: str
    amount: int
    due: date
    reference: str = ""
    discount: int = 0
    discount_until: date | None = None


class Customer(NamedTuple):
    """A customer by the names and bank accounts that are known."""

    key: int
    names: tuple
    accounts: tuple = ()


class Receipt(NamedTuple):
    """A bank line: money that came in, with the words and the payer that the bank tells."""

    key: int
    amount: int
    day: date
    text: str = ""
    payer: str = ""
    account: str = ""


class Proposal(NamedTuple):
    """Whose money it may be, what it settles, and why.

    `parts` are pairs of an item's key and the amount put against it; `difference` is what was paid
    less (negative) or more than is open of them; `why` has codes of who paid (``account number name
    reference amount``) and of what for (``exact rounding discount charge part rest``, and ``sum``
    or ``all`` where no number is named).
    """

    receipt: int
    customer: int
    parts: tuple
    difference: int
    why: tuple
    is_sure: bool


class Limits(NamedTuple):
    """What may be missing: rounding, and what banks keep, in minor units and as a share."""

    rounding: int = 5
    charge: int = 3000
    charge_share: float = 0.05


def plain_name(name: str) -> str:
    """A name without capitals, accents, punctuation and legal form; its words in order."""
    text = unicodedata.normalize("NFKD", (name or "").casefold())
    text = "".join(sign for sign in text if not unicodedata.combining(sign)).replace("ß", "ss")
    for form in CHINESE_FORMS:
        text = text.replace(form, " ")
    text = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", text)
    words = re.findall(r"\w+", text)
    kept = [word for word in words if word not in LEGAL_FORMS]
    return " ".join(kept or words)


@lru_cache(maxsize=50_000)
def name_ratio(one: str, other: str) -> float:
    """How alike two plain names are, from 0 to 1; words may stand in another order.

    A name that a bank cut off, or that a longer one begins with, is nearly the same.
    """
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=len)
    if len(short) >= 10 and long.startswith(short):
        return 0.95
    words, more = set(short.split()), set(long.split())
    if len(words) > 1 and words <= more:
        return 0.92
    sorted_one, sorted_other = " ".join(sorted(one.split())), " ".join(sorted(other.split()))
    if _rapid_ratio:
        return _rapid_ratio(sorted_one, sorted_other) / 100
    matcher = SequenceMatcher(None, sorted_one, sorted_other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() > 0.5 else 0.0


def _digits(text):
    return "".join(sign for sign in text if sign.isdecimal())


def _significant(number):
    """The last figures of a number without leading zeros: 17 of INV/2026/00017."""
    runs = re.findall(r"\d+", number)
    return runs[-1].lstrip("0") if runs else ""


@lru_cache(maxsize=50_000)
def _number_pattern(number):
    """The pattern that finds a number as people write it: without zeros, dashes or slashes."""
    chunks = re.findall(r"\d+|[^\W\d_]+", number.casefold())
    parts = ["0*" + re.escape(chunk.lstrip("0") or "0") if chunk.isdecimal() else re.escape(chunk)
             for chunk in chunks]
    return re.compile(r"(?<![a-z0-9])" + r"[\W_]{0,3}".join(parts) + r"(?!\d)")


class Matcher:
    """The open invoices and customers of a company, ready to be asked about bank lines."""

    def __init__(
        self, items: Iterable[Item], customers: Iterable[Customer], limits: Limits | None = None
    ):
        self.limits = limits or Limits()
        self.items = defaultdict(list)
        self._by_digits = defaultdict(list)
        self._by_reference = defaultdict(list)
        self._by_amount = defaultdict(list)
        for item in sorted(items, key=lambda item: (item.due, item.key)):
            self.items[item.customer].append(item)
            self._by_amount[item.amount].append(item)
            for figures in {_significant(item.number), _digits(item.number).lstrip("0")}:
                if figures:
                    self._by_digits[figures].append(item)
            if len(item.reference) >= 4:
                for figures in {_significant(item.reference)} - {""}:
                    self._by_reference[figures].append(item)
        self._accounts = defaultdict(set)
        self._names = {}
        for customer in customers:
            for account in customer.accounts:
                self._accounts[self._plain_account(account)].add(customer.key)
            self._names[customer.key] = tuple(
                dict.fromkeys(filter(None, map(plain_name, customer.names)))
            )

    @staticmethod
    def _plain_account(account):
        return re.sub(r"\W", "", account or "").upper()

    def propose(self, receipt: Receipt) -> list[Proposal]:
        """Whose money a bank line may be and what for, the best first; at most three."""
        if receipt.amount <= 0:
            return []
        text = unicodedata.normalize("NFKC", receipt.text or "").casefold()
        named, hinted = self._find_numbers(text)
        referred = self._find_references(text)
        by_account = self._accounts.get(self._plain_account(receipt.account), set())
        by_name, is_unique = self._find_names(receipt, text)
        candidates = dict.fromkeys(item.customer for item in named)
        candidates.update(dict.fromkeys(item.customer for item in (*hinted, *referred)))
        candidates.update(dict.fromkeys(sorted(by_account)))
        candidates.update(dict.fromkeys(sorted(by_name)))
        candidates.update(dict.fromkeys(
            item.customer for item in self._by_amount.get(receipt.amount, ())[:MOST_PROPOSALS]
        ))
        found = []
        for customer in candidates:
            who = self._who(
                customer, named, hinted, referred, by_account, by_name, is_unique
            )
            found += self._what_for(receipt, customer, who, named, hinted, referred)
        best = sorted(found, key=self._rank)
        sure = {proposal.customer for proposal in best if proposal.is_sure}
        if len(sure) > 1:
            # What points at two customers is sure of neither.
            best = [proposal._replace(is_sure=False) for proposal in best]
        return list(dict.fromkeys(best))[:MOST_PROPOSALS]

    def _find_numbers(self, text):
        """Items whose whole number stands in the text, and those of which only the end does."""
        named, hinted = [], []
        for run in re.finditer(r"\d+", text):
            figures = run[0].lstrip("0")
            for item in self._by_digits.get(figures, ()):
                if item in named:
                    continue
                pattern = _number_pattern(item.number)
                is_bare = not re.search(r"[^\W\d_]|\d\W+\d", item.number)
                if pattern.search(text) and (not is_bare or len(figures) >= 5):
                    named.append(item)
                elif (len(run[0]) >= 4 and figures != _year_like(figures)) or (
                    INVOICE_WORDS.search(text[:run.start()])
                ):
                    hinted.append(item)
        return named, [item for item in dict.fromkeys(hinted) if item not in named]

    def _find_references(self, text):
        """Items whose reference, the customer's own, stands in the text."""
        return list(dict.fromkeys(
            item for run in re.finditer(r"\d+", text)
            for item in self._by_reference.get(run[0].lstrip("0"), ())
            if _number_pattern(item.reference).search(text)
        ))

    def _find_names(self, receipt, text):
        """Customers by how well their names fit the payer, and whether only one fits well."""
        payer = plain_name(receipt.payer)
        words = plain_name(text) if not payer else ""
        ratios = {}
        for customer, names in self._names.items():
            best = max((name_ratio(payer, name) for name in names), default=0.0) if payer else max(
                (0.9 for name in names if len(name) >= 8 and f" {name} " in f" {words} "),
                default=0.0,
            )
            if best >= LIKE_NAME:
                ratios[customer] = best
        ranked = sorted(ratios.values(), reverse=True)
        is_unique = len(ranked) == 1 or len(ranked) > 1 and (
            ranked[0] - ranked[1] >= APART or ranked[0] == 1.0 > ranked[1]
        )
        top = ranked[0] if ranked else 0.0
        return {
            customer: ratio for customer, ratio in ratios.items() if ratio >= top - 2 * APART
        }, is_unique

    def _who(self, customer, named, hinted, referred, by_account, by_name, is_unique):
        """Codes of what says that a customer paid, and whether they do so without doubt."""
        codes = []
        if customer in by_account:
            codes.append("account")
        if any(item.customer == customer for item in named):
            codes.append("number")
        if any(item.customer == customer for item in referred):
            codes.append("reference")
        ratio = by_name.get(customer, 0.0)
        if ratio >= SAME_NAME:
            codes.append("name")
        elif ratio:
            codes.append("like")
        if any(item.customer == customer for item in hinted):
            codes.append("hint")
        others = {item.customer for item in named} - {customer}
        is_known = (
            "account" in codes and len(by_account) == 1
            or "number" in codes and not others
            or "name" in codes and is_unique and ratio == max(by_name.values())
        )
        # Numbers of another customer, or an account of somebody else, speak against it.
        against = (
            others and "number" not in codes
            or by_account and customer not in by_account and "number" not in codes
        )
        return tuple(codes), bool(is_known and not against)

    def _what_for(self, receipt, customer, who, named, hinted, referred):
        """The proposals for one customer."""
        codes, is_known = who
        items = self.items.get(customer, [])
        mine = [item for item in named if item.customer == customer]
        more = [
            item for item in dict.fromkeys((*referred, *hinted))
            if item.customer == customer and item not in mine
        ]
        asked = mine or more
        found = []
        if mine and more and self._difference(receipt, mine, _total(mine)) is None and (
            self._difference(receipt, mine + more, _total(mine + more))
        ):
            # Of some only the end of the number is told: the amount says that they are meant.
            asked = sorted(mine + more, key=lambda item: (item.due, item.key))
        if asked:
            found += self._settle(receipt, customer, asked, codes, is_known, bool(mine))
        if not any(proposal.is_sure for proposal in found):
            found += self._sums(receipt, customer, items, codes, is_known, mine)
        if not found and is_known and items and not mine:
            parts, rest = _oldest_first(items, receipt.amount)
            found.append(Proposal(
                receipt.key, customer, parts, rest, (*codes, "oldest"), False
            ))
        return found

    def _settle(self, receipt, customer, items, codes, is_known, is_named):
        """Invoices that the payer names: the amount fits, nearly fits, or is a part."""
        total = sum(item.amount for item in items)
        reason = self._difference(receipt, items, total)
        if reason:
            parts = _parts(items, receipt.amount)
            # The end of a number and the amount together are no chance, unless others fit, too.
            is_sure = is_known and is_named or (
                reason in ("exact", "discount") and is_known
            ) or reason == "exact" and ("like" in codes or "reference" in codes) and len(
                self._by_amount.get(receipt.amount, ())
            ) <= 1
            return [Proposal(
                receipt.key, customer, parts, receipt.amount - total, (*codes, reason), is_sure
            )]
        if receipt.amount < total:
            fit = self._subset(items, receipt.amount)
            if fit:
                return [Proposal(
                    receipt.key, customer, _parts(fit, receipt.amount), 0, (*codes, "exact"), False
                )]
            parts, _rest = _oldest_first(items, receipt.amount)
            return [Proposal(
                receipt.key, customer, parts, receipt.amount - total, (*codes, "part"),
                is_known and is_named and len(items) == 1 and bool(
                    {"account", "name"} & set(codes)
                ),
            )]
        parts, rest = _oldest_first(items, receipt.amount)
        return [Proposal(receipt.key, customer, parts, rest, (*codes, "rest"), False)]

    def _sums(self, receipt, customer, items, codes, is_known, mine):
        """No number fits: one invoice, all of them, or the only sum that gives the amount."""
        open_items = [item for item in items if item.amount > 0]
        amount = receipt.amount
        single = [item for item in open_items if item.amount == amount]
        if mine:
            single = [item for item in single if item in mine]
        if len(single) == 1 and not mine:
            others = self._by_amount.get(amount, ())
            sure = is_known and self._subset_count(open_items, amount) == 1
            return [Proposal(
                receipt.key, customer, _parts(single, amount), 0, (*codes, "exact"),
                sure or bool({"like", "hint"} & set(codes)) and len(others) == 1
                and "like" in codes and self._subset_count(open_items, amount) == 1,
            )]
        if mine and len(open_items) > len(mine):
            fit = self._with_more(open_items, mine, amount)
            return fit and [Proposal(
                receipt.key, customer, _parts(fit, amount), 0, (*codes, "sum"), False
            )] or []
        total = sum(item.amount for item in open_items)
        if total == amount and len(open_items) > 1:
            return [Proposal(
                receipt.key, customer, _parts(open_items, amount), 0, (*codes, "all"), is_known
            )]
        if single:
            return [Proposal(
                receipt.key, customer, _parts(single[:1], amount), 0, (*codes, "exact"), False
            )]
        if not codes:
            return []
        fit = self._subset(open_items, amount)
        if fit:
            is_only = self._subset_count(open_items, amount) == 1
            return [Proposal(
                receipt.key, customer, _parts(fit, amount), 0, (*codes, "sum"),
                is_known and is_only,
            )]
        near = []
        for few in ([item] for item in open_items):
            reason = self._difference(receipt, few, few[0].amount)
            if reason:
                near.append((few, reason))
        if len(open_items) > 1 and not near:
            reason = self._difference(receipt, open_items, total)
            if reason:
                near.append((open_items, reason))
        return [
            Proposal(
                receipt.key, customer, _parts(few, amount),
                amount - sum(item.amount for item in few), (*codes, reason),
                is_known and len(near) == 1 and reason in ("discount", "rounding"),
            )
            for few, reason in near[:2]
        ]

    def _difference(self, receipt, items, total):
        """Why the amount is that of these items, or nearly; ``None`` if it is not."""
        short = total - receipt.amount
        if not short:
            return "exact"
        if abs(short) <= self.limits.rounding:
            return "rounding"
        if short < 0:
            return None
        allowed = [
            item.discount for item in items
            if item.discount and item.discount_until
            and receipt.day <= item.discount_until + DISCOUNT_GRACE
        ]
        if allowed and (
            abs(short - sum(allowed)) <= self.limits.rounding
            or any(abs(short - discount) <= self.limits.rounding for discount in allowed)
        ):
            return "discount"
        if short <= min(self.limits.charge, total * self.limits.charge_share):
            return "charge"
        return None

    def _subset(self, items, amount):
        """The items that give the amount, the oldest ones if several do; ``None`` if none."""
        found = _subsets(tuple(items[:MOST_ITEMS]), amount, 1)
        return found[0] if found else None

    def _subset_count(self, items, amount):
        """In how many ways items give the amount, up to two; two where that is not known."""
        if len(items) > MOST_ITEMS:
            return 2
        return len(_subsets(tuple(items), amount, 2))

    def _with_more(self, items, mine, amount):
        """The items that give the amount together with those named, if there are any."""
        rest = amount - sum(item.amount for item in mine)
        if rest <= 0:
            return None
        more = self._subset([item for item in items if item not in mine], rest)
        return [*mine, *more] if more else None

    @staticmethod
    def _rank(proposal):
        strength = {
            "exact": 0, "all": 1, "discount": 1, "rounding": 1, "sum": 2, "charge": 2, "part": 3,
            "rest": 4, "oldest": 5,
        }
        who = {"number": 0, "account": 1, "name": 2, "reference": 2, "hint": 3, "like": 4}
        return (
            not proposal.is_sure,
            min((who[code] for code in proposal.why if code in who), default=9),
            strength[proposal.why[-1]], proposal.customer, proposal.parts,
        )


def _total(items):
    return sum(item.amount for item in items)


def _year_like(figures):
    """The figures where they may be a year or a date, which are no number of an invoice."""
    return figures if len(figures) == 4 and figures[:2] in ("19", "20") else ""


def _parts(items, amount):
    """An amount put against items, in their order; the last one bears what is missing."""
    parts = []
    for item in items:
        part = min(item.amount, amount)
        parts.append((item.key, part))
        amount -= part
    return tuple(parts)


def _oldest_first(items, amount):
    """An amount put against items as far as it goes, and what is left of it."""
    parts = []
    for item in items:
        if amount <= 0:
            break
        part = min(item.amount, amount)
        parts.append((item.key, part))
        amount -= part
    return tuple(parts), amount


@lru_cache(maxsize=5_000)
def _subsets(items, amount, most):
    """Up to so many lists of items whose amounts give a sum, the oldest items first.

    :return: as many as ``most`` where the search was given up: nothing is known then
    """
    suffix = [0]
    for item in reversed(items):
        suffix.append(suffix[-1] + max(item.amount, 0))
    suffix.reverse()
    found, steps = [], 0

    def walk(start, rest, chosen):
        nonlocal steps
        if not rest:
            found.append(list(chosen))
            return
        for number in range(start, len(items)):
            steps += 1
            if len(found) >= most or steps > MOST_STEPS or suffix[number] < rest:
                return
            item = items[number]
            if 0 < item.amount <= rest:
                chosen.append(item)
                walk(number + 1, rest - item.amount, chosen)
                chosen.pop()

    walk(0, amount, [])
    if steps > MOST_STEPS and found:
        found += [found[0]] * (most - len(found))
    return found
