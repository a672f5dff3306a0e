"""Text that a spreadsheet program does not take for a formula: a pure rule (OWASP)."""

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutralise(value):
    """The value as it may stand in a CSV file; numbers stay numbers, the empty is empty."""
    if value is None or value is False:
        return ""
    if isinstance(value, str) and value.lstrip(" ").startswith(DANGEROUS):
        return f"'{value}"
    return value
