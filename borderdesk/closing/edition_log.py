"""Events of editions as entries of the desk's log, which apply to every desk of the unit."""

import json
from collections.abc import Mapping
from typing import Any

from borderdesk.closing.editions import (
    AMENDING,
    CLOSED,
    FIGURE_COLUMNS,
    KEPT,
    OPENED,
    PRINTED,
    REOPENED,
    REPLACED,
    SAVED,
    SENT,
    STANDING,
    WITHDRAWN,
    E,
    has_edition,
    is_of,
    make_final,
    set_state,
)
from borderdesk.schema.revisions import canonical, utc_stamp
from borderdesk.session.desk_log import DeskLog
from borderdesk.session.session import Session
from borderdesk.store.connection.database import Store
from borderdesk.store.models.closing import EditionEventRow, EditionFigureRow
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


def log_event(session: Session, edition: str, what: str, reason: str | None) -> None:
    """Append an event of an edition to this desk's log."""
    facts = {
        "edition": edition,
        "what": what,
        "author": session.account.full_name,
        "time": utc_stamp(),
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


def apply_event(store: Store, desk: str, number: int, facts: Mapping[str, str]) -> None:
    """Apply an edition event from the log of another desk of the unit."""
    edition, what = facts["edition"], facts["what"]
    if what == CLOSED:
        _add_edition(store, facts, {**json.loads(facts.get("holding") or "{}"), desk: number})
    if not has_edition(store, edition):
        return
    if what == REOPENED:
        set_state(store, edition, WITHDRAWN)
        replaced = store.scalar(E.select(E.replaces).where(E.id == edition))
        if replaced is not None:
            set_state(store, replaced, OPENED)
    elif what == AMENDING:
        set_state(store, edition, OPENED)
    elif what in (REPLACED, KEPT):
        set_state(store, edition, REPLACED if what == REPLACED else CLOSED)
    elif what in (PRINTED, SAVED, SENT):
        make_final(store, edition)
    event = {key: facts[key] for key in ("edition", "what", "author", "time")}
    store.execute(EditionEventRow.insert(**event, reason=facts.get("reason") or None))


def _add_edition(store: Store, facts: Mapping[str, str], held: Mapping[str, int]) -> None:
    """Add an unknown edition, which counts its author's holding. Of two editions in force for one
    period and scope, closed on two machines, the earlier counts."""
    row: dict[str, Any] = json.loads(facts["row"])
    if has_edition(store, row["id"]):
        return
    state = CLOSED
    here = is_of(row["period"], row["scope"]) & E.state.in_(STANDING)
    other = store.first(E.select(E.id, E.closed).where(here))
    if other is not None:
        if (other[1], other[0]) < (row["closed"], row["id"]):
            state = REPLACED
        else:
            set_state(store, other[0], REPLACED)
    if row.get("replaces") is not None and not has_edition(store, row["replaces"]):
        row["replaces"] = None
    last = max(newest_place(store, log, until) for log, until in held.items())
    here = {"state": state, "final": None, "last_seq": last, "holding": canonical(held)}
    store.execute(E.insert(**row, **here))
    figures = [{**line, "edition": row["id"]} for line in json.loads(facts["figures"])]
    if figures:
        store.execute(EditionFigureRow.insert_many(figures))


def retract_event(store: Store, facts: Mapping[str, str]) -> None:
    """Revert an edition event from the log of another desk."""
    edition, what = facts["edition"], facts["what"]
    event = EditionEventRow
    store.execute(
        event.delete().where(
            event.edition == edition, event.what == what, event.time == facts["time"]
        )
    )
    if what == CLOSED:
        store.execute(event.delete().where(event.edition == edition))
        store.execute(EditionFigureRow.delete().where(EditionFigureRow.edition == edition))
        store.execute(E.update(replaces=None).where(E.replaces == edition))
        store.execute(E.delete().where(E.id == edition))
    elif what in _BEFORE:
        _set_back(store, edition, *_BEFORE[what])


def _set_back(store: Store, edition: str, made: str, before: str) -> None:
    """Reset an edition to its former state, unless its state changed since or another edition is in
    force."""
    found = store.first(E.select(E.state, E.period, E.scope).where(E.id == edition))
    if found is None or found[0] != made:
        return
    others = is_of(found[1], found[2]) & E.state.in_(STANDING) & (E.id != edition)
    if store.first(E.select(E.id).where(others)) is None:
        set_state(store, edition, before)


_BEFORE = {
    REOPENED: (WITHDRAWN, CLOSED),
    AMENDING: (OPENED, CLOSED),
    REPLACED: (REPLACED, OPENED),
    KEPT: (CLOSED, OPENED),
}
"""{event: (the resulting state of an edition, the state before)}."""
