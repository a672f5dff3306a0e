import json
import logging
import re
from urllib.parse import urljoin

import lxml.html
import requests
from markupsafe import Markup

from odoo import api, models

from ...tools.css_subset import subset, used_classes, without_fetches

_logger = logging.getLogger(__name__)
MODEL = "collection.letter"
STYLESHEET = re.compile(r"""<link[^>]*href="(/web/assets/[^"]+\.css)"[^>]*>""")


class IrActionsReport(models.Model):
    """Many letters in one run of the PDF engine, at a fraction of the time of single ones.

    One alone is printed the same way: who approves it waits for no stylesheets.

    Odoo gives the engine the headings of all documents on every page, and has it read the
    whole stylesheet three times a page: with 200 letters it grows with the square of their
    number, and dies. Here headings that are alike are given once, and of the stylesheet what
    the pages use.
    """

    _inherit = "ir.actions.report"

    def _prepare_html(self, html, report_model=False):
        result = super()._prepare_html(html, report_model=report_model)
        # While modules are installed, demo data with them, no server is up yet for anything.
        is_loading = not self.env.registry.ready
        if not result or not result[0] or (report_model != MODEL and not is_loading):
            return result
        is_offline = is_loading or not self._is_server_reachable()
        bodies, ids, header, footer, arguments = result
        if len(bodies) > 1 and report_model == MODEL:
            header = self._fold_alike(str(header), "header")
            footer = self._fold_alike(str(footer), "footer")
        pages = self._put_in_styles([*map(str, bodies), str(header), str(footer)], is_offline)
        # nosec B704: pages that QWeb made and escaped, with style sheets of our own server
        *bodies, header, footer = map(Markup, pages)
        return bodies, ids, header, footer, arguments

    def _fold_alike(self, page, part):
        """The page with one of each kind of its parts, and a table that finds them.

        :param page: what `_prepare_html` says of all headers, or of all footers
        :param part: ``header`` or ``footer``
        """
        root = lxml.html.document_fromstring(page)
        holder = root.get_element_by_id(f"minimal_layout_report_{part}s", None)
        lookup = f"{part}.children[index]"
        if holder is None or lookup not in page:
            return page
        kinds, places = {}, []
        for child in list(holder):
            kind = lxml.html.tostring(child, with_tail=False)
            if kind in kinds:
                holder.remove(child)
            places.append(kinds.setdefault(kind, len(kinds)))
        folded = lxml.html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")
        return folded.replace(lookup, f"{part}.children[{json.dumps(places)}[index]]")

    def _is_server_reachable(self):
        """Whether the PDF engine can ask Odoo for fonts.

        A page whose styles name fonts that cannot be had is printed without its text; one whose
        styles name none is printed in the machine's own.
        """
        address = urljoin(self._get_report_url(), "/web/health")
        try:
            requests.get(address, timeout=10)
        except requests.RequestException as error:
            _logger.warning(
                "Collections: letters are printed in this machine's own fonts, since nobody"
                " answers at %s (%s): set the system parameter report.url.", address, error,
            )
            return False
        return True

    def _put_in_styles(self, pages, is_offline=False):
        """The pages with the rules that they use, in place of links to whole stylesheets.

        :param is_offline: nothing can be fetched, so that no rule asks for it
        """
        links = list(dict.fromkeys(url for page in pages for url in STYLESHEET.findall(page)))
        # Bundles are public, and belong to nobody.
        bundles_sudo = self.env["ir.attachment"].sudo().search(
            [("url", "in", links), ("res_model", "=", "ir.ui.view")]
        )
        texts = {bundle.url: bundle.raw.decode() for bundle in bundles_sudo}
        for url in set(links) - set(texts):
            texts[url] = self._compile_styles(url)
        if is_offline:
            texts = {url: without_fetches(text) for url, text in texts.items()}
        elif not all(texts.values()):
            return pages
        classes = set().union(*map(used_classes, pages))
        styles = {url: f"<style>{subset(text, classes)}</style>" for url, text in texts.items()}
        return [STYLESHEET.sub(lambda match: styles[match[1]], page) for page in pages]

    @api.model
    def _prepare_collection_styles(self):
        """Have the stylesheet of papers ready, so that nobody waits for it with the first one."""
        # Bundles are public, and belong to nobody.
        self.env["ir.qweb"].sudo()._get_asset_bundle(
            "web.report_assets_common", css=True, js=False
        ).css()

    def _compile_styles(self, url):
        """The stylesheet at an address that nobody has asked for yet, kept as Odoo's server does.

        Otherwise the first run after an update would ask for it once a page.

        :return: its text; empty if there is none of this address
        """
        filename = url.rsplit("/", 1)[1]
        try:
            name, rtl, _kind, autoprefix = self.env["ir.asset"]._parse_bundle_name(filename, False)
            bundle = self.env["ir.qweb"]._get_asset_bundle(
                name, css=True, js=False, rtl=rtl, autoprefix=autoprefix
            )
        except ValueError:
            return ""
        if bundle.get_link("css") != url or not bundle.stylesheets:
            return ""
        # Bundles are public, and belong to nobody.
        return bundle.css().sudo().raw.decode()

