import hashlib
import io
import subprocess
import tempfile
import zipfile
from datetime import datetime

from odoo.tests import BaseCase, tagged

from ...tools.evidence import MAX_BYTES, Bundle, safe_name, typed_name


@tagged("debt_collection")
class TestEvidenceRules(BaseCase):
    def test_safe_name(self):
        for name, expected in [
            ("contract.pdf", "contract.pdf"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("INV/2025/0001.pdf", "INV_2025_0001.pdf"),
            ("C:\\x.txt", "C__x.txt"),
            ("合同 第1号.pdf", "合同 第1号.pdf"),
            ("a\nb\x00c.txt", "abc.txt"),
            ("pay\u202efdp.exe", "payfdp.exe"),
            ("-rf", "rf"),
            ("  ", "file"),
            ("...", "file"),
            (".htaccess", "htaccess"),
            ("con.txt", "_con.txt"),
            ("LPT1", "_LPT1"),
            ("cafe\u0301.pdf", "café.pdf"),
            ('a<b>c:"d|e?f*.pdf', "a_b_c__d_e_f_.pdf"),
        ]:
            with self.subTest(name=name):
                self.assertEqual(safe_name(name), expected)

    def test_the_content_says_the_type(self):
        for name, mimetype, expected in [
            ("contract.pdf", "application/pdf", "contract.pdf"),
            ("photo.JPG", "image/jpeg", "photo.JPG"),
            ("list.csv", "text/plain", "list.csv"),
            ("mail.eml", "message/rfc822", "mail.eml"),
            ("drawing.q7x", "application/octet-stream", "drawing.q7x"),
            ("contract.pdf.exe", "application/pdf", "contract.pdf.exe.pdf"),
            ("contract.pdf", "text/html", "contract.pdf.html"),
            ("start.bat", "text/plain", "start.bat.txt"),
            ("scan.png", "application/octet-stream", "scan.png.bin"),
            ("../contract", "application/pdf", "_contract.pdf"),
        ]:
            with self.subTest(name=name, mimetype=mimetype):
                self.assertEqual(typed_name(name, mimetype), expected)

    def test_long_names_keep_their_extension(self):
        for name in ("x" * 500 + ".pdf", "合" * 300 + ".pdf"):
            result = safe_name(name)
            self.assertLessEqual(len(result.encode()), MAX_BYTES)
            self.assertTrue(result.endswith(".pdf"))

    def test_names_are_taken_once(self):
        bundle = Bundle()
        paths = [bundle.add("papers", name, b"x")
                 for name in ("a.pdf", "a.pdf", "A.PDF", "b", "b")]
        self.assertEqual(
            paths,
            ["papers/a.pdf", "papers/a (2).pdf", "papers/A (3).PDF", "papers/b", "papers/b (2)"],
        )
        self.assertEqual(bundle.add("", "manifest.txt", b"false"), "manifest (2).txt")
        self.assertEqual(bundle.add("../x", "y", b""), "file/x/y")
        self.assertFalse([path for path in bundle.files if ".." in path.split("/")])

    def test_zip_and_manifest(self):
        bundle = Bundle()
        bundle.add("", "index.pdf", b"%PDF-1")
        bundle.add("papers/contract", "合同.pdf", b"contract")
        moment = datetime(2025, 9, 30, 8, 30)
        content = bundle.to_zip(moment)
        self.assertEqual(content, bundle.to_zip(moment))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.assertIsNone(archive.testzip())
            self.assertEqual(
                archive.namelist(), ["index.pdf", "papers/contract/合同.pdf", "manifest.txt"]
            )
            lines = archive.read("manifest.txt").decode().splitlines()
            for line in lines:
                digest, path = line.split("  ", 1)
                self.assertEqual(hashlib.sha256(archive.read(path)).hexdigest(), digest)
            with tempfile.TemporaryDirectory() as folder:
                archive.extractall(folder)
                check = subprocess.run(
                    ["sha256sum", "-c", "--strict", "manifest.txt"], cwd=folder, check=False,
                    capture_output=True,
                )
                self.assertEqual(check.returncode, 0, check.stderr)
        self.assertEqual(len(lines), 2)
