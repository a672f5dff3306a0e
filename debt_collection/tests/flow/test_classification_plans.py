import json

from odoo.tests import tagged
from odoo.tools import SQL

from ..base.common import CollectionCommon

# Reads its rows once for each of the outer ones: nothing of the size of a slice may stand there.
READ_AGAIN = {"Function Scan", "CTE Scan", "Materialize", "Subquery Scan"}


@tagged("post_install", "-at_install", "debt_collection")
class TestClassificationPlans(CollectionCommon):
    """No statement of the night compares each item of a slice with each (P3.1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for days in (5, 40, 90):
            cls._overdue_invoice(days)
        cls.cases = cls.env["collection.case"].sudo()
        cls.ids = list(range(1, 5001))

    def _get_statements(self):
        """The statements of a slice of 5,000 items, as they are sent."""
        sent = []
        execute = self.env.cr.execute

        def note(query, params=None, log_exceptions=True):
            if isinstance(query, SQL) and len(query.code) > 200:
                sent.append(query)
            return execute(query, params, log_exceptions)

        self.patch(self.env.cr, "execute", note)
        tier = self.env["collection.tier"]._get_ladder(self.company)[0]
        self.cases._get_misfiled_items(self.company, self.TODAY)
        self.cases._get_misfiled_items(self.company, self.TODAY, self.ids)
        count = len(self.ids)
        self.cases._write_tiers(self.company, self.ids, [tier.id] * count, [None] * count)
        self.cases._update_collection_figures(self.company, self.TODAY, self.ids)
        self.patch(self.env.cr, "execute", execute)
        return sent

    def _walk(self, node):
        yield node
        for child in node.get("Plans", ()):
            yield from self._walk(child)

    def test_plans_before_and_after_analyze(self):
        for analyzed in (False, True):
            if analyzed:
                self.env.cr.execute("ANALYZE account_move_line, account_move, collection_case")
            statements = self._get_statements()
            self.assertGreaterEqual(len(statements), 5)
            for query in statements:
                [(plan,)] = self.env.execute_query(SQL("EXPLAIN (FORMAT JSON) %s", query))
                plan = json.loads(plan) if isinstance(plan, str) else plan
                for node in self._walk(plan[0]["Plan"]):
                    if node["Node Type"] != "Nested Loop":
                        continue
                    outer, inner = node["Plans"]
                    with self.subTest(analyzed=analyzed, query=query.code[:80]):
                        self.assertFalse(
                            inner["Node Type"] in READ_AGAIN
                            and inner["Plan Rows"] > 100 and outer["Plan Rows"] > 100,
                            json.dumps(node, indent=1)[:2000],
                        )
