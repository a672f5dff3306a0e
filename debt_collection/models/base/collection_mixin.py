from collections import namedtuple
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import SQL, ormcache

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .collection_guard import OurVals, with_ours
from .plausible_values import check_plausible

TYPED = ("date", "datetime", "float", "monetary")
TAKE_BACK_TIME = timedelta(minutes=10)
"""How long who made a record may take it back as made by mistake."""
RELATIONAL = ("many2one", "one2many", "many2many")
# Odoo's models whose records say more than who may name them should learn or hand on.
SECRETS = {
    "account.move", "account.move.line", "ir.attachment", "mail.activity", "mail.mail",
    "mail.message",
}
# Odoo's own links to them, which Odoo itself guards.
ODOO_LINKS = ("activity_", "message_", "rating_", "website_message_")
OURS = "debt_collection"
ALWAYS = "*"

# guarded: names of our fields; terms: names that only a new record or one in its first state
# takes; create, imported: names a new record takes from people, the
# latter from a manager's import alone; always: names taken in every state; by_state: names by
# state; roles: name -> names of the roles of which one is needed.
Gate = namedtuple("Gate", "guarded terms create imported always by_state roles")


class CollectionMixin(models.AbstractModel):
    """What guards our models, whichever client asks.

    Every model of ours that has records or is a dialog inherits this, first of all. Models of
    others do not pass through it.

    **The gate.** People create and write only what a model declares as theirs; everything else
    is written by steps. Each part of a model declares its own fields, beside them:

    * ``_people_write``: state, or several, or ``"*"`` for all -> names that people write then;
    * ``_people_create``: names that a new record takes besides those of its first state, such
      as whose record it is: they do not change afterwards;
    * ``_people_import``: names that only a manager's import of opening history may fill;
    * ``_people_roles``: name -> roles, one of which is needed to write it.

    Fields of Odoo (messages, activities, ratings) stay as Odoo has them, but for the token of
    the portal. A step writes as superuser, after it has checked who asks; what our own code adds
    to values that people send is marked by :class:`OurVals`, which no client can make.
    """

    _name = "collection.mixin"
    _description = "Guards of Collections"

    # Where the state stands that decides what people may write: a field, or one of a parent.
    _people_state = "state"
    _people_first_state = "draft"
    _people_write = {}
    _people_create = frozenset()
    _people_import = frozenset()
    _people_roles = {}
    # Name of the parent whose terms these records are. A model that notes who changed its terms
    # last names the field in `_people_changed_by`; not here, where it would hide theirs.
    _people_terms_of = None
    # Whether records without a company are settings that all companies share.
    _people_share = False

    @api.model
    @ormcache()
    def _get_people_gate(self):
        """What all parts of the model declare, put together once per registry."""
        create, imported, by_state, roles = set(), set(), {}, {}
        for part in type(self).__mro__:
            declared = vars(part)
            create |= set(declared.get("_people_create", ()))
            imported |= set(declared.get("_people_import", ()))
            roles.update({
                name: (needed,) if isinstance(needed, str) else tuple(needed)
                for name, needed in declared.get("_people_roles", {}).items()
            })
            for states, names in declared.get("_people_write", {}).items():
                for state in (states,) if isinstance(states, str) else states:
                    by_state.setdefault(state, set()).update(names)
        always = frozenset(by_state.pop(ALWAYS, ()))
        first = self._people_first_state
        later = set().union(always, *(by_state[state] for state in by_state if state != first))
        guarded = frozenset(
            name for name, field in self._fields.items()
            if name == "access_token" or any(
                (module or "").startswith(OURS) for module in field._modules
            )
        )
        return Gate(
            guarded,
            frozenset(create | by_state.get(first, set()) - later),
            frozenset(create) | always | frozenset(by_state.get(self._people_first_state, ())),
            frozenset(imported),
            always,
            {state: frozenset(names) | always for state, names in by_state.items()},
            roles,
        )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_people_text(vals)
        if not self.env.su and not self._transient:
            vals_list = [self._take_from_people(vals) for vals in vals_list]
            if changed_by := self._get_changed_by():
                noted = {changed_by: self.env.uid}
                vals_list = [with_ours(vals, **noted) for vals in vals_list]
        records = super().create(vals_list)
        records._check_shared()
        records._note_terms_changed()
        records._on_changed(set().union(*vals_list))
        return records

    @api.model
    def _insert_rows(self, vals_list):
        """Insert records in one statement, for steps that make tens of thousands of lines.

        The ORM makes a record for each amount of each line, to look up its currency, and takes
        ten times as long. What is inserted here was rounded in its currency where it was computed;
        nothing is completed: defaults and stored computed fields are among the values. The caller
        checks the rights and invalidates what shows the lines.

        :param vals_list: list of dicts of stored columns; all of them have the same names
        """
        if not vals_list:
            return
        columns = {
            field: [field.convert_to_column(vals[field.name], self) for vals in vals_list]
            for field in map(self._fields.get, vals_list[0])
        }
        uid, now = self.env.uid, self.env.cr.now()
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s, create_uid, create_date, write_uid, write_date)"
                " SELECT part.*, %s, %s, %s, %s FROM unnest(%s) part",
                SQL.identifier(self._table),
                SQL(", ").join(SQL.identifier(field.name) for field in columns),
                uid, now, uid, now,
                SQL(", ").join(
                    SQL("%s::%s[]", values, SQL(field.column_type[1]))
                    for field, values in columns.items()
                ),
            )
        )

    def write(self, vals):
        if not self.env.su:
            self._check_people_text(vals)
        if not self.env.su and not self._transient:
            self._check_shared()
            self._check_people_write(vals)
            if self._get_people_gate().terms & vals.keys():
                if changed_by := self._get_changed_by():
                    vals = with_ours(vals, **{changed_by: self.env.uid})
                self._note_terms_changed()
        result = super().write(vals)
        self._on_changed(vals.keys())
        return result

    @api.model
    def _check_people_text(self, vals):
        """Raise a ``UserError`` for text that no database keeps: a byte of zero."""
        for name, value in vals.items():
            if isinstance(value, str) and "\0" in value:
                field = self._fields.get(name)
                raise UserError(
                    self.env._(
                        "“%(field)s” has a character that is none, and that nothing can keep.",
                        field=field._description_string(self.env) if field else name,
                    )
                )

    def _on_changed(self, names):
        """Called for records that were just created, or of which these fields were written."""

    def _check_shared(self):
        """Settings that companies share are written by who works for all those concerned."""
        if self._people_share and not self.env.su and any(
            "company_id" not in record._fields or not record.company_id for record in self
        ):
            self._on_sharing()

    def _on_sharing(self):
        """Called before people write, after they create, settings that all companies share.

        Implemented in models/flow/collection_mixin.py.
        """

    def _note_terms_changed(self):
        """Whoever changes a line changed the terms of what it belongs to."""
        if self._people_terms_of and not self.env.su:
            # Who may write the lines need not have a right on the note.
            parents_sudo = self[self._people_terms_of].sudo()
            changed_by = parents_sudo._get_changed_by()
            parents_sudo.filtered(
                lambda parent: parent[changed_by] != self.env.user
            ).write({changed_by: self.env.uid})

    @api.model
    def _get_changed_by(self):
        """The field that notes who changed the terms last; ``None`` for a model without."""
        return getattr(self, "_people_changed_by", None)

    @api.model
    def _take_from_people(self, vals):
        """The values of a new record without those that say nothing new.

        What a closed field has anyway may be sent along: clients send whole forms.

        :raises UserError: if a value is given for a field that only steps fill
        """
        gate = self._get_people_gate()
        own = getattr(vals, "own", ())
        allowed = gate.create
        if gate.imported and self._is_opening_import():
            allowed |= gate.imported
        closed = [name for name in vals
                  if name in gate.guarded and name not in allowed and name not in own]
        for name in closed:
            if not self._is_own_default(name, vals[name]):
                self.check_access("create")
                raise UserError(self._get_words_closed(name))
        self._check_people_roles(gate, [name for name in vals
                                        if name not in own and name not in closed and vals[name]])
        self._check_people_may_read(vals)
        if closed:
            vals = OurVals(
                {name: value for name, value in vals.items() if name not in closed}, own
            )
        return vals

    @api.model
    def _is_opening_import(self):
        """Whether what is created now comes from a manager's file of opening history."""
        return bool(self.env.context.get("import_file")) and self.env.user.has_group(
            "debt_collection.group_manager"
        )

    @api.model
    def _is_own_default(self, name, value):
        """Whether a value is the one that the field would have without it."""
        field = self._fields[name]
        if not value and not (field.default and field.type == "boolean"):
            return True
        if not field.default or field.type in RELATIONAL[1:]:
            return False
        new = self.new()
        return field.convert_to_cache(value, new, validate=False) == field.convert_to_cache(
            field.default(self), new, validate=False
        )

    def _check_people_write(self, vals):
        """Raise unless people may write all these fields of these records in their states."""
        gate = self._get_people_gate()
        own = getattr(vals, "own", ())
        names = [name for name in vals if name in gate.guarded and name not in own]
        self._check_people_roles(gate, names)
        names = [name for name in names if name not in gate.always]
        if names:
            self._check_people_states(gate, names, vals)
        self._check_people_may_read(vals)

    def _check_people_states(self, gate, names, vals):
        for name in names:
            closed = not any(name in taken for taken in gate.by_state.values())
            if closed and not self._says_the_same(name, vals[name]):
                self.check_access("write")
                raise UserError(self._get_words_closed(name))
        # The state is read whoever asks: the right to write is checked by what follows.
        for record_sudo in self.sudo():
            *path, state_name = self._people_state.split(".")
            holder_sudo = record_sudo
            for step in path:
                holder_sudo = holder_sudo[step]
            state = state_name in holder_sudo._fields and holder_sudo[state_name]
            taken = gate.by_state.get(state, gate.always)
            kept = [name for name in names if name not in taken]
            if kept and not all(record_sudo._says_the_same(name, vals[name]) for name in kept):
                self.check_access("write")
                labels = dict(
                    holder_sudo._fields[state_name]._description_selection(self.env)
                )
                raise UserError(
                    self.env._(
                        "“%(field)s” is not changed any more: “%(record)s” is %(state)s.",
                        field=self._fields[kept[0]]._description_string(self.env),
                        record=holder_sudo.display_name,
                        state=labels.get(state, state),
                    )
                )

    def _says_the_same(self, name, value):
        """Whether all these records have the value already: whoever sends it changes nothing."""
        field = self._fields[name]
        if field.type in RELATIONAL[1:] or not field.store:
            return False
        # What a record says is compared, not told.
        return all(
            field.convert_to_cache(value, record_sudo, validate=False)
            == field.convert_to_cache(record_sudo[name], record_sudo, validate=False)
            for record_sudo in self.sudo()
        )

    @api.model
    def _check_people_roles(self, gate, names):
        for name in gate.roles.keys() & set(names):
            if not any(
                self.env.user.has_group(f"debt_collection.group_{role}")
                for role in gate.roles[name]
            ):
                raise AccessError(
                    self.env._(
                        "“%(field)s” of “%(model)s” is written by others: ask a collection"
                        " manager.",
                        field=self._fields[name]._description_string(self.env),
                        model=self.env["ir.model"]._get(self._name).name,
                    )
                )

    @api.model
    def _get_words_closed(self, name):
        return self.env._(
            "“%(field)s” of “%(model)s” is written by the steps alone: use the buttons.",
            field=self._fields[name]._description_string(self.env),
            model=self.env["ir.model"]._get(self._name).name,
        )

    @api.model
    def _check_people_may_read(self, vals):
        """Raise an ``AccessError`` if a value names a record that the user may not read.

        Else what is computed from it would tell about it, and a paper of others would be read
        as one's own. Customers, users and settings are named freely.
        """
        own = getattr(vals, "own", ())
        for name, value in vals.items():
            field = self._fields.get(name)
            if (
                value and name not in own and field is not None and field.type in RELATIONAL
                and (field.comodel_name.startswith("collection.") or (
                    field.comodel_name in SECRETS and not name.startswith(ODOO_LINKS)
                ))
            ):
                others = self.env[field.comodel_name]
                others.browse(self._get_named_ids(value)).check_access("read")
                # Lines of a form that is not saved yet name records, too.
                for command in value if isinstance(value, list | tuple) else ():
                    line = command[-1] if isinstance(command, list | tuple) and command else None
                    if isinstance(line, dict) and hasattr(others, "_check_people_may_read"):
                        others._check_people_may_read(line)

    @api.model
    def _get_named_ids(self, value):
        """Ids of the records that a value of a relational field, as clients send it, names."""
        if isinstance(value, int):
            return [value]
        ids = set()
        for command in value if isinstance(value, list | tuple) else ():
            if isinstance(command, int):
                ids.add(command)
            elif isinstance(command, list | tuple) and command:
                # Virtual ids of a form's new lines are text.
                ids.update(
                    part for part in command[1:2] if isinstance(part, int) and part > 0
                )
                if command[0] == Command.SET and len(command) > 2:
                    ids.update(part for part in command[2] or () if isinstance(part, int))
        return sorted(ids)

    def unlink(self):
        """Guards against deletion hold for every client.

        Odoo leaves them out while a module is uninstalled, and knows that by a key of the
        context, which every client can send. Only the system uninstalls: from others the key
        counts nothing.
        """
        self._check_shared()
        self._note_terms_changed()
        if not self.env.su and self.env.context.get(MODULE_UNINSTALL_FLAG):
            self = self.with_context(**{MODULE_UNINSTALL_FLAG: False})
        return super().unlink()

    @api.model
    def default_get(self, fields):
        """What people do not create they do not send as a default either.

        Neither the context, which every client fills, nor a default that somebody set for
        oneself or for all reaches a field that only steps fill: there the field's own default
        counts. That holds for steps, too, which run in the context of whoever pressed the button.
        Dialogs are opened with what they are about; they keep nothing and check when they act.
        """
        if self._transient:
            values = super().default_get(fields)
            if not self.env.su:
                self._check_people_may_read(values)
            return values
        gate = self._get_people_gate()
        closed = [name for name in fields if name in gate.guarded and name not in gate.create]
        sent = {f"default_{name}" for name in closed}
        if sent & self.env.context.keys():
            self = self.with_context(  # pylint: disable=context-overridden
                {key: value for key, value in self.env.context.items() if key not in sent}
            )
        values = super().default_get([name for name in fields if name not in closed])
        if not self.env.su:
            self._check_people_may_read(values)
        for name in closed:
            field = self._fields[name]
            if field.default:
                value = field.convert_to_cache(field.default(self), self, validate=False)
                values[name] = field.convert_to_write(value, self)
        return values

    def copy_data(self, default=None):
        """A copy takes what people may fill in; what the steps wrote begins anew."""
        vals_list = super().copy_data(default)
        if self.env.su or self._transient:
            return vals_list
        gate = self._get_people_gate()
        kept = {*(default or ()), *gate.create}
        return [
            {name: value for name, value in vals.items()
             if name not in gate.guarded or name in kept}
            for vals in vals_list
        ]

    def onchange(self, values, field_names, fields_spec):
        """A record that the user may not read is refused before anything is computed from it."""
        if not self.env.su:
            self._check_people_may_read(values)
        return super().onchange(values, field_names, fields_spec)

    def _validate_fields(self, field_names, excluded_names=()):
        """What people type into our models and dialogs is a date or amount they can have meant."""
        field_names = list(field_names)
        result = super()._validate_fields(field_names, excluded_names)
        if not self.env.su:
            check_plausible(
                self,
                [name for name in field_names
                 if name in self._fields and self._fields[name].type in TYPED],
            )
        return result

    def _check_can_take_back(self):
        """Raise a ``UserError`` unless the user made these records a few minutes ago."""
        self.check_access("read")
        earliest = fields.Datetime.now() - TAKE_BACK_TIME
        for record in self:
            if record.create_uid != self.env.user or record.create_date < earliest:
                raise UserError(
                    self.env._(
                        "“%(record)s” can be taken back by who made it, within %(minutes)s"
                        " minutes.",
                        record=record.display_name,
                        minutes=TAKE_BACK_TIME.seconds // 60,
                    )
                )
