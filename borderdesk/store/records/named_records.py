"""The facts copied into records from those that they name: into a pledge the commune and the search
words of its household."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from borderdesk.base.text import words_of
from borderdesk.schema.record import MatchRule, RevisionedModel, Values
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.tables import table_name

if TYPE_CHECKING:
    from borderdesk.schema.book import ReferenceBook

CACHED_RECORDS = 20_000
_NO_WORDS: frozenset[str] = frozenset()


class NamedFacts(NamedTuple):
    """The facts of a record copied into the rows of those that name it."""

    place: str
    """Its commune."""
    words: frozenset[str]
    """The words that it is found by."""
    joined: str
    """The same in one text: a household is named by several pledges."""


@cache
def naming(model: type[RevisionedModel]) -> tuple[str, type[RevisionedModel]] | None:
    """The field by which the records of a type name another record, and the type of that; None for
    none."""
    key = model.household_key()
    return (key, ALL_TYPES[model.columns()[key].refers_to]) if key else None


@cache
def naming_sql(named_type: type[RevisionedModel]) -> tuple[tuple[type[RevisionedModel], str], ...]:
    """The types whose records name one of the type `named_type`, each with the statement that gives
    the ids of those that name a certain one."""
    statements = []
    for model in ALL_TYPES.values():
        names = naming(model)
        if names is not None and names[1] is named_type:
            sql = f"SELECT id FROM {table_name(model)} WHERE {names[0]} = ?"
            statements.append((model, sql))
    return tuple(statements)


class NamedRecords:
    """The records of a type that others name, within one transaction: their facts, the changed
    ones, and their groups, which are the duplicates joined to one another."""

    def __init__(self, store: Store, book: "ReferenceBook", model: type[RevisionedModel]) -> None:
        assert model.matching is not None
        self.model = model
        self._rule: MatchRule = model.matching
        self._store = store
        self._table = table_name(model)
        self._texts = [(key, model.columns()[key].search_text) for key in self._rule.found_by]
        self._book = book
        self._facts: dict[str, NamedFacts] = {}
        self._moved: set[str] = set()
        self._joined = False

    def facts(self, record: str) -> NamedFacts | None:
        """The facts of a record, whether it is written yet or only buffered; None if unknown."""
        if record not in self._facts:
            columns = ", ".join(self._rule.found_by)
            row = self._store.one(f"SELECT {columns} FROM {self._table} WHERE id = ?", (record,))
            if row is None:
                return None
            self._remember(record, dict(zip(self._rule.found_by, row, strict=True)))
        return self._facts[record]

    def is_known(self, record: str) -> bool:
        """Whether a record was noted or queried before: it may be buffered."""
        return record in self._facts

    def note(
        self,
        record: str,
        values: Values | None,
        *,
        is_new: bool,
        words: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        """Note the current version of a record, None where it is deleted; words: those that it is
        found by, by field, where they were made already."""
        self._facts.pop(record, None)
        if values is not None:
            if words is None:
                self._remember(record, values)
            else:
                by_field = (words.get(key, ()) for key in self._rule.found_by)
                self._keep(record, values, _NO_WORDS.union(*by_field))
            self._joined |= self._rule.joined_to in values
        if not is_new:
            self._moved.add(record)
            self._joined = True

    def note_moved(self, records: Iterable[str]) -> None:
        """Note that other programs, or statements, changed these records."""
        moved = set(records)
        for record in moved:
            self._facts.pop(record, None)
        self._moved |= moved
        self._joined |= bool(moved)

    def take_moved(self) -> list[str]:
        """The records changed since the last call; the records that name them have to be
        rewritten."""
        moved, self._moved = self._moved, set()
        return sorted(moved)

    def regroup(self) -> None:
        """Recompute all groups, where any may have changed: few are joined, so this is cheap."""
        if not self._joined:
            return
        self._joined = False
        leader: dict[str, str] = {}

        def find(member: str) -> str:
            while leader.get(member, member) != member:
                member = leader[member]
            return member

        into = self._rule.joined_to
        edges = self._store.rows(f"SELECT id, {into} FROM {self._table} WHERE {into} IS NOT NULL")
        for member, joined in list(edges):
            low, high = sorted((find(member), find(joined)))
            leader[high] = low
            leader.setdefault(low, low)
        self._store.run(f"DELETE FROM {self._table}_group")
        self._store.many(
            f"INSERT INTO {self._table}_group (member, leader) VALUES (?, ?)",
            [(member, find(member)) for member in sorted(leader)],
        )

    def _remember(self, record: str, values: Values) -> None:
        texts = [
            text(values[key], self._book)
            for key, text in self._texts
            if values.get(key) is not None
        ]
        self._keep(record, values, words_of(texts))

    def _keep(self, record: str, values: Values, words: frozenset[str]) -> None:
        if len(self._facts) > CACHED_RECORDS:
            self._facts.clear()
        self._facts[record] = NamedFacts(
            str(values[self.model.main_place()]), words, " ".join(words)
        )
