import hashlib
import io
import zipfile

from openpyxl import load_workbook
from pypdf import PdfReader

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .legal_common import LegalCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCaseFile(LegalCommon, HttpCase):
    """The evidence bundle of a case: complete, checkable, and noted (P3.7, P6.1, P6.3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_a.name = "苏州远航贸易有限公司"
        cls._pay(cls.invoice, amount=700.0, payment_date=cls.today)
        cls.env["collection.activity"].create({
            "case_id": cls.case.id, "method": "phone", "outcome": "promised",
            "feedback": "=HYPERLINK(\"http://x\")",
            "attachment_ids": [Command.create({"name": "mail.eml", "raw": b"mail"})],
        }).action_confirm()
        cls.env["collection.activity"].create(
            {"case_id": cls.case.id, "method": "visit", "feedback": "A draft only"}
        )
        cls.env["collection.promise"].create({
            "case_id": cls.case.id, "amount": 500.0, "date_promised": cls.today,
            "date_made": cls.today, "note": "+1",
        })
        cls.env["collection.dispute"].create({
            "case_id": cls.case.id, "reason": "Two drums damaged",
            "line_ids": [Command.set(cls._receivable(cls.invoice2).ids)],
        })
        cls.env["collection.case.document"].create({
            "case_id": cls.case.id, "kind": "contract", "state": "there",
            "attachment_ids": [
                Command.create({"name": "../../合同.pdf", "raw": b"%PDF-contract"}),
                Command.create({"name": "合同.pdf", "raw": b"%PDF-other"}),
            ],
        })
        cls.env["ir.attachment"].create([
            {"name": "note.txt", "raw": b"note", "res_model": "collection.case",
             "res_id": cls.case.id},
            {"name": "delivery.pdf", "raw": b"%PDF-delivery", "res_model": "account.move",
             "res_id": cls.invoice.id},
        ])

    def _open(self, user):
        content = self.case.with_user(user)._export_case_file()
        return content, zipfile.ZipFile(io.BytesIO(content))

    # needs: CJK font
    def test_the_bundle(self):
        action = self._action()
        self.env["collection.legal.document"].create({
            "action_id": action.id, "name": "Claim", "kind": "claim",
            "attachment_ids": [Command.create({"name": "claim.pdf", "raw": b"%PDF-claim"})],
        })
        content, archive = self._open(self.collector)
        self.assertIsNone(archive.testzip())
        names = set(archive.namelist())
        self.assertEqual(names, {
            "00 Index.pdf", "01 Chronology.xlsx", "02 Ledger.xlsx", "03 Statement.pdf",
            "04 Contacts.xlsx", "05 Promises and Plans.xlsx", "06 Disputes.xlsx", "07 Letters.xlsx",
            *(f"invoices/{move.name.replace('/', '_')}.pdf"
              for move in self.invoice + self.invoice2),
            "invoices/attachments/delivery.pdf", "papers/contract/_.._合同.pdf",
            "papers/contract/合同.pdf", "contacts/mail.eml", "papers/other/note.txt",
            "legal/claim/claim.pdf", "manifest.txt",
        })
        listed = set()
        for line in archive.read("manifest.txt").decode().splitlines():
            digest, path = line.split("  ", 1)
            self.assertEqual(hashlib.sha256(archive.read(path)).hexdigest(), digest)
            listed.add(path)
        self.assertEqual(listed, names - {"manifest.txt"})
        self.assertEqual(archive.read("papers/contract/合同.pdf"), b"%PDF-other")
        index = "".join(
            page.extract_text()
            for page in PdfReader(io.BytesIO(archive.read("00 Index.pdf"))).pages
        ).replace(" ", "").replace("\n", "")
        for words in ("远航贸易", self.case.name, "02Ledger.xlsx", "Twodrumsdamaged",
                      hashlib.sha256(b"note").hexdigest()):
            self.assertIn(words.replace(" ", ""), index)
        for name in names:
            if name.startswith("invoices/INV") or name == "03 Statement.pdf":
                self.assertTrue(PdfReader(io.BytesIO(archive.read(name))).pages)
        export = self.case.export_ids
        self.assertRecordValues(export, [{
            "user_id": self.collector.id, "file_count": len(names) - 1, "size": len(content),
            "checksum": hashlib.sha256(content).hexdigest(),
        }])
        self.assertIn(export.checksum, self.case.message_ids[0].body)
        with self.assertRaises(UserError), self.cr.savepoint():
            export.file_count = 1
        with self.assertRaises(UserError), self.cr.savepoint():
            export.unlink()

    def test_tables(self):
        archive = self._open(self.manager)[1]

        def rows(name):
            book = load_workbook(io.BytesIO(archive.read(name)))
            cells = [cell for row in book.active for cell in row]
            self.assertFalse([cell for cell in cells if cell.data_type == "f"])
            return [[cell.value for cell in row] for row in book.active][3:]

        ledger = rows("02 Ledger.xlsx")
        amounts = [row[6] for row in ledger]
        self.assertEqual(sorted(amounts), [-700.0, 2000.0, 3000.0])
        self.assertEqual(sum(row[7] for row in ledger if row[7] is not None), 4300.0)
        contacts = rows("04 Contacts.xlsx")
        self.assertEqual(len(contacts), 1)
        self.assertEqual(contacts[0][6], '=HYPERLINK("http://x")')
        self.assertEqual(rows("05 Promises and Plans.xlsx")[0][3:], [500.0, 0, "Open", "+1"])
        self.assertEqual(rows("06 Disputes.xlsx")[0][2], "Two drums damaged")
        chronology = rows("01 Chronology.xlsx")
        dates = [row[0] for row in chronology]
        self.assertEqual(dates, sorted(dates))
        words = " ".join(row[1] for row in chronology)
        for expected in (self.invoice.name, "Case", "Promise", "Disputed", "settled by"):
            self.assertIn(expected, words)
        self.assertNotIn("A draft only", words)

    def test_sent_invoices_are_taken_as_they_were(self):
        self.env["ir.attachment"].create({
            "name": "sent.pdf", "raw": b"%PDF-as-sent", "res_model": "account.move",
            "res_id": self.invoice.id, "res_field": "invoice_pdf_report_file",
        })
        self.invoice.invalidate_recordset()
        archive = self._open(self.manager)[1]
        self.assertIn(b"%PDF-as-sent", [archive.read(name) for name in archive.namelist()
                                        if name.startswith("invoices/INV")])

    def test_who_may_take_it(self):
        self.case.member_ids = self.other_collector
        for user, allowed in [
            (self.collector, True), (self.manager, True), (self.other_collector, False),
            (self.finance, False), (self.sales, False),
        ]:
            with self.subTest(user=user.login):
                before = len(self.case.export_ids)
                if not allowed:
                    with self.assertRaises(AccessError):
                        self.case.with_user(user)._export_case_file()
                    with self.assertRaises(AccessError):
                        self.case.with_user(user).action_export_case_file()
                self.authenticate(user.login, user.login)
                response = self.url_open(f"/debt_collection/case/{self.case.id}/file")
                self.assertEqual(response.status_code, 200 if allowed else 404)
                self.case.invalidate_recordset(["export_ids"])
                self.assertEqual(len(self.case.export_ids) - before, int(allowed))
                if allowed:
                    self.assertIn("CASE-", response.headers["Content-Disposition"])
                    self.assertIsNone(zipfile.ZipFile(io.BytesIO(response.content)).testzip())
        other = self.setup_other_company()["company"]
        abroad = self._role_user("law_file_abroad", "manager", other)
        self.authenticate(abroad.login, abroad.login)
        self.assertEqual(
            self.url_open(f"/debt_collection/case/{self.case.id}/file").status_code, 404
        )
