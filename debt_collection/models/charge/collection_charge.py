from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..base.collection_guard import with_ours
from ..posting.collection_posting import BEFORE_POSTING, CollectionPosting
from ..record.collection_approval import SEALED_DECISION

CLAIMED = ("requested", "approved", "posted", "waiving", "waived")
"""States in which the days of a charge are taken: nobody else asks for them."""

CHARGED = ("posted", "waiving", "waived")
"""States in which the days of a charge are charged: they are in the memo no more."""


class CollectionCharge(models.Model):
    """Late charges on items of a case: asked for, approved by another, posted by finance (P2.4).

    What was asked for is frozen, day by day: the same day of an item is never charged twice.
    A charge is in one currency, that of its invoices.
    """

    _name = "collection.charge"
    _description = "Late Charge"
    _inherit = ["collection.mixin", "collection.posting", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_names_search = ["name", "partner_id.name"]
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    case_id = fields.Many2one(
        "collection.case", required=True, index=True, ondelete="restrict", check_company=True
    )
    partner_id = fields.Many2one(related="case_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    user_id = fields.Many2one(related="case_id.user_id", string="Collector")
    plan_id = fields.Many2one(
        "collection.plan", "Payment Plan", readonly=True, copy=False, index="btree_not_null",
        ondelete="restrict", help="The charge is the interest of this plan's schedule.",
    )
    currency_id = fields.Many2one("res.currency", required=True)
    date_to = fields.Date(
        "Charge Up To", required=True, help="Last day that is charged, inclusive."
    )
    item_ids = fields.Many2many(
        "account.move.line",
        string="Open Invoices",
        domain="[('collection_case_id', '=', case_id), ('currency_id', '=', currency_id)]",
        help="Charges are taken on these items, as far as anything is due on them.",
    )
    line_ids = fields.One2many("collection.charge.line", "charge_id", "Charges", readonly=True)
    segment_ids = fields.One2many(
        "collection.charge.segment", "charge_id", "Calculation", readonly=True
    )
    amount_interest = fields.Monetary("Interest", compute="_compute_amounts", store=True)
    amount_fee = fields.Monetary("Fees", compute="_compute_amounts", store=True)
    amount_total = fields.Monetary("Total", compute="_compute_amounts", store=True)
    left_out = fields.Text("Not Charged", readonly=True, copy=False)
    rate_warning = fields.Text(
        "Rates to Look Up", readonly=True, copy=False,
        help="Reference rates whose last known value was used because nobody looked further.",
    )
    move_id = fields.Many2one(string="Debit Note", ondelete="restrict")
    payment_state = fields.Selection(related="move_id.payment_state")

    _sealed_fields = (
        "name", "case_id", "company_id", "currency_id", "date_to", "amount_interest",
        "amount_fee", "amount_total", *SEALED_DECISION,
    )
    _sealed_sums = {
        "amount_interest": ("line_ids", ("interest",)),
        "amount_fee": ("line_ids", ("fee",)),
        "amount_total": ("line_ids", ("interest", "fee")),
    }
    _sealed_later = ("amount_interest", "amount_fee", "amount_total")
    _sealed_lines = {
        "line_ids": (
            ("line_id", "terms_id", "date_due", "date_from", "date_to", "days", "interest", "fee"),
            (),
        ),
        "segment_ids": (
            ("line_id", "date_from", "date_to", "days", "principal", "rate", "base", "interest"),
            (),
        ),
    }
    _sealed_once = (*CollectionPosting._sealed_once, "refund_move_id")
    _people_create = {"case_id", "currency_id"}
    _people_write = {
        BEFORE_POSTING: {"date"},
        "draft": {"date_to", "item_ids"},
    }

    @api.depends("line_ids.interest", "line_ids.fee")
    def _compute_amounts(self):
        sums = {
            charge.id: (interest, fee)
            for charge, interest, fee in self.env["collection.charge.line"]._read_group(
                [("charge_id", "in", self.ids)], ["charge_id"], ["interest:sum", "fee:sum"]
            )
        }
        for charge in self:
            charge.amount_interest, charge.amount_fee = sums.get(charge.id, (0, 0))
            charge.amount_total = charge.amount_interest + charge.amount_fee

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for charge in self:
            charge.display_name = f"{charge.name} – {charge.partner_id.name or ''}"

    @api.model_create_multi
    def create(self, vals_list):
        # Whoever asks for a charge need not have a right on sequences.
        sequence = self.env["ir.sequence"].sudo()
        vals_list = [
            with_ours(vals, name=sequence.next_by_code(self._name) or "/") for vals in vals_list
        ]
        charges = super().create(vals_list)
        charges._check_items()
        charges._refresh_lines()
        return charges

    def write(self, vals):
        self._check_date_written(vals)
        result = super().write(vals)
        if {"date_to", "item_ids"} & vals.keys():
            self._check_items()
            self._refresh_lines()
        if "state" in vals:
            # What is asked for is claimed in the database at once: whoever is second is told.
            self.env["collection.charge.line"].flush_model(["is_claimed"])
        return result

    def copy_data(self, default=None):
        """A copy asks for what is due on the same items now."""
        return [
            {**vals, "date_to": charge.company_id._get_collection_today()}
            for charge, vals in zip(self, super().copy_data(default), strict=True)
        ]

    # The customer's debit note: Dr receivable / Cr income, in a journal of its own (P2.4).

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
        lang = self.partner_id._get_collection_lang(self.company_id)
        charge = self.with_company(self.company_id).with_context(lang=lang)
        move = charge.env["account.move"].create(charge._prepare_debit_note_vals(date))
        move._post(soft=False)
        self.plan_id._note_interest("posted", move.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ))
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
        if self.plan_id:
            # With the last instalment; what the plan covers is not late before.
            days = self.plan_id.sudo().line_ids.mapped("date_due")
            vals.update(
                invoice_payment_term_id=False, invoice_date_due=max([date, *days]),
                invoice_origin=self.name,
            )
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

    # What is asked for: reckoned from the ledger, frozen when somebody asks for it.

    def _check_items(self):
        """Raise unless all items are the case's own, in the currency of the charge."""
        for charge in self.filtered(lambda charge: not charge.plan_id):
            for item in charge.item_ids:
                if (
                    item.collection_case_id != charge.case_id
                    or item.currency_id != charge.currency_id
                ):
                    raise UserError(
                        self.env._(
                            "%(item)s is no item of %(case)s in %(currency)s.",
                            item=item.display_name,
                            case=charge.case_id.display_name,
                            currency=charge.currency_id.name,
                        )
                    )

    def action_refresh(self):
        """Reckon these drafts again from the ledger as it is now."""
        self.check_access("write")
        self._check_state("draft")
        self._refresh_lines()

    def _refresh_lines(self):
        """Replace the lines by what is due on the items and not claimed by another charge."""
        for charge in self:
            # Lines are reckoned by this step alone: nobody has a right to write them.
            charge_sudo = charge.sudo()
            if charge_sudo.plan_id:
                charge_sudo.line_ids.unlink()
                charge_sudo.line_ids = [Command.create({
                    "line_id": item.id,
                    "date_due": item._get_collection_due(),
                    "interest": charge_sudo.plan_id.amount_interest,
                }) for item in charge_sudo.item_ids[:1]]
                continue
            accrued = charge_sudo.item_ids._get_collection_charges(charge.date_to, pending=True)
            charge_sudo.line_ids.unlink()
            charge_sudo.write({
                "line_ids": [
                    Command.create(self._prepare_line_vals(item, accrued[item.id]))
                    for item in charge_sudo.item_ids.sorted(
                        lambda item: (item._get_collection_due(), item.id)
                    )
                    if self._get_why_not(accrued.get(item.id)) is None
                ],
                "left_out": "\n".join(
                    f"{item.move_id.name}: {reason}"
                    for item in charge_sudo.item_ids.sorted(
                        lambda item: (item._get_collection_due(), item.id)
                    )
                    if (reason := self._get_why_not(accrued.get(item.id)))
                ),
                "rate_warning": charge._get_words_on_rates(accrued) or False,
            })

    @api.model
    def _get_words_on_rates(self, accrued):
        """Warnings on reference rates that were used past the last day for which they are known.

        :param accrued: what `_get_collection_charges` says of items
        """
        since = {}
        for found in accrued.values():
            if found.get("unknown_since"):
                key = found["terms_id"]
                since[key] = min(found["unknown_since"], since.get(key, found["unknown_since"]))
        # Which rate is charged is no secret to whoever sees the charge.
        terms_sudo = self.env["collection.charge.terms"].sudo().browse(since)
        return "\n".join(dict.fromkeys(
            terms.rate_id._get_words_carried_on(since[terms.id]) for terms in terms_sudo
        ))

    def _get_why_not(self, accrued):
        """Words on why an item is not charged; ``None`` if it is."""
        if accrued is None:
            return self.env._("No terms of late charges apply.")
        if accrued["missing"]:
            return accrued["missing"]
        if not accrued["total"]:
            return self.env._("Nothing is due that was not charged or asked for before.")
        if accrued["is_below_minimum"]:
            return self.env._("Less than the minimum charge.")
        return None

    def _prepare_line_vals(self, item, accrued):
        segments = accrued["segments"]
        move = item.move_id
        fee_key = f"move,{move.id}" if move.is_invoice(True) else f"line,{item.id}"
        return {
            "line_id": item.id,
            "terms_id": accrued["terms_id"],
            "date_due": item._get_collection_due(),
            "date_from": segments[0].date_from if segments else False,
            "date_to": segments[-1].date_to if segments else False,
            "days": accrued["days"],
            "interest": accrued["interest"],
            "fee": accrued["fee"],
            "fee_key": fee_key if accrued["fee"] else False,
            "segment_ids": [
                Command.create({
                    "date_from": segment.date_from,
                    "date_to": segment.date_to,
                    "days": segment.days,
                    "principal": float(segment.principal),
                    "rate": float(segment.rate),
                    "base": segment.base,
                    "interest": float(segment.interest),
                })
                for segment in segments
            ],
        }

    def _prepare_request(self):
        """Freeze what is due now."""
        self.check_access("write")
        self._check_state("draft")
        # Of two people who ask for the same items at once, the second is told so. A lock says
        # nothing of the items: it needs no right on them.
        self._lock_or_tell(self.item_ids.sudo())
        self._refresh_lines()

    def _check_complete(self):
        self._check_role(
            "collector", self.env._("Collectors and managers ask for late charges.")
        )
        for charge in self:
            if charge.date_to > charge.company_id._get_collection_today():
                raise UserError(
                    self.env._(
                        "“%(charge)s” charges days that are still to come: choose today or"
                        " earlier.",
                        charge=charge.display_name,
                    )
                )
            if not charge.line_ids:
                raise UserError(
                    self.env._(
                        "There is nothing to charge in “%(charge)s”.\n%(reasons)s",
                        charge=charge.display_name,
                        reasons=charge.left_out or "",
                    )
                )

    def _check_still_right(self):
        """Raise if the ledger says something else by now than what was approved."""
        for charge in self.filtered(lambda charge: not charge.plan_id):
            accrued = charge.line_ids.line_id._get_collection_charges(
                charge.date_to, pending=True, without=charge
            )
            for line in charge.line_ids:
                now = accrued.get(line.line_id.id, {"interest": 0, "fee": 0})
                compare = charge.currency_id.compare_amounts
                if compare(now["interest"], line.interest) or compare(now["fee"], line.fee):
                    raise UserError(
                        self.env._(
                            "“%(charge)s”: payments, terms or rates of %(invoice)s have changed"
                            " since it was asked for. Cancel it and ask again.",
                            charge=charge.display_name,
                            invoice=line.move_id.display_name,
                        )
                    )

