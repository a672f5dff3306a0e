from odoo.exceptions import UserError

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

# Handed on in the context between our own methods. A client can send any key and any value that
# JSON knows, but never this very object: so it cannot ask for what only the steps may do.
OURS = object()


class OurVals(dict):
    """Values of a record, some of which our own code put there, not whoever sent the rest.

    The gate of our models lets those through. A client sends plain dictionaries: it cannot send
    one of these.
    """

    def __init__(self, vals=(), own=()):
        super().__init__(vals)
        self.own = frozenset(own)


def with_ours(vals, **values):
    """A copy of ``vals`` with values of ours put in, in place of what was sent for them."""
    return OurVals({**vals, **values}, {*getattr(vals, "own", ()), *values})


def check_kept(records, kept, vals):
    """Raise a ``UserError`` if people write one of these fields by hand."""
    if records.env.su or kept.isdisjoint(vals):
        return
    sent = kept & vals.keys() - getattr(vals, "own", frozenset())
    if not sent:
        return
    name = min(sent)
    raise UserError(
        records.env._(
            "“%(field)s” is written by Collections alone.",
            field=records._fields[name]._description_string(records.env),
        )
    )


def get_default_without(model, kept, names):
    """What of ``names`` may take a default, and the model without defaults for the rest."""
    closed = kept.intersection(names)
    if not closed:
        return names, model
    sent = {f"default_{name}" for name in closed}
    context = {key: value for key, value in model.env.context.items() if key not in sent}
    return [name for name in names if name not in closed], model.with_env(
        model.env(context=context)
    )


# What a signed list may still get: messages, followers, to-dos, a PDF kept with it.
CHATTER_FIELDS = {"message_follower_ids", "message_ids", "activity_ids",
                  "message_main_attachment_id"}


def is_uninstalling(records):
    """Whether the records go because their module is uninstalled.

    The flag in the context alone says nothing: every client can send it.
    """
    return records.env.su and bool(records.env.context.get(MODULE_UNINSTALL_FLAG))
