from odoo import fields, models
from odoo.tools import html2plaintext

CHANNELS = [
    ("email", "E-Mail"), ("post", "Post"), ("hand", "By Hand"), ("other", "Another Way"),
]
"""How letters go out, each a model ``collection.channel.KEY``; other add-ons bring more."""
KINDS = [
    ("reminder", "Reminder"),
    ("dunning", "Dunning Letter"),
    ("final", "Final Notice"),
    ("lawyer", "Lawyer Letter"),
    ("statement", "Statement of Account"),
]
DEMANDS = ("dunning", "final", "lawyer")
"""Kinds that claim late charges, too, and restart limitation when they arrive."""
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
SIGNERS = (
    "debt_collection.group_collector", "debt_collection.group_finance", "base.group_system",
)
"""Groups that see what letters are signed with."""


class ResCompany(models.Model):
    """What the company's letters say of themselves: deadlines, bank, signature, seal (P3.4)."""

    _inherit = "res.company"

    collection_deadline_reminder = fields.Integer("Days to Pay: Reminder", default=7)
    collection_deadline_dunning = fields.Integer("Days to Pay: Dunning Letter", default=10)
    collection_deadline_final = fields.Integer("Days to Pay: Final Notice", default=7)
    collection_deadline_lawyer = fields.Integer("Days to Pay: Lawyer Letter", default=14)
    collection_deadline_statement = fields.Integer("Days to Answer: Statement", default=10)
    collection_bank_id = fields.Many2one(
        "res.partner.bank",
        "Bank Account on Letters",
        domain="[('partner_id', '=', partner_id)]",
        check_company=True,
        help="Empty: the bank account of the invoices, else the company's first one.",
    )
    collection_signatory = fields.Char(
        "Signed By", help="Name and position under the letters; empty: the person in charge."
    )
    # Everybody reads companies, customers as well: not what a letter is signed with.
    collection_signature = fields.Binary(
        "Signature on Letters", attachment=True, copy=False, groups=",".join(SIGNERS)
    )
    collection_stamp = fields.Binary(
        "Seal", attachment=True, copy=False, groups=",".join(SIGNERS),
        help="The company's stamp.",
    )
    collection_copies_limit = fields.Integer(
        "Copies of Invoices up to (MB)", default=5,
        help="Size of all copies in one e-mail; invoices beyond it are links.",
    )
    _collection_copies_limit_positive = models.Constraint(
        "CHECK(collection_copies_limit >= 0)", "The size of copies is zero or more.",
    )
    _collection_deadlines_positive = models.Constraint(
        "CHECK(collection_deadline_reminder >= 0 AND collection_deadline_dunning >= 0"
        " AND collection_deadline_final >= 0 AND collection_deadline_lawyer >= 0"
        " AND collection_deadline_statement >= 0)",
        "The days that a letter gives are zero or more.",
    )

    # Room for the letterhead: a heading higher than its margin hides the text of each page.

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

