from collections import Counter
from datetime import date, datetime
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from ...tools.contact_window import Debtor, check
from ...tools.late_charge import accrue
from ...tools.limitation import limitation
from .country_examples import EXPIRED, HOURS, INTEREST, LIMITATION, TAXES, VALUES

PACKS = {"cn", "de", "fr", "gb", "us", "es", "it", "nl", "ch", "at", "in", "jp", "br", "mx", "ca"}
day = date.fromisoformat


@tagged("post_install", "-at_install", "debt_collection")
class TestCountryPacks(TransactionCase):
    """The law of each country, against examples worked out by hand from the texts it cites."""

    def _law(self, kind, name):
        return self.env.ref(f"debt_collection.{kind}_{name}")

    def test_ten_examples_for_each_country(self):
        counts = Counter(
            {"uk": "gb"}.get(name.partition("_")[0], name.partition("_")[0])
            for table in (LIMITATION, INTEREST, VALUES, HOURS)
            for name, *_rest in table
        )
        self.assertEqual(set(counts), PACKS)
        self.assertFalse({name: count for name, count in counts.items() if count < 10})

    def test_limitation(self):
        for name, due, events, last_day in LIMITATION:
            with self.subTest(law=name, due=due, events=events):
                rule = self._law("limitation_rule", name)
                found = limitation(
                    rule._get_rules()[rule.id], day(due),
                    [(day(when), kind) for when, kind in events],
                )
                self.assertEqual(found.last_day.isoformat(), last_day)

    def test_interest_and_fixed_sum(self):
        for name, amount, due, as_of, stretches, interest, fee in INTEREST:
            with self.subTest(terms=name, amount=amount, due=due, as_of=as_of):
                terms = self._law("charge_terms", name)
                rule = terms._get_rule(terms.currency_id, self.env.company, day(as_of))
                result = accrue(
                    Decimal(amount), day(due), day(as_of), rule,
                    terms.rate_id._get_tables().get(terms.rate_id.id),
                    precision=Decimal(str(terms.currency_id.rounding)),
                )
                found = Counter()
                for segment in result.segments:
                    found[segment.rate] += segment.days
                self.assertEqual(
                    found, Counter({Decimal(rate): days for days, rate in stretches})
                )
                self.assertEqual(
                    (result.interest, result.fee), (Decimal(interest), Decimal(fee))
                )

    def _place(self, country, state):
        return (
            self.env.ref(f"base.{country}"),
            self.env.ref(f"base.state_{state}") if state else self.env["res.country.state"],
        )

    def test_values(self):
        for country, state, kind, who, when, count, unit in VALUES:
            with self.subTest(country=country, kind=kind, who=who):
                found = self.env["collection.country.law"]._get_law(
                    kind, *self._place(country, state), day(when), who
                )
                self.assertEqual(
                    (found.count or None, found.unit or None) if not found.is_none else
                    (None, None),
                    (count, unit),
                )

    def test_taxes(self):
        laws = self.env["collection.country.law"]
        for country, kind, when, *values in TAXES:
            with self.subTest(country=country, kind=kind, when=when):
                found = laws._find_law(kind, *self._place(country, None), day(when))
                self.assertEqual(
                    [found.is_none, found.count or None, found.unit or None] if found
                    else [None, None, None],
                    values,
                )

    def test_expired_or_unknown_is_refused(self):
        for country, state, kind, who, when in EXPIRED:
            with self.subTest(country=country, kind=kind), self.assertRaises(UserError):
                self.env["collection.country.law"]._get_law(
                    kind, *self._place(country, state), day(when), who
                )

    def test_hours(self):
        for name, moment, channel, is_allowed in HOURS:
            with self.subTest(rule=name, moment=moment):
                rule = self._law("contact_rule", name)._as_rule()
                refusal = check(
                    rule, Debtor(), datetime.fromisoformat(moment), channel, (),
                    lambda when: when.weekday() < 5,
                )
                self.assertEqual(refusal is None, is_allowed)

    def test_every_value_says_where_it_comes_from(self):
        for model in ("collection.limitation.rule", "collection.charge.terms",
                      "collection.contact.rule", "collection.country.law"):
            ids = self.env["ir.model.data"].search([
                ("module", "=", "debt_collection"), ("model", "=", model),
            ]).mapped("res_id")
            for record in self.env[model].browse(ids).filtered("law"):
                with self.subTest(record=record.display_name):
                    self.assertTrue(record.date_valid_from or not record.is_confirmed)
                    if record.is_confirmed:
                        self.assertEqual(record.date_checked, date(2026, 11, 28))
                    else:
                        self.assertFalse(record.date_checked)
                        self.assertIn("general knowledge", record.source_note)

    def test_rules_that_people_made_stay(self):
        """A country has one rule: whoever made theirs before the pack came keeps it."""
        rules = self.env["collection.limitation.rule"]
        packed = self._law("limitation_rule", "fr")
        self.env["ir.model.data"].search([
            ("model", "=", rules._name), ("res_id", "=", packed.id),
        ]).unlink()
        packed.unlink()
        own = rules.create({
            "name": "Ours", "country_id": self.env.ref("base.fr").id, "years": 2,
        })
        rules._keep_own_rules([["limitation_rule_fr", "base.fr", ""]])
        self.assertEqual(self._law("limitation_rule", "fr"), own)
