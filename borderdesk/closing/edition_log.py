"""Events of editions as entries of the desk's log, which apply to every desk of the unit."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from peewee import fn

from borderdesk.closing.edition_states import settle_states
from borderdesk.closing.editions import (
    AMENDING,
    CLOSED,
    FIGURE_COLUMNS,
    FINAL_EVENTS,
    KEPT,
    REOPENED,
    REPLACED,
    E,
    has_edition,
)
from borderdesk.schema.revisions import canonical
from borderdesk.session.desk_log import DeskLog
from borderdesk.session.session import Session
from borderdesk.store.connection.database import Store
from borderdesk.store.models.closing import AttachmentRow, EditionEventRow, EditionFigureRow
from borderdesk.store.records.logs import newest_place

KIND = "edition"
KEYS = ("edition", "what", "author", "time", "reason", "row", "figures", "holding")
"""The facts of an entry; row, figures and holding ({log: the last entry that its author held}), all
JSON, only where a period was closed."""
HERE = ("last_seq", "holding", "state", "final")
"""The columns of an edition that are this desk's own."""
AUDITED = {
    CLOSED: "period.closed",
    REOPENED: "period.reopened",
    AMENDING: "period.amending",
    KEPT: "period.kept",
}
"""{event: its kind in the audit log}; outgoing papers have lines of their own."""


class LoggedEvent(NamedTuple):
    """An event of an edition as an entry of a log: its author's desk, its number, its facts."""

    desk: str
    number: int
    facts: Mapping[str, str]

    @property
    def edition(self) -> str:
        """The edition that it is of."""
        return self.facts["edition"]

    @property
    def what(self) -> str:
        """What happened."""
        return self.facts["what"]


def log_event(session: Session, edition: str, what: str, time: str, reason: str | None) -> None:
    """Append an event of an edition to this desk's log; time: of the event (UTC)."""
    facts = {
        "edition": edition,
        "what": what,
        "author": session.account.full_name,
        "time": time,
        "reason": reason or "",
    }
    if what == CLOSED:
        facts |= _content(session.store, edition)
        holding = session.part(DeskLog).holding()
        facts["holding"] = canonical({log: head.number for log, head in holding.items()})
    session.part(DeskLog).append(KIND, facts)
    if what in AUDITED:
        period = session.store.first(E.select(E.period, E.scope).where(E.id == edition))
        session.audit_notes.note(AUDITED[what], " ".join(period or ()))


def _content(store: Store, edition: str) -> dict[str, str]:
    """The columns of an edition, and its figures."""
    names = [name for name in E._meta.sorted_field_names if name not in HERE]
    row = store.first(E.select(*(getattr(E, name) for name in names)).where(E.id == edition))
    assert row is not None
    figure = EditionFigureRow
    columns = [name for name in FIGURE_COLUMNS if name != "edition"]
    query = figure.select(*(getattr(figure, name) for name in columns))
    lines = store.fetch(query.where(figure.edition == edition).order_by(figure.place))
    figures = [dict(zip(columns, line, strict=True)) for line in lines]
    return {
        "row": canonical(dict(zip(names, row, strict=True))),
        "figures": canonical(figures),
    }


def apply_events(
    store: Store, arrived: Sequence[LoggedEvent], stored: Callable[[], Iterable[LoggedEvent]]
) -> None:
    """Apply edition events from the logs of other desks of the unit, in whatever order they arrive.

    stored: gives those of all logs of the unit, the arrived ones among them; called where an
    edition was unknown until now, of which other events may have come before.
    """
    added = {
        event.edition for event in arrived if event.what == CLOSED and _add_edition(store, event)
    }
    events = [event for event in arrived if event.what != CLOSED and event.edition not in added]
    for logged in stored() if added else ():
        _link(store, logged, added)
        if logged.edition in added:
            events.append(logged)
    for event in {_event_row(event): event for event in events}.values():
        if has_edition(store, event.edition):
            cells = dict(zip(_EVENT_COLUMNS, _event_row(event), strict=True))
            store.execute(EditionEventRow.insert(cells))
    for edition in sorted({event.edition for event in arrived}):
        _settle(store, edition)


_EVENT_COLUMNS = ("edition", "what", "author", "time", "reason")


def _event_row(event: LoggedEvent) -> tuple[str | None, ...]:
    return tuple(event.facts.get(key) or None for key in _EVENT_COLUMNS)


def _add_edition(store: Store, event: LoggedEvent) -> bool:
    """Add an edition, which counts its author's holding; returns whether it was unknown."""
    row: dict[str, Any] = json.loads(event.facts["row"])
    if has_edition(store, row["id"]):
        return False
    holding = {**json.loads(event.facts.get("holding") or "{}"), event.desk: event.number}
    if row.get("replaces") is not None and not has_edition(store, row["replaces"]):
        row["replaces"] = None
    last = max(newest_place(store, log, until) for log, until in holding.items())
    # One is in force at most: `settle_states` says which.
    local_cells = {
        "state": REPLACED,
        "final": None,
        "last_seq": last,
        "holding": canonical(holding),
    }
    store.execute(E.insert(**row, **local_cells))
    figures = [{**line, "edition": row["id"]} for line in json.loads(event.facts["figures"])]
    if figures:
        store.execute(EditionFigureRow.insert_many(figures))
    return True


def _link(store: Store, event: LoggedEvent, added: set[str]) -> None:
    """Let an amendment name the edition it replaced, which was unknown when the amendment came."""
    if event.what != CLOSED:
        return
    replaced = json.loads(event.facts["row"]).get("replaces")
    if replaced in added:
        store.execute(
            E.update(replaces=replaced).where(E.id == event.edition, E.replaces.is_null())
        )


def _settle(store: Store, edition: str) -> None:
    """Let states follow from the events of an edition's period and scope; an edition is final from
    the first paper that went out, and while any event says so."""
    stored = store.first(E.select(E.period, E.scope, E.final).where(E.id == edition))
    if stored is None:
        return
    period, scope, final = stored
    row = EditionEventRow
    went_out = row.select(fn.MIN(row.time)).where(
        row.edition == edition, row.what.in_(FINAL_EVENTS)
    )
    since = store.scalar(went_out)
    if since is None or final is None:
        store.execute(E.update(final=since).where(E.id == edition))
    settle_states(store, period, scope)


def retract_event(store: Store, facts: Mapping[str, str]) -> None:
    """Revert an edition event from the log of another desk. An edition with a scan that was
    attached on this desk stays."""
    edition, what = facts["edition"], facts["what"]
    event, scan = EditionEventRow, AttachmentRow
    has_scan = store.first(scan.select(scan.id).where(scan.edition == edition).limit(1))
    if what != CLOSED:
        store.execute(
            event.delete().where(
                event.edition == edition, event.what == what, event.time == facts["time"]
            )
        )
        _settle(store, edition)
    elif has_scan is None:
        store.execute(event.delete().where(event.edition == edition))
        store.execute(EditionFigureRow.delete().where(EditionFigureRow.edition == edition))
        store.execute(E.update(replaces=None).where(E.replaces == edition))
        store.execute(E.delete().where(E.id == edition))
        row = json.loads(facts["row"])
        settle_states(store, row["period"], row["scope"])
