from odoo import Command, api, fields, models


class CollectionCharge(models.Model):
    """The customer's debit note: Dr receivable / Cr income, in a journal of its own (P2.4)."""

    _inherit = "collection.charge"

    def _check_date_written(self, vals):
        if "date" in vals and not self.env.su and set(self.mapped("state")) - {"draft"}:
            self._check_role("finance", self.env._("Only finance sets the accounting date."))

    def _check_postable(self):
        # Finance need not see the items of every case.
        self.sudo()._check_still_right()

    def _do_post(self, date):
        self.ensure_one()
        journal = self._require_setting("collection_charge_journal_id")
        self._require_setting("collection_charge_account_id")
        taxes = self.company_id.collection_charge_tax_ids
        self._check_posting_date(date, journal, has_tax=bool(taxes))
        lang = self.partner_id.lang or self.env.lang
        charge = self.with_company(self.company_id).with_context(lang=lang)
        move = charge.env["account.move"].create(charge._prepare_debit_note_vals(date))
        move._post(soft=False)
        self.case_id.message_post(
            body=self.env._(
                "Late charges posted: %(debit_note)s, %(amount)s up to %(date)s.",
                debit_note=move.name,
                amount=self.currency_id.format(move.amount_total),
                date=fields.Date.to_string(self.date_to),
            )
        )
        return move.with_env(self.env)

    def _prepare_debit_note_vals(self, date):
        company = self.company_id
        invoices = self.line_ids.line_id.move_id
        term = company.collection_charge_payment_term_id
        vals = {
            "move_type": "out_invoice",
            "is_collection_charge": True,
            "journal_id": company.collection_charge_journal_id.id,
            "partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "invoice_date": date,
            "date": date,
            "invoice_payment_term_id": term.id,
            "ref": self.env._(
                "Late charges %(charge)s on %(invoices)s",
                charge=self.name,
                invoices=", ".join(invoices.mapped("name")),
            ),
            "invoice_origin": self.name,
            "invoice_line_ids": [
                Command.create(line_vals) for line_vals in self._prepare_debit_note_lines()
            ],
        }
        if not term:
            vals["invoice_date_due"] = date
        if "debit_origin_id" in self.env["account.move"]._fields and len(invoices) == 1:
            # With account's own debit notes installed, the note shows on its invoice.
            vals["debit_origin_id"] = invoices.id
        return vals

    def _prepare_debit_note_lines(self):
        company = self.company_id
        position = self.env["account.fiscal.position"]._get_fiscal_position(self.partner_id)
        taxes = position.map_tax(company.collection_charge_tax_ids)
        common = {
            "product_id": company.collection_charge_product_id.id,
            "account_id": company.collection_charge_account_id.id,
            "quantity": 1,
            "tax_ids": [Command.set(taxes.ids)],
        }
        vals_list = []
        for line in self.line_ids:
            for amount, words in (
                (line.interest, line._get_interest_words), (line.fee, line._get_fee_words)
            ):
                if amount:
                    vals_list.append({**common, "name": words(), "price_unit": amount})
        return vals_list

    @api.readonly
    def action_view_debit_note(self):
        """The entry that was posted."""
        self.ensure_one()
        return self.move_id._get_records_action(name=self.env._("Debit Note"))
