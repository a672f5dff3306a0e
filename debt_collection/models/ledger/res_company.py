from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, ormcache


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_chase_misc = fields.Boolean(
        "Chase Miscellaneous Entries",
        default=True,
        help="Receivables on journals for miscellaneous entries, such as opening balances, are"
        " chased like invoices, unless somebody excludes them. They are in ageing, statement,"
        " overdue list and provision either way.",
    )

    collection_ask_misc = fields.Boolean(
        "Ask About Miscellaneous Entries", readonly=True,
        help="The ledger had open receivables on such journals before Collections knew the"
        " setting: the first steps ask once whether they are chased.",
    )

    def _get_collection_misc_now(self):
        """Count and amount (company currency) of the overdue items that Odoo excluded by itself.

        They stand on journals for miscellaneous entries, and nobody excluded them.
        """
        self.ensure_one()
        line_model_sudo = self.env["account.move.line"].sudo()
        [(count, amount)] = line_model_sudo._read_group(
            [
                ("company_id", "=", self.id), ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable"),
                ("reconciled", "=", False), ("amount_residual", ">", 0),
                ("payment_id", "=", False), ("statement_line_id", "=", False),
                ("no_followup", "=", True), ("collection_excluded", "!=", True),
                ("partner_id", "!=", False),
                *line_model_sudo._get_due_domain("<", self._get_collection_today()),
            ],
            aggregates=["__count", "amount_residual:sum"],
        )
        return count, amount or 0.0

    @api.model
    def _take_over_exclusions(self):
        """Keep what people excluded before the add-on knew; ask about miscellaneous entries.

        Odoo excludes lines of miscellaneous journals by itself; on others a person did.
        """
        self.env.flush_all()
        self.env.cr.execute(SQL(
            """
            UPDATE account_move_line line SET collection_excluded = TRUE
              FROM account_journal journal
             WHERE journal.id = line.journal_id AND journal.type != 'general'
               AND line.no_followup AND line.collection_excluded IS NOT TRUE
            """
        ))
        self.env["account.move.line"].invalidate_model(["collection_excluded"], flush=False)
        for company in self.sudo().with_context(active_test=False).search(Domain.TRUE):
            company.collection_ask_misc = bool(company._get_collection_misc_now()[0])

    @api.model
    @ormcache()
    def _get_collection_misc_ids(self):
        """Ids of the companies that chase receivables of miscellaneous entries."""
        return tuple(
            self.sudo().with_context(active_test=False).search(
                [("collection_chase_misc", "=", True)]
            ).ids
        )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env.registry.clear_cache()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if "collection_chase_misc" in vals:
            self.env.registry.clear_cache()
        return result
