import json

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class CollectionAudit(models.AbstractModel):
    """What a record looks like that no step of ours wrote: a list for managers (P6.3).

    It reads what is there and changes nothing. ``./dev shell`` calls
    ``env["collection.audit"]._audit(company)``; the upgrade calls it once for each company.
    """

    _name = "collection.audit"
    _description = "Audit of What Steps Write"

    @api.model
    def _audit(self, company):
        """What does not look as if our steps wrote it, as a list of sentences."""
        return [words for words, _record in self._find_all(company)]

    @api.model
    def _find_all(self, company):
        """What does not look as if our steps wrote it: sentences, each with its record or none."""
        # The whole record of the company is looked at, whoever may read which part of it.
        audit_sudo = self.sudo().with_company(company).with_context(active_test=False)
        return [
            *audit_sudo._find_broken_seals(company),
            *audit_sudo._find_forged_approvals(company),
            *audit_sudo._find_forged_plans(company),
            *audit_sudo._find_forged_letters(company),
            *audit_sudo._find_wrong_totals(company),
            *audit_sudo._find_personal_defaults(),
        ]

    @api.model
    def action_audit(self):
        """List what is found in the active company, each with the record to look at."""
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(self.env._("Only a collection manager audits the record."))
        company = self.env.company
        found = self._find_all(company)
        if company.collection_audit_date:
            company._note_collection_audit(len(found))
        if not found:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "success",
                    "message": self.env._("Nothing was written past the steps."),
                },
            }
        # Rows of a list that nobody types; who may read it was checked.
        rows = self.env["collection.audit.finding"].sudo().create([
            {
                "name": self._get_words_for_reader(words, record),
                "res_model": record._name if record else False,
                "res_id": record.id if record else False,
            }
            for words, record in found
        ])
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_audit_finding_action"
            ),
            "domain": [("id", "in", rows.ids)],
        }

    @api.model
    def _get_words_for_reader(self, words, record):
        """What the user reads of a finding: of confidential cases, that there is one."""
        if record is None or record.with_env(self.env).has_access("read"):
            return words
        return self.env._(
            "%(model)s %(id)s, which you do not see: show it to who is named on its case.",
            model=record._description, id=record.id,
        )

    @api.model
    def _find_broken_seals(self, company):
        problem = self.env["collection.seal"]._verify(company)["problem"]
        return [(problem, None)] if problem else []

    @api.model
    def _get_models_of(self, parent):
        return [
            self.env[name] for name, model in sorted(self.env.registry.items())
            if not model._abstract
            and parent in {getattr(part, "_name", None) for part in model.mro()}
        ]

    @api.model
    def _find_forged_approvals(self, company):
        """Approved or posted without seal or approver, or by whoever asked for it."""
        found = []
        for model in self._get_models_of("collection.approval"):
            decided = model.search(
                Domain("company_id", "=", company.id)
                & Domain("state", "not in", ("draft", "requested", "refused", "cancelled"))
            )
            for record in decided:
                writers = record.requested_by_id
                if model._name != "collection.letter":
                    writers |= record.create_uid | record.changed_by_id
                if not record.seal:
                    found.append(self._say(record, self.env._("decided without a seal")))
                if not record.approved_by_id:
                    found.append(self._say(record, self.env._("nobody approved it")))
                elif record.approved_by_id in writers:
                    found.append(self._say(record, self.env._("approved by who asked for it")))
                elif not self._has_role(record.approved_by_id, model._name):
                    found.append(self._say(
                        record, self.env._("%(user)s, who approved it, has no right to",
                                           user=record.approved_by_id.name),
                    ))
        return found

    @api.model
    def _has_role(self, user, model_name):
        role = "collector" if model_name == "collection.letter" else "manager"
        return user.has_group(f"debt_collection.group_{role}")

    @api.model
    def _find_forged_plans(self, company):
        found = []
        for plan in self.env["collection.plan"].search([
            ("company_id", "=", company.id), ("state", "not in", ("draft", "cancelled")),
        ]):
            if not plan.seal:
                found.append(self._say(plan, self.env._("decided without a seal")))
            if not plan.approved_by or plan.approved_by in plan.user_id | plan.changed_by_id:
                found.append(self._say(plan, self.env._("no other person approved it")))
        return found

    @api.model
    def _find_forged_letters(self, company):
        """Released or sent by whoever might not, or with the words of another kind."""
        found = []
        for letter in self.env["collection.letter"].search([
            ("company_id", "=", company.id), ("state", "!=", "cancelled"),
        ]):
            released_by = letter.released_by_id
            if released_by and not released_by._is_superuser() and not released_by.has_group(
                "debt_collection.group_collector"
            ):
                found.append(self._say(
                    letter, self.env._("%(user)s, who released it, has no right to",
                                       user=released_by.name),
                ))
            if released_by and letter._needs_other() and released_by in (
                letter.drafted_by_id | letter.requested_by_id
            ):
                found.append(self._say(letter, self.env._("released by who wrote it")))
            if letter.template_id and letter.template_id.kind != letter.kind:
                found.append(self._say(
                    letter, self.env._("its template is of another kind of letter")
                ))
        return found

    @api.model
    def _find_wrong_totals(self, company):
        """Amounts of decisions that are not those of their lines."""
        return [
            self._say(record, self.env._("its total is not that of its lines"))
            for model in self._get_models_of("collection.sealed") if model._sealed_sums
            for record in model.search([
                ("company_id", "=", company.id),
                ("state", "not in", ("draft", "requested", "refused", "cancelled")),
            ])
            if record._find_wrong_sum()
        ]

    @api.model
    def _find_personal_defaults(self):
        """Defaults that people set for fields that only steps write."""
        found = []
        for default in self.env["ir.default"].search([
            ("field_id.model", "=like", "collection.%"),
        ]):
            model = self.env.get(default.field_id.model)
            name = default.field_id.name
            if model is None or not hasattr(model, "_get_people_gate"):
                continue
            gate = model._get_people_gate()
            if not model._transient and name in gate.guarded and name not in gate.create:
                found.append((self.env._(
                    "Default of %(user)s for “%(field)s” of “%(model)s”: %(value)s",
                    user=default.user_id.name or self.env._("everybody"), field=name,
                    model=model._description, value=json.loads(default.json_value),
                ), None))
        return found

    @api.model
    def _say(self, record, what):
        """A sentence about a record, and the record."""
        return self.env._(
            "%(model)s “%(record)s”: %(what)s.",
            model=record._description, record=record.display_name, what=what,
        ), record
