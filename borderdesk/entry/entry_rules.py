"""From typed or sent input to a record ready to be written: every rule that needs the desk.

One `EntryRules` serves one transaction. What it finds out (households, ids, what was entered a
moment ago) it remembers, so that a long list is checked as if its lines were saved one by one.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.errors import InvalidRecord
from borderdesk.base.i18n import N_, _
from borderdesk.entry.known_records import KnownRecords, ListedValues, listed_values
from borderdesk.schema.cleaning import CleaningResult, clean
from borderdesk.schema.kinds import (
    HOUSEHOLD,
    UNIT,
    Doubt,
    FieldError,
    is_uuid,
)
from borderdesk.schema.record import Record, Revisioned, Values
from borderdesk.schema.records.household import Household
from borderdesk.schema.records.pledge import Pledge
from borderdesk.schema.revisions import new_id
from borderdesk.session.guards import LateCheck, OpenPeriods
from borderdesk.session.identity import WritingArea
from borderdesk.store.database import Store
from borderdesk.store.history import Change

if TYPE_CHECKING:
    from borderdesk.schema.book import Book

OUTSIDE = N_("Outside the post's area.")
UNKNOWN_HAMLET = N_("This hamlet is not in the commune's list.")
SIMILAR = N_("A household with a similar name is there.")
LATE = N_("Addition to a closed period.")
"""The doubt kept with a record dated in a closed period that did not count it."""
ENTERED = N_("Possibly entered already.")
SIGNED = N_("This household has signed this programme this year.")
JUDGED_AGAIN = frozenset({OUTSIDE, UNKNOWN_HAMLET, SIMILAR, ENTERED, SIGNED, LATE})
"""Doubts that depend on more than the field, and are judged again at every edit."""

Line = tuple[int, Mapping[str, Any] | InvalidRecord]
"""A line of a list: its number, and its record or why it cannot be read."""

HOUSEHOLD_KEYS = dict.fromkeys(("head", "commune", "hamlet", "citizen_id")).keys()
"""What a household may be described by, in this order."""


class HouseholdDescription(NamedTuple):
    """A household that a record describes: its id, the description, and what makes it when it
    is new."""

    record: str
    description: tuple[Any, ...]
    made: Change | None = None


class EntryRules:
    """Checks and completes the records of one transaction (an `Entry` for the fields).

    make_pick: adds an entry to a pick list and gives its code, or None when new ones are
    refused; ids: gives a new record id a call (a demonstration gives its own).
    """

    def __init__(
        self,
        store: Store,
        book: "Book",
        today: datetime.date,
        posts: WritingArea,
        make_pick: Callable[[str, str], str | None] = lambda _list, _label: None,
        ids: Callable[[], str] = new_id,
        late: LateCheck | None = None,
    ) -> None:
        self.store = store
        self.book = book
        self.today = today
        self.on: datetime.date | None = None
        self.make_pick = make_pick
        self._posts = posts
        self._ids = ids
        self._closed = late or OpenPeriods()
        self.known = KnownRecords(store)

    def in_order(self, model: type[Revisioned], lines: "Iterable[Line]") -> "Iterable[Line]":
        """The lines of a list in the order to enter them: as they come, but households that
        are joined to others after these."""
        return _joined_last(lines, self) if model is Household else lines

    # ---------------------------------------------------------------- new records

    def prepare(
        self, model: type[Revisioned], raw: Mapping[str, Any], *, typed: bool = False
    ) -> list[Change]:
        """The changes that enter a new record: households it makes first, itself last.

        Raises InvalidRecord with every problem of the record.
        """
        self.on = None
        cleaned = clean(model, raw, self, typed=typed)
        record = self._new_id(raw, cleaned)
        is_record = issubclass(model, Record)
        if is_record:
            self._settle_post(raw, cleaned)
        named = self._settle_household(model, cleaned, typed=typed)
        if cleaned.problems:
            raise InvalidRecord(cleaned.problems)
        values = cleaned.values
        self._doubt_places(model, cleaned)
        listed = listed_values(model, values) if is_record else ()
        self._doubt_repeats(model, cleaned, listed)
        self._doubt_closed(model, cleaned, record, named)
        self.known.remember(model, record, values, listed)
        change = Change(model, record, values, doubts=tuple(cleaned.doubts))
        return [*self._made(named), change] if named else [change]

    def _made(self, named: Iterable[HouseholdDescription]) -> Iterator[Change]:
        """The households that a record which is accepted makes."""
        for one in named:
            if one.made is not None and one.made.values is not None:
                self.known.remember(Household, one.record, one.made.values)
                self.known.remember_described(one.description, one.record)
                yield one.made

    def _new_id(self, raw: Mapping[str, Any], cleaned: CleaningResult) -> str:
        """The record's id, which may be given; what else `raw` says beside its fields."""
        if raw.get("state") not in (None, "", "final"):
            cleaned.problems["state"] = _("Only finished records (final) can be added.")
        given = raw.get("id")
        if given is None or given == "":
            return self._ids()
        if type(given) is not str or not is_uuid(given.lower()):
            cleaned.problems["id"] = _("Not a UUID.")
            return ""
        given = given.lower()
        if self.known.takes(given):
            cleaned.problems["id"] = _("A record with this id is here already.")
        return given

    def _settle_post(self, raw: Mapping[str, Any], cleaned: CleaningResult) -> None:
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
        self, model: type[Revisioned], cleaned: CleaningResult, *, typed: bool
    ) -> list[HouseholdDescription]:
        """Turn a described household into the id of one found or made."""
        described: list[HouseholdDescription] = []
        for key in household_fields(model):
            given = cleaned.values.get(key)
            if given is None or key in cleaned.problems:
                continue
            if isinstance(given, str):
                if not self.known.has_household(given):
                    cleaned.problems[key] = _("There is no such household.")
                elif model is Household and given == cleaned.values.get("id"):
                    cleaned.problems[key] = _("A household cannot be joined to itself.")
                continue
            named = self._found_or_made(key, given, cleaned, typed=typed)
            if named is not None:
                cleaned.values[key] = named.record
                described.append(named)
        return described

    def _found_or_made(
        self, key: str, given: Mapping[str, Any], cleaned: CleaningResult, *, typed: bool
    ) -> HouseholdDescription | None:
        description = (self.on, typed, *map(given.get, HOUSEHOLD_KEYS))
        known = self.known.described(description)
        if known is not None and given.keys() <= HOUSEHOLD_KEYS:
            return HouseholdDescription(known, description)
        unknown = given.keys() - HOUSEHOLD_KEYS
        for extra in sorted(unknown):
            cleaned.problems[f"{key}.{extra}"] = _("There is no such field.")
        if self.on is None:
            return None
        household = clean(
            Household, {k: v for k, v in given.items() if k not in unknown}, self, typed=typed
        )
        for inner, message in household.problems.items():
            cleaned.problems[f"{key}.{inner}"] = message
        if unknown or household.problems:
            return None
        values = household.values
        found = self.known.find_household(values)
        if found is not None:
            self.known.remember_described(description, found)
            return HouseholdDescription(found, description)
        if cleaned.problems:
            return None
        if self.known.likes(values):
            cleaned.doubts.append(Doubt(f"{key}.head", SIMILAR))
        record = self._ids()
        self.known.begin_household(record)
        made = Change(Household, record, values, doubts=tuple(household.doubts))
        return HouseholdDescription(record, description, made)

    # ------------------------------------------------------------------ soft rules

    def _doubt_places(self, model: type[Revisioned], cleaned: CleaningResult) -> None:
        values, doubts = cleaned.values, cleaned.doubts
        post = values.get("post")
        area = self.book.area_on(post, self.on) if post and self.on else frozenset()
        places = _places(model)
        if area:
            for key in places.one:
                if key in values and values[key] not in area:
                    doubts.append(Doubt(key, OUTSIDE))
            for key in places.several:
                if key in values and not area.issuperset(values[key]):
                    doubts.append(Doubt(key, OUTSIDE))
        self._doubt_hamlet("hamlet", values, cleaned)
        for key in places.below:
            for place, child in enumerate(values.get(key, ())):
                where = f"{key}[{place}]"
                if area and child["commune"] not in area:
                    doubts.append(Doubt(f"{where}.commune", OUTSIDE))
                self._doubt_hamlet(f"{where}.hamlet", child, cleaned)

    def _doubt_hamlet(self, field: str, values: Values, cleaned: CleaningResult) -> None:
        hamlet, commune = values.get("hamlet"), values.get("commune")
        if hamlet and commune and self.book.knows_hamlet(commune, hamlet) is False:
            cleaned.doubts.append(Doubt(field, UNKNOWN_HAMLET))

    def _doubt_repeats(
        self, model: type[Revisioned], cleaned: CleaningResult, listed: ListedValues, besides: str = ""
    ) -> None:
        """Doubt what is there already: the same listed fields; a household's second signature
        of the year."""
        values = cleaned.values
        if not listed:
            if self.known.likes(values, besides):
                cleaned.doubts.append(Doubt("head", SIMILAR))
            return
        if model is Pledge and "household" in values:
            if not self.known.signed(values, besides):
                # A household that has not signed this year cannot have been entered already.
                return
            cleaned.doubts.append(Doubt("household", SIGNED))
        if self.known.repeats(model, listed, besides):
            cleaned.doubts.append(Doubt(model.listed()[0], ENTERED))

    def _doubt_closed(
        self, model: type[Revisioned], cleaned: CleaningResult, record: str, named: Iterable[HouseholdDescription]
    ) -> None:
        """Doubt what comes into a period that was closed without it."""
        event, values = model.event(), cleaned.values
        if event is None or self.on is None or not self._closed.holds(self.on):
            return
        made = {one.record: one.made.values for one in named if one.made is not None}
        household = values.get("household")
        described = made.get(household) if household else None
        home = described["commune"] if described else self.known.home(household)
        if self._closed.is_late(model, values, self.on, record, home):
            cleaned.doubts.append(Doubt(event.name, LATE))

    def written(self) -> None:
        """What was prepared is in the database now and need not be remembered any more."""
        self.known.written()

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
        named = self._settle_household(model, cleaned, typed=typed)
        if model is Household and cleaned.values.get("merged_into") == record:
            cleaned.problems["merged_into"] = _("A household cannot be joined to itself.")
        if cleaned.problems:
            raise InvalidRecord(cleaned.problems)
        if event is not None:
            self.on = cleaned.values[event.name]
        self._doubt_places(model, cleaned)
        listed = listed_values(model, cleaned.values) if issubclass(model, Record) else ()
        self._doubt_repeats(model, cleaned, listed, besides=record)
        self._doubt_closed(model, cleaned, record, named)
        still = [d for d in doubts if _root(d[0]) not in changes and d[1] not in JUDGED_AGAIN]
        doubts = (*still, *cleaned.doubts)
        return [*self._made(named), Change(model, record, cleaned.values, doubts=doubts)]


def _root(field: str) -> str:
    """The record's field that a child's belongs to: inspected[0].marker → inspected."""
    return field.partition("[")[0]


def _clean_edit(
    model: type[Revisioned],
    changes: Mapping[str, Any],
    kept: Values,
    entering: EntryRules,
    *,
    typed: bool,
) -> CleaningResult:
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
    model: type[Revisioned], kept: Values, cleaned: CleaningResult, entering: EntryRules
) -> None:
    """The communes of children that stay must be valid on the record's new day."""
    for key, field in model.children().items():
        commune = field.child.fields().get("commune")
        if commune is None or entering.on is None:
            continue
        for place, child in enumerate(kept.get(key, ())):
            try:
                commune.clean(child["commune"], entering)
            except FieldError as error:
                cleaned.problems[f"{key}[{place}].commune"] = str(error)


def _places_again(
    model: type[Revisioned], kept: Values, changes: Mapping[str, Any], *, typed: bool
) -> tuple[Values, dict[str, Any]]:
    places = set(place_fields(model)) & set(kept)
    again: dict[str, Any] = dict(changes)
    for key in places:
        again[key] = ";".join(kept[key]) if typed and isinstance(kept[key], list) else kept[key]
    return {k: v for k, v in kept.items() if k not in places}, again


def _joined_last(lines: Iterable[Line], entering: EntryRules) -> Iterator[Line]:
    """Households with those joined to others after these, whatever the order of the lines.

    Households joined in a ring know of each other beforehand; nothing else could begin it.
    """
    waiting: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
    joined: list[tuple[int, Mapping[str, Any]]] = []
    for number, raw in lines:
        if isinstance(raw, InvalidRecord) or not raw.get("merged_into"):
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
    entering.known.expected |= own
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


@cache
def household_fields(model: type[Revisioned]) -> tuple[str, ...]:
    """The fields that name a household."""
    return model.referring(HOUSEHOLD)


class _Places(NamedTuple):
    """The fields that name one commune, those that name several, and the children with one."""

    one: tuple[str, ...]
    several: tuple[str, ...]
    below: tuple[str, ...]


@cache
def _places(model: type[Revisioned]) -> _Places:
    below = (k for k, f in model.children().items() if "commune" in f.child.fields())
    return _Places(
        model.referring(UNIT, several=False), model.referring(UNIT, several=True), tuple(below)
    )


@cache
def place_fields(model: type[Revisioned]) -> tuple[str, ...]:
    """The fields that name communes."""
    return model.referring(UNIT)
