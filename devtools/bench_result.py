"""What a measurement comes to: a line of the table of `./dev bench`."""


def result(name, value, bound=None, at_least=False):
    """Return one line of the table; without a bound it only informs.

    :param bound: the most that is allowed
    :param at_least: the bound is the least instead
    """
    ok = bound is None or (value >= bound if at_least else value <= bound)
    return {
        "name": name,
        "value": value,
        "bound": bound,
        "direction": "≥" if at_least else "≤",
        "ok": ok,
    }
