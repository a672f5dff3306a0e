from odoo.exceptions import ValidationError

from ...tools.plausible import is_plausible_amount, is_plausible_date


def check_plausible(records, names):
    """Raise a ``ValidationError`` naming the first date or amount that cannot be meant."""
    for record in records:
        for name in names:
            field, value = record._fields[name], record[name]
            is_date = field.type in ("date", "datetime")
            if is_plausible_date(value) if is_date else is_plausible_amount(value):
                continue
            raise ValidationError(
                record.env._(
                    "“%(field)s” cannot be %(value)s. Correct it.",
                    field=field._description_string(record.env), value=value,
                )
            )
