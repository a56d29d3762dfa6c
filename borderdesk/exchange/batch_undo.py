"""Taking a batch out again: a revision goes when no other batch holds it and nothing written
here builds on it; what is left is as if the batch had never come."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from borderdesk.entry.entering import household_fields
from borderdesk.exchange.record_derivation import derive_record
from borderdesk.exchange.revision_merge import PART, TEXT, chunks
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import content_hash
from borderdesk.session.session import Session
from borderdesk.store.database import Store
from borderdesk.store.history import Past, Writer, past
from borderdesk.store.tables import table_name


class BatchUndo:
    """Takes one batch out, within the transaction that is open."""

    def __init__(self, desk: Session, batch: str) -> None:
        self._store = desk.store
        self._own = desk.identity.id
        self._batch = batch
        self._writer = Writer(desk.store, desk.book)
        self._gone = 0

    def run(self) -> int:
        """Undo the batch; how many revisions went."""
        store = self._store
        store.run("CREATE TEMP TABLE IF NOT EXISTS undone (record TEXT PRIMARY KEY, home INTEGER)"
                  " WITHOUT ROWID")  # fmt: skip
        store.run("DELETE FROM undone")
        store.run(
            "INSERT INTO undone SELECT DISTINCT r.record, r.type <> 'household'"
            " FROM claim c JOIN revision r ON r.seq = c.revision WHERE c.batch = ?",
            (self._batch,),
        )
        store.run("DELETE FROM claim WHERE batch = ?", (self._batch,))
        store.run("UPDATE batch SET undone = 1 WHERE id = ?", (self._batch,))
        records = [row[0] for row in store.rows("SELECT record FROM undone ORDER BY home, record")]
        store.run("DELETE FROM undone")
        for part in chunks(records):
            self._undo(part)
        self._writer.finish()
        return self._gone

    def _undo(self, records: Sequence[str]) -> None:
        marks = ", ".join("?" * len(records))
        found = past(self._store, f"WHERE r.record IN ({marks})", tuple(records), "r.record, r.seq")
        claims = self._claims(records)
        kept_homes = named_by_own_records(self._store, self._own, records)
        again: list[str] = []
        emptied: dict[str, list[str]] = {}
        gone: list[int] = []
        forgotten: list[Past] = []
        for record, group in groupby(found, key=lambda version: version.record):
            versions = list(group)
            held = self._held(versions, claims, whole=record in kept_homes)
            gone += [version.seq for version in versions if version.id not in held]
            left = [version for version in versions if version.id in held]
            forgotten += left if record not in kept_homes else []
            if left:
                again.append(record)
            else:
                emptied.setdefault(versions[0].type, []).append(record)
        # Current rows point at their revisions, which therefore go last.
        for type_name, those in emptied.items():
            self._writer.clear(ALL_TYPES[type_name], those)
        self._forget_texts(forgotten, claims)
        for record in again:
            # While the revisions that go are still there, the row must not be made from them.
            self._writer.derive(ALL_TYPES[_type_of(self._store, record)], record, 0, None,
                                is_new=False)  # fmt: skip
        self._writer.flush()
        self._store.many("DELETE FROM revision WHERE seq = ?", [(seq,) for seq in gone])
        self._gone += len(gone)
        self._store.many(
            "DELETE FROM double_version WHERE record = ?",
            [(record,) for those in emptied.values() for record in those],
        )
        for record in again:
            derive_record(self._store, self._writer, record)
        self._writer.flush()

    def _claims(self, records: Sequence[str]) -> dict[int, int]:
        """{place of a revision: what the batches that still hold it brought of it}."""
        marks = ", ".join("?" * len(records))
        carried: dict[int, int] = {}
        for seq, bits in self._store.rows(
            "SELECT c.revision, c.carried FROM revision r JOIN claim c ON c.revision = r.seq"
            f" WHERE r.record IN ({marks})",
            records,
        ):
            carried[seq] = carried.get(seq, 0) | bits
        return carried

    def _held(self, versions: Sequence[Past], claims: dict[int, int], *, whole: bool) -> set[bytes]:
        """The revisions that a batch or something written here still holds, ancestors too."""
        if whole:
            return {version.id for version in versions}
        by_id = {version.id: version for version in versions}
        held = {v.id for v in versions if v.seq in claims or v.stamp.desk == self._own}
        waiting = list(held)
        while waiting:
            for parent in by_id[waiting.pop()].parents:
                if parent in by_id and parent not in held:
                    held.add(parent)
                    waiting.append(parent)
        return held

    def _forget_texts(self, versions: Iterable[Past], claims: dict[int, int]) -> None:
        """What only the batch had brought of a version goes with it; its hash stays."""
        texts, parts = [], []
        for version in versions:
            if version.stamp.desk == self._own:
                continue
            carried = claims.get(version.seq, 0)
            if version.body is not None and not carried & TEXT:
                texts.append((content_hash(version.body), version.seq))
            if version.part is not None and not carried & PART:
                parts.append((version.seq,))
        self._store.many("UPDATE revision SET body = NULL, content = ? WHERE seq = ?", texts)
        self._store.many("DELETE FROM private_part WHERE revision = ?", parts)


def _type_of(store: Store, record: str) -> str:
    return str(store.value("SELECT type FROM revision WHERE record = ? LIMIT 1", (record,)))


def named_by_own_records(store: Store, own: str, households: Sequence[str]) -> set[str]:
    """The households among these that a record written on this desk names: they stay whole."""
    marks = ", ".join("?" * len(households))
    found: set[str] = set()
    for model in ALL_TYPES.values():
        if model is Household:
            continue
        for key in household_fields(model):
            rows = store.rows(
                f"SELECT DISTINCT t.{key} FROM {table_name(model)} t JOIN revision r"
                f" ON r.record = t.id WHERE t.{key} IN ({marks}) AND r.desk = ?",
                [*households, own],
            )
            found |= {row[0] for row in rows}
    return found
