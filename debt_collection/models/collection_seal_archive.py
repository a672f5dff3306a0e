import hashlib
import io
import json
import zipfile

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.evidence import safe_name

README = """The collection record of the database “{database}”, kept when the add-on was
uninstalled on {date} (UTC).

manifest.json   SHA-256 of each file here, and the last seal of each company's chain
seals/          each company's chain; docs/verify.py of the add-on checks it
personal/       the personal parts of the seals with their salts, as far as not erased
tables/         every row of every table, one JSON object a line
papers/         letters and other papers, named by their SHA-256; see tables/ir_attachment.jsonl
"""


class CollectionSeal(models.Model):
    """The record outlives the add-on: uninstalling leaves it behind as one file (P3.7, P6.3)."""

    _inherit = "collection.seal"

    @api.model
    def _archive_record(self):
        """Keep the whole record as a ZIP that system administrators alone can open.

        :return: the attachment; none if nothing was ever recorded
        """
        self.env.flush_all()
        if not self.sudo().search_count([], limit=1):
            return self.env["ir.attachment"]
        now = fields.Datetime.now()
        output, sums = io.BytesIO(), {}
        with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as book:

            def add(name, content):
                sums[name] = hashlib.sha256(content).hexdigest()
                book.writestr(name, content)

            add("README.txt", README.format(database=self.env.cr.dbname, date=now).encode())
            for name, content in self._get_archive_chains():
                add(name, content)
            for table in self._get_archive_tables():
                add(f"tables/{table}.jsonl", self._get_archive_rows(SQL.identifier(table)))
            for name, content in self._get_archive_papers():
                if name not in sums:
                    add(name, content)
            book.writestr("manifest.json", json.dumps(self._get_archive_manifest(sums), indent=1))
        # Without a record that it belongs to, nobody but system administrators opens it.
        return self.env["ir.attachment"].sudo().create({
            "name": f"collection record {now:%Y-%m-%d %H%M}.zip",
            "raw": output.getvalue(),
            "mimetype": "application/zip",
            "description": "Kept when Debt Collection was uninstalled.",
        })

    @api.model
    def _get_archive_companies(self):
        # The record of every company is kept, whoever uninstalls the add-on.
        return self.sudo()._read_group([], aggregates=["company_id:recordset"])[0][0]

    @api.model
    def _get_archive_chains(self):
        """Pairs of name and content: the chain of each company, and its personal parts."""
        for company in self._get_archive_companies():
            seals_sudo = self.sudo().search([("company_id", "=", company.id)], order="number")
            personal = {seal.number: json.loads(seal.personal or "{}") for seal in seals_sudo}
            yield (
                f"seals/{company.id}.json", json.dumps(seals_sudo._get_export(), indent=1).encode()
            )
            yield f"personal/{company.id}.json", json.dumps(personal, indent=1).encode()

    @api.model
    def _get_archive_manifest(self, sums):
        heads = {}
        for company in self._get_archive_companies():
            number, seal = self._get_head(company)
            heads[company.id] = {"company": company.name, "number": number, "seal": seal}
        return {"files": sums, "heads": heads}

    @api.model
    def _get_archive_tables(self):
        """The tables of the add-on's models, in alphabetical order."""
        return sorted(
            model._table for name, model in self.env.registry.items()
            if name.startswith("collection.") and model._auto and not model._abstract
            and not model._transient
        )

    @api.model
    def _get_archive_rows(self, source):
        """Rows of a table or query as JSON, one a line."""
        rows = self.env.execute_query(SQL("SELECT row_to_json(kept)::text FROM %s kept", source))
        return "\n".join(row for (row,) in rows).encode()

    @api.model
    def _get_linked_papers(self):
        """Ids of the attachments that our records name: not all belong to the record itself."""
        ids = set()
        for name, model in self.env.registry.items():
            if not name.startswith("collection.") or model._abstract or model._transient:
                continue
            for field in model._fields.values():
                if field.type == "many2many" and field.store and (
                    field.comodel_name == "ir.attachment"
                ):
                    ids.update(paper_id for (paper_id,) in self.env.execute_query(SQL(
                        "SELECT %s FROM %s",
                        SQL.identifier(field.column2), SQL.identifier(field.relation),
                    )))
        return list(ids)

    @api.model
    def _get_archive_papers(self):
        """Pairs of name and content: a list of the papers of our records, and each of them."""
        # The record is kept whole, whoever uninstalls the add-on.
        papers_sudo = self.env["ir.attachment"].sudo().with_context(bin_size=False).search(
            Domain("type", "=", "binary") & (
                Domain("res_model", "=like", "collection.%")
                | Domain("id", "in", self._get_linked_papers())
            ),
            order="id",
        )
        listed = []
        for paper in papers_sudo:
            content = paper.raw or b""
            checksum = hashlib.sha256(content).hexdigest()
            name = f"papers/{checksum}-{safe_name(paper.name)}"
            listed.append(json.dumps({
                "id": paper.id, "name": paper.name, "res_model": paper.res_model,
                "res_id": paper.res_id, "sha256": checksum,
            }))
            yield name, content
        yield "tables/ir_attachment.jsonl", "\n".join(listed).encode()
