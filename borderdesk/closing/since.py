"""Which records changed a figure since a revision: behind late figures and amendments."""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from borderdesk.closing.shares import Shares, followers_of
from borderdesk.figures.indicators import SOURCES, Indicator, Piece, Scope, Window, all_rows
from borderdesk.schema.records import ALL_TYPES, RECORD_TYPES
from borderdesk.schema.revisions import current
from borderdesk.store.database import Store
from borderdesk.store.history import StoredRevision, followers, stored_revisions
from borderdesk.store.writer import Writer

if TYPE_CHECKING:
    from borderdesk.session.session import Session

Parts = dict[str, dict[str, Any]]
"""{indicator: {record: what it brings, to be compared}}."""

AT_ONCE = 500


class Since:
    """What changed of a scope's figures after revision `seq`, record by record."""

    def __init__(self, desk: "Session", scope: Scope, day: datetime.date, seq: int) -> None:
        self._desk = desk
        self._store = desk.store
        self._scope = scope
        self._day = day
        self._seq = seq

    def records_behind(self, window: Window) -> dict[str, list[str]]:
        """{indicator: ids of the records that changed what they bring to it in the window}."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        with _scratch(self._store) as then:
            put: set[str] = set()
            for some in _by(sorted(self._candidates(window)), AT_ONCE):
                now = self._parts(self._store, some, window)
                self._put_back(then, some, put)
                before = self._parts(then, some, window)
                for key in {*now, *before}:
                    old, new = before.get(key, {}), now.get(key, {})
                    found[key] |= {r for r in {*old, *new} if old.get(r) != new.get(r)}
        return {key: sorted(records) for key, records in found.items() if records}

    def _candidates(self, window: Window) -> set[str]:
        """Records that are new and dated within, or changed, or follow a changed household."""
        last = window.last.isoformat()
        found: set[str] = set()
        for name, model in RECORD_TYPES.items():
            event = model.event()
            assert event is not None
            found |= self._ids(
                f"SELECT t.id FROM revision r JOIN {name} t ON t.id = r.record"
                f" WHERE r.seq > ? AND r.type = ? AND t.{event.name} <= ?",
                (self._seq, name, last),
            )
        changed = self._ids(
            "SELECT DISTINCT r.record FROM revision r WHERE r.seq > ? AND EXISTS"
            " (SELECT 1 FROM revision o WHERE o.record = r.record AND o.seq <= ?)",
            (self._seq, self._seq),
        )
        homes = self._ids(
            "SELECT DISTINCT record FROM revision WHERE seq > ? AND type = 'household'"
            " AND number > 1",
            (self._seq,),
        )
        for some in _by(sorted(homes), AT_ONCE):
            found |= set(followers_of(self._store, [m.type_name for m in followers()], some))
        return (found | changed) - homes

    def _ids(self, sql: str, params: Sequence[Any]) -> set[str]:
        return {row[0] for row in self._store.rows(sql, params)}

    def _put_back(self, then: Store, records: Sequence[str], put: set[str]) -> None:
        """Make the versions of back then current in another store, with their households;
        `put`: the households that are there already."""
        versions = [v for v in self._versions(records) if v.type != "household"]
        values = [(version, version.values()) for version in versions]
        homes = sorted({str(v["household"]) for _p, v in values if v and v.get("household")})
        writer = Writer(then, self._desk.book)
        missing = [home for home in self._with_joined(homes) if home not in put]
        put |= {*missing}
        for home in self._versions(missing):
            writer.derive(ALL_TYPES[home.type], home.record, home.seq, home.values(), is_new=True)
        for version, known in values:
            model = ALL_TYPES[version.type]
            writer.derive(model, version.record, version.seq, known, is_new=True)
        writer.finish()

    def _with_joined(self, homes: list[str]) -> list[str]:
        """The households and whatever they were or are joined with."""
        found = {*homes}
        for some in _by(homes, AT_ONCE):
            marks = ", ".join("?" * len(some))
            found |= self._ids(
                "SELECT member FROM household_group WHERE leader IN"
                f" (SELECT leader FROM household_group WHERE member IN ({marks}))",
                some,
            )
        return sorted(found)

    def _versions(self, records: Sequence[str]) -> Iterator[StoredRevision]:
        """The version of each record that was current at the revision, deletions left out."""
        for some in _by(records, AT_ONCE):
            marks = ", ".join("?" * len(some))
            known: defaultdict[str, list[StoredRevision]] = defaultdict(list)
            for one in stored_revisions(
                self._store, f"WHERE r.record IN ({marks}) AND r.seq <= ?", (*some, self._seq)
            ):
                known[one.record].append(one)
            for versions in known.values():
                chosen = current(version.node() for version in versions).id
                head = next(version for version in versions if version.id == chosen)
                if not head.deleted and head.body is not None:
                    yield head

    # ------------------------------------------------------------- what each brings

    def _parts(self, store: Store, records: Sequence[str], window: Window) -> Parts:
        shares = Parted(
            store, self._desk.book, self._desk.calendar(), self._scope, self._day, records
        )
        return shares.parts(window)


class Parted(Shares):
    """What records bring to the figures, each for itself."""

    def parts(self, window: Window) -> Parts:
        """What each record brings to each figure of the window."""
        found: Parts = {}
        for row in all_rows(self._book):
            for piece in row.pieces:
                if not SOURCES[piece.source].in_units or self._scope.units is not None:
                    self._add_piece(found, row, piece, window)
        found["household_pledges"] = self._signatures(window)
        found["incidents_open"] = self._open(window)
        for record, subject, household in self._registrations(window):
            found.setdefault(f"{subject}s_registered", {})[record] = household or True
        return found

    def _add_piece(self, found: Parts, row: Indicator, piece: Piece, window: Window) -> None:
        source = SOURCES[piece.source]
        where, params = self._where(source, window)
        by_record = found.setdefault(row.key, {})
        if piece.distinct:
            for record, thing in self._store.rows(
                f"SELECT t.id, {piece.value} FROM {source.tables} WHERE {where}", params
            ):
                by_record[record] = by_record.get(record, frozenset()) | {thing}
            return
        for record, amount in self._store.rows(
            f"SELECT t.id, {piece.aggregate} FROM {source.tables} WHERE {where} GROUP BY t.id",
            params,
        ):
            if amount:
                by_record[record] = by_record.get(record, 0) + amount

    def _signatures(self, window: Window) -> dict[str, Any]:
        where, params = self._where(SOURCES["pledge"], window)
        rows = self._store.rows(
            "SELECT t.id, COALESCE(g.leader, t.household), t.signed_on, t.count FROM pledge t"
            f" LEFT JOIN household_group g ON g.member = t.household WHERE {where}",
            params,
        )
        return {row[0]: row[1:] for row in rows}

    def _open(self, window: Window) -> dict[str, Any]:
        where, params = self._still_open(window.last)
        rows = self._store.rows(f"SELECT t.id FROM incident t WHERE {where}", params)
        return {row[0]: True for row in rows}

    def _registrations(self, window: Window) -> list[tuple[str, str, str | None]]:
        where, params = self._alive(window.last)
        return [
            (row[0], row[1], row[2])
            for row in self._store.rows(
                "SELECT t.id, t.subject, COALESCE(g.leader, t.household) FROM registration t"
                f" LEFT JOIN household_group g ON g.member = t.household WHERE {where}",
                params,
            )
        ]


class _Scratch(Store):
    """An empty store in memory with the tables of another, for a moment."""

    def __init__(self) -> None:
        super().__init__(Path("scratch"))

    def _address(self) -> str:
        return "file::memory:"


@contextmanager
def _scratch(like: Store) -> Iterator[Store]:
    """Such a store with the tables of `like`."""
    store = _Scratch()
    with store.connection_context():
        store.run("PRAGMA foreign_keys = OFF")
        for sql in like.table_statements():
            store.run(sql)
        yield store


def _by(things: Sequence[str], size: int) -> Iterator[list[str]]:
    waiting = iter(things)
    while some := list(islice(waiting, size)):
        yield some
