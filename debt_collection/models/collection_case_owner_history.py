from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class CollectionCase(models.Model):
    """Each change of a case's collector is kept, whichever way it comes about (P5.1)."""

    _inherit = "collection.case"

    assignment_period_ids = fields.One2many(
        "collection.case.assignment.period", "case_id", "Collectors So Far", readonly=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        cases._keep_assignment()
        return cases

    def write(self, vals):
        if "user_id" in vals:
            self._check_can_assign(vals["user_id"])
        result = super().write(vals)
        if {"user_id", "date_closed"} & vals.keys() or vals.get("stage") == "closed":
            self._keep_assignment()
        return result

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

    def _classify_company(self, company, as_of, line_ids=None, has_cases=False):
        """New cases have their collectors from the day of the classification, with its figures."""
        result = super()._classify_company(company, as_of, line_ids, has_cases)
        if result["opened"]:
            self._begin_assignments(company, as_of)
        return result

    def _classify_in_slices(self, company):
        """The same, once all slices have their figures."""
        yield from super()._classify_in_slices(company)
        self._begin_assignments(company, company._get_collection_today())

    def _begin_assignments(self, company, as_of):
        # The classification works for everybody, on cases of every collector.
        self.env["collection.case.assignment.period"].sudo()._sync(
            as_of, SQL("owned.company_id = %s", company.id)
        )

    def _cancel_scheduled(self):
        """Cases closed by SQL come through here, all of them at once."""
        self._keep_assignment()
        return super()._cancel_scheduled()
