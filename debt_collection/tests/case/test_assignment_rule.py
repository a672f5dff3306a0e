from odoo.tests import BaseCase, tagged

from ...tools.assignment import share_out


@tagged("post_install", "-at_install", "debt_collection")
class TestAssignmentRule(BaseCase):
    """Equal load: each new case goes to who carries least at that moment (P2.1)."""

    def test_share_out(self):
        for weights, loads, expected in [
            ([], {1: 0}, []),
            ([1, 1], {}, [None, None]),
            ([1, 1, 1, 1], {1: 0, 2: 0}, [1, 2, 1, 2]),
            ([1, 1, 1], {1: 2, 2: 0}, [2, 2, 1]),
            ([1, 1], {1: 5, 2: 5}, [1, 2]),
            # By amount: the heaviest first, so that the loads end close to each other.
            ([10, 60, 50], {1: 0, 2: 0}, [2, 1, 2]),
            ([100, 10, 10], {1: 0, 2: 90}, [1, 2, 1]),
        ]:
            with self.subTest(weights=weights, loads=loads):
                self.assertEqual(share_out(weights, loads), expected)

    def test_loads_end_close_to_each_other(self):
        weights = [(7 * number) % 13 + 1 for number in range(200)]
        loads = dict.fromkeys(range(1, 8), 0)
        for weight, collector in zip(weights, share_out(weights, loads), strict=True):
            loads[collector] += weight
        self.assertLessEqual(max(loads.values()) - min(loads.values()), max(weights))
