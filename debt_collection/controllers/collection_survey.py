from odoo import http
from odoo.http import request
from odoo.tools import consteq
from odoo.tools.misc import get_lang

from odoo.addons.rating.controllers.main import MAPPED_RATES, Rating

from ..tools.client_input import clean_text, whole_number

MAX_FEEDBACK = 2000
FACES = {1: "😞", 2: "🙁", 3: "😐", 4: "🙂", 5: "😀"}


class CollectionSurveyController(Rating):
    """Five faces for cases. An answer is given once, and never by who is rated (P5.1)."""

    def _get_survey(self, token):
        """The rating of a token if it is a case's, else an empty record."""
        if not token.isascii() or "\0" in token:
            return request.env["rating.rating"]
        # Who answers has the token alone, and no right on ratings.
        rating_sudo = request.env["rating.rating"].sudo().search([
            ("access_token", "=", token), ("res_model", "=", "collection.case"),
        ], limit=1)
        is_same = rating_sudo and consteq(rating_sudo.access_token, token)
        return rating_sudo if is_same else rating_sudo.browse()

    def _render_survey(self, template, rating_sudo, **values):
        lang = (
            rating_sudo.partner_id._get_collection_lang() if rating_sudo.partner_id.lang
            else get_lang(request.env).code
        )
        return request.env["ir.ui.view"].with_context(lang=lang)._render_template(
            template, {"rating": rating_sudo, "web_base_url": rating_sudo.get_base_url(), **values}
        )

    def _refuse_insider(self, rating_sudo):
        """A page that says no to users who are not of the customer, else nothing."""
        user = request.env.user
        customer = rating_sudo.partner_id.commercial_partner_id
        if user._is_public() or user.partner_id.commercial_partner_id == customer:
            return None
        return self._render_survey(
            "rating.rating_external_page_invalid_partner", rating_sudo,
            model_name="", name=rating_sudo.partner_id.name,
        )

    @http.route()
    def action_open_rating(self, token, rate, **kwargs):
        rating_sudo = self._get_survey(token)
        if rating_sudo:
            return self.open_survey(token, rate)
        self._check_rate(rate)
        return super().action_open_rating(token, rate, **kwargs)

    @http.route()
    def action_submit_rating(self, token, rate=0, **kwargs):
        rating_sudo = self._get_survey(token)
        if rating_sudo:
            return self.open_survey(token, rate, **kwargs)
        if request.httprequest.method == "POST":
            self._check_rate(rate)
        return super().action_submit_rating(token, rate=rate, **kwargs)

    def _check_rate(self, rate):
        """Odoo's own surveys have three faces: another one is not found, and no error."""
        if whole_number(rate) not in MAPPED_RATES.values():
            raise request.not_found()

    @http.route(
        "/debt_collection/survey/<string:token>/<int:rate>",
        type="http", auth="public", methods=["GET", "POST"], website=True,
    )
    def open_survey(self, token, rate=0, feedback=None, **kwargs):
        """Show the five faces; a POST gives the answer, a GET never does: mail scanners follow
        links. The page of a GET posts by itself what was clicked in the mail."""
        rating_sudo = self._get_survey(token)
        if not rating_sudo:
            raise request.not_found()
        rate = whole_number(rate) or 0
        refused = self._refuse_insider(rating_sudo)
        if refused:
            return refused
        if not rating_sudo.consumed:
            if request.httprequest.method != "POST" or rate not in FACES:
                return self._render_survey(
                    "debt_collection.collection_survey_page", rating_sudo,
                    faces=FACES, rate=rate, token=token,
                )
            # Who answers has the token of the survey, and no right on cases.
            request.env["collection.case"].sudo().browse(rating_sudo.res_id).rating_apply(
                rate, rating=rating_sudo, feedback=clean_text(feedback, MAX_FEEDBACK),
                # A note: the answer to a survey is no answer to a dunning letter.
                subtype_xmlid="mail.mt_note",
            )
        return self._thank(rating_sudo, token)

    def _thank(self, rating_sudo, token):
        return self._render_survey(
            "debt_collection.collection_survey_thanks", rating_sudo, faces=FACES, token=token
        )

    @http.route(
        "/debt_collection/survey/<string:token>/comment",
        type="http", auth="public", methods=["POST"], website=True,
    )
    def comment_survey(self, token, feedback=None, stop=None, **kwargs):
        """What the customer adds to the answer: once, and never to another's.

        :param stop: the customer does not want to be asked again
        """
        rating_sudo = self._get_survey(token)
        if not rating_sudo or not rating_sudo.consumed:
            raise request.not_found()
        refused = self._refuse_insider(rating_sudo)
        if refused:
            return refused
        if stop:
            # Who answered has the token of the survey, and no right on customers.
            customer_sudo = rating_sudo.partner_id.commercial_partner_id
            customer_sudo.collection_no_survey = True
        feedback = clean_text(feedback, MAX_FEEDBACK)
        if feedback and not rating_sudo.feedback:
            # Who answers has the token of the survey, and no right on cases.
            request.env["collection.case"].sudo().browse(rating_sudo.res_id).rating_apply(
                rating_sudo.rating, rating=rating_sudo, feedback=feedback,
                subtype_xmlid="mail.mt_note",
            )
        return self._thank(rating_sudo, token)
