import hashlib
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.seal import amount

SEAL_FIELDS = {"seal", "seal_number"}


class CollectionSealed(models.AbstractModel):
    """Records that cannot be bent: each carries a link of its company's chain (P3.7, P6.3).

    A model that inherits this names what is sealed, and calls ``_seal()`` at the moment from
    which the record is final::

        _inherit = ["collection.sealed"]
        _sealed_fields = ("case_id", "amount", "date")
        _sealed_personal = ("feedback",)

    From then on PostgreSQL itself refuses changes of the columns named, deletion and truncation,
    for everybody. See docs/security.md.
    """

    _name = "collection.sealed"
    _description = "Sealed Record"

    # Fields whose values are kept for good.
    _sealed_fields = ()
    # Fields that may hold personal data: sealed by their hash, so that they can be erased.
    _sealed_personal = ()
    # By one2many field, what is sealed and what is personal of its lines.
    _sealed_lines = {}
    # Totals of lines: by field, the field of the lines and which of their amounts it adds up.
    _sealed_sums = {}
    # Of all these names, those that seals of earlier versions are not over.
    _sealed_later = ()
    # Fields outside the seal that may be filled later, once: then they stay, too.
    _sealed_once = ()
    # Domain of the records that must have a seal.
    _sealed_when = None
    seal = fields.Char(
        readonly=True, copy=False,
        help="SHA-256 over the content and the seal before it, in the company's chain.",
    )
    seal_number = fields.Integer(
        "Number in the Chain", readonly=True, copy=False, aggregator=False
    )

    def init(self):
        if not self._abstract:
            self.env["collection.seal"]._protect_model(self)
        return super().init()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_no_seal_written(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_no_seal_written(vals)
        self._check_sealed_kept(vals)
        return super().write(vals)

    def _check_no_seal_written(self, vals):
        if SEAL_FIELDS & vals.keys():
            raise UserError(self.env._("A seal is made by the system alone; it is not typed."))

    def _check_sealed_kept(self, vals):
        """Raise a ``UserError``, before PostgreSQL does, for who changes what is sealed."""
        names = {*self._sealed_fields, *self._sealed_personal} & vals.keys()
        for record in self.filtered("seal") if names else self:
            for name in names:
                field = self._fields[name]
                if (
                    vals[name]
                    if field.type in ("one2many", "many2many")
                    else field.convert_to_cache(vals[name], record)
                    != field.convert_to_cache(record[name], record)
                ):
                    raise UserError(
                        self.env._(
                            "“%(record)s” is sealed: “%(field)s” is not changed any more. Record"
                            " a correction, or cancel it and ask for another one.",
                            record=record.display_name,
                            field=field._description_string(self.env),
                        )
                    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sealed(self):
        for record in self:
            if record.seal:
                raise UserError(
                    self.env._("“%(record)s” is sealed and stays.", record=record.display_name)
                )

    def _seal(self):
        """Seal these records in their companies' chains; those that have a seal keep it."""
        self.flush_recordset()
        unsealed = self.filtered(lambda record: not record.seal)
        # The chain belongs to nobody; whoever made the record final need not see it.
        chain_sudo = self.env["collection.seal"].sudo()
        for company in unsealed._get_seal_companies():
            records = unsealed.filtered(
                lambda record, company=company: record._get_seal_company() == company
            )
            # What a record says does not depend on who may read which part of it.
            chain_sudo._append(company, records.sudo())

    def _check_seals(self):
        """Raise a ``UserError`` unless each of these records is what was sealed.

        Nothing takes effect on a record without a seal, or with another content than its seal's.
        """
        self.flush_recordset()
        # The seal is read for whoever acts on the record, without the right to read seals.
        seals_sudo = self.env["collection.seal"].sudo().search([
            ("model", "=", self._name), ("res_id", "in", self.ids),
        ])
        by_record = {seal_sudo.res_id: seal_sudo for seal_sudo in seals_sudo}
        for record_sudo in self.sudo():
            seal_sudo = by_record.get(record_sudo.id)
            if not record_sudo.seal or not seal_sudo or seal_sudo._check_record(
                seal_sudo._as_entry(), record_sudo
            ):
                raise UserError(
                    self.env._(
                        "“%(record)s” has no valid seal: it is not what was approved. Have the"
                        " seals verified, cancel it and ask for it anew.",
                        record=record_sudo.display_name,
                    )
                )

    def _find_wrong_sum(self):
        """The first total that is not that of its lines; empty if all are."""
        self.ensure_one()
        for total, (lines, amounts) in self._sealed_sums.items():
            currency = self[self._fields[total].get_currency_field(self)]
            of_lines = sum(sum(self[lines].mapped(name)) for name in amounts)
            if currency.compare_amounts(self[total], of_lines):
                return total
        return ""

    def _get_seal_companies(self):
        """The companies whose chains these records belong to, always in the same order."""
        companies = self.env["res.company"].union(*(r._get_seal_company() for r in self))
        return companies.sorted("id")

    def _get_seal_company(self):
        self.ensure_one()
        return self.company_id

    @api.model
    def _get_seal_domain(self, company):
        """The records of a company that have a seal, or must have one."""
        return Domain("company_id", "=", company.id) & (
            Domain("seal", "!=", False) | Domain(self._sealed_when or Domain.FALSE)
        )

    def _note_seals(self, seals):
        """Write number and seal on the records.

        By SQL: no method that people reach writes these columns.

        :param seals: by record id, its number and seal
        """
        for record_id, (number, seal) in seals.items():
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET seal = %s, seal_number = %s WHERE id = %s RETURNING id",
                    SQL.identifier(self._table), seal, number, record_id,
                )
            )
        self.invalidate_recordset(SEAL_FIELDS)

    def _get_sealed_content(self):
        """What the record says: its figures, and its personal parts by key, without salts."""
        self.ensure_one()
        figures = {name: self._get_sealed_value(name) for name in self._sealed_fields}
        personal = {name: self._get_sealed_value(name) for name in self._sealed_personal}
        for name, (plain, private) in self._sealed_lines.items():
            lines = self[name].sorted("id")
            figures[name] = [
                [line.id, *(self._get_sealed_value(field, line) for field in plain)]
                for line in lines
            ]
            for line in lines:
                for field in private:
                    personal[f"{name}.{line.id}.{field}"] = self._get_sealed_value(field, line)
        return figures, personal

    def _get_salted_parts(self, personal):
        """Each personal part that says anything, with a salt of its own."""
        return {key: [secrets.token_hex(8), value] for key, value in personal.items() if value}

    def _get_sealed_value(self, name, record=None):
        """The value of a field in plain words: with units, the same in every language."""
        record = self if record is None else record
        field, value = record._fields[name], record[name]
        if field.type == "monetary":
            currency = record[field.get_currency_field(record)]
            return amount(value, currency.with_context(lang=None).name or "")
        if field.type == "float":
            return amount(value, "")
        if field.type == "datetime":
            return f"{fields.Datetime.to_string(value)}Z" if value else None
        if field.type == "date":
            return fields.Date.to_string(value) if value else None
        if field.comodel_name == "ir.attachment":
            return self._get_sealed_papers(value)
        if field.type == "many2one":
            return value.id or None
        if field.type in ("one2many", "many2many"):
            return sorted(value.ids)
        if field.type in ("boolean", "integer"):
            return value
        return str(value) if value else None

    @api.model
    def _get_sealed_papers(self, attachments):
        """Number, and SHA-256 of the file, of each paper."""
        # Papers belong to the record; who sees it may seal and check it.
        papers_sudo = attachments.sudo().with_context(bin_size=False).sorted("id")
        return [[p.id, hashlib.sha256(p.raw or b"").hexdigest()] for p in papers_sudo]

