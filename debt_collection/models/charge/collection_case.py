from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CollectionCase(models.Model):
    """Late charges of a case: a memo until they are posted (P4.2)."""

    _inherit = "collection.case"

    charge_ids = fields.One2many("collection.charge", "case_id", "Late Charge Requests")
    charge_count = fields.Integer(compute="_compute_charge_count")
    amount_charges = fields.Monetary(
        "Late Charges",
        compute="_compute_amount_charges",
        help="Interest and fees accrued up to today and not charged yet, in the company's"
        " currency; not in the books.",
    )
    amount_charges_per_day = fields.Monetary("A Day", compute="_compute_amount_charges")
    charges_note = fields.Text("On Late Charges", compute="_compute_amount_charges")

    @api.depends("charge_ids")
    def _compute_charge_count(self):
        counts = dict(
            self.env["collection.charge"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.charge_count = counts.get(case, 0)

    # Not on the items themselves: posting and reconciling cost nothing for a memo.
    @api.depends("line_ids", "amount_overdue", "charge_ids.state", "partner_id")
    def _compute_amount_charges(self):
        self.amount_charges = self.amount_charges_per_day = 0
        self.charges_note = False
        for company, cases in self.filtered("company_id").grouped("company_id").items():
            today = company._get_collection_today()
            # A case says what it amounts to, whoever of its team looks at it.
            lines_sudo = cases.sudo().line_ids
            charges = lines_sudo._get_collection_charges(today)
            rates = {
                currency.id: currency._get_conversion_rate(
                    currency, company.currency_id, company, today
                )
                for currency in lines_sudo.currency_id
            }
            lines_by_case = lines_sudo.grouped("collection_case_id")
            for case in cases:
                lines_sudo = lines_by_case.get(case._origin, lines_sudo.browse())
                accrued = [charges[line_id] for line_id in lines_sudo.ids if line_id in charges]
                for name, key in (("amount_charges", "total"),
                                  ("amount_charges_per_day", "per_day")):
                    case[name] = company.currency_id.round(
                        sum(charge[key] * rates[charge["currency_id"]] for charge in accrued)
                    )
                case.charges_note = "\n".join(
                    f"{line_sudo.move_id.name}: {charges[line_sudo.id]['missing']}"
                    for line_sudo in lines_sudo
                    if line_sudo.id in charges and charges[line_sudo.id]["missing"]
                )

    def action_charge_late_interest(self):
        """Draft charges of what has accrued, one for each currency (P2.4)."""
        self.ensure_one()
        self._check_can_charge()
        charges = self._do_charge(self.company_id._get_collection_today())
        return charges._get_records_action(name=self.env._("Late Charges"))

    def _check_can_charge(self):
        self.check_access("write")

    def _do_charge(self, date_to):
        """Drafts up to a day; one that is there already is brought up to date.

        :raises UserError: if nothing is to be charged, with the reasons
        """
        self.ensure_one()
        charge_model = self.env["collection.charge"]
        accrued = self.line_ids._get_collection_charges(date_to, pending=True)
        why_not = {
            line: charge_model._get_why_not(accrued.get(line.id))
            for line in self.line_ids
            if not line.move_id.is_collection_charge
        }
        due = self.line_ids.browse([line.id for line, why in why_not.items() if why is None])
        if not due:
            raise UserError(
                self.env._(
                    "There is nothing to charge in %(case)s.\n%(reasons)s",
                    case=self.display_name,
                    reasons="\n".join(
                        f"{line.move_id.name}: {why}" for line, why in why_not.items() if why
                    ),
                )
            )
        charges = charge_model
        for currency, lines in due.grouped("currency_id").items():
            vals = {"date_to": date_to, "item_ids": [Command.set(lines.ids)]}
            draft = self.charge_ids.filtered(
                lambda charge, currency=currency: charge.state == "draft"
                and charge.currency_id == currency
            )[:1]
            if draft:
                draft.write(vals)
            else:
                draft = charge_model.create(
                    {"case_id": self.id, "currency_id": currency.id, **vals}
                )
            charges |= draft
        return charges

    @api.readonly
    def action_view_charges(self):
        """The late charges that were asked for or posted."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_charge_action"
            ),
            "domain": [("case_id", "=", self.id)],
            "context": {"default_case_id": self.id},
        }

