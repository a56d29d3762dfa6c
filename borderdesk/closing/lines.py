"""The rows of a summary as they are calculated, signed, stored and hashed."""

import hashlib
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import NamedTuple, overload

from borderdesk.base.periods import Period
from borderdesk.figures.paper_figures import FigureSum
from borderdesk.figures.quantities import RATIO, Scope, Value
from borderdesk.figures.shown_figures import PAPER, SIGNS, ShownFigure
from borderdesk.schema.revisions import canonical
from borderdesk.store.figures_hash import HashedFigure, plain_number
from borderdesk.store.figures_hash import figures_hash as hash_of_figures


class YearToDateParts(NamedTuple):
    """The parts of the year to date: signed + unsigned + value + late, exactly.

    edition: the id of the last paper signed before the period, signed: its year to date; unsigned:
    periods between that were never closed, and the earlier figures of posts or communes that joined
    since; value: the period's own figure; late: additions and corrections to signed figures;
    inside: the part of `value` added after a shorter period within this one was closed.
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


class SummaryLine(NamedTuple):
    """One indicator of a summary; None for a missing figure.

    late: the part of the year to date that was added, or corrected, after its periods were closed;
    from_paper: the columns with figures from paper, and their kind (see `paper_marks`); records:
    ids, on request; carry: None without an earlier paper of the year, and for a figure whose months
    do not add up; doubles: the number of records behind the value with two versions that wait for a
    choice; late_records: the ids behind `late`, on request.
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
    carry: YearToDateParts | None = None
    doubles: int = 0
    late_records: list[str] | None = None

    @property
    def own_value(self) -> Value:
        """The period's figure from the records alone, which other desks have too."""
        part = _marked_number(self.from_paper, "value", "+")
        return self.value if part is None or self.value is None else self.value - part

    def bound(self, column: str) -> tuple[str, int | Decimal] | None:
        """(">" or "<", number) if papers give only a bound for a column."""
        return bound_of(self.from_paper, column)

    def shown(self, column: str) -> ShownFigure:
        """The figure of a column as it is shown. The percentage of a target is as much a bound as
        the figure since the year began that it is of."""
        if column == "target_pct":
            bound = self.bound("year_to_date")
            sign, mark = (bound[0], PAPER) if bound is not None else ("", "")
            return ShownFigure(self.target_pct, sign, mark)
        bound = self.bound(column)
        if bound is not None:
            return ShownFigure(bound[1], bound[0], PAPER)
        mark = PAPER if column in self.from_paper else ""
        return ShownFigure(getattr(self, column), "", mark)

    def rescaled(self, unit: str, scaled: Callable[[Value], Value]) -> "SummaryLine":
        """The line converted to another unit."""
        target, carry = scaled(self.target), self.carry
        return self._replace(
            unit=unit,
            value=scaled(self.value),
            previous=scaled(self.previous),
            change=scaled(self.change),
            year_to_date=scaled(self.year_to_date),
            target=None if target is None else Decimal(target),
            late=scaled(self.late),
            from_paper=frozenset(_rescaled(mark, scaled) for mark in self.from_paper),
            carry=carry
            and YearToDateParts(carry.edition, *(scaled(part) or 0 for part in carry[1:])),
        )

    def qualifiers(self) -> dict[str, str]:
        """{column with figures from paper: exact, over or under}."""
        by_column = {column: self.shown(column).qualifier for column in PAPER_COLUMNS}
        return {column: qualifier for column, qualifier in by_column.items() if qualifier}


def carried_figures(
    line: SummaryLine, year_to_date: YearToDateParts
) -> tuple[ShownFigure, ShownFigure, ShownFigure]:
    """The figures signed before, the period's own and their sum as displayed: the part from paper
    that is not of the period belongs to the first."""
    value, total = line.shown("value"), line.shown("year_to_date")
    signed = ShownFigure(None) if value.mark else total
    return (
        signed._replace(value=year_to_date.signed),
        value._replace(value=year_to_date.value),
        total._replace(value=year_to_date.total),
    )


PAPER_COLUMNS = ("value", "previous", "year_to_date")
"""The columns that figures from paper are added to."""


def paper_marks(column: str, total: FigureSum, *, counted: bool = True) -> frozenset[str]:
    """How a column's figure has figures from paper in it, as rows are stored: the column, what of
    a value is from paper, and that the whole is only a bound; counted: whether it is shown."""
    if total.paper is None or total.value is None:
        return frozenset()
    marks = {column} if counted else set()
    if column == "value":
        marks.add(f"{column}+{number_text(total.paper)}")
    if total.bound:
        marks.add(f"{column}{SIGNS[total.bound]}{number_text(total.value)}")
    return frozenset(marks)


def bound_of(marks: frozenset[str], column: str) -> tuple[str, int | Decimal] | None:
    """(">" or "<", number) if the marks of a row give only a bound for a column."""
    for sign in SIGNS.values():
        number = _marked_number(marks, column, sign)
        if number is not None:
            return sign, number
    return None


def _marked_number(marks: frozenset[str], column: str, sign: str) -> int | Decimal | None:
    begins = column + sign
    mark = next((mark for mark in marks if mark.startswith(begins)), None)
    return None if mark is None else number_of(mark.removeprefix(begins))


def _rescaled(mark: str, scaled: Callable[[Value], Value]) -> str:
    column, sign, number = re.match(r"(\w+)([+<>]?)(.*)", mark).groups()  # type: ignore[union-attr]
    return f"{column}{sign}{number_text(scaled(number_of(number)))}" if sign else mark


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


def values_hash(lines: Iterable[SummaryLine]) -> str:
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


def figures_hash(period: Period, scope: Scope, lines: Iterable[SummaryLine]) -> str:
    """SHA-256 of every column of every row, in hex, with the period's days and the scope."""
    figures = (
        HashedFigure(
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
