from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..base.common import PreparedCompanies


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionDispute(PreparedCompanies):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls.env["collection.case"].create({"partner_id": cls.partner_a.id})
        cls.other_case = cls.env["collection.case"].create({"partner_id": cls.partner_b.id})
        cls.line_100 = cls._create_item(cls.case, 100)
        cls.line_250 = cls._create_item(cls.case, 250)
        cls.foreign_line = cls._create_item(cls.other_case, 70)

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("debt_collection.group_manager")

    @classmethod
    def _create_item(cls, case, amount):
        """A posted invoice's receivable line, long overdue, in the case."""
        invoice = cls.init_invoice(
            "out_invoice",
            partner=case.partner_id,
            invoice_date="2024-01-10",
            amounts=[amount],
            taxes=cls.env["account.tax"],
        )
        invoice.write({"invoice_payment_term_id": False, "invoice_date_due": "2024-01-31"})
        invoice.action_post()
        line = invoice.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        line.sudo().collection_case_id = case
        return line

    def _create(self, lines, **vals):
        return self.env["collection.dispute"].create(
            {
                "case_id": self.case.id,
                "line_ids": [(6, 0, lines.ids)],
                "reason": "Short delivery",
                **vals,
            }
        )

    def test_amounts(self):
        both = self.line_100 | self.line_250
        cases = [
            # items, amount given, amount kept or None for an error
            (self.line_100, None, 100),
            (both, None, 350),
            (both, 350, 350),
            (both, 0.01, 0.01),
            (both, 350.01, None),
            (self.line_100, 250, None),
            (self.line_100, 0, None),
            (self.line_100, -10, None),
            (self.env["account.move.line"], 10, None),
            (self.foreign_line, 10, None),
            (both | self.foreign_line, 10, None),
        ]
        for lines, given, kept in cases:
            with self.subTest(lines=lines.ids, given=given):
                vals = {} if given is None else {"amount": given}
                if kept is None:
                    with self.assertRaises(ValidationError):
                        self._create(lines, **vals)
                else:
                    dispute = self._create(lines, **vals)
                    self.assertAlmostEqual(dispute.amount, kept)
                    self.assertEqual(dispute.partner_id, self.partner_a)
                    dispute.sudo().unlink()

    def test_default_is_what_is_still_open(self):
        self._register_payment(self.line_100.move_id, amount=30)
        self.assertAlmostEqual(self._create(self.line_100).amount, 70)

    def test_an_item_is_contested_once(self):
        first = self._create(self.line_100, amount=40)
        with self.assertRaises(ValidationError):
            self._create(self.line_100 | self.line_250)
        first.resolution = "invalid"
        first.action_resolve()
        self.assertTrue(self._create(self.line_100 | self.line_250))

    def test_resolve(self):
        for resolution in (False, "valid", "invalid", "settled"):
            with self.subTest(resolution=resolution):
                dispute = self._create(self.line_100, resolution=resolution)
                if not resolution:
                    with self.assertRaises(ValidationError):
                        dispute.action_resolve()
                    dispute.sudo().unlink()
                    continue
                dispute.action_resolve()
                self.assertRecordValues(
                    dispute,
                    [
                        {
                            "state": "resolved",
                            "resolution": resolution,
                            "date_resolved": self.case.company_id._get_collection_today(),
                        }
                    ],
                )
                dispute.action_resolve()  # once more changes nothing
                other = "invalid" if resolution == "settled" else "settled"
                for vals in ({"amount": 1}, {"state": "open"}, {"resolution": other}):
                    with self.assertRaises(UserError):
                        dispute.write(vals)

    def test_state_alone_does_not_resolve(self):
        dispute = self._create(self.line_100, resolution="valid")
        with self.assertRaises(ValidationError):
            dispute.sudo().state = "resolved"
