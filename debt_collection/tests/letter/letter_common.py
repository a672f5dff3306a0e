import io
from datetime import timedelta

from freezegun import freeze_time
from pypdf import PdfReader

from ..base.common import CollectionCommon


class LetterCommon(CollectionCommon):
    """A company with a collector, a manager, and a customer who gets letters."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{cls.TODAY} 09:00:00"))
        cls.company = cls.env.company
        cls.company.resource_calendar_id = False
        cls.collector = cls._role_user("letter_collector", "collector")
        cls.manager = cls._role_user("letter_manager", "manager")
        cls.manager2 = cls._role_user("letter_manager2", "manager")
        cls.finance = cls._role_user("letter_finance", "finance")
        cls.sales = cls._role_user("letter_sales", "sales")
        cls.collector.email = "collector@company.example"
        cls.policy = cls.company.collection_policy_id
        cls.policy.write({"user_id": cls.collector.id, "manager_id": cls.manager.id})
        cls.partner_a.write({
            "email": "payables@customer.example", "street": "1 Long Road", "city": "Bristol",
        })
        cls.bank = cls.env["res.partner.bank"].create({
            "acc_number": "GB33BUKB20201555555555", "partner_id": cls.company.partner_id.id,
        })

    @classmethod
    def _case(cls, partner=None):
        cls._classify()
        return cls.env["collection.case"].search([
            ("partner_id", "=", (partner or cls.partner_a).id), ("stage", "!=", "closed"),
            ("company_id", "=", cls.company.id),
        ])

    @classmethod
    def _write_texts(cls, lang, body):
        """A language with texts of letters of its own."""
        cls.env["res.lang"]._activate_lang(lang)
        for template in cls.env["collection.letter.template"].search([]):
            template.update_field_translations("body", {lang: body})

    def _letter(self, kind="dunning", user=None, case=None, **vals):
        case = case or self._case()
        return self.env["collection.letter"].with_user(user or self.collector).create({
            "case_id": case.id, "kind": kind, **vals,
        })

    def _approved(self, kind="dunning", **vals):
        letter = self._letter(kind, **vals)
        if letter._needs_other():
            letter.with_user(self.manager).action_approve()
        else:
            letter.action_approve()
        self.assertEqual(letter.state, "approved")
        return letter

    def _night(self, days=0):
        as_of = self.TODAY + timedelta(days=days)
        self._classify(as_of)
        self.env["collection.case"]._escalate(as_of, self.company)

    @classmethod
    def _pdf_text(cls, content):
        pages = PdfReader(io.BytesIO(content)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())
