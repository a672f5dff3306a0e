from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """Where the results of collection are posted, and whether that is in order (P2.4)."""

    _inherit = "res.config.settings"

    collection_policy_id = fields.Many2one(
        related="company_id.collection_policy_id", readonly=False
    )
    collection_user_id = fields.Many2one(related="collection_policy_id.user_id", readonly=False)
    collection_manager_id = fields.Many2one(
        related="collection_policy_id.manager_id", readonly=False
    )
    collection_day = fields.Integer(
        related="collection_policy_id.collection_day", readonly=False
    )
    collection_chase_misc = fields.Boolean(
        related="company_id.collection_chase_misc", readonly=False
    )
    collection_jiao_zheng = fields.Boolean(
        related="company_id.collection_jiao_zheng", readonly=False
    )

    collection_superior_ids = fields.Many2many(
        related="company_id.collection_superior_ids", readonly=False
    )
    collection_is_started = fields.Boolean(
        related="company_id.collection_is_started", readonly=False
    )
    collection_is_landing = fields.Boolean(
        related="company_id.collection_is_landing", readonly=False
    )
    # What the company uses; menus, tabs and steps follow.
    group_use_legal = fields.Boolean(
        "Legal actions", group="debt_collection.group_sales",
        implied_group="debt_collection.group_use_legal",
    )
    group_use_charge = fields.Boolean(
        "Late charges", group="debt_collection.group_sales",
        implied_group="debt_collection.group_use_charge",
    )
    group_use_writeoff = fields.Boolean(
        "Write-offs", group="debt_collection.group_sales",
        implied_group="debt_collection.group_use_writeoff",
    )
    group_use_provision = fields.Boolean(
        "Provisions", group="debt_collection.group_sales",
        implied_group="debt_collection.group_use_provision",
    )
    group_use_assessment = fields.Boolean(
        "Assessment", group="debt_collection.group_sales",
        implied_group="debt_collection.group_use_assessment",
    )
    group_use_task_force = fields.Boolean(
        "Task forces", group="debt_collection.group_sales",
        implied_group="debt_collection.group_use_task_force",
    )
    group_use_portal = fields.Boolean(
        "Customer portal", group="debt_collection.group_sales",
        implied_group="debt_collection.group_use_portal",
    )
    group_use_record = fields.Boolean(
        "Record", group="debt_collection.group_sales",
        implied_group="debt_collection.group_use_record",
    )

    collection_provision_auto = fields.Boolean(
        related="company_id.collection_provision_auto", readonly=False
    )
    collection_provision_reverse = fields.Boolean(
        related="company_id.collection_provision_reverse", readonly=False
    )
    collection_provision_segments = fields.Boolean(
        related="company_id.collection_provision_segments", readonly=False
    )
    collection_provision_set_off = fields.Boolean(
        related="company_id.collection_provision_set_off", readonly=False
    )
    collection_provision_approval = fields.Boolean(
        related="company_id.collection_provision_approval", readonly=False
    )

    collection_keep_case_years = fields.Integer(
        related="company_id.collection_keep_case_years", readonly=False
    )
    collection_keep_list_years = fields.Integer(
        related="company_id.collection_keep_list_years", readonly=False
    )
    collection_keep_log_years = fields.Integer(
        related="company_id.collection_keep_log_years", readonly=False
    )
    collection_keep_entry_years = fields.Integer(
        related="company_id.collection_keep_entry_years", readonly=False
    )

    collection_journal_id = fields.Many2one(
        related="company_id.collection_journal_id", readonly=False
    )
    collection_bad_debt_account_id = fields.Many2one(
        related="company_id.collection_bad_debt_account_id", readonly=False
    )
    collection_allowance_account_id = fields.Many2one(
        related="company_id.collection_allowance_account_id", readonly=False
    )
    collection_impairment_account_id = fields.Many2one(
        related="company_id.collection_impairment_account_id", readonly=False
    )
    collection_recovery_account_id = fields.Many2one(
        related="company_id.collection_recovery_account_id", readonly=False
    )
    collection_vat_relief_account_id = fields.Many2one(
        related="company_id.collection_vat_relief_account_id", readonly=False
    )
    collection_writeoff_limit = fields.Monetary(
        related="company_id.collection_writeoff_limit", readonly=False,
        currency_field="currency_id",
    )
    collection_recovery_mode = fields.Selection(
        related="company_id.collection_recovery_mode", readonly=False
    )
    collection_accounting_problems = fields.Text(
        compute="_compute_collection_accounting_problems"
    )

    collection_assessment_day = fields.Integer(
        related="company_id.collection_assessment_day", readonly=False
    )
    collection_appeal_days = fields.Integer(
        related="company_id.collection_appeal_days", readonly=False
    )
    collection_recovery_method = fields.Selection(
        related="company_id.collection_recovery_method", readonly=False
    )
    collection_survey = fields.Boolean(related="company_id.collection_survey", readonly=False)

    collection_charge_journal_id = fields.Many2one(
        related="company_id.collection_charge_journal_id", readonly=False
    )
    collection_charge_account_id = fields.Many2one(
        related="company_id.collection_charge_account_id", readonly=False
    )
    collection_charge_product_id = fields.Many2one(
        related="company_id.collection_charge_product_id", readonly=False
    )
    collection_charge_tax_ids = fields.Many2many(
        related="company_id.collection_charge_tax_ids", readonly=False
    )
    collection_charge_payment_term_id = fields.Many2one(
        related="company_id.collection_charge_payment_term_id", readonly=False
    )
    collection_rate_unknown = fields.Selection(
        related="company_id.collection_rate_unknown", readonly=False
    )
    collection_charge_terms_id = fields.Many2one(
        related="collection_policy_id.charge_terms_id", readonly=False
    )

    collection_deadline_reminder = fields.Integer(
        related="company_id.collection_deadline_reminder", readonly=False
    )
    collection_deadline_dunning = fields.Integer(
        related="company_id.collection_deadline_dunning", readonly=False
    )
    collection_deadline_final = fields.Integer(
        related="company_id.collection_deadline_final", readonly=False
    )
    collection_deadline_lawyer = fields.Integer(
        related="company_id.collection_deadline_lawyer", readonly=False
    )
    collection_copies_limit = fields.Integer(
        related="company_id.collection_copies_limit", readonly=False
    )
    collection_deadline_statement = fields.Integer(
        related="company_id.collection_deadline_statement", readonly=False
    )
    collection_bank_id = fields.Many2one(related="company_id.collection_bank_id", readonly=False)
    collection_signatory = fields.Char(
        related="company_id.collection_signatory", readonly=False
    )
    collection_signature = fields.Binary(
        related="company_id.collection_signature", readonly=False
    )
    collection_stamp = fields.Binary(related="company_id.collection_stamp", readonly=False)

    # Where the results of collection are posted, and whether that is in order (P2.4).

    @api.model
    def default_get(self, fields):
        # What the page shows of a policy has one to be written to.
        self.env.company._ensure_collection_policy()
        return super().default_get(fields)

    @api.depends("company_id", "collection_journal_id", "collection_bad_debt_account_id",
                 "collection_allowance_account_id", "collection_impairment_account_id",
                 "collection_recovery_account_id", "collection_vat_relief_account_id")
    def _compute_collection_accounting_problems(self):
        for settings in self:
            company = settings.company_id
            settings.collection_accounting_problems = "\n".join(
                f"{company._fields[name].get_description(self.env, ['string'])['string']}: {text}"
                for name, text in company._get_collection_accounting_problems().items()
            )

