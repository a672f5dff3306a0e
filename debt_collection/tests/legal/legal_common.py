from datetime import timedelta

from odoo import Command

from ..base.common import CollectionCommon


class LegalCommon(CollectionCommon):
    """A case with two invoices, its people, a law firm with a lawyer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.collector = cls._role_user("law_collector", "collector")
        cls.other_collector = cls._role_user("law_other", "collector")
        cls.manager = cls._role_user("law_manager", "manager")
        cls.manager2 = cls._role_user("law_manager2", "manager")
        cls.finance = cls._role_user("law_finance", "finance")
        cls.sales = cls._role_user("law_sales", "sales")
        cls.company.collection_policy_id.write(
            {"user_id": cls.collector.id, "manager_id": cls.manager.id}
        )
        cls.today = cls.company._get_collection_today()
        cls.firm = cls.env["res.partner"].create({
            "name": "正和律师事务所", "is_company": True, "is_law_firm": True,
            "street": "8 Jianguo Road", "city": "Beijing", "country_id": cls.env.ref("base.cn").id,
        })
        cls.lawyer = cls.env["res.partner"].create(
            {"name": "Li Wen", "parent_id": cls.firm.id, "is_lawyer": True}
        )
        cls.partner_a.write({
            "is_company": True, "street": "1 Dock Road", "city": "Suzhou",
            "country_id": cls.env.ref("base.cn").id,
        })
        due = (cls.TODAY - cls.today).days
        cls.invoice = cls._overdue_invoice(due + 120, 3000.0)
        cls.invoice2 = cls._overdue_invoice(due + 70, 2000.0)
        cls.env["collection.case"]._classify(cls.today, cls.company)
        cls.case = cls.invoice.collection_case_id
        cls.case.message_partner_ids = False

    @classmethod
    def _action(cls, user=None, **vals):
        return cls.env["collection.legal.action"].with_user(user or cls.collector).create({
            "case_id": cls.case.id,
            "reason": "Three promises were broken.",
            "law_firm_id": cls.firm.id,
            "lawyer_ids": [Command.set(cls.lawyer.ids)],
            **vals,
        })

    @classmethod
    def _approved(cls, **vals):
        action = cls._action(**vals)
        action.action_request()
        action.with_user(cls.manager).action_approve()
        return action

    def _opinion(self, action, recommendation="proceed", days=0):
        return self.env["collection.legal.consultation"].with_user(self.collector).create({
            "action_id": action.id,
            "lawyer_id": self.lawyer.id,
            "question": "Is the claim good?",
            "opinion": "It is, on the papers at hand.",
            "date_opinion": self.today + timedelta(days=days),
            "recommendation": recommendation,
        })

    def _check(self, action, code):
        return action.check_ids.filtered(lambda check: check.requirement_id.code == code)

    def _complete(self, action):
        """Everything is there or waived."""
        self._opinion(action)
        for code in ("contract", "order", "delivery", "signed_statement"):
            self._check(action, code).with_user(self.collector).write(
                {"is_there": True, "note": "Binder 7, archive"}
            )
        for code in ("letters_delivered", "charge_sheet"):
            check = self._check(action, code).with_user(self.manager)
            check.waive_reason = "No late charges are claimed."
            check.action_waive()

    def _filed(self, **vals):
        action = self._approved(**vals)
        self._complete(action)
        action.with_user(self.manager).write(
            {"court": "People's Court of Suzhou", "date_filed": self.today}
        )
        action.with_user(self.manager).action_file()
        return action
