"""Money on paper: in đồng, or in millions of đồng where that is asked for or room is short."""

from collections.abc import Iterable
from decimal import Decimal

from borderdesk.base.i18n import N_, _
from borderdesk.figures.quantities import Value

UNIT = N_("VND")
MILLIONS_UNIT = N_("million VND")
MILLION = 1_000_000


def is_money(unit: str) -> bool:
    """Whether a unit, in the language in use, is that of money."""
    return unit == _(UNIT)


def in_millions(values: Iterable[Value]) -> tuple[str, list[Value]]:
    """The unit, in the language in use, and the amounts in millions, exactly."""
    return _(MILLIONS_UNIT), [_millions(value) for value in values]


def _millions(value: Value) -> Value:
    if value is None:
        return None
    millions = Decimal(value) / MILLION
    return int(millions) if millions == millions.to_integral_value() else millions.normalize()
