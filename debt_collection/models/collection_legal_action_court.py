from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CollectionLegalAction(models.Model):
    """What the court has of a legal action: filing, preservation, judgment, enforcement."""

    _inherit = "collection.legal.action"

    court = fields.Char("Court or Tribunal", tracking=True)
    court_case_number = fields.Char("Court's Case Number", copy=False, tracking=True, index=True)
    judge = fields.Char("Judge or Contact at the Court", copy=False)
    date_filed = fields.Date("Filed On", copy=False, tracking=True)
    date_evidence = fields.Date(
        "Evidence Due", copy=False, help="Last day on which the court takes evidence, inclusive."
    )

    preservation_state = fields.Selection(
        [
            ("none", "Not Applied For"),
            ("applied", "Applied For"),
            ("granted", "Granted"),
            ("refused", "Refused"),
            ("lifted", "Lifted"),
        ],
        "Preservation (财产保全)", required=True, default="none", copy=False, tracking=True,
        help="An order of the court that keeps the debtor's assets where they are.",
    )
    preservation_number = fields.Char("Order Number", copy=False)
    preservation_date = fields.Date("Ordered On", copy=False)
    preservation_until = fields.Date(
        copy=False, help="Last day of the order, inclusive: renew it before."
    )
    preservation_amount = fields.Monetary("Preserved", copy=False)
    preservation_assets = fields.Text("Assets", copy=False)

    judgment_date = fields.Date("Decided On", copy=False, tracking=True)
    judgment_kind = fields.Selection(
        [
            ("won", "Won"),
            ("part", "Won in Part"),
            ("settled", "Settled in Court"),
            ("lost", "Lost"),
        ],
        "Decision", copy=False, tracking=True,
    )
    judgment_amount = fields.Monetary("Amount Awarded", copy=False, tracking=True)
    judgment_note = fields.Text("What Was Decided", copy=False)
    appeal_deadline = fields.Date(copy=False, help="Last day to appeal, inclusive.")
    is_appealed = fields.Boolean("Appealed", copy=False, tracking=True)

    enforcement_date = fields.Date("Applied For On", copy=False, tracking=True)
    enforcement_number = fields.Char(copy=False)
    enforcement_deadline = fields.Date(
        copy=False, help="Last day on which enforcement can be applied for, inclusive."
    )
    enforcement_note = fields.Text("Measures", copy=False)

    _court_amounts = models.Constraint(
        "CHECK((preservation_amount IS NULL OR preservation_amount >= 0)"
        " AND (judgment_amount IS NULL OR judgment_amount >= 0))",
        "Nothing negative is preserved or awarded.",
    )

    @api.constrains("date_filed", "judgment_date", "appeal_deadline")
    def _check_court_dates(self):
        for action in self:
            filed, decided = action.date_filed, action.judgment_date
            if filed and decided and decided < filed:
                raise ValidationError(
                    self.env._(
                        "“%(record)s” cannot be decided before it was filed.",
                        record=action.display_name,
                    )
                )
            if action.appeal_deadline and decided and action.appeal_deadline < decided:
                raise ValidationError(
                    self.env._(
                        "The last day to appeal “%(record)s” is on or after the decision.",
                        record=action.display_name,
                    )
                )
