"""What some records alone add to the figures of a scope: how a change is judged."""

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from borderdesk.figures.indicators import SOURCES, Figures, Scope, Value, Window
from borderdesk.schema.record import Record
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.store.database import Store

if TYPE_CHECKING:
    import datetime

    from borderdesk.base.periods import Calendar
    from borderdesk.schema.book import Book

Things = dict[str, frozenset[Any]]
"""{indicator that counts different things: the things}."""


class Shares(Figures):
    """Figures over some records only, at most some hundreds; others_until: over all others that
    were here at that revision."""

    def __init__(
        self, store: Store, book: "Book", calendar: "Calendar", scope: Scope,
        reference_day: "datetime.date", records: Collection[str],
        others_until: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(store, book, calendar, scope, reference_day)
        self._records = sorted(records)
        self._others_until = others_until

    def _in_scope(self, model: type[Record], place: str = "") -> tuple[list[str], list[Any]]:
        conditions, params = super()._in_scope(model, place)
        marks = ", ".join("?" * len(self._records))
        params = [*params, *self._records]
        if self._others_until is None:
            return [*conditions, f"t.id IN ({marks})"], params
        if self._records:
            conditions = [*conditions, f"t.id NOT IN ({marks})"]
        there = "EXISTS (SELECT 1 FROM revision v WHERE v.record = t.id AND v.seq <= ?)"
        return [*conditions, there], [*params, self._others_until]

    def amounts(self, window: Window) -> dict[str, Value]:
        """What the records add to every figure that is a sum, or a count of records."""
        found = self._flow_values(window)
        del found["markers_covered"]
        found["household_pledges"] = self._household_pledges(window)
        found.update(self._registered(window.last))
        found["incidents_open"] = self._open_incidents(window.last)
        return found

    def things(self, window: Window) -> Things:
        """What the records bring to every figure that counts different things."""
        return {
            "markers_covered": self._markers(window),
            "border_hamlets_reached": frozenset(self._reached_hamlets(window) or ()),
            "communes_active": frozenset(self._active_communes(window) or ()),
        }

    def _markers(self, window: Window) -> frozenset[str]:
        source = SOURCES["inspected"]
        where, params = self._where(source, window)
        rows = self._store.rows(
            f"SELECT DISTINCT c.marker FROM {source.tables} WHERE {where}", params
        )
        return frozenset(row[0] for row in rows)


def followers_of(store: Store, types: Iterable[str], households: Sequence[str]) -> list[str]:
    """The records of the types that name one of the households."""
    marks = ", ".join("?" * len(households))
    return [
        row[0]
        for name in types
        for row in store.rows(
            f"SELECT id FROM {RECORD_TYPES[name].type_name} WHERE household IN ({marks})",
            households,
        )
    ]


def joined_with(store: Store, households: Collection[str]) -> set[str]:
    """The households and all that are joined with them."""
    known = sorted(households)
    marks = ", ".join("?" * len(known))
    rows = store.rows(
        "SELECT member FROM household_group WHERE leader IN"
        f" (SELECT leader FROM household_group WHERE member IN ({marks}))",
        known,
    )
    return {*known, *(row[0] for row in rows)}
