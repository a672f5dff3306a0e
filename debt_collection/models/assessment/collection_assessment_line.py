from odoo import api, fields, models

from .collection_indicator import FIGURES, INDICATORS, SAME_ROWS

KINDS = INDICATORS + FIGURES


class CollectionAssessmentLine(models.Model):
    """One figure of a month: what was counted of what, and the target it is held against.

    Without a denominator there is no data: neither 0 % nor 100 %.
    """

    _name = "collection.assessment.line"
    _description = "Figure of an Assessment"
    _inherit = "collection.mixin"
    _order = "assessment_id, sequence, id"

    assessment_id = fields.Many2one(
        "collection.assessment", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="assessment_id.company_id", store=True, index=True)
    user_id = fields.Many2one(related="assessment_id.user_id", store=True, index=True)
    month = fields.Date(related="assessment_id.month", store=True, index=True)
    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(KINDS, "Figure", required=True, readonly=True, index=True)
    is_indicator = fields.Boolean(readonly=True, help="Counts for the grade.")
    detail = fields.Char(readonly=True)
    method = fields.Char(readonly=True, help="How the recovery rate was counted in this month.")
    unit = fields.Selection(
        [("percent", "%"), ("days", "Days"), ("amount", "Amount")], required=True, readonly=True
    )
    numerator = fields.Float(readonly=True, digits=(16, 2))
    denominator = fields.Float(readonly=True, digits=(16, 2))
    value = fields.Float(readonly=True, digits=(16, 2), aggregator="avg")
    has_data = fields.Boolean(readonly=True)
    low_sample = fields.Boolean(readonly=True, help="Fewer than 30 answers.")
    has_target = fields.Boolean(readonly=True)
    target = fields.Float(readonly=True, digits=(16, 2), aggregator="avg")
    weight = fields.Float(readonly=True, digits=(16, 2))
    direction = fields.Selection(
        [("higher", "Higher is Better"), ("lower", "Lower is Better")], readonly=True
    )
    is_met = fields.Boolean("At Target", readonly=True)
    value_text = fields.Char("Value in Words", compute="_compute_value_text")
    target_text = fields.Char("Target in Words", compute="_compute_value_text")
    source_ids = fields.One2many("collection.assessment.source", "line_id", readonly=True)

    @api.depends("kind", "detail")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for line in self:
            line.display_name = " – ".join(filter(None, [kinds.get(line.kind), line.detail]))

    @api.depends("value", "has_data", "unit", "target", "has_target", "direction")
    @api.depends_context("lang")
    def _compute_value_text(self):
        for line in self:
            line.value_text = (
                line._format_value(line.value) if line.has_data else self.env._("No data")
            )
            sign = "≤" if line.direction == "lower" else "≥"
            line.target_text = (
                f"{sign} {line._format_value(line.target)}" if line.has_target
                else self.env._("None") if line.is_indicator else ""
            )

    def _format_value(self, value):
        self.ensure_one()
        number = self.env["ir.qweb.field.float"].value_to_html(value, {"precision": 2})
        return f"{number} %" if self.unit == "percent" else number

    @api.readonly
    def action_view_sources(self):
        """The records that the figure was counted from, as they were frozen."""
        self.ensure_one()
        base = self.assessment_id.line_ids.filtered(lambda line: line.kind == "recovery")
        domain = [("line_id", "=", self.id)]
        if self.kind == "bad_debt":
            # What was overdue is the same for both rates and kept once.
            domain = ["|", *domain, "&", ("line_id", "in", base.ids), ("role", "=", "denominator")]
        elif self.kind == "cash_per_hour":
            domain = ["|", *domain, "&", ("line_id", "in", base.ids), ("role", "=", "numerator")]
        elif self.kind in SAME_ROWS:
            # Kept once, behind the figures they are counted for.
            kinds = SAME_ROWS["recovery_net" if self.method == "net" else self.kind]
            rows = self.assessment_id.line_ids.filtered(lambda line: line.kind in kinds)
            domain = [("line_id", "in", rows.ids)]
            if self.kind == "recovery_opening" or self.method == "opening":
                domain += ["|", ("is_opening", "=", True), ("line_id", "not in", base.ids)]
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_assessment_source_action"
            ),
            "name": self.display_name,
            "domain": domain,
        }

