from odoo.tests import TransactionCase, tagged


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
