from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from odoo.addons.base.models.ir_actions_report import IrActionsReport

from ...tools.css_subset import without_fetches

LOGGER = "odoo.addons.debt_collection.models.letter.ir_actions_report"


@tagged("post_install", "-at_install", "debt_collection")
class TestIrActionsReport(TransactionCase):
    """The styles of many letters are put into their pages, whoever asked for them before."""

    def test_styles_that_nobody_asked_for_yet(self):
        report_model = self.env["ir.actions.report"]
        bundle = self.env["ir.qweb"]._get_asset_bundle(
            "web.report_assets_common", css=True, js=False
        )
        url = bundle.get_link("css")
        kept = self.env["ir.attachment"].search([("url", "=", url)])
        kept.unlink()
        link = f'<link rel="stylesheet" href="{url}">'
        pages = [f'<html>{link}<body class="container">{number}</body></html>' for number in "12"]
        styled = report_model._put_in_styles(pages)
        for page in styled:
            self.assertIn("<style>", page)
            self.assertIn(".container", page)
            self.assertNotIn("<link", page)
        made = self.env["ir.attachment"].search([("url", "=", url)])
        self.assertEqual(len(made), 1)
        self.assertEqual(report_model._put_in_styles(pages), styled)

    def test_unknown_styles_stay_links(self):
        report_model = self.env["ir.actions.report"]
        for name in ("nothing.here.min.css", "nothing.min.css", "web.report_assets_common.min.css"):
            with self.subTest(name=name):
                page = f'<link rel="stylesheet" href="/web/assets/1/0000000/{name}">'
                self.assertEqual(report_model._put_in_styles([page]), [page])

    def test_headings_are_given_once_even_without_a_server(self):
        """Nobody answers for the fonts: pages do without, and headings do not pile up."""
        self.env["ir.config_parameter"].set_param("report.url", "http://127.0.0.1:9")
        report_model = self.env["ir.actions.report"]
        heading = '<div class="header">Seller</div>'
        found = (
            ["<html>1</html>", "<html>2</html>"], [1, 2],
            '<html><body><div id="minimal_layout_report_headers">' + 2 * heading + "</div>"
            "<script>header.children[index]</script></body></html>",
            "<html></html>", {},
        )
        with (
            patch.object(IrActionsReport, "_prepare_html", lambda *_args, **_kwargs: found),
            self.assertLogs(LOGGER, "WARNING") as logs,
        ):
            bodies, _ids, header, _footer, _arguments = report_model._prepare_html(
                "", report_model="collection.letter"
            )
        self.assertIn("report.url", logs.output[0])
        self.assertEqual(bodies, found[0])
        self.assertEqual(header.count(heading), 1)
        self.assertIn("header.children[[0, 0][index]]", header)

    def test_without_a_server_nothing_is_fetched(self):
        """A letter alone has its look all the same, in the machine's own fonts."""
        report_model = self.env["ir.actions.report"]
        url = self.env["ir.qweb"]._get_asset_bundle(
            "web.report_assets_common", css=True, js=False
        ).get_link("css")
        page = f'<link rel="stylesheet" href="{url}"><body class="container fa">1</body>'
        styled = report_model._put_in_styles([page], is_offline=True)[0]
        self.assertIn(".container", styled)
        self.assertNotIn("@font-face", styled)
        self.assertNotIn("url(/", styled)
        self.assertNotIn("<link", styled)
        gone = '<link rel="stylesheet" href="/web/assets/1/0000000/nothing.min.css">1'
        self.assertEqual(report_model._put_in_styles([gone], is_offline=True), ["<style></style>1"])

    def test_what_is_fetched(self):
        for css, left in [
            ("@font-face {font-family: A; src: url('/a.woff2')} b {c: d}", " b {c: d}"),
            ('@import url("https://x/y.css");a{b:c}', "a{b:c}"),
            ("a{background: url(/web/b.png) no-repeat}", "a{background: none no-repeat}"),
            ("a{background: url('data:image/png;base64,xx')}",
             "a{background: url('data:image/png;base64,xx')}"),
            ("/* url(x) */a{b:c}", "a{b:c}"),
        ]:
            with self.subTest(css=css):
                self.assertEqual(without_fetches(css), left)
