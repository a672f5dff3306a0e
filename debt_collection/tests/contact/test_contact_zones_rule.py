from datetime import datetime
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase, tagged

from odoo.addons.debt_collection.tools.contact_window import (
    Debtor,
    Limit,
    Past,
    Rule,
    check_everywhere,
    next_allowed_everywhere,
    zones_of,
)

TABLE = {
    "CN": ("Asia/Shanghai", "Asia/Urumqi"), "FR": ("Europe/Paris",),
    "US": ("America/New_York", "America/Los_Angeles", "Pacific/Honolulu"),
}
US = [ZoneInfo(name) for name in TABLE["US"]]
DAY = Rule(8, 21)


@tagged("post_install", "-at_install", "debt_collection")
class TestContactZonesRule(BaseCase):
    """A customer whose time zone nobody knows is called only when all zones allow it."""

    def test_zones(self):
        for known, country, own, zones in [
            ("Asia/Tokyo", "US", None, ("Asia/Tokyo",)),
            (None, "CN", None, ("Asia/Shanghai",)),
            (None, "CN", "Asia/Urumqi", ("Asia/Shanghai",)),
            (None, "FR", "Asia/Shanghai", ("Europe/Paris",)),
            (None, "US", None, TABLE["US"]),
            (None, "US", "Europe/Berlin", TABLE["US"]),
            (None, "US", "Pacific/Honolulu", ("Pacific/Honolulu",)),
            (None, None, "Europe/Berlin", ()),
            (None, "XX", None, ()),
        ]:
            with self.subTest(known=known, country=country, own=own):
                self.assertEqual(zones_of(known, country, own, TABLE), zones)

    def test_allowed_everywhere(self):
        # In January New York is at UTC-5, Los Angeles at -8, Honolulu at -10.
        for moment, code, hour in [
            ("2026-01-15 13:00", "hours", 5),    # 8:00, 5:00, 3:00
            ("2026-01-15 16:00", "hours", 6),    # 11:00, 8:00, 6:00
            ("2026-01-15 18:00", None, None),    # 13:00, 10:00, 8:00
            ("2026-01-16 01:59", None, None),    # 20:59, 17:59, 15:59
            ("2026-01-16 02:00", "hours", 21),   # 21:00
        ]:
            with self.subTest(moment=moment):
                refusal, local = check_everywhere(
                    US, DAY, Debtor(), datetime.fromisoformat(moment), "phone", (),
                    lambda day: True,
                )
                self.assertEqual(refusal and refusal.code, code)
                if code:
                    self.assertEqual(local.hour, hour)

    def test_next_moment(self):
        for moment, found in [
            ("2026-01-15 13:00", "2026-01-15 18:00"),
            ("2026-01-15 18:30", "2026-01-15 18:30"),
            ("2026-01-16 02:00", "2026-01-16 18:00"),
            # On 8 March clocks go forward, but not in Honolulu.
            ("2026-03-08 09:00", "2026-03-08 18:00"),
        ]:
            with self.subTest(moment=moment):
                self.assertEqual(
                    next_allowed_everywhere(
                        US, DAY, Debtor(), datetime.fromisoformat(moment), "phone", (),
                        lambda day: True,
                    ),
                    datetime.fromisoformat(found),
                )

    def test_never(self):
        """No hour is allowed both in Kaliningrad and in Kamchatka."""
        zones = [ZoneInfo("Europe/Kaliningrad"), ZoneInfo("Asia/Kamchatka")]
        self.assertIsNone(
            next_allowed_everywhere(
                zones, Rule(9, 18), Debtor(), datetime(2026, 1, 15, 8), "phone", (),
                lambda day: True,
            )
        )

    def test_past_contacts_are_of_the_debtors_day(self):
        """A call late in the evening of one zone is of the next day in another."""
        rule = Rule(0, 24, limits=(Limit(frozenset({"phone"}), 1),))
        past = [Past(datetime(2026, 1, 15, 4), "phone", True)]
        for zone, is_allowed in [("Asia/Shanghai", False), ("America/New_York", True)]:
            with self.subTest(zone=zone):
                refusal, _local = check_everywhere(
                    [ZoneInfo(zone)], rule, Debtor(), datetime(2026, 1, 15, 14), "phone", past,
                    lambda day: True,
                )
                self.assertEqual(refusal is None, is_allowed)
