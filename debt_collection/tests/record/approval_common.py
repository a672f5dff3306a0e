from odoo import Command

from ..posting.accounting_common import CollectionAccountingCommon


class ApprovalCommon(CollectionAccountingCommon):
    """A case, and a request of each kind that two people decide on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = False
        cls.invoice = cls._overdue_invoice(70, 300.0)
        cls.lost = cls._overdue_invoice(200, 40.0)
        cls._classify()
        cls.case = cls.invoice.collection_case_id
        cls.item = cls._receivable(cls.invoice)
        cls.asked = {
            "state": "requested", "requested_by_id": cls.collector.id,
            "date_requested": "2025-09-01 08:00:00",
        }

    def _requests(self):
        """A request of each kind, as it waits for its approval; and a column of it that stays."""
        case, item = self.case, self.item
        credit = self.env["account.move"].create({
            # Money is what came through a bank.
            "journal_id": self.company_data["default_journal_bank"].id,
            "move_type": "entry", "date": "2025-09-01",
            "line_ids": [
                Command.create({"account_id": item.account_id.id, "balance": -50.0,
                                "partner_id": case.partner_id.id}),
                Command.create({"balance": 50.0, "account_id":
                                self.company_data["default_account_revenue"].id}),
            ],
        })
        credit.action_post()
        lost = self._writeoff(self.lost)
        lost.action_request()
        lost.with_user(self.manager).action_approve()
        lost.with_user(self.finance).action_post()
        assessment = self.env["collection.assessment"].sudo().create({
            "user_id": self.collector.id, "month": "2025-08-01", "company_id": self.company.id,
        })
        assessment.write({"state": "confirmed"})
        person = self.env["res.partner"].create({"name": "Ann"})
        case_vals = {"case_id": case.id}
        for model, vals, column in [
            ("collection.charge", {
                **case_vals, "currency_id": case.currency_id.id, "date_to": self.TODAY,
            }, "date_to"),
            ("collection.writeoff", {
                **case_vals, "reason_id": self.insolvency.id,
                "line_ids": [Command.create({"item_id": item.id, "amount": 300.0})],
            }, "reason_id"),
            ("collection.recovery", {
                "partner_id": case.partner_id.id, "credit_id": credit.line_ids.filtered(
                    lambda line: line.account_id == item.account_id).id,
                "line_ids": [Command.create(
                    {"writeoff_line_id": lost.line_ids.id, "amount": 10.0})],
            }, "credit_id"),
            ("collection.provision", {"month": "2025-08-01"}, "date_exposure"),
            ("collection.provision.specific", {**case_vals, "evidence": "Court"}, "percent"),
            ("collection.reward", {
                "assessment_id": assessment.id, "kind": "bonus", "measure": "amount",
                "amount": 100, "reason": "Good",
            }, "amount"),
            ("collection.archiving", {"kind": "log", "date_before": "2010-01-01",
                                      "record_ids": []}, "date_before"),
            ("collection.erasure", {"partner_id": person.id, "reason": "Asked"}, "partner_id"),
            ("collection.legal.action", {**case_vals, "reason": "Tried all"}, "amount_claimed"),
        ]:
            request_sudo = self.env[model].sudo().create(vals)
            if model == "collection.charge":
                request_sudo.line_ids = [Command.create({
                    "line_id": item.id, "interest": 5, "date_from": "2025-08-01",
                    "date_to": "2025-08-31",
                })]
            request_sudo.write(self.asked)
            yield request_sudo, column
