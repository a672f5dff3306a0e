import base64

from odoo import api, models

from odoo.addons.debt_collection.models.letter.collection_channel import Receipt
from odoo.addons.iap.tools.iap_tools import InsufficientCreditError

A4 = (210, 297)


class CollectionChannelSnailmail(models.AbstractModel):
    """Paper that Odoo's service prints and posts.

    What it prints is the letter as it was approved, behind a page with the address: there the
    window of the envelope is, whatever the letter's layout. Only the job of the letters gives
    it to the service; Odoo's job leaves it alone.
    """

    _name = "collection.channel.snailmail"
    _description = "Letters Posted by a Service"
    _inherit = "collection.channel"

    _is_paper = True
    _is_service = True

    @api.model
    def _get_recipient(self, partner, contact):
        """Whose address the letter is posted to: the contact's own, else the customer's."""
        return contact if contact.street or contact.city or contact.zip else partner

    @api.model
    def _get_missing(self, partner, contact, letter=None):
        recipient = self._get_recipient(partner, contact)
        labels = {
            "street": self.env._("street"), "zip": self.env._("postal code"),
            "city": self.env._("city"), "country_id": self.env._("country"),
        }
        lacking = [label for name, label in labels.items() if not recipient[name]]
        if lacking:
            return self.env._(
                "The postal address is not complete: %(parts)s", parts=", ".join(lacking)
            )
        # Which paper the report is for is no secret.
        paper = self.env.ref("debt_collection.collection_letter_report").sudo().get_paperformat()
        size = (paper.page_width, paper.page_height)
        if paper.format != "A4" and (paper.format != "custom" or size != A4):
            return self.env._("The service prints A4 only: set the paper format of the company")
        return ""

    @api.model
    def _get_target(self, letter):
        recipient = self._get_recipient(letter.partner_id, letter.contact_id or letter.partner_id)
        return ", ".join(
            part for part in (recipient.street, recipient.zip, recipient.city,
                              recipient.country_id.code) if part
        )

    @api.model
    def _begin(self, letter):
        # Nobody but the system writes letters of the service; who may send ours was checked.
        post_model_sudo = self.env["snailmail.letter"].sudo().with_company(letter.company_id)
        post_sudo = post_model_sudo.create({
            "model": letter._name,
            "res_id": letter.id,
            "user_id": letter.sent_by_id.id,
            "partner_id": self._get_recipient(
                letter.partner_id, letter.contact_id or letter.partner_id
            ).id,
            "company_id": letter.company_id.id,
            "cover": True,
        })
        # Whoever may send the letter sends its file.
        file_sudo = letter.sudo().pdf_attachment_id
        pdf = post_sudo._append_cover_page(post_sudo._overwrite_margins(file_sudo.raw))
        # What is posted is kept with the letter of the service, which is the system's.
        post_sudo.attachment_id = self.env["ir.attachment"].sudo().create({
            "name": file_sudo.name,
            "datas": base64.b64encode(pdf),
            "res_model": post_sudo._name,
            "res_id": post_sudo.id,
            "type": "binary",
        })
        return f"snailmail-{post_sudo.id}"

    @api.model
    def _hand_over(self, letter):
        number = int(letter.service_ref.removeprefix("snailmail-"))
        # The job of the letters posts, and nobody else.
        post_sudo = self.env["snailmail.letter"].sudo().browse(number)
        try:
            answer = post_sudo._ask_collection_service()
        except InsufficientCreditError:
            answer = {"error": "CREDIT_ERROR"}
        if not answer.get("sent"):
            words = self._describe_failure(answer.get("error"))
            post_sudo._note_collection_answer(False, words)
            return Receipt("refused", words)
        tracking = str(answer["tracking"] or "")
        post_sudo._note_collection_answer(True, tracking)
        letter.tracking_number = tracking
        # The unit is the one in which the service is asked for the price.
        return Receipt("accepted", cost=answer["cost"], cost_unit="EUR")

    @api.model
    def _describe_failure(self, error):
        """Why a letter was not posted, and what to do."""
        words = {
            "CREDIT_ERROR": self.env._(
                "No credit is left for letters by post: buy some, then send it again."
            ),
            "TRIAL_ERROR": self.env._(
                "There is no account for letters by post: register, then send it again."
            ),
            "NO_PRICE_AVAILABLE": self.env._(
                "The service does not post to this country: print the letter and post it."
            ),
            "MISSING_REQUIRED_FIELDS": self.env._(
                "The postal address is not complete: complete it, then send the letter again."
            ),
            "FORMAT_ERROR": self.env._(
                "The service cannot print the file: print the letter and post it."
            ),
            "ATTACHMENT_ERROR": self.env._(
                "The service cannot read the file: print the letter and post it."
            ),
        }
        return words.get(error) or self.env._(
            "The service refused the letter: print it and post it. (%(error)s)", error=error or "?"
        )
