from odoo import models
from odoo.tools import formatLang


class CollectionCase(models.Model):
    """What was done about a case, in the case file: chronology, contacts, promises and so on."""

    _inherit = "collection.case"

    def _add_records(self, bundle, now):
        text, date, money = ("text", 30), ("date", 12), ("money", 15)
        for name, title, heads, kinds, rows in (
            (
                "01 Chronology", self.env._("Chronology"),
                (self.env._("Date"), self.env._("What Happened"), self.env._("By")),
                (date, ("text", 90), text),
                self._get_chronology(),
            ),
            (
                "04 Contacts", self.env._("Contacts"),
                (self.env._("Date"), self.env._("Method"), self.env._("Direction"),
                 self.env._("Outcome"), self.env._("Contact Person"), self.env._("Made By"),
                 self.env._("Customer Feedback"), self.env._("Reason"), self.env._("Corrects")),
                (date, text, text, text, text, text, ("text", 80), text, text),
                self._get_contact_rows(),
            ),
            (
                "05 Promises and Plans", self.env._("Promises and Plans"),
                (self.env._("Kind"), self.env._("Made On"), self.env._("Due On"),
                 self.env._("Amount"), self.env._("Received"), self.env._("State"),
                 self.env._("Note")),
                (text, date, date, money, money, text, ("text", 60)),
                self._get_promise_rows(),
            ),
            (
                "06 Disputes", self.env._("Disputes"),
                (self.env._("Opened On"), self.env._("Amount"), self.env._("What Is Contested"),
                 self.env._("State"), self.env._("Resolution"), self.env._("Resolved On"),
                 self.env._("Note")),
                (date, money, ("text", 60), text, text, date, ("text", 60)),
                self._get_dispute_rows(),
            ),
        ):
            columns = [(head, *kind) for head, kind in zip(heads, kinds, strict=True)]
            bundle.add("", f"{name}.xlsx", self._get_table_xlsx(title, columns, rows))

    def _label(self, record, name):
        """The label of a selection's value."""
        return dict(record._fields[name]._description_selection(self.env)).get(record[name], "")

    def _get_contact_rows(self):
        return [
            (
                contact.date, self._label(contact, "method"), self._label(contact, "direction"),
                self._label(contact, "outcome"), contact.contact_id.name, contact.user_id.name,
                contact.feedback, contact.reason_id.name, contact.corrects_id.display_name,
            )
            for contact in self._get_file_contacts()
        ]

    def _get_file_contacts(self):
        """Drafts are no record yet."""
        return self.collection_activity_ids.filtered(
            lambda contact: contact.state == "confirmed"
        ).sorted(lambda contact: (contact.date, contact.id))

    def _get_promise_rows(self):
        promise_label, plan_label = self.env._("Promise"), self.env._("Plan")
        rows = [
            (
                promise_label, promise.date_made, promise.date_promised, promise.amount,
                promise.kept_amount, self._label(promise, "state"), promise.note,
            )
            for promise in self.promise_ids.sorted("date_made")
        ]
        for plan in self.plan_ids:
            rows.append((
                plan_label, plan.date_accepted or None, plan.date_first, plan.amount,
                plan.amount_received, self._label(plan, "state"), plan.accepted_by,
            ))
            rows.extend(
                (plan_label, None, line.date_due, line.amount, None, self._label(line, "state"),
                 "")
                for line in plan.line_ids
            )
        return rows

    def _get_dispute_rows(self):
        return [
            (
                dispute.date_open, dispute.amount, dispute.reason,
                self._label(dispute, "state"), self._label(dispute, "resolution"),
                dispute.date_resolved or None, dispute.resolution_note,
            )
            for dispute in self.dispute_ids.sorted("date_open")
        ]

    def _get_chronology(self):
        """What happened, day by day: date, words, by whom.

        :return: list of tuples, the oldest first
        """
        self.ensure_one()
        events = [*self._get_account_events(), *self._get_case_events(),
                  *self._get_legal_events()]
        return sorted(
            (event for event in events if event[0]), key=lambda event: (event[0], event[1])
        )

    def _money(self, amount, currency=None):
        return formatLang(self.env, amount, currency_obj=currency or self.currency_id)

    def _get_account_events(self):
        for line in self.line_ids:
            values = {"item": line.move_id.name,
                      "amount": self._money(line.amount_currency, line.currency_id)}
            yield line.date, self.env._("%(item)s of %(amount)s issued", **values), ""
            yield line.date_maturity, self.env._("%(item)s of %(amount)s due", **values), ""
            for partial in line.matched_credit_ids:
                yield partial.max_date, self.env._(
                    "%(amount)s of %(item)s settled by %(document)s",
                    amount=self._money(partial.amount), item=line.move_id.name,
                    document=partial.credit_move_id.move_id.name,
                ), ""

    def _get_case_events(self):
        yield self.date_open, self.env._("Case %(case)s opened", case=self.name), ""
        yield self.date_closed, self.env._("Case %(case)s closed", case=self.name), ""
        for contact in self._get_file_contacts():
            day = self.company_id._get_collection_date(contact.date)
            words = ": ".join(filter(None, [
                f"{self._label(contact, 'method')}, {self._label(contact, 'outcome')}",
                contact.feedback,
            ]))
            yield day, words, contact.user_id.name
        for promise in self.promise_ids:
            yield promise.date_made, self.env._(
                "Promise: %(promise)s", promise=promise.display_name
            ), promise.user_id.name
        for plan in self.plan_ids:
            yield plan.date_accepted, self.env._(
                "Plan over %(amount)s accepted", amount=self._money(plan.amount)
            ), plan.approved_by.name or ""
        for dispute in self.dispute_ids:
            yield dispute.date_open, self.env._(
                "Contested: %(amount)s. %(reason)s",
                amount=self._money(dispute.amount), reason=dispute.reason,
            ), dispute.user_id.name
            yield dispute.date_resolved, self.env._(
                "Dispute resolved: %(resolution)s", resolution=self._label(dispute, "resolution")
            ), ""

    def _get_legal_events(self):
        for action in self.legal_action_ids:
            name = action.name
            approved = action.date_approved and self.company_id._get_collection_date(
                action.date_approved
            )
            yield approved, self.env._("%(action)s approved", action=name), (
                action.approved_by_id.name or ""
            )
            yield action.date_letter, self.env._("%(action)s: lawyer letter", action=name), (
                action.law_firm_id.name or ""
            )
            yield action.date_filed, self.env._(
                "%(action)s: %(amount)s claimed at %(court)s", action=name,
                amount=self._money(action.amount_claimed), court=action.court or "",
            ), ""
            yield action.judgment_date, self.env._(
                "%(action)s decided: %(result)s, %(amount)s", action=name,
                result=self._label(action, "judgment_kind"),
                amount=self._money(action.judgment_amount),
            ), ""
            yield action.enforcement_date, self.env._(
                "%(action)s: enforcement applied for", action=name
            ), ""
            for consultation in action.consultation_ids:
                yield consultation.date_opinion, self.env._(
                    "%(action)s: counsel's opinion", action=name
                ), consultation.lawyer_id.name or consultation.counsel_id.name or ""
            for hearing in action.hearing_ids:
                yield self.company_id._get_collection_date(hearing.date_start), (
                    f"{hearing.display_name}: {hearing.result or ''}"
                ), hearing.user_id.name or ""
