from odoo import api, fields, models


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

        A night may draft ten thousand letters with twenty items each.

        :param letters: the letters, as many as there are lists
        :param parts: list by letter of lists of values; all of them have the same fields
        """
        letters.flush_recordset()
        self._insert_rows([
            {**vals, "letter_id": letter.id, "company_id": letter.company_id.id}
            for letter, vals_list in zip(letters, parts, strict=True) for vals in vals_list
        ])

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

