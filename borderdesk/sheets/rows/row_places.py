"""The places of a row: communes and hamlets by id, and the known households in them, within the
post's area on the row's day."""

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import N_, _
from borderdesk.base.names import hamlet_word
from borderdesk.entry.entry_rules import EntryRules
from borderdesk.schema.kinds import HAMLET, UNIT, Field, FieldError
from borderdesk.schema.kinds.doubts import stored_doubt
from borderdesk.schema.kinds.sheet_cell import CellReading, is_dash
from borderdesk.schema.record import RevisionedModel
from borderdesk.sheets.columns.carried_values import keys_of
from borderdesk.sheets.columns.shared_columns import is_parted, parts_of
from borderdesk.sheets.columns.table import SheetTable
from borderdesk.sheets.rows.cell_meanings import MOST_CELLS_KEPT
from borderdesk.sheets.values.addresses import (
    LEFT_OUT,
    AddressReader,
    HamletAddress,
    begins_with_commune,
    remark_apart,
)
from borderdesk.sheets.values.hamlets import HamletFinder
from borderdesk.sheets.values.household_parts import CITIZEN, COMMUNE, HAMLET_KEY, HEAD
from borderdesk.sheets.values.places import PlaceFinder, names_record

PAST = N_("This commune is one of before: {value}.")
OF_MARKERS = N_("The communes were taken from the markers: {value}.")
_SEVERAL = re.compile(r"[;,/+&\n]|\s[-–]\s|\s(?:và|and)\s")
"""What parts several communes of one cell."""


class _NamedPlaces(NamedTuple):
    """The resolved texts of a row's places, by key, and the (commune, name) of the new hamlets: the
    rows of each are counted."""

    texts: Mapping[str, str]
    new_hamlets: Sequence[tuple[str, str]]


class _RowTime(NamedTuple):
    """The day that a row's places are judged on, the stretch of time around it in which no unit
    changes, and the communes of the post's area then."""

    day: datetime.date
    time: int
    area: frozenset[str]


class RowPlaces:
    """Finds the places of the rows of one table, and the households that these name."""

    def __init__(
        self,
        model: type[RevisionedModel],
        fields: Mapping[str, Field],
        table: SheetTable,
        rules: EntryRules,
        own_post: str | None,
        hamlets: HamletFinder,
        prefixes: Iterable[str],
        reading: CellReading,
    ) -> None:
        """fields: {key of a column: its field}; prefixes: what the keys of households begin
        with; reading: where doubts are noted."""
        self.hamlets = hamlets
        self.finder = PlaceFinder(rules.store, rules.book)
        self.area: frozenset[str] = frozenset()
        """The communes of the post's area on the day of the last row."""
        self.district = ""
        """The district given in the current row."""
        self._model = model
        self._fields = fields
        self._rules = rules
        self._own_post = own_post
        self._reading = reading
        self._day_of_list = rules.today
        if table.year is not None and table.year < rules.today.year:
            # A list of 2023 names the communes of 2023.
            self._day_of_list = datetime.date(table.year, 12, 31)
        self._units = keys_of(fields, UNIT)
        self._along = {key: field.along for key, field in fields.items() if field.along}
        """{key of communes: those of the markers whose stretch runs through them}."""
        keys = [column.key for column in table.columns if column.key is not None]
        self._hamlets = {
            key: f"{key.removesuffix(HAMLET_KEY)}{COMMUNE}"
            for key in sorted(keys_of(fields, HAMLET), key=lambda key: key not in keys)
        }
        """{key of a hamlet: that of its commune}, those with a column first."""
        self._hamlet_words = self._words_of_headings(table)
        """{key of a hamlet: the word in its heading}, for cells with the number alone."""
        places = (*self._units, *self._hamlets, *self._hamlets.values())
        self._place_keys = tuple(dict.fromkeys(places))
        self._named: dict[tuple[object, ...], _NamedPlaces] = {}
        """Cache of resolved places without a doubt, by their texts, area and time: lists repeat
        them."""
        self._parted = {parts_of(key)[0] for key in keys if is_parted(key)}
        """Of those the keys whose column names the commune too."""
        self._household_keys = [
            {key: prefix + key for key in (HEAD, COMMUNE, HAMLET_KEY, CITIZEN)}
            for prefix in prefixes
        ]
        self._addresses = AddressReader(rules.book)
        self._beside: dict[str, HamletAddress | None] = {}
        self._post_key = model.own_post()
        event = model.event()
        self._day_key = event.name if event is not None else model.place_date()
        self._has_event = event is not None
        self._times: dict[tuple[str | None, str | None], _RowTime | None] = {}
        """Cache by the texts of day and post, None for a day that cannot be read."""
        self._time, self._is_assumed = 0, False
        """The stretch of time of the last row; whether that has no day of its own."""

    def _words_of_headings(self, table: SheetTable) -> dict[str, str]:
        return {
            key: column.heading.strip().capitalize()
            for column in table.columns
            for key in parts_of(column.key or "")
            if key in self._hamlets and hamlet_word(f"{column.heading.strip()} 1")[1] == "1"
        }

    def is_of_area(self, name: str) -> bool:
        """Whether a name is that of a commune, present or former, of the post's own area on the day
        of the list."""
        once = self._rules.book.commune_once(name)
        days = [self._day_of_list]
        if once is not None and once.valid_to:
            days.append(datetime.date.fromisoformat(once.valid_to))
        return any(self._is_of_area(name, day, self._area_on(day)) for day in days)

    def is_commune(self, name: str) -> bool:
        """Whether a title names a commune of the post's area on the day of the list, or a former
        one: a list without a year may be older."""
        day = self._day_of_list
        area = self._area_on(day)
        units = self._rules.book.units
        try:
            return self.finder.commune(name, day, area) in units or bool(self._of_the_past(name))
        except FieldError:
            return False

    def _area_on(self, day: datetime.date) -> frozenset[str]:
        """The communes of the post's own area on a day."""
        return self._rules.book.area_on(self._own_post, day) if self._own_post else frozenset()

    def find(
        self, texts: dict[str, str], problems: dict[str, str], doubts: list[tuple[str, str]]
    ) -> None:
        """Put the places and households of a row in their texts, as the desk knows them on its day;
        a row without one is left to the rules of entry."""
        when = self._time_of(texts)
        if when is None:
            return
        self._rules.on, self._time, self.area = when
        for key, word in self._hamlet_words.items():
            if texts.get(key, "").isdecimal():
                texts[key] = f"{word} {texts[key]}"
        self.name(texts, problems, doubts)
        for keys in self._household_keys:
            self._find_household(keys, texts, problems)
            doubts += self._reading.take_doubts(keys[CITIZEN])

    def name(
        self, texts: dict[str, str], problems: dict[str, str], doubts: list[tuple[str, str]]
    ) -> None:
        """Put ids and known names in the place of those that communes and hamlets have in a row."""
        cache_key = (
            self._time,
            self.area,
            self.district,
            self._is_assumed,
            *map(texts.get, self._place_keys),
        )
        cached_name = self._named.get(cache_key)
        if cached_name is None:
            self._name_anew(cache_key, texts, problems, doubts)
            return
        texts.update(cached_name.texts)
        for commune, hamlet in cached_name.new_hamlets:
            self.hamlets.count(commune, hamlet)

    def _name_anew(
        self,
        cache_key: tuple[object, ...],
        texts: dict[str, str],
        problems: dict[str, str],
        doubts: list[tuple[str, str]],
    ) -> None:
        """Resolve the places without the cache, and cache the result if it has no message and no
        text was assigned to another field."""
        place_keys = texts.keys() & self._place_keys
        before = len(doubts)
        self._name_communes(texts, problems, doubts)
        self._part_hamlets(texts, problems, doubts)
        new = self._name_hamlets(texts, problems)
        if problems or len(doubts) > before or not place_keys <= texts.keys():
            return
        if len(self._named) >= MOST_CELLS_KEPT:
            self._named.clear()
        place_texts = {key: texts[key] for key in self._place_keys if key in texts}
        self._named[cache_key] = _NamedPlaces(place_texts, new)

    def _name_communes(
        self, texts: dict[str, str], problems: dict[str, str], doubts: list[tuple[str, str]]
    ) -> None:
        day = self._rules.on
        assert day is not None
        if self._parted:
            self._part_communes(texts, day)
        for key in self._units:
            if key not in texts:
                continue
            try:
                texts[key] = self._communes(self._fields[key], texts[key], day, self.area)
            except FieldError as error:
                problems[key] = str(error)
            doubts += self._reading.take_doubts(key)

    def _name_hamlets(
        self, texts: dict[str, str], problems: dict[str, str]
    ) -> list[tuple[str, str]]:
        """Put known names in the place of those of hamlets; (commune, name) of new ones."""
        units = self._rules.book.units
        hamlet_names: dict[tuple[str, str], str | None] = {}
        for key, of_commune in self._hamlets.items():
            if key not in texts or (commune := texts.get(of_commune)) not in units:
                continue
            assert commune is not None
            # A row may have one for itself and for its household: it counts once.
            cache_key = texts[key], commune
            if cache_key not in hamlet_names:
                try:
                    hamlet_names[cache_key] = self.hamlets.find(*cache_key)
                except FieldError as error:
                    hamlet_names[cache_key], problems[key] = None, str(error)
            texts[key] = hamlet_names[cache_key] or texts[key]
        hamlets_by_key = {
            (commune, name) for (_text, commune), name in hamlet_names.items() if name is not None
        }
        return [hamlet for hamlet in hamlets_by_key if self.hamlets.is_new(*hamlet)]

    def _part_communes(self, texts: dict[str, str], day: datetime.date) -> None:
        """Treat a lone text in a cell of hamlet and commune as the commune, if it names one."""
        for key in self._parted.intersection(self._hamlets, texts):
            of_commune = self._hamlets[key]
            if of_commune not in texts and self._is_of_area(texts[key], day, self.area):
                texts[of_commune] = texts.pop(key)

    def _part_hamlets(
        self, texts: dict[str, str], problems: dict[str, str], doubts: list[tuple[str, str]]
    ) -> None:
        """Take communes and houses out of the cells of hamlets."""
        for key in self._hamlets:
            if is_dash(texts.get(key, "")):
                del texts[key]
            beside = self._beside_hamlet(texts[key]) if key in texts else None
            if beside is None or key in self._parted or self._is_known(key, texts):
                continue
            if self._fields[key].required:
                beside = beside.lived_at()
            self._part_hamlet(key, beside, texts, problems)
            doubts += self._reading.take_doubts(key)

    def _is_known(self, key: str, texts: Mapping[str, str]) -> bool:
        """Whether the whole cell is the name of a known hamlet of the commune."""
        commune = texts.get(self._hamlets[key])
        is_known_unit = commune in self._rules.book.units
        return is_known_unit and self.hamlets.is_known(texts[key], str(commune))

    def _beside_hamlet(self, text: str) -> HamletAddress | None:
        """The other parts of a hamlet cell, cached by text: lists repeat theirs."""
        if text not in self._beside:
            if len(self._beside) >= MOST_CELLS_KEPT:
                self._beside.clear()
            self._beside[text] = self._addresses.within(text)
        return self._beside[text]

    def _part_hamlet(
        self, key: str, beside: HamletAddress, texts: dict[str, str], problems: dict[str, str]
    ) -> None:
        """Remove the commune from a hamlet cell; one that differs from the row's own column is a
        problem if it is marked as a commune by its word."""
        of_commune, day = self._hamlets[key], self._rules.on
        assert day is not None
        if beside.commune:
            try:
                unit = self.finder.commune(beside.commune, day, self.area)
            except FieldError as error:
                problems[key] = str(error)
                return
            if texts.setdefault(of_commune, unit) != unit:
                if begins_with_commune(beside.commune):
                    message = _("This cell names another commune than the row: {name}.")
                    problems[key] = message.format(name=beside.commune[:60])
                return
        if beside.left_out:
            self._reading.doubt(LEFT_OUT, "; ".join(beside.left_out)[:60])
        if beside.hamlet:
            texts[key] = beside.hamlet
        else:
            del texts[key]

    def _is_of_area(self, name: str, day: datetime.date, area: frozenset[str]) -> bool:
        """Whether a name is that of a commune of an area."""
        try:
            return self.finder.commune(name, day, area) in area
        except FieldError:
            return False

    def _find_household(
        self, keys: Mapping[str, str], texts: dict[str, str], problems: dict[str, str]
    ) -> None:
        """keys: those of the household's parts in the texts."""
        if self.finder.identifies(texts.get(keys[CITIZEN]), texts.get(keys[HEAD])):
            return
        if problems or texts.get(keys[COMMUNE]) not in self._rules.book.units:
            return
        parts = {key: texts[whole] for key, whole in keys.items() if whole in texts}
        if names_record(parts.get(HEAD, "")):
            return
        try:
            household = self.finder.household(parts, self._reading)
        except FieldError as error:
            problems[keys[HEAD]] = str(error)
            return
        if household is not parts:
            texts.update({keys[key]: text for key, text in household.items()})

    def _communes(self, field: Field, text: str, day: datetime.date, area: frozenset[str]) -> str:
        if not field.several:
            commune = self.finder.commune(text, day, area, self.district)
            if self._is_assumed and commune not in self._rules.book.units:
                commune = self._of_the_past(text) or commune
            if commune in self._rules.book.units:
                return commune
            if "," in text:
                return self._commune_of_address(text, day, area)
            return self._commune_beside(*remark_apart(text), day, area) or text
        parts = [part.strip() for part in _SEVERAL.split(text) if part.strip()]
        commune_ids = (self.finder.commune(part, day, area, self.district) for part in parts)
        return ";".join(commune_ids)

    def take_from_markers(
        self, texts: dict[str, str], problems: dict[str, str], doubts: list[tuple[str, str]]
    ) -> None:
        """Give the communes along a stretch of markers to a row that names none, as a form does."""
        book, day = self._rules.book, self._rules.on
        for key, ends in self._along.items():
            first, last = (texts.get(end, "") for end in ends)
            are_known_markers = {first, last} <= book.markers.keys()
            if key in texts or key in problems or day is None or not are_known_markers:
                continue
            communes = book.communes_of_stretch(first, last, day)
            texts[key] = ";".join(communes)
            names = "; ".join(map(book.unit_name, communes))
            doubts.append((key, stored_doubt(OF_MARKERS, names[:60])))

    def _commune_of_address(self, text: str, day: datetime.date, area: frozenset[str]) -> str:
        """The commune of a cell with a hamlet before it; the dropped hamlet is reported. Raises
        FieldError."""
        address = self._addresses.read(text)
        unit = self.finder.commune(address.commune or text, day, area)
        if address.hamlet and unit in self._rules.book.units:
            self._reading.doubt(LEFT_OUT, address.hamlet[:60])
        return unit

    def _commune_beside(
        self, name: str, remark: str, day: datetime.date, area: frozenset[str]
    ) -> str:
        """The commune of a name with a remark: that of the day where the remark names what it was
        before or became, the named one where it only describes it; "" where they are two. Raises
        FieldError."""
        book = self._rules.book
        remark_unit = book.commune_once(remark) if remark else None
        commune = self.finder.commune(name, day, area, self.district)
        if remark_unit is None:
            if remark.islower() and commune in book.units:
                self._reading.doubt(LEFT_OUT, remark[:60])
            return commune if remark.islower() and book.commune_once(name) else ""
        second = self.finder.commune(remark, day, area)
        communes = {commune, second} & book.units.keys()
        commune_id = book.commune_once(name)
        related = commune_id is not None and not book.lineage(commune_id.id).isdisjoint(
            book.lineage(remark_unit.id)
        )
        return communes.pop() if len(communes) == 1 and (commune == second or related) else ""

    def _of_the_past(self, text: str) -> str | None:
        """The former commune that a list without a day names. Raises FieldError."""
        once = self._rules.book.commune_once(text)
        if once is None or not once.valid_to:
            return None
        day = datetime.date.fromisoformat(once.valid_to)
        area = self._area_on(day)
        self._reading.doubt(PAST, f"{self._rules.book.unit_name(once.id)}, {format_date(day)}")
        return self.finder.commune(text, day, area)

    def _time_of(self, texts: Mapping[str, str]) -> _RowTime | None:
        """The time that the row's places are judged on; None where its day cannot be read."""
        key = texts.get(self._day_key), texts.get(self._post_key)
        self._is_assumed = key[0] is None
        if key not in self._times:
            if len(self._times) >= MOST_CELLS_KEPT:
                self._times.clear()
            self._times[key] = self._read_time(*key)
        return self._times[key]

    def _read_time(self, day_text: str | None, post_text: str | None) -> _RowTime | None:
        book = self._rules.book
        day = self._day(day_text)
        if day is None:
            return None
        post = self._own_post if post_text is None else book.post_code(post_text)
        area = book.area_on(post, day) if post else frozenset()
        return _RowTime(day, book.unit_time(day), area)

    def _day(self, text: str | None) -> datetime.date | None:
        """The day that a row's places are judged on; None where it cannot be read."""
        if text is None:
            return None if self._has_event else self._day_of_list
        try:
            day: datetime.date | None = self._model.columns()[self._day_key].read(text, self._rules)
        except FieldError:
            return None
        return day
