import csv
from pathlib import Path

from odoo.modules import get_module_path
from odoo.tests import BaseCase, tagged

from ...tools.chart_accounts import CHARTS, KINDS, Account, find, fits, free_code

ES = ("es_pymes", "es_common_mainland", "es_common")
# By chart: the module, its charts from the special to the common, figures of a code, and the
# codes for bad debt, allowance, impairment, recovery and late charges; None: a new one.
TABLE = {
    # DATEV-Kontenrahmen SKR03: 0996 Pauschalwertberichtigung, 2400 Forderungsverluste,
    # 2450 Einstellung in die Pauschalwertberichtigung, 2732 Erträge aus abgeschriebenen
    # Forderungen, 8650 Erlöse Zinsen.
    "de_skr03": ("l10n_de", ("de_skr03",), 4, ("2400", "0996", "2450", "2732", "8650")),
    # DATEV-Kontenrahmen SKR04, the same.
    "de_skr04": ("l10n_de", ("de_skr04",), 4, ("6930", "1248", "6920", "4925", "7110")),
    # Plan comptable général, art. 932-1 and 944: 654 pertes sur créances irrécouvrables, 491,
    # 68174, 7583 rentrées sur créances amorties, 7631.
    "fr": ("l10n_fr_account", ("fr",), 6, ("654100", "491000", "681740", "758300", "763100")),
    # PGC de PYMES, RD 1515/2007: 650, 490, 694, 794, 769.
    "es_pymes": ("l10n_es", ES, 6, ("650000", "490000", "694000", "794000", "769000")),
    # Schweizer Kontenrahmen KMU: 3805 Verluste Forderungen, Veränderung Delkredere; 1109.
    "ch": ("l10n_ch", ("ch",), 4, ("3805", "1109", "3805", None, None)),
    # Odoo's chart for the United Kingdom: 7850 Bad debts, 2150 Bad debt provision.
    "uk": ("l10n_uk", ("uk",), 6, ("785000", "215000", "785000", None, None)),
    # SAT, Anexo 24, código agrupador 108.01 Estimación de cuentas incobrables nacional.
    "mx": ("l10n_mx", ("mx",), 9, (None, "108.01.01", None, None, None)),
    # 企业会计准则应用指南: 1231 坏账准备, 6721 信用减值损失, 6301 营业外收入.
    "cn_large_bis": (
        "l10n_cn", ("cn_large_bis", "cn_common"), 6, ("672100", "123100", "672100", None, "630100"),
    ),
    # 小企业会计准则 art. 10 (坏账损失 as 营业外支出, no allowance) and art. 68 (营业外收入).
    "cn": ("l10n_cn", ("cn", "cn_common"), 6, ("571101", None, None, "530100", "530100")),
    # 123300 貸倒引当金, 510300 貸倒引当金繰入, 425400 受取利息.
    "jp": ("l10n_jp", ("jp",), 6, (None, "123300", "510300", None, "425400")),
    # No account of the kind in the chart.
    "us": ("l10n_us_account", ("us",), 6, (None, None, None, None, None)),
    # 2132 Write Off Expense, 2010 Interest Revenues.
    "in": ("l10n_in", ("in",), 6, ("213200", None, None, None, "201000")),
    # Plano de contas referencial (ECF): 1.01.02.02.52, 3.01.01.07.01.25, 3.01.01.05.01.24.
    "br": (
        "l10n_br", ("br",), 6,
        ("3.01.01.07.01.25", "1.01.02.02.52", None, None, "3.01.01.05.01.24"),
    ),
    # 400035 Write Off Receivables, 400068 Provision for Doubtful Debts, 500013 Other Income.
    "sa": ("l10n_sa", ("sa",), 6, ("400035", None, "400068", None, "500013")),
    # 500904 Write Off Receivables, 500906 Provision & Write Off, 400201 Other Income.
    "kw": ("l10n_kw", ("kw",), 6, ("500904", None, "500906", None, "400201")),
}


@tagged("debt_collection")
class TestChartAccountsRule(BaseCase):
    """The accounts proposed on the charts that Odoo has, read from their files."""

    def _read(self, module, charts, width):
        found = {}
        for chart in reversed(charts):
            path = Path(get_module_path(module), "data/template", f"account.account-{chart}.csv")
            with path.open(encoding="utf-8") as text:
                for row in csv.DictReader(text):
                    if row["id"] and row["code"]:
                        names = [
                            value for name, value in row.items()
                            if name.partition("@")[0] == "name" and value
                        ]
                        found[row["id"]] = Account(
                            row["id"], row["id"], f"{row['code']:<0{width}}", tuple(names),
                            row["account_type"],
                        )
        return list(found.values())

    def test_table(self):
        for chart, (module, charts, width, codes) in TABLE.items():
            accounts = self._read(module, charts, width)
            found = [find(purpose, accounts, charts) for purpose in KINDS]
            with self.subTest(chart=chart):
                self.assertEqual(tuple(account and account.code for account in found), codes)

    def test_by_name(self):
        """Without identifiers nothing wrong is proposed: the same, a sibling of it, or nothing."""
        siblings = {
            ("de_skr04", "allowance"): "1246",
            ("cn_large_bis", "bad_debt"): None,
        }
        named = 0
        for chart, (module, charts, width, codes) in TABLE.items():
            accounts = self._read(module, charts, width)
            for purpose, code in zip(KINDS, codes, strict=True):
                found = find(purpose, accounts)
                with self.subTest(chart=chart, purpose=purpose):
                    self.assertIn(
                        found and found.code, (code, None, siblings.get((chart, purpose)))
                    )
                named += bool(found)
        # A rule that finds nothing would pass, too.
        self.assertGreater(named, len(TABLE))

    def test_identifiers_are_there(self):
        """Of each chart and purpose at least one identifier is that of a fitting account."""
        for chart, (module, charts, width, _codes) in TABLE.items():
            accounts = {item.identifier: item for item in self._read(module, charts, width)}
            for part in charts:
                for purpose, identifiers in CHARTS.get(part, {}).items():
                    with self.subTest(chart=chart, purpose=purpose):
                        self.assertTrue(any(
                            name in accounts and fits(purpose, accounts[name].kind)
                            for name in identifiers
                        ))

    def test_free_code(self):
        cases = [
            ("121000", set(), "121001"),
            ("121000", {"121001", "121002"}, "121003"),
            ("1199", set(), "1198"),
            ("108.01.99", {"108.01.99"}, "108.01.98"),
            ("3.01.01.07.01.25", {"3.01.01.07.01.26"}, "3.01.01.07.01.27"),
            ("0999", {f"{number:04}" for number in range(900, 1000)}, "1000"),
            ("9", {str(number) for number in range(10)}, "901"),
            ("1021A", set(), "1022A"),
            ("hello", set(), "hello01"),
            ("", set(), "01"),
        ]
        for start, used, code in cases:
            with self.subTest(start=start):
                self.assertEqual(free_code(start, used | {start}), code)
