"""Which accounts of a chart take the results of collection: pure rules.

An account is told, in this order, by the identifier that its localisation gave it, then by its
type and name. Where the chart has none, a new code is taken beside an account of the same kind.
Names are matched in the languages that the charts come in.
"""

import re
from itertools import chain, count
from typing import NamedTuple

RECEIVABLE_SIDE = ("asset_current", "asset_non_current")
LIABILITY_SIDE = ("liability_current", "liability_non_current")
EXPENSES = ("expense", "expense_other", "expense_direct_cost", "expense_depreciation")
INCOME = ("income", "income_other")

KINDS = {
    "bad_debt": ("expense",),
    "allowance": RECEIVABLE_SIDE,
    "impairment": ("expense",),
    "recovery": INCOME,
    "charge": INCOME,
}
"""The types an account for a purpose should have; a new one gets the first."""

OTHER_KINDS = {
    "bad_debt": (*EXPENSES[1:], *INCOME),
    "allowance": LIABILITY_SIDE,
    "impairment": (*EXPENSES[1:], *INCOME),
    "recovery": EXPENSES[:2],
    "charge": (),
}
"""The types that charts use as well: losses that reduce income, allowances among liabilities."""

CHARTS = {
    # SKR03 and SKR04 (DATEV): Pauschalwertberichtigung, its transfer, Forderungsverluste.
    "de_skr03": {
        "bad_debt": ("account_2400",),
        "allowance": ("account_0996", "account_0998"),
        "impairment": ("account_2450", "account_2451"),
        "recovery": ("account_2732",),
        "charge": ("account_8650", "account_2650"),
    },
    "de_skr04": {
        "bad_debt": ("chart_skr04_6930", "chart_skr04_6280"),
        "allowance": ("chart_skr04_1248", "chart_skr04_1246"),
        "impairment": ("chart_skr04_6920", "chart_skr04_6923"),
        "recovery": ("chart_skr04_4925",),
        "charge": ("chart_skr04_7110",),
    },
    # Plan comptable général: 654, 491, 68174, rentrées sur créances amorties, 7631.
    "fr": {
        "bad_debt": ("pcg_654", "pcg_6541", "pcg_6544", "pcg_6714"),
        "allowance": ("pcg_491",),
        "impairment": ("pcg_68174",),
        "recovery": ("pcg_7583", "pcg_7714"),
        "charge": ("pcg_7631",),
    },
    # Plan General de Contabilidad: 490, 650, 694 and 794, 769.
    "es_common": {"charge": ("account_common_769",)},
    "es_common_mainland": {
        "allowance": ("account_common_mainland_490",),
        "impairment": ("account_common_mainland_694",),
        "recovery": ("account_common_mainland_794",),
    },
    "es_pymes": {"bad_debt": ("account_pymes_650",)},
    "es_full": {"bad_debt": ("account_full_650",)},
    "es_coop_pymes": {"bad_debt": ("account_coop_650",)},
    "es_assec": {"bad_debt": ("account_assoc_655",)},
    # Kontenrahmen KMU: losses and the change of the allowance reduce income in one account.
    "ch": {
        "bad_debt": ("ch_coa_3805",),
        "allowance": ("ch_coa_1109",),
        "impairment": ("ch_coa_3805",),
    },
    "uk": {"bad_debt": ("785000",), "allowance": ("215000",), "impairment": ("785000",)},
    # SAT's list of codes: 108.01.
    "mx": {"allowance": ("cuenta108_01",)},
    # 小企业会计准则 knows no allowance; what is recovered after all, and 违约金, is
    # non-operating income (art. 68).
    "cn": {
        "bad_debt": ("l10n_cn_account_571101",),
        "recovery": ("l10n_cn_account_5301",),
        "charge": ("l10n_cn_account_5301",),
    },
    # 企业会计准则 22: both the loss and the allowance's change are 信用减值损失.
    "cn_large_bis": {
        "bad_debt": ("l10n_cn_large_bis_account_6721", "l10n_cn_large_bis_account_6701"),
        "allowance": ("l10n_cn_large_bis_account_1231",),
        "impairment": ("l10n_cn_large_bis_account_6721", "l10n_cn_large_bis_account_6701"),
        "charge": ("l10n_cn_large_bis_account_6301",),
    },
    "jp": {
        "allowance": ("l10n_jp_123300",),
        "impairment": ("l10n_jp_510300",),
        "charge": ("l10n_jp_425400",),
    },
    "in": {"bad_debt": ("p2132",), "charge": ("p2010",)},
    "br": {
        "bad_debt": ("account_template_30101070125",),
        "allowance": ("account_template_101020252",),
        "charge": ("account_template_30101050124",),
    },
    "sa": {
        "bad_debt": ("sa_account_400035",),
        "impairment": ("sa_account_400068",),
        "charge": ("sa_account_500013",),
    },
    "kw": {
        "bad_debt": ("kw_account_500904",),
        "impairment": ("kw_account_500906",),
        "charge": ("kw_account_400201",),
    },
}
"""Accounts by chart and purpose, best first, as Odoo's localisations name them."""

NAMES = {
    "bad_debt": (
        r"\b(bad|doubtful|uncollectible|irrecoverable) (trade )?(debts?|receivables?)\b",
        r"write.?offs?\b.*\b(receivable|debt)", r"losses (on|from|in) (credit operations|.*receiv)",
        r"forderungsverlust", r"forderungsausf", r"uneinbringlich",
        r"cr[ée]ances irr[ée]couvrables", r"pertes sur cr[ée]ances", r"incobrables",
        r"perdas (em|com|de|no).*(cr[ée]dito|receb)", r"perdite su crediti", r"oninbare|dubieuze",
        r"坏账损失|坏帐损失|呆账损失", r"貸倒損失|貸倒れ",
    ),
    "allowance": (
        r"(allowance|provision|reserve|impairment|valuation)\b.*"
        r"(doubtful|bad debt|receivable|debtor|customer|credit loss)",
        r"(bad|doubtful) debts? (allowance|provision|reserve)", r"estimated losses.*credit",
        r"wertberichtigung.*forderung", r"delkredere", r"ducroire",
        r"d[ée]pr[ée]ciation.*(clients|cr[ée]ances)", r"deterioro.*(cr[ée]ditos|clientes)",
        r"cuentas incobrables|estimaci[oó]n.*incobrables|insolvencias",
        r"(perdas estimadas|provis[aã]o).*(cr[ée]dito|duvidos)", r"fondo svalutazione crediti",
        r"voorziening.*debiteuren", r"坏账准备|坏帐准备|信用损失准备", r"貸倒引当金",
    ),
    "impairment": (
        r"(impairment|provision|transfers?|allowance)\b.*(receivable|doubtful|bad debt|credit)",
        r"credit (impairment )?loss", r"(einstellung|zuf[üu]hrung).*wertberichtigung.*forderung",
        r"dotations.*(cr[ée]ances|clients)", r"deterioro.*(cr[ée]ditos|clientes)",
        r"svalutazione.*crediti", r"信用减值损失|计提.*坏账", r"貸倒引当金繰入",
    ),
    "recovery": (
        r"\brecover(y|ies|ed)\b.*(debt|receivable|written)", r"(debt|receivable).*\brecovered\b",
        r"written.?off.*recovered", r"abgeschriebene[nr]? forderungen",
        r"rentr[ée]es sur cr[ée]ances", r"收回.*坏账|坏账.*收回", r"償却債権取立益",
    ),
    "charge": (
        r"\b(late|default|overdue)\b.*\b(interest|fees?|charges?|payments?)\b",
        r"\b(interest|penalt(y|ies))\b.*\b(late|overdue|default|customers?|debtors?)\b",
        r"verzugszins|mahngeb", r"int[ée]r[êe]ts (de retard|moratoires)",
        r"p[ée]nalit[ée]s.*retard", r"intereses (de demora|moratorios)", r"juros de mora",
        r"interessi di mora", r"违约金|逾期利息", r"遅延損害金|延滞",
    ),
}

# Receivables of others than customers, other assets, other sides, taxes.
OTHERS = re.compile(
    r"affiliat|associate|investee|group|related|employee|staff|shareholder|"
    r"verbunden|beteiligung|groupe|grupo|asociad|"
    r"\btax|vat\b|steuer|imp[ôo]t|impuesto|imposto|税|"
    r"inventor|stock|merchandise|goods|fixed|propert|securit|investment|loan|bond|held for sale|"
    r"disposal|cessions|non.?current|long.?term|longo|greater than|unusual|"
    r"固定|无形|投资|存货|持有|长期"
    , re.IGNORECASE,
)
# Taxes and what else no new account is put next to.
TAXES = re.compile(r"tax|vat\b|steuer|imp[ôo]t|impuesto|imposto|税", re.IGNORECASE)
PATTERNS = {
    purpose: re.compile("|".join(words), re.IGNORECASE) for purpose, words in NAMES.items()
}
# A loss of the period is neither put by for it nor undone.
NOT_A_LOSS = re.compile(
    r"^(allowance|provision|impairment|transfer|reversal|income|deterioro|dotation|reversi)|"
    r"provision for|prov\. for|allowance for|引当金|准备",
    re.IGNORECASE,
)


class Account(NamedTuple):
    """An account of a chart.

    :ivar key: whatever the caller tells it by
    :ivar identifier: the name its localisation gave it, without the company; may be empty
    :ivar names: its name in one or more languages
    :ivar kind: its type, as `account.account` has it
    """

    key: object
    identifier: str
    code: str
    names: tuple
    kind: str


def fits(purpose, kind):
    """Whether an account of this type can be taken for a purpose at all."""
    return kind in KINDS[purpose] or kind in OTHER_KINDS[purpose]


def find(purpose, accounts, charts=()):
    """The account of a chart for a purpose, or None.

    :param charts: template codes of the chart, its own first, then those it builds on
    """
    by_identifier = {account.identifier: account for account in accounts if account.identifier}
    for chart in charts:
        for identifier in CHARTS.get(chart, {}).get(purpose, ()):
            account = by_identifier.get(identifier)
            if account and fits(purpose, account.kind):
                return account
    # Only types that a newcomer would expect: of a loss among income only the chart's own word.
    kinds = [
        kind for kind in (*KINDS[purpose], *OTHER_KINDS[purpose])
        if kind in KINDS[purpose] or kind not in INCOME
    ]
    named = [
        account for account in accounts
        if account.kind in kinds and _is_named(purpose, account.names)
    ]
    return min(
        named, key=lambda account: (kinds.index(account.kind), account.code), default=None
    )


def _is_named(purpose, names):
    """Whether one of the names says the purpose and none says another."""
    return (
        any(PATTERNS[purpose].search(name) for name in names)
        and not any(OTHERS.search(name) for name in names)
        and not (purpose == "bad_debt" and any(NOT_A_LOSS.search(name) for name in names))
        and not (
            purpose in ("impairment", "allowance")
            and any(re.search(r"^revers|^income from|^reprise", name, re.I) for name in names)
        )
    )


def neighbour(purpose, accounts):
    """An account of the kind that a new one gets, to stand beside; never one for taxes."""
    return max(
        (
            account for account in accounts
            if account.kind == KINDS[purpose][0]
            and not any(TAXES.search(name) for name in account.names)
        ),
        key=lambda account: account.code,
        default=None,
    )


def free_code(start, used):
    """The code next to ``start`` that nobody has, written as the chart writes its codes.

    The last figures are counted on within their hundred, then back, then beyond; where all are
    taken, the code gets figures more.
    """
    found = re.fullmatch(r"(.*?)(\d+)(\D*)", start or "")
    head, digits, tail = found.groups() if found else (start or "", "", "")
    if digits:
        width, number = len(digits), int(digits)
        hundred = number - number % 100
        end = min(hundred + 100, 10**width)
        for candidate in chain(
            range(number + 1, end), range(number - 1, max(hundred, 1) - 1, -1),
            range(end, 10**width),
        ):
            code = f"{head}{candidate:0{width}}{tail}"
            if code not in used:
                return code
    return next(
        code for code in (f"{head}{digits}{number:02}{tail}" for number in count(1))
        if code not in used
    )
