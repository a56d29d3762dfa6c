"""Statements: the figures of a unit for a period as log entries, this desk's own and others'."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from borderdesk.base.i18n import N_
from borderdesk.base.periods import is_day
from borderdesk.exchange.desks.cards import Cards
from borderdesk.exchange.desks.desk_units import DeskUnits
from borderdesk.exchange.format.entry_kinds import ArrivedEntry, EntryKind, unsound
from borderdesk.exchange.format.package_descriptor import are_figures
from borderdesk.exchange.format.package_revisions import is_number
from borderdesk.exchange.format.text_forms import DESK_ID, PERIOD, is_short
from borderdesk.schema.log_entries import REVISION, desk_of
from borderdesk.schema.revisions import canonical, utc_stamp
from borderdesk.session.desk_log import DeskLog
from borderdesk.session.operations import operation
from borderdesk.session.session import Session, SessionPart
from borderdesk.store.models.logs import StatementRow
from borderdesk.store.records.logs import entries, logs

POST_SCOPE = "post:"
"""The prefix of a post's code in the scope of a statement."""


class FigureStatement(NamedTuple):
    """The statement of a desk for a period: its figures {indicator: value}, the number of the
    package it was first made for, and `holding` {desk of its unit: entry} that it counted; `entry`
    its own number in the desk's log; made, received: UTC, by the two desks' clocks."""

    desk: str
    entry: int
    period: str
    first: str
    last: str
    scope: str
    number: int
    figures: dict[str, Any]
    holding: dict[str, int]
    made: str
    received: str


class FigureStatements(SessionPart):
    """The statements known to a desk, its own among them."""

    @operation("exchange.write")
    def state(self, facts: Mapping[str, str]) -> None:
        """Store the statement of this desk for a package, unless it equals the last one. facts: by
        the keys of `StatementEntry`."""
        log, row = self.session.part(DeskLog), StatementRow
        own_desk = self.session.identity.id
        newest = self.store.first(
            row.select(row.entry, row.period, row.scope, row.figures)
            .where(row.desk == own_desk)
            .order_by(row.entry.desc())
            .limit(1)
        )
        stated = (facts["period"], facts["scope"], facts["figures"])
        if newest is not None and newest[1:] == stated:
            changed = next(log.entries(after=newest[0], kind=REVISION), None)
            if changed is None:
                return
        entry = log.append(StatementEntry.name, facts)
        self._insert(own_desk, entry.number, facts)

    def _insert(self, desk: str, entry: int, facts: Mapping[str, str]) -> None:
        cells = {**facts, "number": int(facts["number"])}
        row = StatementRow
        columns = [row.received, *(getattr(row, key) for key in StatementEntry.keys)]
        # Two lines of a copied desk may both have a statement of this number: the one made later is
        # stored, whichever arrived first.
        later = (row.made < cells["made"]) | (
            (row.made == cells["made"]) & (row.figures < cells["figures"])
        )
        self.store.execute(
            row.insert(desk=desk, entry=entry, received=utc_stamp(), **cells).on_conflict(
                conflict_target=[row.desk, row.entry], preserve=columns, where=later
            )
        )

    @operation("exchange.write")
    def add_received(self, entry: ArrivedEntry) -> None:
        """Add the statement of another desk."""
        self._insert(entry.desk, entry.number, entry.facts)

    @operation("exchange.write")
    def drop(self, entry: ArrivedEntry) -> None:
        """Delete the statement of another desk, when its batch is undone; that of the other line of
        a copied desk stays, or is inserted again."""
        row = StatementRow
        is_it = (row.desk == entry.desk) & (row.entry == entry.number)
        self.store.execute(row.delete().where(is_it, row.made == entry.facts["made"]))
        place = {"after": entry.number - 1, "until": entry.number}
        for log in logs(self.store):
            if desk_of(log) == entry.desk:
                for stored in entries(self.store, log, kind=entry.kind, **place):
                    if stored.content is not None and stored.refused is None:
                        facts = json.loads(stored.content)["content"]
                        self._insert(entry.desk, entry.number, facts)

    def all(self) -> list[FigureStatement]:
        """Every statement, by desk and in the order they were made."""
        columns = [getattr(StatementRow, name) for name in FigureStatement._fields]
        query = StatementRow.select(*columns).order_by(StatementRow.desk, StatementRow.entry)
        statements = []
        for row in self.store.fetch(query):
            cells = dict(zip(FigureStatement._fields, row, strict=True))
            parsed = {key: json.loads(cells[key]) for key in ("figures", "holding")}
            statements.append(FigureStatement(**{**cells, **parsed}))
        return statements


class StatementEntry(EntryKind):
    """The statement of a desk for a period; figures and holding are canonical JSON."""

    name = "statement"
    counted = N_("stated periods: {count}")
    keys = ("period", "first", "last", "scope", "number", "figures", "holding", "made")
    required = keys

    def check(self, facts: Mapping[str, str], text: str | None) -> None:
        """A period with its days, figures, a holding."""
        super().check(facts, text)
        sound = PERIOD.fullmatch(facts["period"]) and is_short(facts["scope"])
        if not sound or not is_day(facts["first"]) or not is_day(facts["last"]):
            raise unsound()
        try:
            figures, holding = json.loads(facts["figures"]), json.loads(facts["holding"])
        except (ValueError, RecursionError):
            raise unsound() from None
        if type(figures) is not dict or not are_figures(figures) or type(holding) is not dict:
            raise unsound()
        if not all(DESK_ID.fullmatch(key) and type(n) is int for key, n in holding.items()):
            raise unsound()
        if not is_number(facts["number"]):
            raise unsound()

    def refusal(self, session: Session, entry: ArrivedEntry) -> str | None:
        """The reason of a refusal: for a post only its own desks may state figures, and desks that
        were its own once."""
        scope = entry.facts["scope"]
        if not scope.startswith(POST_SCOPE):
            return None
        post, units = scope.removeprefix(POST_SCOPE), session.part(DeskUnits)
        author = units.of(entry.desk)
        if author is None or (author.role == "post" and post in units.posts(author)):
            return None
        if session.part(Cards).was_of(entry.desk, post, "post"):
            return None
        return N_("Only the post itself states what it hands in.")

    def receive(self, session: Session, entry: ArrivedEntry) -> None:
        """The board shows it."""
        session.part(FigureStatements).add_received(entry)

    def retract(self, session: Session, entry: ArrivedEntry) -> None:
        """The board shows it no longer."""
        session.part(FigureStatements).drop(entry)


def statement_of(
    facts: Mapping[str, Any], figures: Mapping[str, Any], holding: Mapping[str, int]
) -> dict[str, str]:
    """The statement of a package, as the content of an entry. facts: of its descriptor."""
    stated = {
        key: str(facts[key]) for key in ("period", "first", "last", "scope", "number", "made")
    }
    return {**stated, "figures": canonical(dict(figures)), "holding": canonical(dict(holding))}
