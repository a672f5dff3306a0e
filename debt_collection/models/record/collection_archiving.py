from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.tools import format_date

from .collection_approval import SEALED_DECISION

KINDS = [
    ("case", "Closed Cases"),
    ("list", "Overdue Lists"),
    ("log", "Access Logs"),
]


@dataclass(frozen=True)
class Archived:
    """What is archived of a kind.

    :param model: the model whose records are
    :param date: the field that says how old a record is
    :param domain: which records may be, whatever their age
    :param is_deleted: whether they are deleted and not only put away
    """

    model: str
    date: str
    domain: list = field(default_factory=list)
    is_deleted: bool = False


class CollectionArchiving(models.Model):
    """A proposal to put away what is older than it has to be kept (P6.3).

    The job proposes, a manager approves. Cases and lists are archived, sealed as they are; only
    access logs are deleted. What is under legal hold is left out, whenever the hold began.
    """

    _name = "collection.archiving"
    _description = "Proposal to Archive"
    _inherit = ["collection.mixin", "mail.thread", "mail.activity.mixin", "collection.approval"]
    _order = "id desc"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company,
        index=True,
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    date_before = fields.Date("Older Than", required=True, readonly=True, help="Exclusive.")
    record_count = fields.Integer("Records", readonly=True)
    record_ids = fields.Json(readonly=True)
    done_count = fields.Integer("Archived", readonly=True)

    _sealed_fields = (
        "company_id", "kind", "date_before", "record_count", "done_count", *SEALED_DECISION,
    )
    _people_write = {"requested": {"refuse_reason"}}

    @api.depends("kind", "date_before")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for proposal in self:
            proposal.display_name = self.env._(
                "%(kind)s before %(date)s",
                kind=labels.get(proposal.kind, ""),
                date=format_date(self.env, proposal.date_before),
            )

    @api.model
    def _propose(self, company, today):
        """Make the proposals of a company that are due and not waiting already."""
        proposals_sudo = self.sudo().browse()
        for kind, _label in KINDS:
            since = company._get_collection_kept_since(kind, today)
            waiting = self.sudo().search_count([
                ("company_id", "=", company.id), ("kind", "=", kind),
                ("state", "in", ("draft", "requested")),
            ], limit=1)
            if not since or waiting:
                continue
            ids = self._get_candidates(company, kind, since).ids
            if ids:
                # Proposals are made by the job alone, see `create`.
                proposals_sudo |= self.sudo().create({
                    "company_id": company.id,
                    "kind": kind,
                    "date_before": since,
                    "record_ids": ids,
                    "record_count": len(ids),
                    "state": "requested",
                    "date_requested": fields.Datetime.now(),
                    "requested_by_id": self.env.uid,
                })
        for proposal_sudo in proposals_sudo:
            proposal_sudo._on_proposed()
        return proposals_sudo

    @api.model
    def _get_candidates(self, company, kind, since):
        """The records of a kind that are older, and under no legal hold."""
        archived = self._on_archived(kind)
        domain = [
            ("company_id", "=", company.id), (archived.date, "<", since), *archived.domain,
        ]
        # The proposal is about the company's records, whoever may see which.
        return self.env[archived.model].sudo().search(domain, order="id")

    @api.model
    def _on_archived(self, kind):
        """Called to learn which records a kind of proposal is about.

        Implemented in models/flow/collection_archiving.py.

        :return: an ``Archived``
        """

    def _on_proposed(self):
        """Called for each proposal that was just made, to find who approves it.

        Implemented in models/flow/collection_archiving.py.
        """

    def _ask(self, user):
        """Give a user the to-do to decide on the proposal."""
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=user.id,
            summary=self.env._("Approve or refuse the proposal to archive"),
        )

    def _after_approve(self):
        for proposal in self:
            archived = self._on_archived(proposal.kind)
            candidates_sudo = proposal._get_candidates(
                proposal.company_id, proposal.kind, proposal.date_before
            )
            # What was put under legal hold or opened again since is left out.
            records_sudo = candidates_sudo & candidates_sudo.browse(proposal.record_ids)
            count = len(records_sudo)
            if archived.is_deleted:
                records_sudo.unlink()
            else:
                records_sudo.write({"active": False})
            # Approved by a manager; the step writes its result.
            proposal.sudo().write({"done_count": count})
            proposal.sudo().activity_ids.unlink()

    @api.readonly
    def action_view_records(self):
        """The records that are proposed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._on_archived(self.kind).model,
            "view_mode": "list,form",
            "domain": [("id", "in", self.record_ids or [])],
            "context": {"active_test": False},
        }

    @api.model
    def _cron_propose(self):
        """Propose, company by company, what is older than it has to be kept."""
        self.env["res.company"]._run_collection_job(
            lambda company: company._in_collection_language(self)._propose(
                company, company._get_collection_today()
            ),
            "proposing what to archive",
        )

