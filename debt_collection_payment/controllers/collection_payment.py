from odoo import http
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.http import request

from odoo.addons.account_payment.controllers.portal import PortalAccount
from odoo.addons.debt_collection.controllers.collection_portal import CollectionPortal
from odoo.addons.debt_collection.tools.client_input import whole_number


class CollectionPayment(CollectionPortal, PortalAccount):
    """One, some or all open invoices are paid in one go, by Odoo's own payment form.

    What is paid and how much is worked out here from the items chosen; the browser only names
    them. Whoever may open the page of the case may pay what is on it, nobody else.

    Odoo merges all controllers of the portal into one: names that other add-ons may use, too, are
    avoided.
    """

    @http.route(
        "/my/collections/<int(min=1,max=2147483647):case_id>/pay",
        type="http", auth="public", website=True, methods=["GET"], sitemap=False,
    )
    def portal_pay(self, case_id, access_token=None, **_kwargs):
        """The payment form for the items that were ticked."""
        case_sudo = self._get_collection_case(case_id, access_token)
        try:
            items = self._get_collection_items(
                case_sudo, request.httprequest.args.getlist("items")
            )
            values = self._get_collection_payment_values(case_sudo, items, access_token)
        except ValidationError as error:
            request.session["collection_portal_error"] = error.args[0]
            return request.redirect(self._get_collection_page(case_sudo, access_token))
        response = request.render("account_payment.portal_overdue_invoices_page", values)
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
        return response

    @http.route(
        "/my/collections/<int(min=1,max=2147483647):case_id>/transaction/<string:chosen>",
        type="jsonrpc", auth="public", website=True,
    )
    def portal_transaction(self, case_id, chosen, access_token=None, **kwargs):
        """Start the payment of items and return what the form needs to go on.

        :param chosen: numbers of the items, joined by ``-``
        """
        try:
            case_sudo = request.env["collection.case"]._get_for_portal(case_id, access_token)
        except AccessError as error:
            raise ValidationError(error.args[0]) from None
        items = self._get_collection_items(case_sudo, chosen.split("-"))
        kwargs.pop("payment_reference", None)
        self._validate_transaction_kwargs(kwargs)
        kwargs.update(
            amount=self._get_collection_amount_to_pay(items),
            currency_id=items.currency_id.id,
            partner_id=self._get_collection_payer(case_sudo).id,
            reference_prefix=self._get_collection_reference(case_sudo, items),
            landing_route=self._get_collection_page(case_sudo, access_token, sent="payment"),
            is_validation=False,
        )
        transaction_sudo = self._create_transaction(
            custom_create_values={"invoice_ids": [Command.set(items.move_id.ids)]}, **kwargs
        )
        return transaction_sudo._get_processing_values()

    def _get_collection_items(self, case_sudo, chosen):
        """Those of the numbers that are items of the page and can be paid.

        :raises ValidationError: if a payment for one of them is on its way
        """
        numbers = {whole_number(value) for value in chosen}
        items = case_sudo._get_portal_items().filtered(lambda item: item.id in numbers)
        under_way = case_sudo._get_portal_under_way(items)
        if under_way:
            raise ValidationError(request.env._(
                "Your payment of %(invoices)s is on its way already. Thank you.",
                invoices=", ".join(under_way.move_id.mapped("name")),
            ))
        return case_sudo._get_portal_payable(items)

    def _get_collection_amount_to_pay(self, items):
        """What is open of the items.

        :raises ValidationError: if there are none, or of several currencies
        """
        if not items:
            raise ValidationError(request.env._("Tick the invoices that you want to pay."))
        if len(items.currency_id) > 1:
            raise ValidationError(request.env._("Pay invoices of one currency at a time."))
        return items.currency_id.round(sum(items.mapped("amount_residual_currency")))

    def _get_collection_payer(self, case_sudo):
        """Who is signed in, so that saved cards are theirs; else the customer."""
        user = request.env.user
        return case_sudo.partner_id if user._is_public() else user.partner_id

    def _get_collection_reference(self, case_sudo, items):
        move = items.move_id
        return move.name if len(move) == 1 else case_sudo.name

    def _get_collection_payment_values(self, case_sudo, items, access_token):
        amount = self._get_collection_amount_to_pay(items)
        reference = self._get_collection_reference(case_sudo, items)
        chosen = "-".join(map(str, items.ids))
        landing_route = self._get_collection_page(case_sudo, access_token, sent="payment")
        return {
            **self._get_common_page_view_values(
                invoices_data={
                    "partner": case_sudo.partner_id,
                    "company": case_sudo.company_id,
                    "total_amount": amount,
                    "currency": items.currency_id,
                    "amount_residual": amount,
                    "payment_reference": reference,
                    "landing_route": landing_route,
                    "transaction_route": f"/my/collections/{case_sudo.id}/transaction/{chosen}",
                },
                access_token=access_token,
            ),
            "page_name": "collections",
            "amount": amount,
            "payment": {
                "reference": reference, "amount": amount, "currency": items.currency_id,
            },
        }
