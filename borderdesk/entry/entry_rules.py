"""The rules of entry that need the desk: from raw input to changes that are ready to be written.

One `EntryRules` serves one transaction. It caches its lookups and the prepared records, so that a
long list is checked as if its lines were saved one by one.

No field and no type is named in this module: the types declare their roles (own post, places,
matching, yearly rules), and the code loops over the declarations.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.errors import InvalidRecord
from borderdesk.base.i18n import N_, _
from borderdesk.entry.entry_plan import EntryPlan, plan_of
from borderdesk.entry.household_marks import which_household
from borderdesk.entry.line_order import Line, joined_last
from borderdesk.entry.place_doubts import OUTSIDE, UNKNOWN_HAMLET, doubt_places
from borderdesk.entry.post_days import PostDays
from borderdesk.entry.record_ids import RecordIds
from borderdesk.schema.cleaning import CleaningResult, clean
from borderdesk.schema.kinds import DESCRIBED_BY, POST, UNIT, Doubt, FieldError
from borderdesk.schema.readings import ReadingCache
from borderdesk.schema.record import ANEW, MatchRule, RevisionedModel, Values
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import new_ids
from borderdesk.session.guards import LateCheck, OpenPeriods
from borderdesk.session.identity import WritingArea
from borderdesk.store.connection.database import Store
from borderdesk.store.matching.known_records import KnownRecords, ListedValues, listed_values
from borderdesk.store.records.history import NewVersion
from borderdesk.store.records.household_homes import HomeCache

if TYPE_CHECKING:
    from borderdesk.schema.book import ReferenceBook

LATE = N_("Addition to a closed period.")
"""The doubt stored with a record dated in a closed period that did not count it."""
ON_PAPER = N_("A figure from paper tells these days: this is not added to it.")
"""The doubt stored with a record of days for which there is a figure from paper."""
ENTERED = N_("Possibly entered already.")
REPEATED = frozenset(
    {
        ENTERED,
        *(model.matching.doubt for model in ALL_TYPES.values() if model.matching),
        *(model.once_a_year.doubt for model in ALL_TYPES.values() if model.once_a_year),
    }
)
"""Doubts that another record is the same."""
JUDGED_AGAIN = REPEATED | {OUTSIDE, UNKNOWN_HAMLET, LATE, ON_PAPER}
"""Doubts that depend on more than the field, and are judged again at every edit."""


class DescribedRecord(NamedTuple):
    """A record that the one in hand describes instead of naming: its type and id, the
    description, and the change that adds it where it is new."""

    model: type[RevisionedModel]
    record: str
    description: tuple[Any, ...]
    addition: NewVersion | None = None


class EntryRules:
    """Checks and completes the records of one transaction (an `Entry` for the fields).

    make_pick: adds an entry to a pick list and returns its code (None: new ones are refused); ids:
    returns a new record id at each call (a demonstration has its own); invented: whether records of
    this desk do not count, so that invented ones of other desks are accepted.
    """

    def __init__(
        self,
        store: Store,
        book: "ReferenceBook",
        today: datetime.date,
        posts: WritingArea,
        make_pick: Callable[[str, str], str | None] | None = None,
        ids: Callable[[], str] | None = None,
        *,
        invented: bool = False,
        late: LateCheck | None = None,
    ) -> None:
        self.store = store
        self.book = book
        self.today = today
        self.on: datetime.date | None = None
        self.make_pick = make_pick or (lambda _list, _label: None)
        self._posts = posts
        self._ids = RecordIds(ids or new_ids().__next__, invented=invented)
        self._closed = late or OpenPeriods()
        self.known = KnownRecords(store, book.calendar())
        self._homes = HomeCache(store, book)
        self._post_days = PostDays(book)
        self._readings = ReadingCache(keeps_dated=make_pick is None)

    def in_order(self, model: type[RevisionedModel], lines: Iterable[Line]) -> Iterable[Line]:
        """The lines of a list in the order to enter them: unchanged, except that records joined to
        others follow these."""
        if model.matching is None:
            return lines
        return joined_last(model.matching, lines, self.known.index(model))

    # ---------------------------------------------------------------- new records

    def prepare(
        self, model: type[RevisionedModel], raw: Mapping[str, Any], *, typed: bool = False
    ) -> list[NewVersion]:
        """The changes that enter a new record: those it describes and adds first, itself last.

        Raises InvalidRecord with every problem of the record.
        """
        self.on = None
        cleaned = clean(model, raw, self, typed=typed, readings=self._readings)
        record = self._new_id(raw, cleaned)
        plan = plan_of(model)
        if plan.own_post:
            self._settle_posts(plan, cleaned)
        described: list[DescribedRecord] = []
        if plan.references:
            described = self._settle_references(plan, record, cleaned, typed=typed)
        if cleaned.problems:
            raise InvalidRecord(cleaned.problems)
        values = cleaned.values
        if model.home_place is not None:
            self._keep_home(model, values)
        self.doubt_places(model, cleaned)
        listed = listed_values(model, values) if plan.own_post else ()
        self._doubt_repeats(model, cleaned, listed)
        if plan.event and self.on is not None and self._closed.holds(self.on):
            self._doubt_closed(plan.event, model, cleaned, record, described)
        self.known.remember(model, record, values, listed)
        self._note_home(model, record, values)
        change = NewVersion(model, record, values, doubts=tuple(cleaned.doubts))
        return [*self._additions(described), change] if described else [change]

    def _additions(self, described: Iterable[DescribedRecord]) -> Iterator[NewVersion]:
        """The records that an accepted one adds by describing them."""
        for model, record, description, addition in described:
            if addition is not None and addition.values is not None:
                self.known.remember(model, record, addition.values)
                self.known.index(model).remember_described(description, record)
                yield addition

    def _new_id(self, raw: Mapping[str, Any], cleaned: CleaningResult) -> str:
        """The record's id, given or new; also refuses a state other than final."""
        if raw.get("state") not in (None, "", "final"):
            cleaned.problems["state"] = _("Only finished records (final) can be added.")
        return self._ids.settle(raw, cleaned, self.known.takes)

    def _settle_posts(self, plan: EntryPlan, cleaned: CleaningResult) -> None:
        """Fill in the desk's own post, and refuse one that this desk does not write for."""
        values, problems, key = cleaned.values, cleaned.problems, plan.own_post
        if problems and key in problems:
            return
        post = values.get(key) or self._posts.own
        if post is None:
            problems[key] = _("Must be filled in.")
        elif post not in self._posts.area:
            problems[key] = _("{post} is outside this desk's area.").format(
                post=self.book.post_name(post)
            )
        else:
            values[key] = post
        for key_of_posts in plan.other_posts:
            if key_of_posts in values and post in values[key_of_posts]:
                problems[key_of_posts] = _("The post itself is not one of the posts taking part.")
        self._require_posts_then(plan, cleaned)

    def _require_posts_then(self, plan: EntryPlan, cleaned: CleaningResult) -> None:
        """Refuse a post that had ended by the day of the record."""
        if not self._post_days.may_have_ended(self.on):
            return
        values, problems = cleaned.values, cleaned.problems
        posts_by_field = [(plan.own_post, (values.get(plan.own_post, ""),))]
        posts_by_field += [(key, values[key]) for key in plan.other_posts if key in values]
        for key, posts in posts_by_field:
            ended = next(filter(None, (self._post_days[post, self.on] for post in posts)), "")
            if ended and key not in problems:
                problems[key] = ended

    # -------------------------------------------------- records named or described

    def _settle_references(
        self, plan: EntryPlan, record: str, cleaned: CleaningResult, *, typed: bool
    ) -> list[DescribedRecord]:
        """Replace a description by the id of a record that is found or added."""
        described: list[DescribedRecord] = []
        for key, target in plan.references:
            value = cleaned.values.get(key)
            if value is None or key in cleaned.problems:
                continue
            if isinstance(value, str):
                if not self.known.index(target).holds(value):
                    cleaned.problems[key] = _("There is no such household.")
                elif value == record:
                    cleaned.problems[key] = _("A household cannot be joined to itself.")
                continue
            named_record = self._find_or_add(key, target, value, cleaned, typed=typed)
            if named_record is not None:
                cleaned.values[key] = named_record.record
                described.append(named_record)
        return described

    def _find_or_add(
        self,
        key: str,
        target: type[RevisionedModel],
        parts: Mapping[str, Any],
        cleaned: CleaningResult,
        *,
        typed: bool,
    ) -> DescribedRecord | None:
        """The record of the type `target` that `parts` describe; None if it is invalid or
        ambiguous, with the problems added under `key`."""
        rule, index = _match_rule(target), self.known.index(target)
        anew = typed and ANEW in parts
        parts = {part: raw for part, raw in parts.items() if part != ANEW} if anew else parts
        # The day only decides which commune a code means.
        time = None if self.on is None else self.book.unit_time(self.on)
        description = (time, typed, *map(parts.get, rule.described_by))
        known_record = None if anew else index.described(description)
        unknown = [part for part in parts if part not in rule.described_by]
        if known_record is not None and not unknown:
            return DescribedRecord(target, known_record, description)
        for extra in sorted(unknown):
            cleaned.problems[f"{key}.{extra}"] = _("There is no such field.")
        if self.on is None:
            return None
        described = {k: v for k, v in parts.items() if k not in unknown} if unknown else parts
        inner = clean(target, described, self, typed=typed, readings=self._readings)
        for part, message in inner.problems.items():
            cleaned.problems[f"{key}.{part}"] = message
        if unknown or inner.problems:
            return None
        fitting = index.fitting(inner.values, by_identity=anew)
        if len(fitting) > 1:
            cleaned.problems[key] = which_household(self.store, index, fitting, typed=typed)
            return None
        if fitting:
            index.remember_described(description, fitting[0])
            return DescribedRecord(target, fitting[0], description)
        if cleaned.problems:
            return None
        if index.has_alike(inner.values):
            cleaned.doubts.append(Doubt(f"{key}.{rule.described_by[0]}", rule.doubt))
        record = self._ids.new()
        self.known.note_new(record)
        self._note_home(target, record, inner.values)
        addition = NewVersion(target, record, inner.values, doubts=tuple(inner.doubts))
        return DescribedRecord(target, record, description, addition)

    def _note_home(self, model: type[RevisionedModel], record: str, values: Values) -> None:
        """Note a new household: later records may name it before it is written."""
        if model is Household:
            home = values[DESCRIBED_BY.commune], values.get(DESCRIBED_BY.hamlet)
            self._homes.note_new(record, *home)

    def _keep_home(
        self, model: type[RevisionedModel], values: Values, stored_values: Values | None = None
    ) -> None:
        """Store with a record the home of its household on its day; an edit that changes neither
        day nor household leaves the stored home unchanged."""
        home, event = model.home_place, model.event()
        record = values.get(home.reference) if home is not None else None
        if home is None or event is None or record is None:
            return
        day = values[event.name]
        same = stored_values is not None and (
            stored_values.get(home.reference),
            stored_values.get(event.name),
        ) == (
            record,
            day,
        )
        if stored_values is not None and same and home.commune in stored_values:
            values.update(
                {k: stored_values[k] for k in (home.commune, home.hamlet) if k in stored_values}
            )
            return
        place = self._homes.home_on(record, day)
        if place is not None:
            values[home.commune] = place.commune
            if place.hamlet is not None:
                values[home.hamlet] = place.hamlet

    # ------------------------------------------------------------------ soft rules

    def doubt_places(self, model: type[RevisionedModel], cleaned: CleaningResult) -> None:
        """Doubt places outside the area of the record's post, or of the desk's own where no post
        is named yet, and hamlets not known in their commune."""
        key = plan_of(model).own_post
        post = (cleaned.values.get(key) or self._posts.own) if key else None
        doubt_places(model, cleaned, self.book, post, self.on)

    def _doubt_repeats(
        self,
        model: type[RevisionedModel],
        cleaned: CleaningResult,
        listed: ListedValues,
        besides: str = "",
    ) -> None:
        """Add doubts about repetition: a record that may be the same, a second event of a yearly
        rule, the same listed fields."""
        values, doubts = cleaned.values, cleaned.doubts
        if model.matching is not None and self.known.index(model).has_alike(values, besides):
            doubts.append(Doubt(model.matching.described_by[0], model.matching.doubt))
        yearly = model.once_a_year
        if yearly is not None and yearly.keys[0] in values:
            if not self.known.repeats_in_year(model, yearly, values, besides):
                # An event that has not occurred this year cannot have been entered already.
                return
            doubts.append(Doubt(yearly.keys[0], yearly.doubt))
        if listed and self.known.repeats(model, listed, besides):
            doubts.append(Doubt(model.listed()[0], ENTERED))

    def _doubt_closed(
        self,
        event: str,
        model: type[RevisionedModel],
        cleaned: CleaningResult,
        record: str,
        described: Iterable[DescribedRecord],
    ) -> None:
        """Add doubts about a day in a period that was closed without the record, or that a paper
        covers."""
        values, day = cleaned.values, cleaned.values[event]
        home = self._home(model, values, described)
        if self._closed.is_on_paper(model, values, day, home):
            cleaned.doubts.append(Doubt(event, ON_PAPER))
        if self._closed.is_late(model, values, day, record, home):
            cleaned.doubts.append(Doubt(event, LATE))

    def _home(
        self, model: type[RevisionedModel], values: Values, described: Iterable[DescribedRecord]
    ) -> str | None:
        """The commune of the household that a record names."""
        for key, target in plan_of(model).references:
            record = values.get(key)
            if record is None:
                continue
            for household in described:
                if household.record == record and household.addition and household.addition.values:
                    return str(household.addition.values[target.main_place()])
            return self.known.index(target).place(record)
        return None

    def forget_written(self) -> None:
        """Drop the prepared records, which are in the database now."""
        self.known.forget_written()
        self._homes.forget_written()

    # --------------------------------------------------------------------- editing

    def prepare_edit(
        self,
        model: type[RevisionedModel],
        record: str,
        stored_values: Values,
        changes: Mapping[str, Any],
        *,
        typed: bool = False,
        doubts: Sequence[tuple[str, str]] = (),
        away: bool = False,
    ) -> list[NewVersion]:
        """The changes that edit a record whose values are `stored_values`; the last is the
        record's, without parents and number, which the desk knows. away: its personal and internal
        part is stored on another desk, so that its absence is no problem.

        A field that is not among `changes` stays unchanged, even where today's reference data would
        refuse it; None or "" clears a field. `doubts` were confirmed before.
        """
        self.on = None
        event = model.event()
        unchanged = {k: v for k, v in stored_values.items() if k not in changes}
        cleaned = _clean_edit(model, changes, unchanged, self, typed=typed)
        plan = plan_of(model)
        if not changes.keys().isdisjoint(model.referring(POST)):
            self._settle_posts(plan, cleaned)
        elif event is not None and event.name in changes:
            self._require_posts_then(plan, cleaned)
        described = self._settle_references(plan, record, cleaned, typed=typed)
        problems = cleaned.problems
        if away:
            problems = {k: v for k, v in problems.items() if not model.keeps_apart(_root(k))}
        if problems:
            raise InvalidRecord(problems)
        if event is not None:
            self.on = cleaned.values[event.name]
        self._keep_home(model, cleaned.values, stored_values)
        self.doubt_places(model, cleaned)
        listed = listed_values(model, cleaned.values) if plan.own_post else ()
        self._doubt_repeats(model, cleaned, listed, besides=record)
        if model.matching is not None:
            self.known.index(model).forget_keys()
        if plan.event and self.on is not None and self._closed.holds(self.on):
            self._doubt_closed(plan.event, model, cleaned, record, described)
        still = [d for d in doubts if _root(d[0]) not in changes and d[1] not in JUDGED_AGAIN]
        doubts = (*still, *cleaned.doubts)
        return [
            *self._additions(described),
            NewVersion(model, record, cleaned.values, doubts=doubts),
        ]


def _root(field: str) -> str:
    """The record's field that a child's belongs to: inspected[0].marker → inspected."""
    return field.partition("[")[0]


def _clean_edit(
    model: type[RevisionedModel],
    changes: Mapping[str, Any],
    unchanged: Values,
    rules: EntryRules,
    *,
    typed: bool,
) -> CleaningResult:
    """Clean the changed fields, merge them with the unchanged ones, then check the whole."""
    event = model.event()
    if event is not None and event.name in unchanged:
        rules.on = unchanged[event.name]
    elif event is not None:
        # The day changes, so every place must be valid on the new one.
        unchanged, changes = _places_again(model, unchanged, changes, typed=typed)
    cleaned = clean(model, changes, rules, typed=typed, unchanged=unchanged)
    if event is not None and event.name in changes:
        _judge_places_below(model, unchanged, cleaned, rules)
    return cleaned


def _judge_places_below(
    model: type[RevisionedModel], unchanged: Values, cleaned: CleaningResult, rules: EntryRules
) -> None:
    """The communes of children that stay must be valid on the record's new day."""
    for key, field in model.children().items():
        if rules.on is None:
            continue
        for place, child in enumerate(unchanged.get(key, ())):
            for inner in field.child.referring(UNIT):
                if inner not in child:
                    continue
                try:
                    field.child.fields()[inner].clean(child[inner], rules)
                except FieldError as error:
                    cleaned.problems[f"{key}[{place}].{inner}"] = str(error)


def _places_again(
    model: type[RevisionedModel], unchanged: Values, changes: Mapping[str, Any], *, typed: bool
) -> tuple[Values, dict[str, Any]]:
    places = set(model.referring(UNIT)) & set(unchanged)
    cleaned_again: dict[str, Any] = dict(changes)
    for key in places:
        cleaned_again[key] = (
            ";".join(unchanged[key])
            if typed and isinstance(unchanged[key], list)
            else unchanged[key]
        )
    return {k: v for k, v in unchanged.items() if k not in places}, cleaned_again


def _match_rule(model: type[RevisionedModel]) -> MatchRule:
    """The match rule of a type that others may describe."""
    assert model.matching is not None
    return model.matching
