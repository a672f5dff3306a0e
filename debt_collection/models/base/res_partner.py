from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import ormcache
from odoo.tools.translate import code_translations

from .collection_guard import check_kept, get_default_without


class ResPartner(models.Model):
    """Who writes what is ours on customers, and the language that they are written to in.

    Each part of the model declares beside its fields, in ``_collection_people``, which roles write
    them: name -> roles, one of which is needed. Fields of ours that are not declared are written
    by steps alone. A collector writes on customers whose cases are open to them.
    """

    _inherit = "res.partner"

    _collection_people = {}

    @api.model
    @ormcache()
    def _get_collection_people(self):
        """Name -> roles, as all parts declare it; none for what steps alone write."""
        people = {
            name: () for name, field in self._fields.items()
            if field.store and field._modules
            and all(module.startswith("debt_collection") for module in field._modules)
        }
        for part in type(self).__mro__:
            people.update(vars(part).get("_collection_people", {}))
        return people

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            people = self._get_collection_people()
            for vals in vals_list:
                # Whole forms are sent: what says nothing is no value.
                self._check_collection_people({
                    name: value for name, value in vals.items() if value and name in people
                })
        return super().create(vals_list)

    def _get_collection_lang(self, company=None):
        """The language to write to the contact in: theirs, the customer's, else the company's.

        Odoo lets a language be deactivated that customers still have: it is passed over.
        """
        active = {code for code, _name in self.env["res.lang"].get_installed()}
        # In which language a customer is written to is no secret; their record may be.
        partner_sudo = self.sudo()
        company_sudo = (company or self.env.company).sudo()
        wanted = (
            partner_sudo.lang, partner_sudo.commercial_partner_id.lang,
            company_sudo.partner_id.lang, self.env.context.get("lang"), "en_US",
        )
        return next((lang for lang in wanted if lang in active), None) or next(iter(active))

    def _get_collection_document_lang(self, company=None):
        """The language of our documents for the contact: one that they are written in.

        Else the company's, else English: words, dates and amounts are never in two languages.
        """
        wanted = self._get_collection_lang(company)
        # As above.
        own = (company or self.env.company).sudo().partner_id.lang
        active = {code for code, _name in self.env["res.lang"].get_installed()}
        return next((
            lang for lang in (wanted, own, "en_US") if lang in active and self._is_written_in(lang)
        ), wanted)

    @api.model
    def _is_written_in(self, lang):
        """Whether the add-on's words for customers are there in a language."""
        return lang[:3] == "en_" or bool(
            code_translations.get_python_translations("debt_collection", lang)
        )

    def write(self, vals):
        if not self.env.su and self._check_collection_people(vals):
            self._on_collection_written()
        result = super().write(vals)
        # A company's time zone is kept in the cache, and is that of its address.
        if "tz" in vals and self.sudo().ref_company_ids:
            self.env.registry.clear_cache()
        return result

    @api.model
    def default_get(self, fields):
        """Nobody fills by a default what they do not write."""
        if self.env.su:
            return super().default_get(fields)
        people = self._get_collection_people()
        closed = {
            name for name in people.keys() & set(fields)
            if not self._has_collection_role(people[name])
        }
        names, self = get_default_without(self, closed, fields)
        return super().default_get(names)

    def _check_collection_people(self, vals):
        """Raise unless the user may write all these fields; whether any of them is ours."""
        people = self._get_collection_people()
        names = people.keys() & vals.keys()
        check_kept(self, frozenset(name for name in names if not people[name]), vals)
        for name in names:
            if not self._has_collection_role(people[name]):
                raise AccessError(
                    self.env._(
                        "“%(field)s” of customers is written by others: ask a collection manager.",
                        field=self._fields[name]._description_string(self.env),
                    )
                )
        return bool(names)

    @api.model
    def _has_collection_role(self, roles):
        user = self.env.user
        return any(user.has_group(f"debt_collection.group_{role}") for role in roles)

    def _on_collection_written(self):
        """Called before somebody writes fields of ours on customers.

        Implemented in models/flow/res_partner.py.
        """
