from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class CollectionCase(models.Model):
    """Each change of a case's collector is kept, whichever way it comes about (P5.1)."""

    _inherit = "collection.case"

    assignment_period_ids = fields.One2many(
        "collection.case.assignment.period", "case_id", "Collectors So Far", readonly=True
    )

    def _check_can_assign(self, user_id):
        """Raise unless a manager gives cases to another collector: figures follow them (P2.1)."""
        changed = self.filtered(lambda case: case.user_id.id != (user_id or False))
        if changed and not (
            self.env.su or self.env.user.has_group("debt_collection.group_manager")
        ):
            raise AccessError(
                self.env._(
                    "Only a collection manager gives the case %(case)s to another collector. Ask"
                    " for it in the case's log.",
                    case=changed[0].display_name,
                )
            )

    def _keep_assignment(self):
        """Note the collectors of these cases as of today: two statements for a company."""
        for company, cases in self.grouped("company_id").items():
            # Whoever assigns or closes a case does not write its history by hand.
            self.env["collection.case.assignment.period"].sudo()._sync(
                company._get_collection_today(), SQL("owned.id = ANY(%s)", cases.ids)
            )

    def _begin_assignments(self, company, as_of):
        # The classification works for everybody, on cases of every collector.
        self.env["collection.case.assignment.period"].sudo()._sync(
            as_of, SQL("owned.company_id = %s", company.id)
        )
