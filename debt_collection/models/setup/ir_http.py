from werkzeug.exceptions import BadRequest

from odoo import models
from odoo.http import request

from ...tools.client_input import is_address

# The first page that a role finds, the strongest role first.
LANDINGS = (
    ("manager", "collection_case_action_team"),
    ("finance", "collection_approval_item_action_post"),
    ("collector", "collection_case_action_day"),
    ("sales", "collection_dispute_action"),
)


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _match(cls, path_info):
        """An address that nothing can be found by is answered with words, not with an error."""
        if not is_address(path_info):
            raise BadRequest(request.env._(
                "This address is not one: it has characters or numbers that make no sense."
            ))
        return super()._match(path_info)

    def session_info(self):
        """Bring people to their desk after signing in, if the company wants it.

        What goes on for them in the background is known at once.
        """
        info = super().session_info()
        user = request.env.user
        if not info.get("home_action_id") and user.company_id.sudo().collection_is_landing:
            info["home_action_id"] = self._get_collection_landing(user) or False
        if user.has_group("debt_collection.group_sales"):
            info["collection_works"] = user.env["collection.work"]._get_own_news()
        return info

    def _get_collection_landing(self, user):
        """Id of the action on which the user's role begins; nothing without a role."""
        for role, name in LANDINGS:
            if user.has_group(f"debt_collection.group_{role}"):
                return user.env["ir.model.data"]._xmlid_to_res_id(f"debt_collection.{name}")
        return None
