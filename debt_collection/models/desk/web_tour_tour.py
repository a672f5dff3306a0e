from odoo import api, models

FIRST_CASE = "debt_collection_first_case"


class WebTourTour(models.Model):
    """The guided tour of a collector's first case, offered above the worklist."""

    _inherit = "web_tour.tour"

    @api.model
    def _get_collection_tour(self):
        """What is said at the end of the tour; nothing for who took it or has no case today."""
        user = self.env.user
        if not user.has_group("debt_collection.group_collector"):
            return False
        tour = self.search([("name", "=", FIRST_CASE), ("user_consumed_ids", "not in", user.ids)])
        cases = self.env["collection.case"]
        mine_today = cases._get_my_domain() & cases._get_today_domain()
        if not tour or not cases.search_count(mine_today, limit=1):
            return False
        return str(tour.rainbow_man_message)

    @api.model
    def skip_collection_tour(self):
        """The user does not want to be walked through a first case."""
        self.consume(FIRST_CASE)

    @api.model
    def consume(self, tourName):  # noqa: N803
        """Whoever asked for this tour did not ask for those of the other apps."""
        following = super().consume(tourName)
        if tourName != FIRST_CASE or self.env.user._is_admin():
            return following
        # Users write their own preferences.
        self.env.user.sudo().tour_enabled = False
        return False

