from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date, format_time, formatLang

from ...tools.contact_window import to_local

ENTRY_DAYS = 400


class CollectionDeskCase(models.AbstractModel):
    """One case on the desk: its customer, open invoices, and what to say."""

    _name = "collection.desk.case"
    _description = "A Case on the Desk"
    _inherit = "collection.desk.words"

    @api.model
    def _get_account(self, case):
        """The customer's account of the last year, by the room of the ledger."""
        partner, company = case.partner_id, case.company_id
        partner._check_collection_statement()
        today = company._get_collection_today()
        return partner._get_collection_statement(
            today - timedelta(days=ENTRY_DAYS), today, company
        )[partner.commercial_partner_id.id]

    @api.model
    def _prepare_customer(self, case):
        """Who is called: name, number, the person's local time, and whether it may be now."""
        partner = case.partner_id
        person = partner._get_collection_contact()
        zone = case._get_contact_zones(person)[0]
        now = fields.Datetime.now()
        moment, words = case._get_next_contact("phone", person)
        local = to_local(now, zone)
        later = to_local(moment, zone) if moment and moment > now else None
        hour = later and format_time(self.env, later.time(), time_format="short")
        return {
            "id": partner.id,
            "name": partner.name or "",
            "ref": partner.ref or "",
            "person": person.name if person != partner else "",
            "person_id": person.id,
            "phone": person.phone or partner.phone or "",
            "email": person.email or partner.email or "",
            "local_time": format_time(self.env, local.time(), time_format="short"),
            "city": partner.city or partner.country_id.name or "",
            "is_callable": not words,
            "refusal": words or "",
            "callable_from": later and f"{self._name_day(later.date(), local.date())} {hour}",
            "prefers": partner._describe_collection_preferences(),
        }

    @api.model
    def _prepare_ageing(self, case, account):
        """The bar: bands with their share, in the currency in which most is owed."""
        if not account:
            return []
        ladder = self.env["collection.tier"]._get_ladder(case.company_id)
        names = {"not_due": self.env._("Current")}
        for tier in ladder:
            names[tier.code] = tier._get_band_name()
        rows = []
        for part in account:
            bands = [band for band in part["ageing"] if band["code"] in names]
            total = sum(band["amount"] for band in bands)
            if total <= 0:
                continue
            rows.append({
                "currency": part["currency"].name,
                "bands": [
                    {
                        "code": band["code"],
                        "name": names[band["code"]],
                        "amount": formatLang(
                            self.env, band["amount"], currency_obj=part["currency"]
                        ) if band["amount"] else "",
                        "share": round(100 * band["amount"] / total, 1),
                    }
                    for band in bands
                ],
            })
        return rows

    @api.model
    def _prepare_invoices(self, case):
        """The case's open items, the oldest first, with what keeps each from being chased."""
        today = case.company_id._get_collection_today()
        disputed = case.dispute_ids.filtered(lambda dispute: dispute.state == "open").line_ids
        planned = case.plan_ids.filtered(
            lambda plan: plan.state in ("draft", "approved", "performing")
        ).item_ids
        open_items = case.line_ids.filtered(lambda line: not line.reconciled)
        currency = case._get_debt_currency()
        return [
            {
                "id": line.id,
                "move_id": line.move_id.id,
                "name": line.move_id.name or line.name or "",
                "date": format_date(self.env, line.invoice_date or line.date),
                "due": format_date(self.env, line._get_collection_due()),
                "days": (today - line._get_collection_due()).days,
                "amount": (
                    line.amount_residual_currency if line.currency_id == currency
                    else line.amount_residual if currency == line.company_currency_id
                    else line.company_currency_id._convert(
                        line.amount_residual, currency, line.company_id, today
                    )
                ),
                "amount_text": formatLang(
                    self.env, line.amount_residual_currency, currency_obj=line.currency_id
                ),
                "state": (
                    "disputed" if line in disputed else "planned" if line in planned else ""
                ),
            }
            for line in open_items.sorted(lambda line: (line._get_collection_due(), line.id))
        ]

    @api.model
    def _prepare_promises(self, case):
        today = case.company_id._get_collection_today()
        return [
            {
                "id": promise.id,
                "state": promise.state,
                "label": self._label(promise, "state"),
                "amount": formatLang(
                    self.env, promise.amount, currency_obj=promise.currency_id
                ),
                "day": self._name_day(promise.date_promised, today),
            }
            for promise in case.promise_ids
            if promise.state in ("open", "partial", "broken")
        ][:3]

    @api.model
    def _prepare_guide(self, case):
        """What to say: the guide of the situation, with the oldest invoice filled in."""
        contact = self.env["collection.activity"].new({"case_id": case.id})
        today = case.company_id._get_collection_today()
        oldest = case.line_ids.filtered(lambda line: not line.reconciled).sorted(
            lambda line: (line._get_collection_due(), line.id)
        )[:1]
        opening = oldest and self.env._(
            "Invoice %(number)s over %(amount)s was due on %(date)s, %(days)s days ago.",
            number=oldest.move_id.name,
            amount=formatLang(
                self.env, oldest.amount_residual_currency, currency_obj=oldest.currency_id
            ),
            date=format_date(self.env, oldest._get_collection_due()),
            days=(today - oldest._get_collection_due()).days,
        )
        return {
            "name": contact.guide_id.name or "",
            "opening": opening or "",
            "body": contact.guide_body or "",
        }

    @api.model
    def _prepare_next(self, case):
        today = case.company_id._get_collection_today()
        to_do = case.activity_ids.sorted("date_deadline")[:1]
        return self._describe_to_do(to_do, today) if to_do else ""

    @api.model
    def _get_figures(self, cases):
        """What is owed on these cases, as their positions say it.

        :return: by case, dict of ``overdue net credits promised`` in company currency and their
            texts; those of ``net`` and ``overdue`` are in the customer's currency where all that
            is overdue is in one
        """
        positions = cases._get_positions().grouped("case_id")
        figures = {}
        for case in cases:
            company = case.currency_id
            owed = positions.get(case, self.env["collection.position"]).filtered("amount_overdue")
            net, overdue, theirs = case.amount_to_collect, case.amount_overdue, company
            if len(owed) == 1:
                net, overdue, theirs = (
                    owed.amount_to_collect, owed.amount_overdue, owed.currency_id
                )
            credit = case.amount_unapplied
            figures[case] = {
                "overdue": case.amount_overdue,
                "net": case.amount_to_collect,
                "credits": credit,
                "promised": case.amount_promised,
                "net_text": net and formatLang(self.env, net, currency_obj=theirs),
                "overdue_text": formatLang(self.env, overdue, currency_obj=theirs),
                "credits_text": credit and formatLang(self.env, credit, currency_obj=company),
            }
        return figures

    @api.model
    def _get_amount_meant(self, case):
        """What is promised when no invoice is ticked, in the currency that promises are made in:
        what is to be collected, else what is promised already and is promised anew."""
        currency = case._get_debt_currency()
        if asked := case._get_to_collect(currency):
            return asked
        position = case._get_positions().filtered(lambda row: row.currency_id == currency)
        return sum(position.mapped("amount_promised"))
