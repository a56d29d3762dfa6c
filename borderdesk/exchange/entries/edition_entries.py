"""Entries by which desks of one unit share closed periods."""

import json
from collections.abc import Iterable, Iterator, Mapping

from borderdesk.base.i18n import N_
from borderdesk.closing.edition_log import (
    HERE,
    KEYS,
    KIND,
    LoggedEvent,
    apply_events,
    retract_event,
)
from borderdesk.closing.editions import CLOSED, EVENTS, FIGURE_COLUMNS, E
from borderdesk.exchange.desks.desk_units import DeskUnits
from borderdesk.exchange.format.entry_kinds import ArrivedEntry, EntryKind, unsound
from borderdesk.exchange.format.text_forms import LOG_NAME, MAX_AUTHOR, is_line
from borderdesk.schema.kinds import is_uuid
from borderdesk.schema.log_entries import desk_of
from borderdesk.session.session import Session
from borderdesk.store.records.logs import entries


class EditionEntry(EntryKind):
    """A closing with its edition, or another event of an edition; it binds the desks of its
    unit."""

    name = KIND
    counted = N_("closings and what became of them: {count}")
    keys = KEYS
    required = ("edition", "what", "author", "time")
    goes_up = False

    def check(self, facts: Mapping[str, str], text: str | None) -> None:
        """An edition's id, an event; with a closing every column of it and of its figures."""
        super().check(facts, text)
        sound = is_uuid(facts["edition"]) and is_line(facts["author"], MAX_AUTHOR)
        if not sound or facts["what"] not in EVENTS:
            raise unsound()
        if facts["what"] == CLOSED:
            _check_content(facts)

    def receive(self, session: Session, entry: ArrivedEntry) -> None:
        """Apply it, where the author is of this unit."""
        self.receive_all(session, [entry])

    def receive_all(self, session: Session, arrived: Iterable[ArrivedEntry]) -> None:
        """Apply them together: one may be of an edition that another brings."""
        ours = [event for event in arrived if self._is_ours(session, event)]
        if ours:
            events = [LoggedEvent(event.desk, event.number, event.facts) for event in ours]
            apply_events(session.store, events, lambda: self._of_unit(session))

    def _of_unit(self, session: Session) -> Iterator[LoggedEvent]:
        """The events in the logs of this unit's desks."""
        store, units = session.store, session.part(DeskUnits)
        for log in units.logs_of(units.own().unit):
            for entry in entries(store, log, kind=self.name):
                if entry.content is not None and entry.refused is None:
                    facts = json.loads(entry.content)["content"]
                    yield LoggedEvent(desk_of(log), entry.number, facts)

    def retract(self, session: Session, entry: ArrivedEntry) -> None:
        """Take it back."""
        if self._is_ours(session, entry):
            retract_event(session.store, entry.facts)

    @staticmethod
    def _is_ours(session: Session, entry: ArrivedEntry) -> bool:
        units = session.part(DeskUnits)
        return units.of(entry.desk) == units.own()


def _check_content(facts: Mapping[str, str]) -> None:
    """Raise FieldError unless an edition has every column, and its figures."""
    columns = {name for name in E._meta.sorted_field_names if name not in HERE}
    figure = {name for name in FIGURE_COLUMNS if name != "edition"}
    try:
        row, figures = json.loads(facts.get("row", "")), json.loads(facts.get("figures", ""))
        holding = json.loads(facts.get("holding", "{}"))
        sound = row.keys() == columns and row["id"] == facts["edition"]
        sound = sound and all(LOG_NAME.fullmatch(log) for log in holding)
        sound = sound and all(type(number) is int for number in holding.values())
        if not sound or not all(line.keys() == figure for line in figures):
            raise unsound()
    except (ValueError, AttributeError, TypeError, RecursionError):
        raise unsound() from None
