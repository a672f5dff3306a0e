from odoo import api, fields, models
from odoo.tools import formatLang

from ...tools.next_action import choose, get_points

REACHED = {"phone": "phone", "visit": "street", "letter": "street", "email": "email"}


class CollectionCaseRisk(models.AbstractModel):
    """What a case has at risk, and which action on it is worth its minutes most."""

    _name = "collection.case.risk"
    _description = "Money at Risk of a Case"

    risk_share = fields.Float(
        "Not Paid Within 30 Days", readonly=True, copy=False, aggregator="avg",
        help="The chance, by how the customer and those like it have paid so far; computed every"
        " night.",
    )
    best_method = fields.Selection(
        [
            ("phone", "Phone"), ("visit", "Visit"), ("letter", "Letter"), ("email", "Email"),
            ("legal", "Legal Action"), ("other", "Task"),
        ],
        "Best Next Action", readonly=True, copy=False,
    )
    best_minutes = fields.Float("Minutes It Takes", readonly=True, copy=False, aggregator="sum")

    @api.model
    def _note_risks(self, shares):
        """Keep the chance that what cases owe is not paid within 30 days, by case id.

        A case that somebody is writing at this moment keeps yesterday's chance.

        :return: how many were written
        """
        # The job's own figures, on cases of every collector.
        cases_sudo = self.env["collection.case"].sudo().browse(shares).try_lock_for_update(
            allow_referencing=True
        ).filtered(lambda case: round(case.risk_share, 3) != shares[case.id])
        for share, cases in cases_sudo.grouped(lambda case: shares[case.id]).items():
            cases.write({"risk_share": share})
        self.env.flush_all()
        self.env.invalidate_all()
        return len(cases_sudo)

    def _get_choices(self, policies):
        """By case of one company, the action that is worth its minutes most.

        :param policies: by case, the policy it follows
        """
        effects = {
            method: low for method, (low, _trial)
            in self.env["collection.trial"]._get_effects(self.company_id[:1]).items()
        }
        minutes = {policy: policy._get_minutes() for policy in set(policies.values())}
        planned = {}
        for step in self._get_planned_steps().sorted(lambda step: (step.date_deadline, step.id)):
            planned.setdefault(step.case_id, step.step_id.method)
        return {
            case: choose(
                case.amount_to_collect, case.risk_share,
                planned.get(case) or case.next_step_id.method or "",
                case._get_possible_methods(), minutes[policies[case]], effects,
            )
            for case in self
        }

    def _get_possible_methods(self):
        """The methods by which the customer can be reached and wants to be."""
        self.ensure_one()
        partner = self.partner_id
        return [
            method for method, name in REACHED.items()
            if partner[name] and not partner[f"collection_no_{method}"]
        ]

    def _prepare_risk_vals(self, choice):
        """What is written of the action chosen: priority, its parts, action and minutes."""
        return {
            "priority": get_points(choice.value),
            "priority_parts": {
                "at_risk": round(choice.at_risk, 2), "share": round(self.risk_share, 3),
                "gain": round(choice.gain, 2), "minutes": round(choice.minutes, 1),
                "method": choice.method,
            },
            "best_method": choice.method or False,
            "best_minutes": choice.minutes,
        }

    def _get_risk_text(self, parts):
        """Why the case comes where it does, in one sentence; no more than was seen."""
        self.ensure_one()
        methods = dict(self._fields["best_method"]._description_selection(self.env))
        values = {
            "at_risk": formatLang(self.env, parts["at_risk"], currency_obj=self.currency_id),
            "share": round(100 * parts["share"]), "minutes": f"{parts['minutes']:g}",
            "method": methods.get(parts["method"]) or self.env._("Next step"),
        }
        if parts["gain"]:
            return self.env._(
                "%(method)s first: a trial leaves at least %(gain)s for %(minutes)s minutes, of"
                " %(at_risk)s at risk (%(share)s %% likely not paid within 30 days).",
                gain=formatLang(self.env, parts["gain"], currency_obj=self.currency_id), **values,
            )
        return self.env._(
            "%(at_risk)s at risk (%(share)s %% likely not paid within 30 days); no trial has shown"
            " yet that an action changes this, so cases are ranked by it alone. Next: %(method)s.",
            **values,
        )
