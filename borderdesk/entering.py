"""From typed or sent input to a record ready to be written: every rule that needs the desk.

One `Entering` serves one transaction. What it finds out (households, ids, what was entered a
moment ago) it remembers, so that a long list is checked as if its lines were saved one by one.
"""

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.closing.guard import LATE, Closed
from borderdesk.db.history import Change, _converters
from borderdesk.db.store import Store
from borderdesk.db.tables import table_name
from borderdesk.errors import Invalid
from borderdesk.fields import Bad, Commune, Communes, Soft, is_uuid
from borderdesk.fields import Household as HouseholdField
from borderdesk.i18n import N_, _
from borderdesk.records.base import Cleaned, Record, Revisioned, Values, clean
from borderdesk.records.household import Household
from borderdesk.records.pledge import Pledge
from borderdesk.revisions import new_id
from borderdesk.text import accented, fold, nfc

if TYPE_CHECKING:
    from borderdesk.reference.book import Book

OUTSIDE = N_("Outside the post's area.")
UNKNOWN_HAMLET = N_("This hamlet is not in the commune's list.")
SIMILAR = N_("A household with a similar name is there.")
ENTERED = N_("Possibly entered already.")
SIGNED = N_("This household has signed this programme this year.")
JUDGED_AGAIN = frozenset({OUTSIDE, UNKNOWN_HAMLET, SIMILAR, ENTERED, SIGNED, LATE})
"""Doubts that depend on more than the field, and are judged again at every edit."""

Line = tuple[int, Mapping[str, Any] | Invalid]
"""A line of a list: its number, and its record or why it cannot be read."""

HOUSEHOLD_KEYS = frozenset({"head", "commune", "hamlet", "citizen_id"})


class Post(NamedTuple):
    """Whom a desk may write for: its own post if it is a post's desk, and its whole area."""

    own: str | None
    area: frozenset[str]


class Entering:
    """Checks and completes the records of one transaction (an `Entry` for the fields).

    make_pick: adds an entry to a pick list and gives its code, or None when new ones are
    refused; ids: gives a new record id a call (a demonstration gives its own).
    """

    def __init__(
        self,
        store: Store,
        book: "Book",
        today: datetime.date,
        posts: Post,
        make_pick: Callable[[str, str], str | None] = lambda _list, _label: None,
        ids: Callable[[], str] = new_id,
    ) -> None:
        self.store = store
        self.book = book
        self.today = today
        self.on: datetime.date | None = None
        self.make_pick = make_pick
        self._posts = posts
        self._ids = ids
        self._closed = Closed(store)
        self.expected: set[str] = set()
        """Households that a later line of the same list brings."""
        self._taken: set[str] = set()
        self._made: dict[str, Values] = {}
        self._by_match: dict[str, list[str]] = {}
        self._by_citizen: dict[str, str] = {}
        self._likes: set[str] = set()
        self._here: set[str] = set()
        self._entered: set[tuple[Any, ...]] = set()
        self._signed: set[tuple[Any, ...]] = set()

    def in_order(self, model: type[Revisioned], lines: "Iterable[Line]") -> "Iterable[Line]":
        """The lines of a list in the order to enter them: as they come, but households that
        are joined to others after these."""
        return _joined_last(lines, self) if model is Household else lines

    # ---------------------------------------------------------------- new records

    def prepare(
        self, model: type[Revisioned], raw: Mapping[str, Any], *, typed: bool = False
    ) -> list[Change]:
        """The changes that enter a new record: households it makes first, itself last.

        Raises Invalid with every problem of the record.
        """
        self.on = None
        cleaned = clean(model, raw, self, typed=typed)
        self._check_state(raw, cleaned)
        record = self._new_id(raw, cleaned)
        if issubclass(model, Record):
            self._settle_post(raw, cleaned)
        made = self._settle_household(model, cleaned, typed=typed)
        if cleaned.problems:
            raise Invalid(cleaned.problems)
        self._doubt_places(model, cleaned)
        self._doubt_repeats(model, cleaned)
        self._doubt_closed(model, cleaned, record, made)
        self._remember(model, record, cleaned.values)
        for change in made:
            assert change.values is not None
            self._remember(Household, change.record, change.values)
        doubts = tuple((d.field, d.message) for d in cleaned.doubts)
        return [*made, Change(model, record, cleaned.values, doubts=doubts)]

    def _check_state(self, raw: Mapping[str, Any], cleaned: Cleaned) -> None:
        if raw.get("state") not in (None, "", "final"):
            cleaned.problems["state"] = _("Only finished records (final) can be added.")

    def _new_id(self, raw: Mapping[str, Any], cleaned: Cleaned) -> str:
        given = raw.get("id")
        if given is None or given == "":
            return self._ids()
        if type(given) is not str or not is_uuid(given.lower()):
            cleaned.problems["id"] = _("Not a UUID.")
            return ""
        given = given.lower()
        if given in self._taken or self.store.value(
            "SELECT 1 FROM revision WHERE record = ? LIMIT 1", (given,)
        ):
            cleaned.problems["id"] = _("A record with this id is here already.")
        return given

    def _settle_post(self, raw: Mapping[str, Any], cleaned: Cleaned) -> None:
        values, problems = cleaned.values, cleaned.problems
        if "post" in problems:
            return
        post = values.get("post") or self._posts.own
        if post is None:
            problems["post"] = _("Must be filled in.")
        elif post not in self._posts.area:
            problems["post"] = _("{post} is outside this desk's area.").format(
                post=self.book.post_name(post)
            )
        else:
            values["post"] = post
        partners = values.get("with_posts")
        if partners and post in partners:
            problems["with_posts"] = _("The post itself is not one of the posts taking part.")

    # ------------------------------------------------------------------ households

    def _settle_household(
        self, model: type[Revisioned], cleaned: Cleaned, *, typed: bool
    ) -> list[Change]:
        """Turn a described household into the id of one found or made."""
        made: list[Change] = []
        for key in household_fields(model):
            given = cleaned.values.get(key)
            if given is None or key in cleaned.problems:
                continue
            if isinstance(given, str):
                if not self._household_exists(given):
                    cleaned.problems[key] = _("There is no such household.")
                elif model is Household and given == cleaned.values.get("id"):
                    cleaned.problems[key] = _("A household cannot be joined to itself.")
                else:
                    cleaned.values[key] = given
                continue
            found = self._found_or_made(key, given, cleaned, made, typed=typed)
            if found:
                cleaned.values[key] = found
        return made

    def _household_exists(self, record: str) -> bool:
        if record in self._made or record in self._here or record in self.expected:
            return True
        found = bool(self.store.value("SELECT 1 FROM household WHERE id = ?", (record,)))
        if found:
            self._here.add(record)
        return found

    def _found_or_made(
        self,
        key: str,
        given: Mapping[str, Any],
        cleaned: Cleaned,
        made: list[Change],
        *,
        typed: bool,
    ) -> str | None:
        unknown = set(given) - HOUSEHOLD_KEYS
        for extra in sorted(unknown):
            cleaned.problems[f"{key}.{extra}"] = _("There is no such field.")
        described = {k: v for k, v in given.items() if k in HOUSEHOLD_KEYS}
        if self.on is None:
            return None
        household = clean(Household, described, self, typed=typed)
        for inner, message in household.problems.items():
            cleaned.problems[f"{key}.{inner}"] = message
        if unknown or household.problems:
            return None
        values = household.values
        found = self._find(values)
        if found is not None:
            return found
        if not cleaned.problems:
            self._doubt_likeness(f"{key}.head", values, cleaned)
            record = self._ids()
            doubts = tuple((d.field, d.message) for d in household.doubts)
            made.append(Change(Household, record, values, doubts=doubts))
            return record
        return None

    def _find(self, values: Values) -> str | None:
        """The household with the same ID; else of the same name, hamlet and commune, unless
        their IDs differ."""
        citizen = values.get("citizen_id")
        if citizen:
            same = self._by_citizen.get(citizen) or self.store.value(
                "SELECT id FROM household WHERE citizen_id = ? ORDER BY id", (citizen,)
            )
            if same:
                return self._leader(same)
        match = match_key(values)
        for record in self._by_match.get(match, ()):
            known = self._made[record].get("citizen_id")
            if not (citizen and known and citizen != known):
                return record
        for record, known in self.store.rows(
            "SELECT id, citizen_id FROM household WHERE match_key = ? ORDER BY id", (match,)
        ):
            if not (citizen and known and citizen != known):
                return self._leader(str(record))
        return None

    def _leader(self, record: str) -> str:
        leader = self.store.value("SELECT leader FROM household_group WHERE member = ?", (record,))
        return str(leader) if leader else record

    def _doubt_likeness(self, field: str, values: Values, cleaned: Cleaned) -> None:
        like = like_key(values)
        if like in self._likes or self.store.value(
            "SELECT 1 FROM household WHERE like_key = ? LIMIT 1", (like,)
        ):
            cleaned.doubts.append(Soft(field, SIMILAR))

    # ------------------------------------------------------------------ soft rules

    def _doubt_places(self, model: type[Revisioned], cleaned: Cleaned) -> None:
        values = cleaned.values
        post = values.get("post")
        area = self.book.area_on(post, self.on) if post and self.on else frozenset()
        for key in place_fields(model):
            given = values.get(key)
            if given is None:
                continue
            units = given if isinstance(given, list) else [given]
            if post and area and any(unit not in area for unit in units):
                cleaned.doubts.append(Soft(key, OUTSIDE))
        self._doubt_hamlet("hamlet", values, cleaned)
        for key, field in model.children().items():
            if "commune" not in field.child.fields():
                continue
            for place, child in enumerate(values.get(key, ())):
                where = f"{key}[{place}]"
                if post and area and child["commune"] not in area:
                    cleaned.doubts.append(Soft(f"{where}.commune", OUTSIDE))
                self._doubt_hamlet(f"{where}.hamlet", child, cleaned)

    def _doubt_hamlet(self, field: str, values: Values, cleaned: Cleaned) -> None:
        hamlet, commune = values.get("hamlet"), values.get("commune")
        if hamlet and commune and self.book.knows_hamlet(commune, hamlet) is False:
            cleaned.doubts.append(Soft(field, UNKNOWN_HAMLET))

    def _doubt_repeats(self, model: type[Revisioned], cleaned: Cleaned, besides: str = "") -> None:
        """Doubt what is there already: the same listed fields; a household's second signature
        of the year."""
        values = cleaned.values
        if not issubclass(model, Record):
            if self._like_known(values, besides):
                cleaned.doubts.append(Soft("head", SIMILAR))
            return
        event = model.event()
        assert event is not None
        named = model is Pledge and "household" in values
        if named and not self._doubt_second_signature(values, cleaned, besides):
            # A household that has not signed this year cannot have been entered already.
            return
        listed = listed_values(model, values)
        if listed in self._entered or self.store.value(
            _same_sql(model, bool(besides)),
            (*listed[1:], *((besides,) if besides else ())),
        ):
            cleaned.doubts.append(Soft(event.name, ENTERED))

    def _doubt_closed(
        self, model: type[Revisioned], cleaned: Cleaned, record: str, made: Sequence[Change]
    ) -> None:
        """Doubt what comes into a period that was closed without it."""
        event, values = model.event(), cleaned.values
        if event is None or self.on is None:
            return
        home = self._home_commune(values.get("household"), made)
        if self._closed.is_late(model, values, self.on, record, home):
            cleaned.doubts.append(Soft(event.name, LATE))

    def _home_commune(self, household: str | None, made: Sequence[Change]) -> str | None:
        if household is None:
            return None
        known = self._made.get(household) or next(
            (change.values for change in made if change.record == household), None
        )
        if known:
            return str(known["commune"])
        commune: str | None = self.store.value(
            "SELECT commune FROM household WHERE id = ?", (household,)
        )
        return commune

    def _like_known(self, values: Values, besides: str) -> bool:
        like = like_key(values)
        return like in self._likes or bool(
            self.store.value(
                "SELECT 1 FROM household WHERE like_key = ? AND id <> ? LIMIT 1", (like, besides)
            )
        )

    def _doubt_second_signature(self, values: Values, cleaned: Cleaned, besides: str) -> bool:
        year = values["signed_on"].year
        signed = (values["household"], values["programme"], year)
        known = signed in self._signed or self.store.value(
            "SELECT 1 FROM pledge WHERE household = ? AND programme = ?"
            " AND signed_on >= ? AND signed_on <= ? AND id <> ? LIMIT 1",
            (signed[0], signed[1], f"{year}-01-01", f"{year}-12-31", besides),
        )
        if known:
            cleaned.doubts.append(Soft("household", SIGNED))
        return bool(known)

    # ----------------------------------------------------------------- remembering

    def _remember(self, model: type[Revisioned], record: str, values: Values) -> None:
        """Keep what later records of this transaction are compared with."""
        self._taken.add(record)
        if isinstance(values, dict) and model is Household:
            self._made[record] = values
            self._by_match.setdefault(match_key(values), []).append(record)
            self._likes.add(like_key(values))
            if values.get("citizen_id"):
                self._by_citizen[values["citizen_id"]] = record
            return
        self._entered.add(listed_values(model, values))
        if model is Pledge and values.get("household"):
            year = values["signed_on"].year
            self._signed.add((values["household"], values["programme"], year))

    def written(self) -> None:
        """What was prepared is in the database now and need not be remembered any more."""
        self._taken.clear()
        self._made.clear()
        self._by_match.clear()
        self._by_citizen.clear()
        self._likes.clear()
        self._entered.clear()
        self._signed.clear()

    # --------------------------------------------------------------------- editing

    def prepare_edit(
        self,
        model: type[Revisioned],
        record: str,
        known: Values,
        changes: Mapping[str, Any],
        *,
        typed: bool = False,
        doubts: Sequence[tuple[str, str]] = (),
    ) -> list[Change]:
        """The changes that edit a record whose values are `known`; the last is the record's,
        without parents and number, which the desk knows.

        A field that is not among `changes` stays as it is, even where today's reference data
        would refuse it; None or "" takes a field away. `doubts` were kept with it so far.
        """
        self.on = None
        event = model.event()
        kept = {k: v for k, v in known.items() if k not in changes}
        cleaned = _clean_edit(model, changes, kept, self, typed=typed)
        if "post" in changes or "with_posts" in changes:
            self._settle_post(changes, cleaned)
        made = self._settle_household(model, cleaned, typed=typed)
        if model is Household and cleaned.values.get("merged_into") == record:
            cleaned.problems["merged_into"] = _("A household cannot be joined to itself.")
        if cleaned.problems:
            raise Invalid(cleaned.problems)
        if event is not None:
            self.on = cleaned.values[event.name]
        self._doubt_places(model, cleaned)
        self._doubt_repeats(model, cleaned, besides=record)
        self._doubt_closed(model, cleaned, record, made)
        still = [d for d in doubts if _root(d[0]) not in changes and d[1] not in JUDGED_AGAIN]
        found = [(d.field, d.message) for d in cleaned.doubts]
        return [*made, Change(model, record, cleaned.values, doubts=(*still, *found))]


def _root(field: str) -> str:
    """The record's field that a child's belongs to: inspected[0].marker → inspected."""
    return field.partition("[")[0]


def _clean_edit(
    model: type[Revisioned],
    changes: Mapping[str, Any],
    kept: Values,
    entering: Entering,
    *,
    typed: bool,
) -> Cleaned:
    """Clean the changed fields, put the kept ones under them, then check the whole."""
    event = model.event()
    if event is not None and event.name in kept:
        entering.on = kept[event.name]
    elif event is not None:
        # The day changes, so every place must be valid on the new one.
        kept, changes = _places_again(model, kept, changes, typed=typed)
    cleaned = clean(model, changes, entering, typed=typed, kept=kept)
    if event is not None and event.name in changes:
        _judge_places_below(model, kept, cleaned, entering)
    return cleaned


def _judge_places_below(
    model: type[Revisioned], kept: Values, cleaned: Cleaned, entering: Entering
) -> None:
    """The communes of children that stay must be valid on the record's new day."""
    for key, field in model.children().items():
        commune = field.child.fields().get("commune")
        if commune is None or entering.on is None:
            continue
        for place, child in enumerate(kept.get(key, ())):
            try:
                commune.clean(child["commune"], entering)
            except Bad as error:
                cleaned.problems[f"{key}[{place}].commune"] = str(error)


def _places_again(
    model: type[Revisioned], kept: Values, changes: Mapping[str, Any], *, typed: bool
) -> tuple[Values, dict[str, Any]]:
    places = set(place_fields(model)) & set(kept)
    again: dict[str, Any] = dict(changes)
    for key in places:
        again[key] = ";".join(kept[key]) if typed and isinstance(kept[key], list) else kept[key]
    return {k: v for k, v in kept.items() if k not in places}, again


def _joined_last(lines: Iterable[Line], entering: Entering) -> Iterator[Line]:
    """Households with those joined to others after these, whatever the order of the lines.

    Households joined in a ring know of each other beforehand; nothing else could begin it.
    """
    waiting: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
    joined: list[tuple[int, Mapping[str, Any]]] = []
    for number, raw in lines:
        if isinstance(raw, Invalid) or not raw.get("merged_into"):
            yield number, raw
        else:
            joined.append((number, raw))
    own = {str(raw.get("id")).lower() for _number, raw in joined}
    for number, raw in joined:
        into = str(raw["merged_into"]).lower()
        if into in own:
            waiting.setdefault(into, []).append((number, raw))
        else:
            yield from _and_those_joined_to(number, raw, waiting)
    entering.expected |= own
    for ring in list(waiting.values()):
        yield from ring


def _and_those_joined_to(
    number: int,
    raw: Mapping[str, Any],
    waiting: dict[str, list[tuple[int, Mapping[str, Any]]]],
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    yield number, raw
    for next_number, following in waiting.pop(str(raw.get("id")).lower(), ()):
        yield from _and_those_joined_to(next_number, following, waiting)


def match_key(values: Values) -> str:
    """The key by which the same household is found again: accents count, hoà = hòa."""
    return f"{accented(values['head'])}|{accented(values['hamlet'])}|{values['commune']}"


def like_key(values: Values) -> str:
    """The key by which a similar household is doubted: accents do not count."""
    return f"{fold(values['head'])}|{fold(values['hamlet'])}|{values['commune']}"


def pick_slug(label: str, taken: Collection[str]) -> str:
    """A code for a new entry of a pick list: its folded words, numbered when taken."""
    slug = "_".join(w for w in fold(nfc(label)).replace("/", " ").split() if w)[:60]
    slug = "".join(c for c in slug if c.isalnum() or c == "_").strip("_") or "muc"
    code, number = slug, 2
    while code in taken:
        code, number = f"{slug}_{number}", number + 1
    return code


@cache
def household_fields(model: type[Revisioned]) -> tuple[str, ...]:
    """The fields that name a household."""
    return tuple(k for k, f in model.columns().items() if isinstance(f, HouseholdField))


@cache
def place_fields(model: type[Revisioned]) -> tuple[str, ...]:
    """The fields that name communes."""
    return tuple(k for k, f in model.columns().items() if isinstance(f, Commune | Communes))


def listed_values(model: type[Revisioned], values: Values) -> tuple[Any, ...]:
    """The type, post and listed fields as they are stored, for finding repeats."""
    converters = _converters(model)
    stored: list[Any] = [model.type_name, values.get("post")]
    for key in model.listed():
        value, convert = values.get(key), converters[key]
        stored.append(value if convert is None or value is None else convert(value))
    return tuple(stored)


@cache
def _same_sql(model: type[Revisioned], besides: bool) -> str:
    """Whether a record with these listed fields is there; the event date leads its index."""
    conditions = ["post = ?", *(f"{key} IS ?" for key in model.listed())]
    event = model.event()
    assert event is not None
    conditions = [c.replace("IS", "=") if c.startswith(event.name) else c for c in conditions]
    if besides:
        conditions.append("id <> ?")
    return f"SELECT 1 FROM {table_name(model)} WHERE {' AND '.join(conditions)} LIMIT 1"
