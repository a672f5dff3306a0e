import re

from odoo import api, models
from odoo.tools import SQL

from ..tools.erasure import ERASED

TEXT_TYPES = ("char", "text", "html")
OURS_LIKE = "collection.%"
OURS_MODEL = SQL("t.model LIKE %s", OURS_LIKE)
OURS_RECORD = SQL("t.res_model LIKE %s", OURS_LIKE)
OURS_MESSAGE = SQL(
    "t.mail_message_id IN (SELECT id FROM mail_message WHERE model LIKE %s)", OURS_LIKE
)
# Texts of Odoo's own tables that speak of our records: columns, and which rows are ours.
ODOO_TEXTS = {
    "mail_message": (("body", "subject", "email_from", "reply_to"), OURS_MODEL),
    "mail_tracking_value": (
        ("old_value_char", "new_value_char", "old_value_text", "new_value_text"), OURS_MESSAGE,
    ),
    "mail_mail": (("body_html", "email_to", "email_cc", "headers"), OURS_MESSAGE),
    "mail_activity": (("summary", "note", "feedback"), OURS_RECORD),
    "calendar_event": (("name", "description"), OURS_RECORD),
    "rating_rating": (("feedback",), OURS_RECORD),
    "ir_attachment": (("name", "description"), OURS_RECORD),
}
# What the seals themselves are made of: their parts are erased, not rewritten.
SEAL_TEXTS = {"seal", "previous", "content", "personal"}


class CollectionSeal(models.Model):
    """Where others wrote of a person, the person's name and addresses go."""

    _inherit = "collection.seal"

    @api.model
    def _erase_words(self, pattern):
        """Take what a pattern finds out of every text of ours, sealed or not.

        :param pattern: see `person_pattern`
        """
        self.env.flush_all()
        self._erase_found_papers(pattern)
        for name in self._get_record_models():
            model = self.env[name]
            personal = getattr(model, "_sealed_personal", ())
            kept = {*getattr(model, "_sealed_fields", ()), *personal, *SEAL_TEXTS}
            for field in model._fields.values():
                if not field.store or field.type not in TEXT_TYPES or field.translate:
                    continue
                if field.name in personal:
                    self._erase_found_parts(model, field.name, pattern)
                elif field.name not in kept and not self._is_sealed_line(name, field.name):
                    self._replace(model._table, field.name, pattern)
        for table, (columns, condition) in ODOO_TEXTS.items():
            for column in columns:
                self._replace(table, column, pattern, condition)
        self.env.invalidate_all(flush=False)

    @api.model
    def _is_sealed_line(self, model, name):
        """Whether a field of lines is sealed with the record that they belong to."""
        return any(
            owner._fields[lines].comodel_name == model and name in (*plain, *private)
            for owner in map(self.env.get, self._get_sealed_models())
            for lines, (plain, private) in owner._sealed_lines.items()
        )

    @api.model
    def _replace(self, table, column, pattern, condition=None):
        name = SQL.identifier("t", column)
        self.env.execute_query(
            SQL(
                "UPDATE %(table)s t SET %(target)s = regexp_replace(%(column)s::text, %(pattern)s,"
                " %(erased)s, 'gi') WHERE %(column)s::text ~* %(pattern)s AND %(condition)s"
                " RETURNING t.id",
                table=SQL.identifier(table), target=SQL.identifier(column), column=name,
                pattern=pattern, erased=ERASED, condition=condition or SQL("TRUE"),
            )
        )

    @api.model
    def _erase_found_parts(self, model, name, pattern):
        """Erase the sealed texts of a field that speak of the person, each as a whole."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE %s ~* %s", SQL.identifier(model._table),
                SQL.identifier(name), pattern,
            )
        )
        self._erase_one_part(model.sudo().browse(row[0] for row in rows), name)

    @api.model
    def _erase_one_part(self, records_sudo, name):
        if not records_sudo:
            return
        self.env.execute_query(
            SQL(
                "UPDATE collection_seal SET personal = (personal::jsonb - %s)::text"
                " WHERE model = %s AND res_id = ANY(%s) RETURNING id",
                name, records_sudo._name, records_sudo.ids,
            )
        )
        self._erase_field(records_sudo, name)

    @api.model
    def _erase_found_papers(self, pattern):
        """Delete papers of ours that speak of the person, with the parts of seals on them."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM ir_attachment WHERE res_model LIKE %s AND index_content ~* %s",
                OURS_LIKE, pattern,
            )
        )
        # Papers of ours, whoever put them there.
        papers_sudo = self.env["ir.attachment"].sudo().with_context(bin_size=False)
        plain_sudo = papers_sudo.search(
            [("res_model", "=like", OURS_LIKE), ("mimetype", "=like", "text/%")]
        )
        papers_sudo = papers_sudo.browse(row[0] for row in rows) | plain_sudo.filtered(
            lambda paper: re.search(
                pattern, (paper.raw or b"").decode(errors="ignore"), re.IGNORECASE
            )
        )
        for model_name in self._get_sealed_models():
            # What is erased is erased for everybody.
            model_sudo = self.env[model_name].sudo().with_context(active_test=False)
            for name in model_sudo._sealed_personal:
                if model_sudo._fields[name].comodel_name == "ir.attachment" and papers_sudo:
                    self._erase_one_part(
                        model_sudo.search([(name, "in", papers_sudo.ids)]), name
                    )
                    papers_sudo = papers_sudo.exists()
        papers_sudo.unlink()
