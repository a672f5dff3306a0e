from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CollectionCase(models.Model):
    """What follows when a case is made, written, moved, closed or opened again."""

    _inherit = "collection.case"

    @api.model
    def _on_opening(self):
        return self._get_figures_of_new()

    def _on_creating(self, vals_list):
        return self._prepare_opening(vals_list)

    def _on_created(self):
        self._keep_assignment()

    def _on_writing(self, vals):
        self._check_prepared(vals)
        if "user_id" in vals:
            self._check_can_assign(vals["user_id"])
        self._check_legal_stage_change(vals)
        self._check_can_archive(vals)
        self._check_close_or_reopen(vals)

    def _on_written(self, vals):
        self._open_to_team(vals)
        self._end_following(vals)
        # With a stage that closes or reopens, the periods follow from that.
        if "user_id" in vals or ("date_closed" in vals and "stage" not in vals):
            self._keep_assignment()
        if "policy_id" in vals:
            self._touch_positions()
        if {"lead_id", "member_ids"} & vals.keys():
            self._tell_task_force_of_people()

    def _on_stages_moved(self, former):
        self.filtered(
            lambda case: former[case] in ("new", "preparation", "first")
            and case.stage in ("midterm", "severe")
        )._tell_salespeople()

    def _on_closed(self):
        self._keep_assignment()  # the collector's period ends
        self._judge_agreements_on_payment()  # what the last payment keeps is kept, not cancelled
        self._drop_schedule()
        self._remove_to_dos()
        self._end_agreements()
        self._ask_to_end_legal_actions()
        self._cancel_letters()
        self.filtered(lambda case: case.close_reason == "paid")._notify_customers("closed")
        self._end_task_force()

    def _on_reopened(self):
        self._count_cycle()
        self._keep_assignment()
        self._touch_positions()

    def _on_survey(self):
        return self._get_survey()

    @api.model
    def _on_written_off(self):
        return self._get_written_off_sql()

    def _notify_customers(self, event, delay=None):
        """Queue the customer's e-mail about an event of these cases, where the policy wants it.

        :param event: ``promise``, ``payment``, ``plan`` or ``closed``
        :param timedelta delay: how long the e-mails wait
        :return: the e-mails, as superuser
        """
        mails_sudo = self.env["mail.mail"].sudo().browse()
        # Whoever's payment or entry is the reason need not have a right on the case.
        cases_sudo = self.sudo().filtered(
            lambda case: case._get_policy()[f"notify_{event}"]
            and (event != "payment" or case._has_to_collect())
            and case.partner_id._get_collection_contact().email
        )
        if not cases_sudo:
            return mails_sudo
        template_sudo = self.env.ref(
            f"debt_collection.mail_template_notice_{event}", raise_if_not_found=False
        )
        if template_sudo:
            # The template's texts are for customers; who causes the notice need not read it.
            later = delay and fields.Datetime.now() + delay
            mails_sudo = template_sudo.sudo()._send_collection_batch(
                cases_sudo.ids, email_values={"scheduled_date": later} if later else None
            )
            if later:
                # Nobody has a right on jobs; it is woken, not changed.
                self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger(at=later)
        return mails_sudo

    def _tell_promise_withdrawn(self):
        """Queue the e-mail that a promise noted before does not stand."""
        cases_sudo = self.sudo().filtered(
            lambda case: case.partner_id._get_collection_contact().email
        )
        template_sudo = self.env.ref(
            "debt_collection.mail_template_notice_withdrawn", raise_if_not_found=False
        )
        if cases_sudo and template_sudo:
            # The template's texts are for customers; who corrects a contact need not read it.
            template_sudo.sudo()._send_collection_batch(cases_sudo.ids)

    # Customers that become one: one open case goes on, nothing agreed is lost.

    def _join_cases(self, partners, preferred=None):
        """Leave one open case a company of customers that become one; the others are closed.

        The case in which something is agreed goes on, else the one of ``preferred``, else the
        oldest. A closed case keeps what is sealed in it; a note tells where its debts went.

        :raises UserError: if something is agreed in more than one of them
        """
        cases = self.search([
            ("partner_id", "in", partners.ids), ("stage", "!=", "closed"),
        ], order="id")
        for own in cases.grouped("company_id").values():
            if len(own) < 2:
                continue
            agreed = own.filtered(lambda case: case._has_agreement())
            if len(agreed) > 1:
                raise UserError(
                    self.env._(
                        "The cases %(cases)s both have an open promise, plan, dispute or legal"
                        " action: end those of one case, then merge the customers.",
                        cases=", ".join(agreed.mapped("name")),
                    )
                )
            kept = agreed or own.filtered(lambda case: case.partner_id == preferred)[:1] or own[:1]
            others = own - kept
            # The debts go on: nobody is told that anything was paid or given up.
            others._do_close("cancelled")
            for case in others:
                case.message_post(body=self.env._(
                    "The customer is one with that of %(case)s now: it goes on there.",
                    case=kept._get_html_link(),
                ))
                kept.message_post(body=self.env._(
                    "The customer of %(case)s belongs to this one now; what happened there stays"
                    " in its file.", case=case._get_html_link(),
                ))

    def _has_agreement(self):
        """Whether something runs in the case that its end would end."""
        self.ensure_one()
        return bool(
            self.stage == "legal"
            or self.promise_ids.filtered(lambda promise: promise.state == "open")
            or self.plan_ids.filtered(
                lambda plan: plan.state in ("draft", "approved", "performing")
            )
            or self.dispute_ids.filtered(lambda dispute: dispute.state == "open")
        )

    def _reclassify_customers(self, partners):
        """Give the open items of commercial partners their case, and add up what they owe."""
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        lines = self.env["account.move.line"].sudo()
        items = lines.search(lines._get_collectable_domain() & Domain(
            "partner_id.commercial_partner_id", "in", partners.ids
        ))
        former = items.collection_case_id
        items._reclassify()
        (former | self.search([
            ("partner_id", "in", partners.ids), ("stage", "!=", "closed"),
        ]))._touch_positions()
