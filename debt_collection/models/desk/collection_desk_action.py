from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import formatLang

NOT_REACHED = ("no_answer", "left_message")
MOST_INSTALMENTS = 60


class CollectionDesk(models.AbstractModel):
    """What is done from the desk; each answer is what the toast says, and how it is undone."""

    _inherit = "collection.desk"

    @api.model
    def log_call(self, case_id, outcome, notes="", method="phone", direction="outbound"):
        """Record an activity that took place just now.

        A call that reached nobody is tried again on the next working day on which the contact
        rule lets somebody call.

        :param outcome: a key of the activity's outcomes
        :return: dict of ``message`` and ``undo``
        """
        case = self._get_case(case_id)
        vals = {
            "case_id": case.id,
            "method": method,
            "direction": direction,
            "outcome": outcome,
            "contact_id": case.partner_id._get_collection_contact().id,
            "feedback": notes or False,
            "state": "confirmed",
        }
        tried_again = outcome in NOT_REACHED and method in ("phone", "visit")
        if (tried_again or outcome == "wrong_number") and not case.is_closed:
            day = case._get_next_try_day(method)
            if day:
                vals.update(next_method=method, next_date=day)
            if outcome == "wrong_number":
                vals["next_note"] = self.env._("Find the right number")
        contact = self.env["collection.activity"].create(vals)
        today = case.company_id._get_collection_today()
        words = f"{case.partner_id.name}: {self._label(contact, 'outcome')}."
        if contact.next_date:
            words = self.env._(
                "%(what)s Next try %(day)s.",
                what=words, day=self._name_day(contact.next_date, today),
            )
        case._update_chase()
        return {"message": words, "undo": {"contact": contact.id}}

    @api.model
    def make_promise(self, case_id, amount, date, line_ids=(), notes="", direction="outbound"):
        """Record a call in which the customer promised to pay.

        :param float amount: in the currency that the customer owes
        :param date: the last day to pay, inclusive
        :param line_ids: the items that the customer means
        """
        case = self._get_case(case_id)
        self._check_amount_promised(case, amount)
        items = case.line_ids.filtered(lambda line: line.id in line_ids)
        contact = self.env["collection.activity"].create({
            "case_id": case.id,
            "method": "phone",
            "direction": direction,
            "outcome": "promised",
            "contact_id": case.partner_id._get_collection_contact().id,
            "feedback": self._join_words(notes, items),
            "amount_promised": amount,
            "date_promised": date,
            "state": "confirmed",
        })
        promise = contact.promise_id
        case._update_chase()
        today = case.company_id._get_collection_today()
        return {
            "message": self.env._(
                "%(customer)s promised %(amount)s for %(day)s.",
                customer=case.partner_id.name,
                amount=formatLang(self.env, promise.amount, currency_obj=promise.currency_id),
                day=self._name_day(promise.date_promised, today),
            ),
            "undo": {"contact": contact.id, "promise": promise.id},
        }

    @api.model
    def _check_amount_promised(self, case, amount):
        """Raise a ``UserError`` for nothing, and for more than is open: a slip of the finger."""
        currency = case._get_debt_currency()
        owed = case._get_amount_owed(currency)
        words = {
            "customer": case.partner_id.display_name,
            "amount": formatLang(self.env, amount or 0, currency_obj=currency),
            "owed": formatLang(self.env, owed, currency_obj=currency),
        }
        if currency.compare_amounts(amount or 0, 0) <= 0:
            raise UserError(
                self.env._(
                    "%(customer)s cannot promise %(amount)s: write an amount above zero.", **words
                )
            )
        if currency.compare_amounts(amount, owed) > 0:
            raise UserError(
                self.env._(
                    "%(customer)s owes %(owed)s: a promise of %(amount)s is more than that."
                    " Correct the amount.",
                    **words,
                )
            )

    @api.model
    def make_dispute(self, case_id, line_ids, reason_id, notes="", direction="outbound"):
        """Record a call in which the customer contested items, and open the dispute."""
        case = self._get_case(case_id)
        items = case.line_ids.filtered(lambda line: line.id in line_ids)
        if not items:
            raise UserError(
                self.env._(
                    "Tick the invoices that %(customer)s disputes.",
                    customer=case.partner_id.display_name,
                )
            )
        reason = self.env["collection.dispute.reason"].browse(reason_id or ())
        dispute = self.env["collection.dispute"].create({
            "case_id": case.id,
            "line_ids": [Command.set(items.ids)],
            "reason_id": reason.id,
            "reason": notes or reason.name,
        })
        contact = self.env["collection.activity"].create({
            "case_id": case.id,
            "method": "phone",
            "direction": direction,
            "outcome": "disputed",
            "contact_id": case.partner_id._get_collection_contact().id,
            "feedback": self._join_words(notes or reason.name, items),
            "state": "confirmed",
        })
        case._update_chase()
        return {
            "message": self.env._(
                "Disputed: %(amount)s of %(customer)s. Not chased until it is resolved.",
                amount=formatLang(self.env, dispute.amount, currency_obj=dispute.currency_id),
                customer=case.partner_id.name,
            ),
            "undo": {"contact": contact.id, "dispute": dispute.id},
        }

    @api.model
    def make_plan(self, case_id, count, line_ids=(), date_first=False, unit="month"):
        """Propose instalments for the ticked items, all overdue ones when none is; the manager
        approves them."""
        case = self._get_case(case_id)
        if not 1 <= count <= MOST_INSTALMENTS:
            raise UserError(
                self.env._(
                    "A plan of %(customer)s has between 1 and %(most)s instalments, not"
                    " %(count)s: choose another number.",
                    customer=case.partner_id.display_name, most=MOST_INSTALMENTS, count=count,
                )
            )
        items = case.line_ids.filtered(lambda line: line.id in line_ids)
        vals = {"case_id": case.id, "count": count, "unit": unit}
        if items:
            vals["item_ids"] = [Command.set(items.ids)]
        if date_first:
            vals["date_first"] = date_first
        plan = self.env["collection.plan"].create(vals)
        plan.action_propose()
        return {
            "message": self.env._(
                "Plan of %(count)s instalments proposed; the manager approves it.", count=count
            ),
            "undo": {"plan": plan.id},
        }

    @api.model
    def _join_words(self, notes, items):
        """Notes, and the numbers of the invoices that were spoken about."""
        return "\n".join(filter(None, (notes, ", ".join(items.move_id.mapped("name"))))) or False

    @api.model
    def correct(self, contact_id, outcome, notes):
        """Record a correction of an activity; the list shows the old one struck through."""
        contact = self.env["collection.activity"].browse(contact_id)
        correction = contact.browse(contact.action_correct()["res_id"])
        correction.write({"outcome": outcome, "feedback": notes or False, "next_method": False,
                          "next_date": False, "next_note": False})
        correction.action_confirm()
        return {"message": self.env._("Corrected."), "undo": False}

    @api.model
    def undo(self, token):
        """Take back what a toast told of, as far as the records allow it.

        A confirmed activity stays: it is corrected, and the call is on today's list again. The
        methods called say themselves whose and how old a record may be.

        :param dict token: what the method that did it answered
        """
        cases = self.env["collection.case"]
        if promise_id := token.get("promise"):
            promise = self.env["collection.promise"].browse(promise_id)
            promise.action_take_back()
            cases |= promise.case_id
        if dispute_id := token.get("dispute"):
            dispute = self.env["collection.dispute"].browse(dispute_id)
            cases |= dispute.case_id
            dispute.action_take_back()
        if plan_id := token.get("plan"):
            self.env["collection.plan"].browse(plan_id).unlink()
        if letter_id := token.get("letter"):
            self.env["collection.letter"].browse(letter_id).action_take_back()
        cases._update_chase()
        if contact_id := token.get("contact"):
            self.env["collection.activity"].browse(contact_id).action_take_back()
        return {"message": self.env._("Undone."), "undo": False}
