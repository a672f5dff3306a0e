from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CollectionWriteoff(models.Model):
    """Debts of a customer given up in the books: asked for, approved, posted (P2.4, P5.1).

    Dr allowance as far as it goes, then bad debt expense; Cr receivable, matched with the item.
    Never a credit note: the customer still owes the money.
    """

    _name = "collection.writeoff"
    _description = "Write-off"
    _inherit = ["collection.mixin", "collection.posting", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    case_id = fields.Many2one(
        "collection.case", check_company=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", compute="_compute_partner_id", store=True, readonly=False,
        required=True, precompute=True, index=True, ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, readonly=False, required=True,
        precompute=True, index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    reason_id = fields.Many2one(
        "collection.writeoff.reason", required=True, ondelete="restrict", tracking=True
    )
    note = fields.Text("Explanation")
    attachment_ids = fields.Many2many("ir.attachment", string="Evidence", copy=False)
    line_ids = fields.One2many(
        "collection.writeoff.line", "writeoff_id", "Debts",
        compute="_compute_line_ids", store=True, readonly=False, copy=False,
    )
    is_tax_relief = fields.Boolean(
        "Claim Tax Back",
        help="The tax part of the debts goes to the account for tax relief on bad debts.",
    )
    amount = fields.Monetary("Written Off", compute="_compute_amounts", store=True, tracking=True)
    amount_allowance = fields.Monetary("From Allowance", compute="_compute_amounts", store=True)
    amount_expense = fields.Monetary("Expense", compute="_compute_amounts", store=True)
    amount_tax = fields.Monetary("Tax Relief", compute="_compute_amounts", store=True)
    amount_recovered = fields.Monetary("Recovered", compute="_compute_amounts", store=True)
    needs_second_approval = fields.Boolean(compute="_compute_needs_second_approval")
    is_unmatched = fields.Boolean(compute="_compute_is_unmatched")

    @api.depends("case_id")
    def _compute_partner_id(self):
        for writeoff in self:
            writeoff.partner_id = writeoff.case_id.partner_id or writeoff.partner_id

    @api.depends("case_id")
    def _compute_company_id(self):
        for writeoff in self:
            writeoff.company_id = (
                writeoff.case_id.company_id or writeoff.company_id or self.env.company
            )

    @api.depends("case_id", "partner_id", "company_id")
    def _compute_line_ids(self):
        """Propose everything of the customer that is open and not asked for already."""
        for writeoff in self:
            if writeoff.state != "draft" or writeoff.line_ids or not writeoff.partner_id:
                continue
            items = writeoff._get_proposed_items()
            writeoff.line_ids = [
                Command.create({"item_id": item.id, "amount": amount})
                for item, amount in items._get_amounts_to_write_off().items()
                if amount > 0
            ]

    def _get_proposed_items(self):
        """The overdue items of the case, else all open items of the customer."""
        self.ensure_one()
        if self.case_id:
            return self.case_id.line_ids.filtered("collection_tier_id")
        return self.env["account.move.line"].search(
            self.env["account.move.line"]._get_collectable_domain()
            & Domain("partner_id", "child_of", self.partner_id.commercial_partner_id.ids)
            & Domain("company_id", "=", self.company_id.id),
            order="date_maturity, id",
        )

    @api.depends(
        "line_ids.amount_company", "line_ids.amount_allowance", "line_ids.amount_expense",
        "line_ids.amount_tax", "line_ids.amount_recovered_company",
    )
    def _compute_amounts(self):
        for writeoff in self:
            lines = writeoff.line_ids
            writeoff.amount = sum(lines.mapped("amount_company"))
            for name in ("amount_allowance", "amount_expense", "amount_tax"):
                writeoff[name] = sum(lines.mapped(name))
            writeoff.amount_recovered = sum(lines.mapped("amount_recovered_company"))

    @api.depends("amount", "company_id")
    def _compute_needs_second_approval(self):
        for writeoff in self:
            writeoff.needs_second_approval = writeoff._needs_second_approval()

    @api.depends("state", "line_ids")
    def _compute_is_unmatched(self):
        """Whether somebody took a posted entry and its items apart in accounting."""
        for writeoff in self:
            credits_sudo = writeoff.sudo().line_ids.move_line_id
            writeoff.is_unmatched = writeoff.state == "posted" and not all(
                credits_sudo.mapped("reconciled")
            )

    def _needs_second_approval(self):
        self.ensure_one()
        # A setting of the company, whoever asks.
        limit = self.company_id.sudo().collection_writeoff_limit
        return bool(limit) and self.currency_id.compare_amounts(self.amount, limit) > 0

    @api.model_create_multi
    def create(self, vals_list):
        # Whoever asks need not have a right on sequences.
        sequence = self.env["ir.sequence"].sudo()
        for vals in vals_list:
            vals["name"] = sequence.next_by_code("collection.writeoff") or "/"
        writeoffs = super().create(vals_list)
        writeoffs._own_evidence()
        return writeoffs

    def write(self, vals):
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._own_evidence()
        return result

    def _own_evidence(self):
        """Whoever sees the write-off sees its evidence, not the uploader alone."""
        for writeoff in self:
            # Files that belong to something else stay there.
            writeoff.attachment_ids.sudo().filtered(
                lambda file: not file.res_id and file.create_uid == self.env.user
            ).write({"res_model": self._name, "res_id": writeoff.id})

    def _get_request_fields(self):
        return {
            "case_id", "partner_id", "company_id", "reason_id", "note", "attachment_ids",
            "line_ids", "is_tax_relief",
        }

    @api.model
    def _get_new_action(self, partner, company, case, items):
        """A new write-off of some items, to be completed and saved by whoever asks for it."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write-off"),
            "res_model": self._name,
            "views": [(False, "form")],
            "context": {
                "default_case_id": case.id,
                "default_partner_id": partner.id,
                "default_company_id": company.id,
                "default_line_ids": [
                    Command.create({"item_id": item.id, "amount": amount})
                    for item, amount in items._get_amounts_to_write_off().items()
                    if amount > 0
                ],
            },
        }

    @api.readonly
    def action_view_entry(self):
        """The journal entry that wrote the debts off."""
        self.ensure_one()
        if not self.move_id:
            raise UserError(self.env._("“%(record)s” is not posted.", record=self.name))
        return self.move_id._get_records_action(name=self.env._("Journal Entry"))
