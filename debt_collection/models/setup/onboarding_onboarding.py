from odoo import api, models
from odoo.exceptions import AccessError

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

        :return: dict of ``steps``, empty for who does not set up, and of ``tour``: the last
            words of the tour through a first case, nothing if it is not offered
        """
        return {
            "steps": self._get_collection_steps(),
            "tour": self.env["web_tour.tour"]._get_collection_tour(),
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

