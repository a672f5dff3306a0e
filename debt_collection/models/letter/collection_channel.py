from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import UserError


class Receipt(NamedTuple):
    """What became of a letter that was given to a mail server or a service.

    ``state`` is ``accepted`` (it is on its way), ``delivered``, ``refused``, ``waiting`` (nothing
    has left, try again later) or ``unknown`` (it may have left: a person looks).
    """

    state: str
    words: str = ""
    reference: str = ""
    cost: float = 0.0
    cost_unit: str = ""


class CollectionChannel(models.AbstractModel):
    """A way by which letters go out. Each is a model of its own, ``collection.channel.KEY``.

    The key is a value of the field ``channel`` of letters. Another add-on brings a channel by
    adding its key there and inheriting this model: steps, templates, runs and the desk offer
    it then. Contact rules, quiet hours, wording, seals and the look at the ledger are the
    letter's, the same for all channels; see docs/integration.md for a whole example.
    """

    _name = "collection.channel"
    _description = "Way by Which Letters Go Out"

    _rule_channel = "letter"
    """How contact rules and the customer's wishes call it: ``phone visit sms email letter``."""
    _contact_method = "letter"
    """The method of the contact that a letter by this channel is."""
    _is_manual = False
    """A person prints and posts it, or brings it, and notes that it was sent."""
    _is_paper = False
    """It needs a postal address."""
    _is_brief = False
    """It takes the letter's short text, and no files."""
    _is_service = False
    """The job gives each letter to a service, which is asked once: see `_hand_over`."""

    @api.model
    def _get(self, key):
        """The channel of a key; of one whose add-on is gone, that of people."""
        return self.env.get(f"collection.channel.{key}", self.env["collection.channel.other"])

    @api.model
    def _get_all(self):
        """All channels that are installed, in their order."""
        return [self._get(key) for key, _name in self.env["collection.letter"]._get_channels()]

    # What a channel says of itself.

    @api.model
    def _choose_contact(self, partner, kind, items):
        """Who of a customer's people gets a letter by this channel."""
        return partner._get_collection_contact(kind, items, self._is_paper)

    @api.model
    def _get_missing(self, partner, contact, letter=None):
        """What is missing to reach a contact by this channel, in a few words; empty if nothing.

        :param letter: the letter, where there is one already
        """
        return ""

    @api.model
    def _describe_missing(self, contact, missing):
        """The same for who is about to send a letter, with what to do."""
        return self.env._(
            "%(contact)s: %(missing)s. Mend it, choose another contact, or send the letter"
            " another way.",
            contact=contact.display_name, missing=missing,
        )

    @api.model
    def _get_target(self, letter):
        """The address or number to which a letter goes, as it is noted on the letter."""
        return False

    # The way of a letter: prepare, send, hand over, stop.

    @api.model
    def _prepare(self, letters):
        """Raise a ``UserError`` if one of these letters cannot go out by this channel."""
        for letter in letters:
            contact = letter.contact_id or letter.partner_id
            if missing := self._get_missing(letter.partner_id, contact, letter):
                raise UserError(self._describe_missing(contact, missing))

    @api.model
    def _send(self, letters):
        """Let these letters go; what speaks against it was asked before."""
        if self._is_service:
            letters._queue_for_service()
        else:
            letters._mark_sent()

    @api.model
    def _begin(self, letter):
        """Note what is needed to recognise the service's receipts, before it is asked.

        Committed before `_hand_over` is called.

        :return: the reference under which the service is given the letter
        """
        return f"{letter.env.cr.dbname}-{letter.id}-{int(letter.date_queued.timestamp())}"

    @api.model
    def _hand_over(self, letter):
        """Give a letter to the service: called once, whatever happens.

        What it raises is understood: no connection is ``waiting``, an error of the letter or of
        the request is ``refused``, all else is ``unknown``.

        :return: a `Receipt`
        """
        raise NotImplementedError

    @api.model
    def _stop(self, letters):
        """Take back what of these letters has not left; raise if it is leaving just now."""
        if not self._is_service:
            return
        for letter in letters:
            if letter.channel and letter._get_channel() == self and letter._is_being_handed_over():
                raise UserError(self.env._(
                    "“%(letter)s” is being given to the service at this moment: look again in"
                    " a quarter of an hour.",
                    letter=letter.display_name,
                ))

    @api.model
    def _confirm_sent(self, letter):
        """A person found out that a letter did leave, although nobody answered.

        :return: the moment at which it left
        """
        return letter.date_handed
