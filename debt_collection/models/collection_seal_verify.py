import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, split_every

from ..tools.seal import FIRST, check_entry, find_difference

_logger = logging.getLogger(__name__)

BATCH = 500


class CollectionSeal(models.Model):
    """Verify: does every record say what it said when it was sealed (P6.3)?"""

    _inherit = "collection.seal"

    @api.model
    def _verify(self, company=None):
        """Check a company's chain from its first seal, and each record against its seal.

        Finds values changed by hand in the database, records and seals that are missing, put in
        or in another order, and final records without a seal. What was checked before has to
        be there again: an end that was cut off shows.

        :return: dict ``ok``, ``count`` (seals that fit), ``number`` and ``seal`` of the last of
            them, ``problem``: empty, or in words the first record that does not fit
        """
        company = company or self.env.company
        self.env.flush_all()
        self.env.invalidate_all()
        # What is verified is the company's whole record, whoever may read which part of it.
        chain_sudo = self.sudo().with_company(company).with_context(active_test=False)
        number, previous, problem = chain_sudo._verify_links(company)
        problem = problem or chain_sudo._find_cut(company, number)
        problem = problem or chain_sudo._find_unsealed(company)
        result = {
            "ok": not problem, "count": number, "number": number, "seal": previous,
            "problem": problem,
        }
        if not problem:
            # How far it was verified is noted by the verification alone.
            company.sudo().write({
                "collection_seal_number": number,
                "collection_seal": previous,
                "collection_seal_date": fields.Datetime.now(),
            })
        return result

    @api.model
    def _verify_links(self, company):
        """Number and seal of the last link that fits, and what is wrong with the next one."""
        number, previous = 0, FIRST
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM collection_seal WHERE company_id = %s ORDER BY number, id",
                company.id,
            )
        )
        for ids in split_every(BATCH, [row[0] for row in rows]):
            seals = self.browse(ids)
            records = seals._get_records()
            for seal in seals:
                entry = seal._as_entry()
                fault = check_entry(entry, number + 1, previous)
                if fault:
                    return number, previous, seal._describe_fault(fault, number + 1)
                problem = seal._check_record(entry, records.get((seal.model, seal.res_id)))
                if problem:
                    return number, previous, problem
                number, previous = entry.number, entry.seal
            self.env.invalidate_all()
        return number, previous, ""

    def _get_records(self):
        """By model and id, the records of these seals that exist."""
        return {
            (model, record.id): record
            for model, seals in self.grouped("model").items()
            if model in self.env
            for record in self.env[model].browse(seals.mapped("res_id")).exists()
        }

    def _check_record(self, entry, record):
        """What is wrong with the sealed record itself, in words; empty if nothing is."""
        self.ensure_one()
        if record is None:
            return self.env._(
                "Seal %(number)s: the record %(model)s %(id)s is missing.",
                number=entry.number, model=entry.model, id=entry.res_id,
            )
        if (record.seal, record.seal_number) != (entry.seal, entry.number):
            return self.env._(
                "Seal %(number)s: the record “%(record)s” (%(model)s %(id)s) carries another"
                " seal.",
                number=entry.number, record=record.display_name, model=entry.model,
                id=entry.res_id,
            )
        name = find_difference(entry, *record._get_sealed_content())
        if name:
            return self.env._(
                "Seal %(number)s: “%(field)s” of the record “%(record)s” (%(model)s %(id)s) is"
                " not what was sealed.",
                number=entry.number, field=name, record=record.display_name,
                model=entry.model, id=entry.res_id,
            )
        return ""

    def _describe_fault(self, fault, expected):
        self.ensure_one()
        words = {
            "number": self.env._("the seal number %s is missing, or there twice", expected),
            "previous": self.env._("it does not follow the seal before it"),
            "seal": self.env._("the seal is not that of its content"),
            "personal": self.env._("a personal part is not what was sealed"),
        }
        return self.env._(
            "Seal %(number)s of %(model)s %(id)s: %(fault)s.",
            number=self.number, model=self.model, id=self.res_id, fault=words[fault],
        )

    @api.model
    def _find_cut(self, company, number):
        """Whether the chain still has the link that the last verification ended with."""
        company_sudo = company.sudo()
        known = company_sudo.collection_seal_number
        if not known:
            return ""
        seal = self.search([("company_id", "=", company.id), ("number", "=", known)])
        if seal.seal == company_sudo.collection_seal:
            return ""
        return self.env._(
            "Seal %(number)s was there on %(date)s and is not any more: the end of the chain was"
            " cut off or made anew.",
            number=known, date=company_sudo.collection_seal_date,
        )

    @api.model
    def _find_unsealed(self, company):
        """The first record that is final without a seal, or carries one that is not ours."""
        for name in self._get_sealed_models():
            model = self.env[name]
            domain = model._get_seal_domain(company)
            for ids in split_every(BATCH, model.search(domain, order="id").ids):
                seals = self.search([("model", "=", name), ("res_id", "in", ids)])
                missing = set(ids) - set(seals.mapped("res_id"))
                if missing:
                    record = model.browse(min(missing))
                    return self.env._(
                        "The record “%(record)s” (%(model)s %(id)s) is final but has no seal in"
                        " the chain.",
                        record=record.display_name, model=name, id=record.id,
                    )
        return ""

    @api.model
    def _get_sealed_models(self):
        return sorted(
            name for name, model in self.env.registry.items()
            if not model._abstract and hasattr(model, "_sealed_fields")
        )

    def action_verify(self):
        """Verify the chain of the active company, and say what was found."""
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(self.env._("Only a collection manager verifies the record."))
        result = self._verify(self.env.company)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if result["ok"] else "danger",
                "title": self.env._("The record is as it was sealed")
                if result["ok"]
                else self.env._("The record was changed"),
                "message": result["problem"]
                or self.env._(
                    "%(count)s seals fit. The last one: %(seal)s",
                    count=result["count"], seal=result["seal"],
                ),
                "sticky": True,
            },
        }

    @api.model
    def _cron_verify(self):
        """Verify every company's chain; managers hear of what does not fit."""
        self.env["res.company"]._run_collection_job(
            lambda company: company._in_collection_language(self)._verify_and_tell(company),
            "verifying the record",
        )

    @api.model
    def _verify_and_tell(self, company):
        result = self._verify(company)
        if result["ok"]:
            return
        _logger.warning("Collections: the record of %s: %s", company.name, result["problem"])
        # Who the managers are, for the job.
        managers_sudo = self.env.ref("debt_collection.group_manager").sudo().all_user_ids
        # The job writes in nobody's name.
        self.env["mail.thread"].sudo().message_notify(
            partner_ids=managers_sudo.filtered(
                lambda user: user.active and company in user.company_ids
            ).partner_id.ids,
            subject=self.env._("The collection record of %s was changed", company.name),
            body=result["problem"],
        )
