from odoo import api, fields, models
from odoo.tools import formatLang

from ..tools.priority import score


class CollectionCase(models.Model):
    """Which case first, and why: points that everybody can add up."""

    _inherit = "collection.case"

    priority = fields.Integer(readonly=True, default=0, copy=False, index=True)
    limitation_date = fields.Date(
        readonly=True, copy=False, help="Last day on which all debts of the case can be claimed."
    )
    priority_parts = fields.Json(readonly=True, copy=False)
    priority_reason = fields.Char("Why This Priority", compute="_compute_priority_reason")

    @api.depends("priority", "priority_parts")
    @api.depends_context("lang")
    def _compute_priority_reason(self):
        for case in self:
            parts = case.priority_parts or {}
            labels = case._get_priority_labels()
            case.priority_reason = (
                " + ".join(
                    f"{label}: {parts[name]}" for name, label in labels.items() if name in parts
                )
                + f" = {case.priority}"
                if parts
                else False
            )

    def _get_priority_labels(self):
        """The reasons in words, with the case's own figures."""
        self.ensure_one()
        return {
            "amount": self.env._(
                "to collect %(amount)s",
                amount=formatLang(
                    self.env, self.amount_to_collect, currency_obj=self.currency_id
                ),
            ),
            "tier": self.tier_id.name or "",
            "broken": self.env._("broken promises"),
            "silence": (
                self.env._("time since the last contact")
                if self.date_last_contact
                else self.env._("no contact yet")
            ),
            "limitation": self.env._("limitation near"),
            "promise_due": self.env._("promise due"),
        }

    def _prioritise(self, as_of):
        """Give these cases of one company their points of a day."""
        ladder = self.env["collection.tier"]._get_ladder(self.company_id[:1])
        weights = {policy: policy._get_priority_weights() for policy in self.policy_id}
        parts = {
            case: score(
                weights[case.policy_id],
                case.amount_to_collect,
                *case._get_priority_facts(ladder, as_of),
            )
            for case in self
        }
        changed = self.filtered(lambda case: (case.priority_parts or {}) != parts[case])
        for items, cases in changed.grouped(lambda case: tuple(parts[case].items())).items():
            cases.write({
                "priority": sum(points for _name, points in items),
                "priority_parts": dict(items),
            })

    def _get_priority_facts(self, ladder, as_of):
        """The arguments of `score` after the amount."""
        self.ensure_one()
        promises = self.promise_ids
        silent = None
        if self.date_last_contact:
            last = self.company_id._get_collection_date(self.date_last_contact)
            silent = max((as_of - last).days, 0)
        limitation = self.limitation_date
        return (
            (ladder.ids.index(self.tier_id.id) + 1) / len(ladder) if self.tier_id in ladder else 0,
            len(promises.filtered(lambda promise: promise.state in ("partial", "broken"))),
            silent,
            (limitation - as_of).days if limitation else None,
            any(p.state == "open" and p.date_promised <= as_of for p in promises),
        )
