"""How well an outlook of cash held: errors, weeks within the band, and what came of the said.

Pure sums: no ORM. ``docs/forecast.md`` has the method.
"""

from collections import defaultdict
from datetime import timedelta

from .payment_outlook import get_band

RULES = ("due_date", "usual_delay")


class Marks:
    """Sums of a back-test: errors, weeks within the band, and how often what was said came."""

    def __init__(self, weeks):
        self.weeks = weeks
        self.cash = 0.0
        self.errors = {name: [0.0, 0.0] for name in ("outlook", *RULES)}
        self.squares = {days: dict.fromkeys(("outlook", *RULES), 0.0) for days in (14, 30)}
        self.items = 0
        self.tenths = defaultdict(lambda: [0.0, 0.0, 0])
        self.rows = []

    def add_item(self, days, chance, guesses, share):
        squares = self.squares[days]
        squares["outlook"] += (chance - share) ** 2
        for name, guess in guesses.items():
            squares[name] += ((guess <= days) - share) ** 2
        if days == 30:
            self.items += 1
            tenth = self.tenths[min(9, int(chance * 10))]
            tenth[0] += chance
            tenth[1] += share
            tenth[2] += 1

    def add_weeks(self, company, as_of, rows, actual, by_rule):
        by_rule = {"outlook": [expected for expected, _spread in rows], **by_rule}
        self.cash += sum(actual)
        for name, amounts in by_rule.items():
            self.errors[name][0] += sum(
                abs(amount - came) for amount, came in zip(amounts, actual, strict=True)
            )
            self.errors[name][1] += abs(sum(amounts) - sum(actual))
        for week, (expected, spread) in enumerate(rows):
            low, high = get_band(expected, spread)
            self.rows.append({
                "company_id": company.id,
                "as_of": as_of,
                "week": week + 1,
                "date_from": as_of + timedelta(days=7 * week + 1),
                "date_to": as_of + timedelta(days=7 * week + 7),
                "expected": expected,
                "low": low,
                "high": high,
                "came": actual[week],
                "is_inside": low <= actual[week] <= high,
                **{name: by_rule[name][week] for name in RULES},
            })

    def get_result(self):
        cash, items = self.cash or 1.0, self.items or 1
        result = {
            name: {"error_week": week / cash, "error_total": total / cash}
            for name, (week, total) in self.errors.items()
        }
        result.update(result.pop("outlook"))
        result["inside"] = (
            sum(row["is_inside"] for row in self.rows) / len(self.rows) if self.rows else 0.0
        )
        result["brier"] = {
            days: {name: total / items for name, total in squares.items()}
            for days, squares in self.squares.items()
        }
        result["calibration"] = [
            (said / count, came / count, count)
            for _tenth, (said, came, count) in sorted(self.tenths.items())
        ]
        result["is_better"] = result["error_week"] < result["usual_delay"]["error_week"]
        result["weeks"] = self.rows
        return result
