from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.misc import format_date


class OnboardingOnboardingStep(models.Model):
    """The first steps in Collections: each says what the company has, and opens its page."""

    _inherit = "onboarding.onboarding.step"

    collection_topic = fields.Selection([
        ("tiers", "Tiers"),
        ("policy", "Policy"),
        ("calendar", "Calendar"),
        ("collectors", "Collectors"),
        ("accounts", "Accounts"),
        ("letters", "Letters"),
    ])

    def _get_collection_values(self):
        """What the panel shows of a step, in the user's language."""
        self.ensure_one()
        done, detail = getattr(self, f"_check_collection_{self.collection_topic}")()
        return {
            "topic": self.collection_topic,
            "title": self.title,
            "description": self.description,
            "detail": detail,
            "done": done,
        }

    @api.model
    def open_collection_step(self, topic):
        """The page on which a step is done."""
        if not self.env["onboarding.onboarding"]._is_collection_manager():
            raise AccessError(self.env._("Only a collection manager sets up Collections."))
        opened = dict(self._fields["collection_topic"].selection)
        if topic not in opened:
            return False
        return getattr(self, f"action_open_collection_{topic}")()

    def _get_collection_action(self, name):
        return self.env["ir.actions.act_window"]._for_xml_id(f"debt_collection.{name}")

    def _get_collection_policy(self):
        return self.env["collection.policy"]._get_default(self.env.company)

    def _check_collection_tiers(self):
        """A ladder is sound whenever there is one: its own checks see to that."""
        ladder = self.env["collection.tier"]._get_ladder(self.env.company)
        days = [f"{t.day_from}–{t.day_to}" if t.day_to else f"{t.day_from}+" for t in ladder]
        return bool(ladder), ", ".join(days)

    @api.model
    def action_open_collection_tiers(self):
        return self._get_collection_action("collection_tier_action")

    def _check_collection_policy(self):
        policy = self._get_collection_policy()
        if not policy.step_ids:
            return False, self.env._("No steps yet")
        if not policy.manager_id:
            return False, self.env._("No collection manager yet")
        return True, self.env._(
            "%(policy)s, led by %(manager)s",
            policy=policy.name, manager=policy.manager_id.name,
        )

    @api.model
    def action_open_collection_policy(self):
        policy = self._get_collection_policy()
        if not policy:
            return self._get_collection_action("collection_policy_action")
        return policy._get_records_action(views=[(False, "form")])

    def _get_collection_holidays(self):
        company = self.env.company
        # Whether holidays are entered, whoever may see them.
        return self.env["resource.calendar.leaves"].sudo().search([
            ("resource_id", "=", False),
            ("time_type", "=", "leave"),
            ("company_id", "in", [company.id, False]),
            ("calendar_id", "in", [company.resource_calendar_id.id, False]),
            ("date_to", ">=", company._get_collection_today()),
        ], order="date_to")

    def _check_collection_calendar(self):
        calendar = self.env.company.resource_calendar_id
        holidays = self._get_collection_holidays()
        if not calendar:
            return False, self.env._("No working calendar yet")
        if not holidays:
            return False, self.env._("No public holidays ahead")
        return True, self.env._(
            "Public holidays up to %(date)s", date=format_date(self.env, holidays[-1].date_to)
        )

    @api.model
    def action_open_collection_calendar(self):
        company = self.env.company
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Public Holidays"),
            "res_model": "resource.calendar.leaves",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("resource_id", "=", False), ("company_id", "in", [company.id, False])],
            "context": {
                "default_company_id": company.id,
                "default_calendar_id": company.resource_calendar_id.id,
            },
        }

    def _check_collection_collectors(self):
        policy = self._get_collection_policy()
        people = policy.collector_ids | policy.user_id
        if not people:
            return False, self.env._("Nobody gets new cases yet")
        return True, ", ".join(people.mapped("name")[:3]) + ("…" if len(people) > 3 else "")

    @api.model
    def action_open_collection_collectors(self):
        """The default collector and the rota stand on the policy."""
        return self.action_open_collection_policy()

    def _check_collection_accounts(self):
        # Whether the accounts are fit is no secret; the accounts themselves are not shown.
        problems = self.env.company.sudo()._get_collection_accounting_problems()
        if problems:
            return False, self.env._("%(count)s settings are open", count=len(problems))
        return True, self.env._("Journal and accounts are fit")

    @api.model
    def action_open_collection_accounts(self):
        """The assistant is the accountant's; others are told whom to ask."""
        if self.env["collection.accounting.setup"].has_access("create"):
            return self._get_collection_action("collection_accounting_setup_action")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "An accountant chooses them under Accounting > Set Up Accounts."
                ),
            },
        }

    def _get_collection_tiers_without_letter(self):
        choose = self.env["collection.letter.template"]._choose
        company = self.env.company
        ladder = self.env["collection.tier"]._get_ladder(company)
        return ladder.filtered(lambda tier: not choose("dunning", tier, company))

    def _has_collection_bank(self):
        # The company's settings are asked for, not shown.
        company_sudo = self.env.company.sudo()
        return bool(company_sudo.collection_bank_id or company_sudo.partner_id.bank_ids)

    def _check_collection_letters(self):
        if missing := self._get_collection_tiers_without_letter():
            return False, self.env._(
                "No dunning letter for: %(tiers)s", tiers=", ".join(missing.mapped("name"))
            )
        if not self._has_collection_bank():
            return False, self.env._("No bank account to pay to")
        return True, self.env._("A letter for each tier, and where to pay")

    @api.model
    def action_open_collection_letters(self):
        """The texts; when those are there, the bank account that letters name."""
        if self._get_collection_tiers_without_letter() or self._has_collection_bank():
            return self._get_collection_action("collection_letter_template_action")
        partner = self.env.company.partner_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bank Accounts"),
            "res_model": "res.partner.bank",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("partner_id", "=", partner.id)],
            "context": {"default_partner_id": partner.id},
        }

