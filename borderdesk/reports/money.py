"""Money on paper: in đồng, or in millions of đồng on request or where room is short."""

from decimal import Decimal

from borderdesk.base.i18n import N_, _
from borderdesk.figures.quantities import Value

UNIT = N_("VND")
MILLIONS_UNIT = N_("million VND")
MILLION = 1_000_000


def is_money(unit: str) -> bool:
    """Whether a unit, in the language in use, is that of money."""
    return unit == _(UNIT)


def millions(value: Value) -> Value:
    """An amount in millions, exactly."""
    if value is None:
        return None
    amount = Decimal(value) / MILLION
    return int(amount) if amount == amount.to_integral_value() else amount.normalize()
