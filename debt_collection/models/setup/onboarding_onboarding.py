from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date, formatLang

PANEL = "debt_collection.onboarding_collection"


class OnboardingOnboarding(models.Model):
    """The first steps of a company that starts with Collections, above the manager's lists.

    What is done is read from the company's own data, so nobody ticks anything off; Odoo's
    progress record only remembers that the company dismissed the panel.
    """

    _inherit = "onboarding.onboarding"

    @api.model
    def get_collection_panel(self):
        """The panel as the signed-in user sees it in the active company.

        :return: dict of ``steps``, empty for who does not set up; of ``tour``: the last words of
            the tour through a first case, nothing if it is not offered; of ``start``: what
            waits for the first night or for the start of the chase, nothing afterwards; of
            ``misc``: the question about miscellaneous entries, nothing once it is answered; and
            of ``audit``: what the upgrade found, nothing once a manager has read it
        """
        return {
            "steps": self._get_collection_steps(),
            "tour": self.env["web_tour.tour"]._get_collection_tour(),
            "start": self._get_collection_start(),
            "misc": self._get_collection_misc(),
            "audit": self._get_collection_audit(),
        }

    @api.model
    def _get_collection_steps(self):
        if not self._is_collection_manager():
            return []
        # Onboarding is a matter of administrators in Odoo; this panel is the manager's.
        panel_sudo = self._get_collection_onboarding().sudo()
        if panel_sudo.is_onboarding_closed:
            return []
        return [step._get_collection_values() for step in panel_sudo.step_ids]

    @api.model
    def _get_collection_start(self):
        """What a manager of a company that has not started the chase is offered."""
        company = self.env.company
        if company.collection_is_started or not self._is_collection_manager():
            return False
        cases = self.env["collection.case"].search_count(
            [("company_id", "=", company.id), ("stage", "!=", "closed")]
        )
        count, amount = company._get_collection_overdue_now()
        amount = formatLang(self.env, amount, currency_obj=company.currency_id)
        if cases:
            words = self.env._(
                "Open cases: %(count)s. Nothing is sent to customers by itself yet: look at what"
                " the policy would do, then start the chase.", count=cases,
            )
        elif count:
            words = self.env._(
                "Overdue invoices: %(count)s, %(amount)s. Open cases now, or let the night do it."
                " Nobody is written to.", count=count, amount=amount,
            )
        else:
            words = self.env._(
                "No invoice is overdue. A case opens by itself the night after one is."
            )
        return {"words": words, "can_run": bool(count and not cases), "can_start": bool(cases)}

    @api.model
    def _get_collection_misc(self):
        """Whether to chase what Odoo excluded by itself: asked once, with what it would add."""
        company = self.env.company
        if not company.collection_ask_misc or not self._is_collection_manager():
            return False
        count, amount = company._get_collection_misc_now()
        if not count:
            return False
        return self.env._(
            "Overdue receivables on miscellaneous journals, such as opening balances: %(count)s,"
            " %(amount)s. Odoo excludes them from follow-up by itself. Chase them like invoices?"
            " What somebody excludes stays excluded, and the settings can change this later.",
            count=count, amount=formatLang(self.env, amount, currency_obj=company.currency_id),
        )

    @api.model
    def _get_collection_audit(self):
        """What the upgrade found that no step had written, for managers until they have read it."""
        company = self.env.company
        if not self._is_collection_manager() or not company.collection_audit_date:
            return False
        date, count = company.collection_audit_date, company.collection_audit_count
        day = format_date(self.env, fields.Datetime.context_timestamp(self, date).date())
        if count:
            words = self.env._(
                "Audit of %(day)s: %(count)s records look as if no step had written them.",
                day=day, count=count,
            )
        else:
            words = self.env._("Audit of %(day)s: nothing was written past the steps.", day=day)
        return {"words": words, "is_open": bool(count)}

    @api.model
    def open_collection_audit(self):
        """What is found now, each with the record to look at."""
        return self.env["collection.audit"].action_audit()

    @api.model
    def close_collection_audit(self):
        """The result was read; the audit stays a button beside the seals."""
        self._check_collection_manager()
        # Managers do not write companies otherwise; this one value is theirs.
        self.env.company.sudo().collection_audit_date = False

    @api.model
    def answer_collection_misc(self, is_chased):
        """Chase miscellaneous entries, or not; nobody is asked again."""
        self._check_collection_manager()
        # Managers do not write companies otherwise; these values are theirs.
        self.env.company.sudo().write({
            "collection_chase_misc": bool(is_chased), "collection_ask_misc": False,
        })

    @api.model
    def run_collection_start(self, is_mine=False):
        """Open the cases now; nothing is sent.

        :param is_mine: also give those that nobody has to the signed-in user
        """
        self._check_collection_manager()
        company = self.env.company
        cases = self.env["collection.case"]
        # The night's own work, for every collector's cases; who may ask for it was checked.
        cases.sudo()._run_night(company)
        if is_mine:
            cases.search([
                ("company_id", "=", company.id), ("stage", "!=", "closed"),
                ("user_id", "=", False),
            ]).user_id = self.env.user
        return self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.collection_case_action"
        )

    @api.model
    def simulate_collection_start(self):
        """What the policy would do for the open cases."""
        self._check_collection_manager()
        return self.env["collection.case"].search(
            [("company_id", "=", self.env.company.id), ("stage", "!=", "closed")], limit=500
        ).action_simulate()

    @api.model
    def start_collection_chase(self):
        """From now on the policy sends what needs nobody's word."""
        self._check_collection_manager()
        # Managers do not write companies otherwise; this one value is theirs.
        self.env.company.sudo().collection_is_started = True

    @api.model
    def _check_collection_manager(self):
        if not self._is_collection_manager():
            raise AccessError(self.env._("Only a collection manager starts the chase."))

    @api.model
    def close_collection_panel(self):
        """Dismiss the panel for the active company."""
        self._set_collection_panel(True)

    @api.model
    def open_collection_panel(self):
        """Show the panel again, on the page where the manager's day starts."""
        self._set_collection_panel(False)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.collection_case_action_team"
        )

    def _set_collection_panel(self, is_closed):
        if not self._is_collection_manager():
            raise AccessError(
                self.env._("Only a collection manager opens or closes the first steps.")
            )
        # Checked above; see `_get_collection_steps`.
        panel_sudo = self._get_collection_onboarding().sudo()
        panel_sudo._search_or_create_progress().is_onboarding_closed = is_closed

    @api.model
    def _get_collection_onboarding(self):
        return self.env.ref(PANEL, raise_if_not_found=False) or self.browse()

    @api.model
    def _is_collection_manager(self):
        return self.env.user.has_group("debt_collection.group_manager")

