from datetime import date
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.debt_collection.tools.rate_file import (
    READERS,
    RateFileError,
    to_day,
    to_percent,
    to_rows,
)

ECB_SDMX = """KEY,FREQ,REF_AREA,PROVIDER_FM_ID,DATA_TYPE_FM,TIME_PERIOD,OBS_VALUE,OBS_STATUS,TITLE
FM.B.U2.EUR.4F.KR.DFR.LEV,B,U2,DFR,LEV,2025-06-11,2.00,A,"Deposit facility, level"
FM.B.U2.EUR.4F.KR.MRR_FR.LEV,B,U2,MRR_FR,LEV,2025-04-23,2.4,A,"Main refinancing, level"
FM.B.U2.EUR.4F.KR.MRR_FR.LEV,B,U2,MRR_FR,LEV,2025-06-11,2.15,A,"Main refinancing, level"
"""
ECB_DAILY = """"DATE","TIME PERIOD","Main refinancing operations (FM.D.U2.EUR.4F.KR.MRR_FR.LEV)"
"2025-06-10","10 Jun 2025","2.40"
"2025-06-11","11 Jun 2025","2.15"
"2025-06-12","12 Jun 2025","2.15"
"""
BOE_PAGE = """Date Changed,Rate
18 Dec 25,3.75
07 Aug 25,4.00
15 Dec 22,3.50
"""
BOE_SERIES = """DATE,IUDBEDR
"06 Aug 2025","4.25"
"07 Aug 2025","4"
"""
BUNDESBANK = """"";BBIN1.M.D0.ECB.ECBBASE;BBIN1.M.D0.ECB.ECBBASE_FLAGS
"";Basiszinssatz gem\u00e4\u00df \u00a7 247 BGB;
Einheit;Prozent p.a.;
Stand vom;02.01.2026 10:00:00;
2024-12;3,37;
2025-01;2,27;
2025-02;2,27;
2025-07;1,27;
2026-02;.;Kein Wert vorhanden
"""
LPR = """\u65e5\u671f,1Y(%),5Y(%)
2025-06-20,3.00,3.50
2025-05-20,3.00,3.50
2025-04-21,3.10,3.60
\u6570\u636e\u6765\u6e90\uff1a\u4e2d\u56fd\u8d27\u5e01\u7f51
"""


@tagged("post_install", "-at_install", "debt_collection")
class TestRateFile(BaseCase):
    """Files of central banks, written after their published formats."""

    def _read(self, kind, text, encoding="utf-8"):
        return [
            (day.isoformat(), str(value))
            for day, value in READERS[kind](to_rows(text.encode(encoding)))
        ]

    def test_formats(self):
        for kind, text, encoding, values in [
            ("ecb", ECB_SDMX, "utf-8", [("2025-04-23", "2.4"), ("2025-06-11", "2.15")]),
            ("ecb", ECB_DAILY, "utf-8-sig", [("2025-06-10", "2.40"), ("2025-06-11", "2.15")]),
            ("boe", BOE_PAGE, "utf-8",
             [("2022-12-15", "3.50"), ("2025-08-07", "4.00"), ("2025-12-18", "3.75")]),
            ("boe", BOE_SERIES, "utf-8", [("2025-08-06", "4.25"), ("2025-08-07", "4")]),
            ("bundesbank", BUNDESBANK, "cp1252",
             [("2024-12-01", "3.37"), ("2025-01-01", "2.27"), ("2025-07-01", "1.27")]),
            ("lpr", LPR, "gb18030", [("2025-04-21", "3.10"), ("2025-05-20", "3.00")]),
        ]:
            with self.subTest(kind=kind, encoding=encoding):
                self.assertEqual(self._read(kind, text, encoding), values)

    def test_what_is_refused(self):
        for kind, text, code, row in [
            ("ecb", "", "empty", 0),
            ("ecb", "a,b\n1,2\n", "header", 0),
            ("ecb", ECB_SDMX.replace("MRR_FR", "MLFR"), "series", 0),
            ("boe", "Date Changed,Rate\n", "empty", 0),
            ("boe", "Date Changed,Rate\n31 Feb 25,4.00\n", "date", 2),
            ("boe", "Date Changed,Rate\n18 Dec 25,four\n", "value", 2),
            ("boe", "Date Changed,Rate\n18 Dec 25,375\n", "range", 2),
            ("boe", "Date Changed,Rate\n18 Dec 25,3.75\n18 Dec 25,4.00\n", "twice", 3),
            ("bundesbank", "Einheit;Prozent\n", "header", 0),
            ("lpr", LPR.replace("1Y(%)", "3Y(%)"), "header", 0),
        ]:
            with self.subTest(kind=kind, code=code), self.assertRaises(RateFileError) as caught:
                self._read(kind, text)
            self.assertEqual((caught.exception.code, caught.exception.row), (code, row))

    def test_days(self):
        for text, day in [
            ("2025-06-11", date(2025, 6, 11)), ("2025/6/1", date(2025, 6, 1)),
            ("20250611", date(2025, 6, 11)), ("2025-06", date(2025, 6, 1)),
            ("11.06.2025", date(2025, 6, 11)), ("11 Jun 25", date(2025, 6, 11)),
            ("01 Mar 72", date(1972, 3, 1)), ("2025\u5e746\u670811\u65e5", date(2025, 6, 11)),
            ("2025-06-11 00:00:00", date(2025, 6, 11)), ("31.02.2025", None), ("June", None),
        ]:
            with self.subTest(text=text):
                self.assertEqual(to_day(text), day)

    def test_percentages(self):
        for text, value in [
            ("2,15", "2.15"), ("2.15%", "2.15"), ("-0,88", "-0.88"), ("\u22120.62", "-0.62"),
            (".", None), ("", None), ("NaN", None), ("two", None),
        ]:
            with self.subTest(text=text):
                self.assertEqual(to_percent(text), value and Decimal(value))
