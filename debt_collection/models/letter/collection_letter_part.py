from odoo import api, fields, models
from odoo.tools import SQL


class CollectionLetterPart(models.AbstractModel):
    """What a letter consists of: kept as it is once the letter is approved."""

    _name = "collection.letter.part"
    _description = "Part of a Letter"

    letter_id = fields.Many2one(
        "collection.letter", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="letter_id.company_id", store=True, index=True, precompute=True
    )

    @api.model
    def _insert(self, letters, parts):
        """Insert the parts of letters that were just drafted, all in one statement.

        A night may draft ten thousand letters with twenty items each. The ORM makes a record
        for each amount of each item, to look up its currency, and takes ten times as long; what
        is inserted here was rounded in its currency where it was computed.

        :param letters: the letters, as many as there are lists
        :param parts: list by letter of lists of values; all of them have the same fields
        """
        rows = [
            {**vals, "letter_id": letter.id, "company_id": letter.company_id.id}
            for letter, vals_list in zip(letters, parts, strict=True) for vals in vals_list
        ]
        if not rows:
            return
        letters.flush_recordset()
        columns = {
            field: [field.convert_to_column(row[field.name], self) for row in rows]
            for field in map(self._fields.get, rows[0])
        }
        uid, now = self.env.uid, self.env.cr.now()
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s, create_uid, create_date, write_uid, write_date)"
                " SELECT part.*, %s, %s, %s, %s FROM unnest(%s) part",
                SQL.identifier(self._table),
                SQL(", ").join(SQL.identifier(field.name) for field in columns),
                uid, now, uid, now,
                SQL(", ").join(
                    SQL("%s::%s[]", values, SQL(field.column_type[1]))
                    for field, values in columns.items()
                ),
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        self.env["collection.letter"].browse(
            {vals["letter_id"] for vals in vals_list if vals.get("letter_id")}
        )._check_not_frozen()
        return super().create(vals_list)

    def write(self, vals):
        self.letter_id._check_not_frozen()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self.letter_id._check_not_frozen()

