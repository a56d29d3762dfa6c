"""What is on the desk already, and what the list being entered brought, as the rules of entry ask.

One `KnownRecords` serves one transaction. It remembers what it looked up and what was prepared
but is
not written yet, so that the lines of a long list are judged as if they were saved one by one,
and a question that many lines ask goes to the database once.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from borderdesk.schema.record import Revisioned, Values
from borderdesk.schema.records.household import Household, like_key, match_key
from borderdesk.schema.records.pledge import Pledge
from borderdesk.store.database import Store
from borderdesk.store.history import storing
from borderdesk.store.tables import table_name

MOST_REMEMBERED = 50_000
"""So many things looked up are kept; then they are forgotten, and looked up again when asked."""

ListedValues = tuple[Any, ...]
"""A record's post and listed fields as they are stored."""
Signatures = set[tuple[str, int]]
"""What a household signed: (programme, year)."""


class KnownRecords:
    """What the rules of entry compare a record with."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.expected: set[str] = set()
        """Households that a later line of the same list brings."""
        self._taken: set[str] = set()
        self._made: dict[str, Values] = {}
        self._by_match: dict[str, list[str]] = {}
        self._by_citizen: dict[str, str] = {}
        self._likes: set[str] = set()
        self._here: set[str] = set()
        self._described: dict[tuple[Any, ...], str] = {}
        self._signed: dict[str, Signatures] = {}
        self._waiting: defaultdict[tuple[Any, ...], set[ListedValues]] = defaultdict(set)
        self._days: dict[tuple[Any, ...], set[ListedValues]] = {}
        self._groups: bool | None = None

    # ------------------------------------------------------------------- records

    def takes(self, record: str) -> bool:
        """Whether a record has this id."""
        return record in self._taken or bool(
            self._store.value("SELECT 1 FROM revision WHERE record = ? LIMIT 1", (record,))
        )

    def repeats(self, model: type[Revisioned], listed: ListedValues, besides: str = "") -> bool:
        """Whether a record of this post has the same listed fields; `besides` is not asked."""
        if besides:
            return bool(self._store.value(_same_sql(model), (*listed, besides)))
        key = (model, listed[0], listed[1])
        day = self._days.get(key)
        if day is None:
            rows = self._store.rows(_day_sql(model), listed[:2])
            day = self._days[key] = {*rows, *self._waiting.pop(key, ())}
        return listed in day

    # ---------------------------------------------------------------- households

    def has_household(self, record: str) -> bool:
        """Whether the household is here, or comes with a later line."""
        if record in self._made or record in self._here or record in self.expected:
            return True
        found = bool(self._store.value("SELECT 1 FROM household WHERE id = ?", (record,)))
        if found:
            self._here.add(record)
        return found

    def home(self, household: str | None) -> str | None:
        """The commune of a household."""
        if household is None:
            return None
        if household in self._made:
            return str(self._made[household]["commune"])
        commune: str | None = self._store.value(
            "SELECT commune FROM household WHERE id = ?", (household,)
        )
        return commune

    def described(self, description: tuple[Any, ...]) -> str | None:
        """The household that was found or made before for the very same description."""
        try:
            return self._described.get(description)
        except TypeError:
            # A part of it is a list or an object, which will be refused.
            return None

    def remember_described(self, description: tuple[Any, ...], record: str) -> None:
        """Note which household a description, in which nothing was wrong, meant."""
        self._described[description] = record

    def find_household(self, values: Values) -> str | None:
        """The household with the same ID; else of the same name, hamlet and commune, unless
        their IDs differ."""
        citizen = values.get("citizen_id")
        if citizen:
            same = self._by_citizen.get(citizen) or self._store.value(
                "SELECT id FROM household WHERE citizen_id = ? ORDER BY id", (citizen,)
            )
            if same:
                return self._leader(same)
        match = match_key(values)
        for record in self._by_match.get(match, ()):
            known = self._made[record].get("citizen_id")
            if not (citizen and known and citizen != known):
                return record
        for record, known in self._store.rows(
            "SELECT id, citizen_id FROM household WHERE match_key = ? ORDER BY id", (match,)
        ):
            if not (citizen and known and citizen != known):
                return self._leader(str(record))
        return None

    def _leader(self, record: str) -> str:
        if self._groups is None:
            self._groups = bool(self._store.value("SELECT 1 FROM household_group LIMIT 1"))
        if not self._groups:
            return record
        leader = self._store.value("SELECT leader FROM household_group WHERE member = ?", (record,))
        return str(leader) if leader else record

    def likes(self, values: Values, besides: str = "") -> bool:
        """Whether a household has the same name, hamlet and commune but for accents."""
        like = like_key(values)
        return like in self._likes or bool(
            self._store.value(
                "SELECT 1 FROM household WHERE like_key = ? AND id <> ? LIMIT 1", (like, besides)
            )
        )

    def signed(self, values: Values, besides: str = "") -> bool:
        """Whether the pledge's household signed the same programme in the same year."""
        household, programme = values["household"], values["programme"]
        year = values["signed_on"].year
        if besides:
            return bool(
                self._store.value(
                    "SELECT 1 FROM pledge WHERE household = ? AND programme = ?"
                    " AND signed_on >= ? AND signed_on <= ? AND id <> ? LIMIT 1",
                    (household, programme, f"{year}-01-01", f"{year}-12-31", besides),
                )
            )
        known = self._signed.get(household)
        if known is None:
            rows = self._store.rows(
                "SELECT programme, signed_on FROM pledge WHERE household = ?", (household,)
            )
            known = self._signed[household] = {(of, int(day[:4])) for of, day in rows}
        return (programme, year) in known

    # --------------------------------------------------------------- remembering

    def begin_household(self, record: str) -> None:
        """Note a household that the record in hand makes: nobody signed for it yet."""
        self._signed[record] = set()

    def remember(
        self, model: type[Revisioned], record: str, values: Values, listed: ListedValues = ()
    ) -> None:
        """Keep what later records of this transaction are compared with; a household has no
        `listed` values."""
        self._taken.add(record)
        if model is Household:
            self._made[record] = values
            self._by_match.setdefault(match_key(values), []).append(record)
            self._likes.add(like_key(values))
            if values.get("citizen_id"):
                self._by_citizen[values["citizen_id"]] = record
            return
        key = (model, listed[0], listed[1])
        day = self._days.get(key)
        (self._waiting[key] if day is None else day).add(listed)
        if model is Pledge and "household" in values:
            self._signed[values["household"]].add((values["programme"], values["signed_on"].year))

    def written(self) -> None:
        """What was prepared is in the database now and need not be remembered any more."""
        self._taken.clear()
        self._made.clear()
        self._by_match.clear()
        self._by_citizen.clear()
        self._likes.clear()
        self._waiting.clear()
        if sum(map(len, self._days.values())) > MOST_REMEMBERED:
            self._days.clear()
        for looked_up in (self._signed, self._here, self._described):
            if len(looked_up) > MOST_REMEMBERED:
                looked_up.clear()


@cache
def _listed(model: type[Revisioned]) -> tuple[tuple[str, Callable[[Any], Any] | None], ...]:
    """The listed fields, the event date first, each with how it is stored."""
    stored = storing(model)
    return tuple((key, stored[key]) for key in model.listed())


def listed_values(model: type[Revisioned], values: Mapping[str, Any]) -> ListedValues:
    """The post, the event date and the other listed fields as they are stored."""
    listed = [values.get("post")]
    for key, convert in _listed(model):
        value = values.get(key)
        listed.append(value if convert is None or value is None else convert(value))
    return tuple(listed)


@cache
def _day_sql(model: type[Revisioned]) -> str:
    """What a post logged on a day: the event date leads the summary's index."""
    event, *rest = model.listed()
    columns = ", ".join(("post", event, *rest))
    return f"SELECT {columns} FROM {table_name(model)} WHERE post = ? AND {event} = ?"


@cache
def _same_sql(model: type[Revisioned]) -> str:
    """Whether another record than one has these listed fields."""
    event, *rest = model.listed()
    same = " AND ".join(("post = ?", f"{event} = ?", *(f"{key} IS ?" for key in rest), "id <> ?"))
    return f"SELECT 1 FROM {table_name(model)} WHERE {same} LIMIT 1"
