from odoo import models
from odoo.tools import html2plaintext

USUAL = 52
"""Height in millimetres that Odoo's paper formats leave for the heading of a page."""

LINES = 3
"""Lines of company details that fit into the usual height."""

PER_LINE = 5
"""Millimetres of each further line of company details."""

SHAPES = {
    "web.external_layout_bubble": 9,
    "web.external_layout_folder": 9,
    "web.external_layout_standard": 6,
}
"""Millimetres more for layouts with a drawing, or with the logo above the details."""


class ResCompany(models.Model):
    """Room for the letterhead: a heading higher than its margin hides the text of each page."""

    _inherit = "res.company"

    def _get_collection_letterhead(self):
        """Millimetres to leave at the top of pages that carry the letterhead of these companies.

        Odoo's layouts print all company details, its paper formats leave the same height for
        any number of lines. A letter that loses a line there is no proof of it (P3.4).
        """
        # Who prints a letter may not read document layouts; what they show is for everybody.
        companies_sudo = self.sudo()
        return max((company._measure_letterhead() for company in companies_sudo), default=USUAL)

    def _measure_letterhead(self):
        self.ensure_one()
        details = html2plaintext(self.company_details or "")
        if not details.strip():
            address = self.partner_id._display_address(without_company=True)
            details = f"{self.name}\n{address}"
        lines = sum(bool(line.strip()) for line in details.splitlines())
        shape = SHAPES.get(self.external_report_layout_id.key, 0)
        return USUAL + PER_LINE * max(lines - LINES, 0) + shape
