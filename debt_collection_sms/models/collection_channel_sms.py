from odoo import api, models

from odoo.addons.debt_collection.models.letter.collection_channel import Receipt
from odoo.addons.iap.tools.iap_tools import InsufficientCreditError

from ..tools.numbers import to_e164
from ..tools.segments import count_segments

SEGMENTS = 4
"""A text that takes more messages is no short one."""
SENT = ("process", "pending", "sent")


class CollectionChannelSms(models.AbstractModel):
    """Text messages by Odoo's service, or by whatever provider the company uses for them.

    The message is an `sms.sms` that only the job of the letters sends: Odoo's own queue takes
    those that are "In Queue", this one is "Processing" from the start. Its number (UUID) is
    committed before the service is asked, so that receipts find the letter whatever happens.
    """

    _name = "collection.channel.sms"
    _description = "Letters as Text Messages"
    _inherit = "collection.channel"

    _rule_channel = "sms"
    _contact_method = "sms"
    _is_brief = True
    _is_service = True

    @api.model
    def _get_number(self, contact):
        """The number of a contact as the service takes it; empty if it is none."""
        country = (
            contact.country_id or contact.commercial_partner_id.country_id
            or self.env.company.country_id
        )
        number = contact._phone_format(number=contact.phone, country=country) or ""
        # Without the library phonenumbers Odoo gives it back as it was typed.
        return to_e164(number, country.phone_code)

    @api.model
    def _choose_contact(self, partner, kind, items):
        """The first of those who get such letters whose number is valid."""
        people = partner._get_collection_candidates(kind, items)
        return people.filtered(self._get_number)[:1] or people[:1]

    @api.model
    def _get_missing(self, partner, contact, letter=None):
        number = self._get_number(contact)
        if not contact.phone:
            return self.env._("No phone number")
        if not number:
            return self.env._("The phone number is not valid")
        # Who does not want messages is left in peace, whoever may read the list.
        if self.env["phone.blacklist"].sudo().search_count([("number", "=", number)], limit=1):
            return self.env._("The phone number is on the blacklist")
        count = count_segments(letter._get_file_text()) if letter else 0
        if count > SEGMENTS:
            return self.env._(
                "The text takes %(count)s messages; %(most)s are the most", count=count,
                most=SEGMENTS,
            )
        return ""

    @api.model
    def _get_target(self, letter):
        return self._get_number(letter.contact_id or letter.partner_id)

    @api.model
    def _begin(self, letter):
        contact = letter.contact_id or letter.partner_id
        # Nobody but the system writes messages; who may send the letter was checked.
        message_sudo = self.env["sms.sms"].sudo().create({
            "number": self._get_number(contact),
            "body": letter._get_file_text(),
            "partner_id": contact.id,
            "state": "process",
        })
        self.env["sms.tracker"].sudo().create({
            "sms_uuid": message_sudo.uuid, "collection_letter_id": letter.id,
        })
        return message_sudo.uuid

    @api.model
    def _hand_over(self, letter):
        # The job of the letters writes messages, and nobody else.
        message_sudo = self.env["sms.sms"].sudo().with_company(letter.company_id).search(
            [("uuid", "=", letter.service_ref)]
        )
        try:
            message_sudo._send(unlink_failed=True, unlink_sent=True, raise_exception=True)
        except InsufficientCreditError:
            message_sudo.write({"state": "error", "failure_type": "sms_credit", "to_delete": True})
        if message_sudo.state in SENT:
            return Receipt("accepted")
        return Receipt("refused", self._describe_failure(message_sudo.failure_type))

    @api.model
    def _describe_failure(self, failure, reason=""):
        """Why a message did not arrive, and what to do.

        :param failure: as `sms.sms` and notifications call it
        """
        words = {
            "sms_credit": self.env._(
                "No credit is left for text messages: buy some, then send it again."
            ),
            "sms_acc": self.env._(
                "There is no account for text messages: register, then send it again."
            ),
            "sms_registration_needed": self.env._(
                "The country asks for a registration of the sender: register, then send it again."
            ),
            "sms_country_not_supported": self.env._(
                "Text messages to this country are not sent: write by e-mail or post."
            ),
            "sms_number_missing": self.env._("There is no phone number: enter one."),
            "sms_number_format": self.env._("The phone number is wrong: ask for the right one."),
            "sms_invalid_destination": self.env._(
                "The phone number does not exist: ask for the right one."
            ),
            "sms_not_allowed": self.env._(
                "The customer's provider does not let it through: write by e-mail or post."
            ),
            "sms_rejected": self.env._(
                "The customer's provider refused it: write by e-mail or post."
            ),
            "sms_expired": self.env._(
                "The phone could not be reached for long: call, or send it again."
            ),
            "sms_not_delivered": self.env._(
                "It was not delivered: call, or write by e-mail or post."
            ),
            "sms_server": self.env._("The service has an error: send it again later."),
        }
        return words.get(failure) or self.env._(
            "The service refused the message: %(reason)s", reason=reason or failure or "?"
        )
