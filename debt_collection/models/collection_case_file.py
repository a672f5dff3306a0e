import hashlib

from odoo import fields, models
from odoo.exceptions import AccessError

from ..tools.evidence import Bundle


class CollectionCase(models.Model):
    """The case file as evidence: everything of a case in one ZIP, with sums (P3.7, P6.1, P6.3).

    Each ``_add_*`` puts one kind of papers in.
    """

    _inherit = "collection.case"

    export_ids = fields.One2many("collection.case.export", "case_id", "Exports")

    def action_export_case_file(self):
        """Download the file of the case; the download is noted on the case."""
        self.ensure_one()
        self._check_can_export()
        return {
            "type": "ir.actions.act_url",
            "url": f"/debt_collection/case/{self.id}/file",
            "target": "download",
        }

    def _check_can_export(self):
        """Raise unless a manager or the case's own collector asks (P1.4)."""
        self.check_access("read")
        for case in self:
            if self.env.user.has_group("debt_collection.group_manager"):
                continue
            if (
                not self.env.user.has_group("debt_collection.group_collector")
                or case.user_id != self.env.user
            ):
                raise AccessError(
                    self.env._(
                        "Only a collection manager or the collector of %(case)s exports its file.",
                        case=case.display_name,
                    )
                )

    def _get_case_file_name(self):
        self.ensure_one()
        return f"{self.name} {self.partner_id.name or ''}".replace("/", "-").strip() + ".zip"

    def _export_case_file(self, now=None):
        """Make the ZIP of one case and note who took it.

        :param now: moment of the export, in UTC
        :return: the ZIP's bytes
        """
        self.ensure_one()
        self._check_can_export()
        now = now or fields.Datetime.now()
        # Checked above: the file is whole, whichever of its papers the user may open.
        bundle = self.sudo()._make_case_file(now)
        content = bundle.to_zip(now)
        checksum = hashlib.sha256(content).hexdigest()
        self.env["collection.case.export"].sudo().create({
            "case_id": self.id,
            "user_id": self.env.uid,
            "date": now,
            "file_count": len(bundle.files),
            "size": len(content),
            "checksum": checksum,
        })
        self.message_post(
            body=self.env._(
                "%(user)s exported the case file: %(count)s files, SHA-256 %(sum)s.",
                user=self.env.user.name, count=len(bundle.files), sum=checksum,
            )
        )
        return content

    def _make_case_file(self, now):
        """All files of one case, with an index of them as PDF."""
        bundle = Bundle()
        self._fill_case_file(bundle, now)
        index = self._render_case_file_pdf(
            "debt_collection.report_case_file", {"rows": bundle.sums(), "now": now}
        )
        bundle.add("", "00 Index.pdf", index)
        return bundle

    def _fill_case_file(self, bundle, now):
        """Put everything that is known of one case into the bundle."""
        self._add_accounts(bundle)
        self._add_records(bundle, now)
        self._add_papers(bundle)
        self._add_charges(bundle)
        self._add_letters(bundle)

    def _render_case_file_pdf(self, report, data):
        """A report about the case as PDF, also in tests."""
        return self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )._render_qweb_pdf(report, self.ids, data=data)[0]
