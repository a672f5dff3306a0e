from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionMixin(TransactionCase):
    def test_every_model_of_ours_is_guarded(self):
        """Abstract models have no records; those that are made of them bring the guards."""
        ours = [
            model for name, model in self.registry.items()
            if name.startswith("collection.") and not model._abstract
        ]
        self.assertGreater(len(ours), 80)
        guard = self.registry["collection.mixin"]
        self.assertEqual([model._name for model in ours if not issubclass(model, guard)], [])

    def test_models_of_others_do_not_pass_through_it(self):
        guard = self.registry["collection.mixin"]
        others = [
            name for name, model in self.registry.items()
            if issubclass(model, guard) and not name.startswith("collection.")
        ]
        self.assertEqual(others, [])
