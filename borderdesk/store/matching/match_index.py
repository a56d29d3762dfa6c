"""The records of one type that others may describe instead of naming them: households.

The type declares the compared keys by a `MatchRule`.
"""

from typing import Any

from borderdesk.schema.record import RevisionedModel, Values
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.tables import table_name

FIRST_QUESTIONS, ROWS_A_QUESTION, MOST_LISTED = 500, 50, 300_000
"""After this number of queries, plus a query for each so many stored records, the keys of all of
these are read at once, up to a limit: 20,000 new households cause 60,000 queries."""


class MatchIndex:
    """The stored records, and those the open transaction prepared but has not written yet.

    Ids and descriptions that were looked up are cached, so that a query that many lines of a list
    need runs once.
    """

    def __init__(self, store: Store, model: type[RevisionedModel]) -> None:
        assert model.matching is not None
        self._store = store
        self._rule = rule = model.matching
        self._place = model.main_place()
        self.expected: set[str] = set()
        """Ids announced by later lines of the same list."""
        self._made: dict[str, Values] = {}
        self._by_same: dict[str, list[str]] = {}
        self._by_identity: dict[str, str] = {}
        self._alike: set[str] = set()
        self._here: set[str] = set()
        self._described: dict[tuple[Any, ...], str] = {}
        self._groups: bool | None = None
        self._asked, self._list_after = 0, FIRST_QUESTIONS
        self._changes = False
        self._keys: dict[str, set[int]] = {}
        """{column: the hashes of all its stored values}: a value without its hash is in no row."""
        table = self._table = table_name(model)
        self._here_sql = f"SELECT 1 FROM {table} WHERE id = ?"
        self._place_sql = f"SELECT {self._place} FROM {table} WHERE id = ?"
        self._identity_sql = f"SELECT id FROM {table} WHERE {rule.identity} = ? ORDER BY id"
        self._same_sql = (
            f"SELECT id, {rule.identity} FROM {table} WHERE {rule.same.column} = ? ORDER BY id"
        )
        self._alike_sql = (
            f"SELECT id FROM {table} WHERE {rule.alike.column} = ? AND id <> ? LIMIT 1"
        )

    def holds(self, record: str) -> bool:
        """Whether the record exists on this desk, or is announced by a later line."""
        if record in self._made or record in self._here or record in self.expected:
            return True
        is_stored = bool(self._store.value(self._here_sql, (record,)))
        if is_stored:
            self._here.add(record)
        return is_stored

    def place(self, record: str) -> str | None:
        """The commune of a record, None for an unknown one."""
        if record in self._made:
            return str(self._made[record][self._place])
        commune: str | None = self._store.value(self._place_sql, (record,))
        return commune

    def buffered(self, record: str) -> Values | None:
        """The values of a record that is prepared and not written yet; None for any other."""
        return self._made.get(record)

    def described(self, description: tuple[Any, ...]) -> str | None:
        """The record that was found or made before for the very same description."""
        try:
            return self._described.get(description)
        except TypeError:
            # Unhashable: a part of it is a list or an object, which validation will refuse.
            return None

    def remember_described(self, description: tuple[Any, ...], record: str) -> None:
        """Cache the record that a valid description was resolved to."""
        self._described[description] = record

    def find(self, values: Values, *, by_identity: bool = False) -> str | None:
        """The first of the records that fit a description, None where none does."""
        return next(iter(self.fitting(values, by_identity=by_identity)), None)

    def fitting(self, values: Values, *, by_identity: bool = False) -> list[str]:
        """The ids of the record of the same identity; else, unless `by_identity`, of those that are
        the same by the rule and have no other identity: several for namesakes."""
        rule = self._rule
        identity = values.get(rule.identity)
        if identity:
            identified = self._by_identity.get(identity)
            if not identified and self._may_hold(rule.identity, identity):
                identified = self._store.value(self._identity_sql, (identity,))
            if identified:
                return [self._leader(identified)]
        if by_identity:
            return []
        same = rule.same.of(values)
        buffered = [
            (buffered_id, self._made[buffered_id].get(rule.identity))
            for buffered_id in self._by_same.get(same, ())
        ]
        stored = []
        if self._may_hold(rule.same.column, same):
            stored = [
                (self._leader(str(record)), known_identity)
                for record, known_identity in self._store.rows(self._same_sql, (same,))
            ]
        fits = [
            record
            for record, known_identity in (*buffered, *stored)
            if not (identity and known_identity and identity != known_identity)
        ]
        return list(dict.fromkeys(fits))

    def _may_hold(self, column: str, value: str) -> bool:
        """Whether a stored record may have this value; after many questions most need no query."""
        if not self._keys:
            self._asked += 1
            if self._asked < self._list_after or not self._list_keys():
                return True
        return hash(value) in self._keys[column]

    def _list_keys(self) -> bool:
        """Read the keys of all stored records, if that is worth it."""
        rows = self._store.value(f"SELECT COUNT(*) FROM {self._table}")
        if rows > min(MOST_LISTED, self._asked * ROWS_A_QUESTION):
            self._list_after = 2 * self._asked
            return False
        rule = self._rule
        for column in (rule.identity, rule.same.column, rule.alike.column):
            sql = f"SELECT DISTINCT {column} FROM {self._table} WHERE {column} IS NOT NULL"
            self._keys[column] = {hash(value) for (value,) in self._store.rows(sql)}
        for values in self._made.values():
            # Not inserted yet, and soon dropped from this cache.
            self._note_keys(rule.same.of(values), rule.alike.of(values), values.get(rule.identity))
        return True

    def _note_keys(self, same: str, alike: str, identity: str | None) -> None:
        rule = self._rule
        self._keys[rule.same.column].add(hash(same))
        self._keys[rule.alike.column].add(hash(alike))
        if identity:
            self._keys[rule.identity].add(hash(identity))

    def forget_keys(self) -> None:
        """Read the keys again when they are needed: a stored record changes, now or with what is
        written next."""
        self._changes = True
        self._asked, self._list_after = 0, FIRST_QUESTIONS
        self._keys.clear()

    def all_fitting(self, values: Values) -> list[str]:
        """Every record that these values may be of: by identity, and by the rest of the rule."""
        described = {key: value for key, value in values.items() if key != self._rule.identity}
        return [*self.fitting(values), *self.fitting(described)]

    def _leader(self, record: str) -> str:
        """The record that a duplicate was joined to, else itself."""
        if self._groups is None:
            # Most desks never joined any.
            self._groups = bool(self._store.value(f"SELECT 1 FROM {self._table}_group LIMIT 1"))
        if not self._groups:
            return record
        leader = self._store.value(
            f"SELECT leader FROM {self._table}_group WHERE member = ?", (record,)
        )
        return str(leader) if leader else record

    def has_alike(self, values: Values, besides: str = "") -> bool:
        """Whether a record other than `besides` may be the same."""
        alike = self._rule.alike.of(values)
        if alike in self._alike:
            return True
        may_exist = self._may_hold(self._rule.alike.column, alike)
        return may_exist and bool(self._store.value(self._alike_sql, (alike, besides)))

    def alike(self, values: Values, besides: str = "") -> str:
        """The id of a stored record other than `besides` that may be the same, "" for none."""
        record = self._store.value(self._alike_sql, (self._rule.alike.of(values), besides))
        return str(record or "")

    def remember(self, record: str, values: Values) -> None:
        """Keep a record that is prepared but not written yet."""
        rule, identity = self._rule, values.get(self._rule.identity)
        same, alike = rule.same.of(values), rule.alike.of(values)
        self._made[record] = values
        self._by_same.setdefault(same, []).append(record)
        self._alike.add(alike)
        if identity:
            self._by_identity[identity] = record
        if self._keys:
            self._note_keys(same, alike, identity)

    def forget_written(self, most: int) -> None:
        """Clear the buffer, which has been written, and the caches of more than `most` entries."""
        self._made.clear()
        self._by_same.clear()
        self._by_identity.clear()
        self._alike.clear()
        if self._changes:
            self.forget_keys()
            self._changes = False
        for cache in (self._here, self._described):
            if len(cache) > most:
                cache.clear()
