from odoo import api, models


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
        # With a stage that closes or reopens, the periods follow from that.
        if "user_id" in vals or ("date_closed" in vals and "stage" not in vals):
            self._keep_assignment()
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

    def _on_survey(self):
        return self._get_survey()

    @api.model
    def _on_written_off(self):
        return self._get_written_off_sql()

    def _notify_customers(self, event):
        """Queue the customer's e-mail about an event of these cases, where the policy wants it.

        :param event: ``promise``, ``payment``, ``plan`` or ``closed``
        """
        # Whoever's payment or entry is the reason need not have a right on the case.
        cases_sudo = self.sudo().filtered(
            lambda case: case._get_policy()[f"notify_{event}"]
            and case.partner_id._get_collection_contact().email
        )
        if not cases_sudo:
            return
        template_sudo = self.env.ref(
            f"debt_collection.mail_template_notice_{event}", raise_if_not_found=False
        )
        if template_sudo:
            # The template's texts are for customers; who causes the notice need not read it.
            template_sudo.sudo().send_mail_batch(cases_sudo.ids)

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
            template_sudo.sudo().send_mail_batch(cases_sudo.ids)
