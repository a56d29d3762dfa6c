"""The rows of a summary as they are calculated, signed, stored and hashed."""

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple, overload

from borderdesk.base.periods import Period
from borderdesk.figures.paper_figures import OVER, UNDER, Sum
from borderdesk.figures.quantities import RATIO, Scope, Value
from borderdesk.schema.revisions import canonical
from borderdesk.store.figures_hash import Figure, plain_number
from borderdesk.store.figures_hash import figures_hash as hash_of_figures


class Carry(NamedTuple):
    """How the year to date comes about: signed + unsigned + value + late, exactly.

    edition: the id of the last paper signed before the period, signed: its year to date;
    unsigned: periods between that were never closed; value: the period's own figure; late:
    additions and corrections to what was signed; inside: what of `value` came after a shorter
    period within this one was closed.
    """

    edition: str
    signed: int | Decimal
    unsigned: int | Decimal
    value: int | Decimal
    late: int | Decimal
    inside: int | Decimal

    @property
    def total(self) -> int | Decimal:
        """The year to date."""
        return self.signed + self.unsigned + self.value + self.late


class Line(NamedTuple):
    """One indicator of a summary; None where there is no figure.

    late: what of the year to date came, or was corrected, after the periods it belongs to were
    closed; from_paper: the columns that hold figures from paper, and how (see `paper_marks`);
    records: ids, when asked for; carry: None where nothing of the year was signed
    before, and where months do not add up; doubles: how many records behind the value have two
    versions that wait for a choice; late_records: the ids behind `late`, when asked for.
    """

    key: str
    group: str
    label: str
    unit: str
    kind: str
    value: Value
    previous: Value
    change: Value
    change_pct: Decimal | None
    year_to_date: Value
    target: Decimal | None
    target_pct: Decimal | None
    late: Value
    from_paper: frozenset[str]
    records: list[str] | None
    carry: Carry | None = None
    doubles: int = 0
    late_records: list[str] | None = None

    @property
    def own_value(self) -> Value:
        """The period's figure from the records alone, which other desks have too."""
        part = self._told("value", "+")
        return self.value if part is None or self.value is None else self.value - part

    def bound(self, column: str) -> tuple[str, int | Decimal] | None:
        """(">" or "<", number) where papers say of a column no more than that."""
        for sign in BOUNDS.values():
            number = self._told(column, sign)
            if number is not None:
                return sign, number
        return None

    def _told(self, column: str, sign: str) -> int | Decimal | None:
        begins = column + sign
        found = next((mark for mark in self.from_paper if mark.startswith(begins)), None)
        return None if found is None else number_of(found.removeprefix(begins))


BOUNDS = {OVER: ">", UNDER: "<"}
"""Signs of figures from paper that are not exact."""


def paper_marks(column: str, total: Sum, *, counted: bool = True) -> frozenset[str]:
    """How a column's figure has figures from paper in it, as rows are stored: the column, what of
    a value is from paper, and that the whole is only a bound; counted: whether it is shown."""
    if total.paper is None or total.value is None:
        return frozenset()
    marks = {column} if counted else set()
    if column == "value":
        marks.add(f"{column}+{number_text(total.paper)}")
    if total.bound:
        marks.add(f"{column}{BOUNDS[total.bound]}{number_text(total.value)}")
    return frozenset(marks)


def number_text(value: Value) -> str | None:
    """A figure as it is stored: exactly, whole ones without a point."""
    return None if value is None else format(Decimal(value), "f")


@overload
def number_of(text: str) -> int | Decimal: ...
@overload
def number_of(text: str | None) -> Value: ...
def number_of(text: str | None) -> Value:
    """A figure that was stored."""
    if text is None:
        return None
    return Decimal(text) if "." in text else int(text)


def values_hash(lines: Iterable[Line]) -> str:
    """SHA-256 of the period's own figures, in hex: equal on two desks with the same records.

    Ratios depend on reference data, rows with nothing on pick lists, and figures from paper are
    each desk's own: none of them is in it.
    """
    hashed = [
        [ln.key, plain_number(number_text(ln.own_value))]
        for ln in lines
        if ln.kind != RATIO and ln.own_value
    ]
    return hashlib.sha256(canonical(sorted(hashed)).encode()).hexdigest()


def figures_hash(period: Period, scope: Scope, lines: Iterable[Line]) -> str:
    """SHA-256 of every column of every row, in hex, with the period's days and the scope."""
    figures = (
        Figure(
            line.key,
            number_text(line.value),
            number_text(line.previous),
            number_text(line.year_to_date),
            number_text(line.target),
            " ".join(line.from_paper),
        )
        for line in lines
    )
    return hash_of_figures(period.first.isoformat(), period.last.isoformat(), scope.text, figures)
