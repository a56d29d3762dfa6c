"""What closed editions counted stays: the one place that judges a change, and marks what is late.

A change of a record that was there when an edition was closed is refused when it would change
one of that edition's own figures (the columns of its period; year to date and comparison follow
other periods and are told as late). The figures are compared over the records concerned alone,
before and after, so that any rule by which they are worked out is followed by itself: stocks,
first signatures of a household, different markers or communes.
"""

import datetime
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from borderdesk.base.errors import Refused
from borderdesk.base.i18n import _
from borderdesk.closing.editions import CLOSED, Edition, read_editions
from borderdesk.closing.shares import Shares, Things, followers_of, joined_with
from borderdesk.figures.indicators import Scope, Value, Window, all_rows, words
from borderdesk.schema.fields import INTERNAL, Commune, Communes
from borderdesk.schema.record import Record, Revisioned, Values
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import current
from borderdesk.session.session import Part
from borderdesk.store.database import Store
from borderdesk.store.history import Change, followers, load, stored_revisions

if TYPE_CHECKING:
    from borderdesk.session.session import Session

REACHING = frozenset({"registration", "incident", "pledge", "household"})
"""Types that count in periods after the day they are dated, too."""

COUNTED_FOR_NOTHING = frozenset({"note", "source_ref", "tags", "with_posts"})
"""Fields of every record that no figure of its own post, place or type looks at."""

Judgement = Callable[[], None]


class PeriodClosed(Refused):
    """The change would alter what a closed edition counted; `edition` which one."""

    def __init__(self, edition: Edition, figures: Sequence[str]) -> None:
        self.edition = edition
        what_to_do = _("Open it for an amendment") if edition.final else _("Reopen it")
        super().__init__(
            _(
                "{period} of {scope} is closed ({edition}), and this would change what it counted:"
                " {figures}. {what_to_do} first, with a reason."
            ).format(
                period=edition.period.title, scope=edition.scope.name, edition=edition.title,
                figures="; ".join(figures), what_to_do=what_to_do,
            )
        )  # fmt: skip


class _Seen(NamedTuple):
    """What the records concerned bring to an edition's figures."""

    amounts: dict[str, Value]
    things: Things


class ClosedPeriodGuard(Part):
    """The closed periods of a desk, as whoever writes records must respect them."""

    def watch(self, changes: Sequence[Change]) -> Judgement | None:
        """Note what a write is about to change; the check to run after it, which raises
        PeriodClosed. None when no closed period is near."""
        edits = [change for change in changes if change.parents]
        if not edits:
            return None
        newest = self.store.value("SELECT MAX(last) FROM edition WHERE state = ?", (CLOSED,))
        if newest is None:
            return None
        watcher = _Watcher(self.session, edits)
        return watcher.judge if watcher.near(newest) else None

    def late_check(self) -> "Closed":
        """What tells late records apart, for one transaction."""
        return Closed(self.store)


class _Watcher:
    """The records that one write concerns, before and after it."""

    def __init__(self, desk: "Session", edits: Sequence[Change]) -> None:
        self._desk = desk
        self._store = desk.store
        self._edits = edits
        self._before: list[tuple[Edition, list[str], _Seen]] = []

    def near(self, newest: str) -> bool:
        """Whether a closed edition may have counted the records; if so they are looked at."""
        days = [*self._days()]
        if not days or min(days) > newest:
            return False
        where, params = "WHERE state = ? AND last >= ?", [CLOSED, min(days)]
        if not any(edit.model.type_name in REACHING for edit in self._edits):
            where, params = f"{where} AND first <= ?", [*params, max(days)]
        editions = [*read_editions(self._store, where, params)]
        if editions and self._may_matter():
            concerned = self._concerned
            first_seen = self._first_seen(concerned)
            for edition in editions:
                counted = [r for r in concerned if first_seen.get(r, 1 << 62) <= edition.last_seq]
                if counted:
                    self._before.append((edition, counted, self._seen(edition, counted)))
        return bool(self._before)

    def _may_matter(self) -> bool:
        """Whether more changes than words that no figure looks at."""
        return any(self._changed_fields(edit) for edit in self._edits)

    def _changed_fields(self, edit: Change) -> set[str]:
        model = edit.model
        silent = COUNTED_FOR_NOTHING | {
            key for key, field in model.columns().items() if field.part == INTERNAL
        }
        try:
            known: Values = load(self._store, model, edit.record)[0]
        except LookupError:
            known = {}
        new = edit.values or {}
        changed = {key for key in {*known, *new} if known.get(key) != new.get(key)}
        return changed - silent

    def _days(self) -> list[str]:
        """The days before and after by which the records count."""
        days: list[str] = []
        for edit in self._edits:
            event = edit.model.event()
            if event is None:
                continue
            found = self._store.value(
                f"SELECT {event.name} FROM {edit.model.type_name} WHERE id = ?", (edit.record,)
            )
            days += [found] if found else []
            days += [edit.values[event.name].isoformat()] if edit.values else []
        if any(edit.model is Household for edit in self._edits):
            days += self._followers_days()
        return days

    def _followers_days(self) -> list[str]:
        days = []
        marks = ", ".join("?" * len(self._households))
        for model in followers():
            event = model.event()
            assert event is not None
            day = self._store.value(
                f"SELECT MIN({event.name}) FROM {model.type_name} WHERE household IN ({marks})",
                self._households,
            )
            days += [day] if day else []
        return days

    @cached_property
    def _households(self) -> list[str]:
        """The households the records name or are, with those joined before or after."""
        found: set[str] = set()
        for edit in self._edits:
            if edit.model is Household:
                found.add(edit.record)
            column = "merged_into" if edit.model is Household else "household"
            if column not in edit.model.columns():
                continue
            old = self._store.value(
                f"SELECT {column} FROM {edit.model.type_name} WHERE id = ?", (edit.record,)
            )
            found |= {one for one in (old, (edit.values or {}).get(column)) if one}
        return sorted(joined_with(self._store, found)) if found else []

    @cached_property
    def _concerned(self) -> list[str]:
        """The records whose part in the figures may change."""
        found = {edit.record for edit in self._edits}
        if self._households:
            types = {edit.model.type_name for edit in self._edits}
            following = [
                m.type_name
                for m in followers()
                if m.type_name in types or Household.type_name in types
            ]
            found |= set(followers_of(self._store, following, self._households))
        return sorted(found)

    def _first_seen(self, records: Sequence[str]) -> dict[str, int]:
        """{record: the first revision of it that came here}."""
        marks = ", ".join("?" * len(records))
        rows = self._store.rows(
            f"SELECT record, MIN(seq) FROM revision WHERE record IN ({marks}) GROUP BY record",
            records,
        )
        return {row[0]: row[1] for row in rows}

    def _shares(
        self, edition: Edition, records: Sequence[str], others_until: int | None = None
    ) -> Shares:
        return Shares(
            self._store, self._desk.book, self._desk.calendar(), edition.scope, edition.view.day,
            records, others_until,
        )  # fmt: skip

    def _seen(self, edition: Edition, records: Sequence[str]) -> _Seen:
        shares, window = self._shares(edition, records), window_of(edition)
        return _Seen(shares.amounts(window), shares.things(window))

    # ------------------------------------------------------------------- afterwards

    def judge(self) -> None:
        """Compare with what the records bring now. Raises PeriodClosed."""
        for edition, records, before in self._before:
            changed = self._changed(edition, records, before)
            if changed and not self._as_signed(edition):
                spoken = {row.key: words(row)[1] for row in all_rows(self._desk.book)}
                raise PeriodClosed(edition, [spoken[key] for key in changed])

    def _changed(self, edition: Edition, records: Sequence[str], before: _Seen) -> list[str]:
        after = self._seen(edition, records)
        changed = [key for key, was in before.amounts.items() if after.amounts[key] != was]
        differing = [key for key, was in before.things.items() if after.things[key] != was]
        if not differing:
            return changed
        others = self._shares(edition, records, edition.last_seq)
        elsewhere = others.things(window_of(edition))
        for key in differing:
            apart = elsewhere[key]
            if len(after.things[key] - apart) != len(before.things[key] - apart):
                changed.append(key)
        return changed

    def _as_signed(self, edition: Edition) -> bool:
        """Whether every record is again what it was when the edition was closed."""
        return all(
            values_at(self._store, edit.record, edition.last_seq) == edit.values
            for edit in self._edits
        )


def window_of(edition: Edition) -> Window:
    """The days of an edition."""
    return Window(edition.period.first, edition.period.last)


def values_at(store: Store, record: str, seq: int) -> Values | None:
    """The values of a record as they were at a revision; None when it was not there."""
    versions = [*stored_revisions(store, "WHERE r.record = ? AND r.seq <= ?", (record, seq))]
    if not versions:
        return None
    chosen = current(version.node() for version in versions).id
    return next(version for version in versions if version.id == chosen).values()


# ------------------------------------------------------------------- what comes late


class Closed:
    """The closed editions of a desk, for marking what comes late; each day is looked up once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._by_day: dict[datetime.date, list[Edition]] = {}

    def _on(self, day: datetime.date) -> list[Edition]:
        if day not in self._by_day:
            iso = day.isoformat()
            where = "WHERE state = ? AND last >= ? AND first <= ?"
            self._by_day[day] = [*read_editions(self._store, where, (CLOSED, iso, iso))]
        return self._by_day[day]

    def holds(self, day: datetime.date) -> bool:
        """Whether any closed edition is of a period that holds the day."""
        return bool(self._on(day))

    def is_late(
        self, model: type[Revisioned], values: Values, day: datetime.date, record: str,
        home: str | None,
    ) -> bool:  # fmt: skip
        """Whether a record dated `day` belongs to a closed period that did not count it; home:
        the commune of the household it names."""
        if not issubclass(model, Record):
            return False
        near = self._on(day)
        if not near:
            return False
        first = self._store.value("SELECT MIN(seq) FROM revision WHERE record = ?", (record,))
        places = _places(model, values) | (
            {home} if home and "place" in model._meta.fields else set()
        )
        return any(
            (first is None or first > edition.last_seq) and _holds(edition.scope, values, places)
            for edition in near
        )


def _places(model: type[Record], values: Values) -> set[str]:
    found: set[str] = set()
    for key, field in model.columns().items():
        given = values.get(key)
        if given is not None and isinstance(field, Commune | Communes):
            found |= {*given} if isinstance(given, list) else {given}
    return found


def _holds(scope: Scope, values: Values, places: set[str]) -> bool:
    if scope.post is not None and values.get("post") != scope.post:
        return False
    return scope.units is None or bool(scope.units & places)
