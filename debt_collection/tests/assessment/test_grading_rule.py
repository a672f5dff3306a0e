from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ...tools.grading import Indicator, grade, is_met, is_provisional, score


def indicators(text):
    """``"62/60*40 4/5*20v"``: actual/target*weight, ``v`` where lower is better, ``-`` no data."""
    result = []
    for part in text.split():
        lower = part.endswith("v")
        values, weight = part.rstrip("v").split("*") if "*" in part else (part.rstrip("v"), "1")
        actual, target = values.split("/")
        result.append(Indicator(
            None if actual == "-" else Decimal(actual), Decimal(target), Decimal(weight), lower
        ))
    return result


@tagged("debt_collection")
class TestGradingRules(BaseCase):
    def test_grades(self):
        for text, days, expected, provisional in [
            ("62/60 72/70 90/90 88/85", 31, "excellent", False),
            ("62/60*40 72/70*20 85/90*20 88/85*20", 31, "good", False),
            ("62/60 72/70 85/90 80/85", 31, "pass", False),
            ("62/60 60/70 85/90 80/85", 31, "pass", False),
            ("50/60 60/70 85/90 80/85", 31, "fail", False),
            ("62/60 72/70 85/90", 31, "good", False),
            ("62/60 60/70 85/90", 31, "pass", False),
            ("62/60 3/5v 85/85 -/80", 31, "excellent", False),
            ("62/60 6/5v 85/85 -/80", 31, "good", False),
            ("-/60 -/70 -/90 -/80", 31, "unrated", False),
            ("", 31, "unrated", False),
            ("62/60 72/70 -/90 -/80", 31, "good", True),
            ("62/60 60/70", 31, "pass", True),
            ("62/60", 31, "good", True),
            ("52/60", 31, "fail", True),
            ("62/60 72/70 90/90 88/85", 29, "good", True),
            ("62/60 72/70 90/90 88/85", 30, "excellent", False),
            ("50/60 60/70 85/90 80/85", 5, "fail", True),
        ]:
            with self.subTest(text=text, days=days):
                measured = indicators(text)
                self.assertEqual(grade(measured, days), expected)
                self.assertEqual(is_provisional(measured, days), provisional)

    def test_target_at_displayed_precision(self):
        for text, met in [
            ("84.996/85", True), ("84.994/85", False), ("85/85", True),
            ("5.004/5v", True), ("5.005/5v", False), ("0/0v", True), ("0/0", True),
        ]:
            with self.subTest(text=text):
                self.assertEqual(is_met(indicators(text)[0]), met)

    def test_score(self):
        for text, expected in [
            ("62/60*40 72/70*20 85/90*20 88/85*20", "101.50"),
            ("100/50*40", "120.00"),
            ("4/5*20v", "120.00"),
            ("5/5*20v", "100.00"),
            ("7.5/5*20v", "50.00"),
            ("15/5*20v", "0.00"),
            ("60/60*40 -/70*60", "100.00"),
            ("0/0*20v 1/1*20", "100.00"),
            ("1/0*20v 1/1*20", "50.00"),
            ("-/60*40", None),
            ("60/60*0", None),
        ]:
            with self.subTest(text=text):
                self.assertEqual(
                    score(indicators(text)), None if expected is None else Decimal(expected)
                )

    def test_the_score_never_overrides_the_grade(self):
        measured = indicators("120/60*40 69/70*20 85/90*20 80/85*20")
        self.assertGreater(score(measured), 100)
        self.assertEqual(grade(measured, 31), "pass")
