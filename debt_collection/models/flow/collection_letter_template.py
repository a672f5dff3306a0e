from odoo import api, models

from ..legal.collection_letter_template import LAW_TEXTS


class CollectionLetterTemplate(models.Model):
    """What follows for templates: those of lawyer letters have sections, laid out in order."""

    _inherit = "collection.letter.template"

    @api.model
    def _on_texts(self):
        return {"lawyer": LAW_TEXTS}

    @api.model
    def _on_layout(self, kind, texts):
        return self._law_html(texts) if kind == "lawyer" else None

    @api.model
    def _on_sample_values(self, kind):
        return self._get_law_sample_values() if kind == "lawyer" else {}
