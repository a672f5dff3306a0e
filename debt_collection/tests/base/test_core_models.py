from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import CollectionCommon

CORE = ("account.", "calendar.", "mail.", "res.", "sale.")


@tagged("post_install", "-at_install", "debt_collection")
class TestCoreModels(CollectionCommon):
    """Odoo's own models go on working for people who have nothing to do with collection."""

    def _get_own_fields(self):
        """Stored fields that the add-ons put on Odoo's models."""
        return [
            field
            for name, model in self.env.items()
            if name.startswith(CORE) and not model._abstract and not model._transient
            for field in model._fields.values()
            if field.store
            and field._modules
            and all(module.startswith("debt_collection") for module in field._modules)
        ]

    def test_what_not_everybody_reads_is_not_copied(self):
        """A copy reads all fields that it copies, by the rights of who makes it."""
        self.assertFalse([
            str(field) for field in self._get_own_fields() if field.groups and field.copy
        ])

    def test_contact_is_copied_by_somebody_without_a_role(self):
        user = new_test_user(
            self.env, "core_models_user", "base.group_user,base.group_partner_manager"
        )
        self.partner_a.collection_preferred_person = "Ms Stone"
        copy = self.partner_a.with_user(user).copy()
        self.assertFalse(copy.sudo().collection_preferred_person)

    def test_what_steps_keep_is_no_persons_to_write(self):
        """A field of ours that only steps fill is guarded, or on a model only the system writes."""
        users = [
            self._role_user(f"core_models_{role}", role)
            for role in ("sales", "collector", "finance", "manager")
        ]
        # Their guard knows more than that: who writes which.
        own_guards = {"res.partner"}
        for field in self._get_own_fields():
            model = self.env[field.model_name]
            if not field.readonly or field.related or field.model_name in own_guards:
                continue
            parents = {getattr(part, "_name", None) for part in type(model).mro()}
            with self.subTest(field=str(field)):
                self.assertTrue("collection.kept" in parents or not any(
                    model.with_user(user).has_access("write") for user in users
                ))

    def test_what_letters_are_signed_with_is_for_who_writes_them(self):
        """Everybody reads a company, customers too: not its signature and stamp."""
        company = self.env.company
        portal = new_test_user(self.env, "core_models_portal", "base.group_portal")
        for login, user in (("portal", portal), ("public", self.env.ref("base.public_user"))):
            with self.subTest(login=login):
                mine = company.with_user(user)
                for name in ("collection_signature", "collection_stamp",
                             "collection_audit_count"):
                    self.assertNotIn(name, mine.fields_get())
                    with self.assertRaises(AccessError):
                        mine.read([name])

    def test_no_column_must_be_filled(self):
        """Odoo writes these tables while our modules are not loaded: in an update, say."""
        self.env.cr.execute(
            """
            SELECT table_name, column_name FROM information_schema.columns
             WHERE is_nullable = 'NO' AND column_default IS NULL
               AND column_name = ANY(%s) AND table_name = ANY(%s)
            """,
            (
                [field.name for field in self._get_own_fields()],
                [self.env[field.model_name]._table for field in self._get_own_fields()],
            ),
        )
        self.assertFalse(self.env.cr.fetchall())
