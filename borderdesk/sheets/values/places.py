"""Matches commune and household names of lists with known ones.

A name means the one that fits within the post's area on the record's day; where several fit, the
row is refused with their names.
"""

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from borderdesk.base.i18n import N_, _
from borderdesk.base.name_likeness import SlipIndex
from borderdesk.base.names import hamlet_word, head_name, like_hamlet, like_head, tone_key
from borderdesk.base.text import fold
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.kinds import FieldError, is_uuid, mask
from borderdesk.schema.kinds.sheet_cell import CellReading
from borderdesk.schema.records.household import SIMILAR, Household
from borderdesk.schema.unit_history import UnitEntry, bare_name, in_full
from borderdesk.sheets.values.hamlets import several_named
from borderdesk.sheets.values.household_parts import CITIZEN, COMMUNE, HAMLET_KEY, HEAD
from borderdesk.store.connection.database import Store

OTHER_NAME = N_("This ID is that of a household with another name.")
_COMMUNE_WORD = re.compile(r"(?:xã|thị trấn|phường)\s+", re.IGNORECASE)
_COUNT_BEHIND = re.compile(r"\s*\(\d{1,4} [^\W\d][^()]*\)\s*\Z")
"""The number of households after the name of a commune: Cao Lâu (2 hộ)."""
_DISTRICT = re.compile(r"\s*[,(\-–]\s*(?:huyện |h\. ?)?([^,()]+?)\)?\s*\Z", re.IGNORECASE)
_MOST_NAMED = 6
NEEDED = frozenset({HEAD, COMMUNE, HAMLET_KEY})
"""The required parts of the description of a household."""
UUID_LENGTH = 36


class KnownHousehold(NamedTuple):
    """A household that the desk has: its id, head, hamlet and citizen ID."""

    record: str
    head: str
    hamlet: str
    citizen_id: str | None


class _HamletHeads:
    """The heads, folded, of the households of a hamlet: of those with a citizen ID and of those
    without."""

    def __init__(self) -> None:
        self.with_id = SlipIndex()
        self.without_id = SlipIndex()

    def has_slip(self, head: str, *, is_new_id: bool) -> bool:
        """Whether one of them differs from this name only by a slip; is_new_id: whether the ID in
        the row belongs to none of them, so that only those without an ID can be meant."""
        indexes = (self.without_id,) if is_new_id else (self.without_id, self.with_id)
        return any(index.slips_of(head, 1) for index in indexes)


class PlaceFinder:
    """Finds places and households for the rows of one sheet, and remembers the new ones."""

    def __init__(self, store: Store, book: ReferenceBook) -> None:
        self._store = store
        self._book = book
        self._named: dict[int, dict[str, list[str]]] = {}
        self._communes: dict[tuple[str, int, frozenset[str], str], str] = {}
        """Both by stretches of time in which no unit changes: a list has many days."""
        self._by_citizen: dict[str, KnownHousehold] = {}
        """The households of the communes read so far."""
        self._identified: set[tuple[str, str]] = set()
        """The (citizen ID, head) of each of them."""
        self._heads: defaultdict[tuple[str, str], _HamletHeads] = defaultdict(_HamletHeads)
        """Their heads by commune and folded hamlet."""
        self._noted: set[tuple[str, str, str]] = set()
        """The households that rows were accepted with: id, head and hamlet as described."""
        self._households: dict[str, defaultdict[tuple[str, str], list[KnownHousehold]]] = {}

    # ------------------------------------------------------------------ communes

    def commune(
        self, text: str, day: datetime.date, area: frozenset[str], district: str = ""
    ) -> str:
        """The id of the commune that a code or a name means on `day`, one of `district` or inside
        `area` first; a text that means none as it is. Raises FieldError with the names when several
        fit.

        district: what the row names beside it, "" for none.
        """
        cache_key = (text, self._book.unit_time(day), area, district)
        commune = self._communes.get(cache_key)
        if commune is None:
            commune = self._communes[cache_key] = self._commune(text, day, area, district)
        return commune

    def _commune(self, text: str, day: datetime.date, area: frozenset[str], district: str) -> str:
        unit = self._book.commune_on(text, day)
        if unit is not None:
            return unit
        communes = self._communes_named(text, day)
        if district and len(communes) > 1:
            communes = self._in_district(communes, bare_name(district)) or communes
            area = frozenset()
        inside = [unit for unit in communes if unit in area]
        communes = inside or communes
        if len(communes) > 1:
            raise FieldError(several_named(text, map(self._book.unit_name, communes)))
        return communes[0] if communes else text

    def _communes_named(self, text: str, day: datetime.date) -> list[str]:
        names = self._commune_names(day)
        text = in_full(_COUNT_BEHIND.sub("", text))
        for written in (text, _COMMUNE_WORD.sub("", text, count=1)):
            communes = names.get(fold(written))
            if communes:
                return self._written_as(written, communes)
        behind = _DISTRICT.search(text)
        if behind is None:
            return []
        district = bare_name(behind[1])
        commune_text = _COMMUNE_WORD.sub("", text[: behind.start()], count=1)
        within = names.get(fold(commune_text), [])
        # A commune of today may have been in a district that people still write.
        return self._written_as(commune_text, self._in_district(within, district))

    def _in_district(self, units: Iterable[str], district: str) -> list[str]:
        """Those of the units that are or became what was in a district, by its bare name."""
        return [
            unit
            for unit in units
            if any(self._district(relative) == district for relative in self._book.lineage(unit))
        ]

    def _written_as(self, text: str, units: list[str]) -> list[str]:
        candidates = (self._book.units[unit] for unit in units)
        return [unit.id for unit in self._book.written_as(text, candidates)]

    def _district(self, unit: str) -> str:
        parent = self._book.units.get(self._book.units[unit].parent)
        return bare_name(parent.name) if parent else ""

    def _commune_names(self, day: datetime.date) -> dict[str, list[str]]:
        """{folded name: the communes of it on this day}."""
        time = self._book.unit_time(day)
        if time not in self._named:
            names: defaultdict[str, list[str]] = defaultdict(list)
            for unit in self._book.communes_on(day):
                for name in self._names_of(unit):
                    names[name].append(unit.id)
            self._named[time] = dict(names)
        return self._named[time]

    def _names_of(self, unit: UnitEntry) -> set[str]:
        full = self._book.unit_name(unit.id)
        return {bare_name(unit.name), fold(unit.name), bare_name(full), fold(full)}

    # ---------------------------------------------------------------- households

    def identifies(self, citizen: str | None, head: str | None) -> bool:
        """Whether an ID and a name are those of a household as it is: `household` would change
        and doubt nothing. Lists name many of their households again."""
        return (citizen, head) in self._identified

    def household(self, parts: Mapping[str, str], reading: CellReading) -> Mapping[str, str]:
        """The household that the parts describe, with head and hamlet as the desk writes those of
        the one it has; else the very same parts. Raises FieldError when several fit.

        parts: {key: text}, of the commune a unit's id.
        """
        if not parts.keys() >= NEEDED:
            return parts
        citizen = parts.get(CITIZEN)
        households = self._known_households(parts[COMMUNE])
        key = _household_key(parts[HEAD], parts[HAMLET_KEY])
        if citizen and (same := self._by_citizen.get(citizen)):
            if _household_key(same.head, same.hamlet)[0] == key[0]:
                return parts
            if parts[HEAD].isascii() and like_head(same.head) == like_head(parts[HEAD]):
                # The ID identifies the person, whose name was typed without accents.
                return {**parts, HEAD: same.head}
            reading.doubt(OTHER_NAME, "")
            return parts
        fitting = [
            household
            for household in households[key]
            if not (citizen and household.citizen_id and citizen != household.citizen_id)
        ]
        if len(fitting) > 1 and not citizen:
            raise FieldError(_namesakes(parts[HEAD], fitting))
        if fitting:
            return {
                **parts,
                HEAD: fitting[0].head,
                HAMLET_KEY: fitting[0].hamlet,
            }
        heads = self._heads[parts[COMMUNE], like_hamlet(parts[HAMLET_KEY])]
        if heads.has_slip(like_head(parts[HEAD]), is_new_id=bool(citizen)):
            reading.doubt(SIMILAR, "")
        return parts

    def note_household(self, described: Mapping[str, str], record: str) -> None:
        """Note the household that a row was accepted with, found or new."""
        head, hamlet = described[HEAD], described[HAMLET_KEY]
        if (record, head, hamlet) in self._noted:
            return
        self._noted.add((record, head, hamlet))
        households = self._known_households(described[COMMUNE])
        entries = households[_household_key(head, hamlet)]
        if all(new_household.record != record for new_household in entries):
            household = KnownHousehold(record, head, hamlet, described.get(CITIZEN))
            entries.append(household)
            self._note(described[COMMUNE], household)

    def _note(self, commune: str, household: KnownHousehold) -> None:
        if (
            household.citizen_id
            and self._by_citizen.setdefault(household.citizen_id, household) is household
        ):
            self._identified.add((household.citizen_id, household.head))
        heads = self._heads[commune, like_hamlet(household.hamlet)]
        (heads.with_id if household.citizen_id else heads.without_id).add(like_head(household.head))

    def _known_households(self, commune: str) -> defaultdict[tuple[str, str], list[KnownHousehold]]:
        if commune not in self._households:
            households: defaultdict[tuple[str, str], list[KnownHousehold]] = defaultdict(list)
            fields, joined_to = Household._meta.fields, Household.matching.joined_to
            query = Household.select(
                Household.id, fields[HEAD], fields[HAMLET_KEY], fields[CITIZEN]
            ).where(fields[COMMUNE] == commune, fields[joined_to].is_null())
            for row in self._store.fetch(query.order_by(Household.id)):
                record, head, hamlet, citizen = row
                household = KnownHousehold(record, head or "", hamlet or "", citizen)
                households[_household_key(household.head, household.hamlet)].append(household)
                self._note(commune, household)
            self._households[commune] = households
        return self._households[commune]


def names_record(head: str) -> bool:
    """Whether the id of a household is in the place of its head's name."""
    return len(head) == UUID_LENGTH and is_uuid(head.lower())


_NAME_AND_PLACE = re.compile(r"([^,;–\-]+?)\s*(?:[,;]|\s[–-])\s*([^,;]+)")


def head_and_hamlet(head: str, hamlet: str | None) -> tuple[str, str | None]:
    """A head's name and the hamlet, of a cell that has both (Nông Văn An, Bản Vàng), as lists of
    the program write a household; both as they are where the second part is no such hamlet."""
    parts = _NAME_AND_PLACE.fullmatch(head)
    if parts is None:
        return head, hamlet
    word, bare = hamlet_word(parts[2])
    if hamlet is None:
        return (parts[1], parts[2]) if word else (head, None)
    same = tone_key(bare) == tone_key(hamlet_word(hamlet)[1])
    return (parts[1] if same else head), hamlet


@lru_cache(maxsize=50_000)
def _household_key(head: str, hamlet: str) -> tuple[str, str]:
    return tone_key(head_name(head)), tone_key(hamlet_word(hamlet)[1])


def _namesakes(head: str, fitting: Iterable[KnownHousehold]) -> str:
    marks = [
        mask(household.citizen_id) if household.citizen_id else _("without an ID")
        for household in fitting
    ]
    return _("Several households are called {head} there ({marks}). Add the ID.").format(
        head=head[:60], marks="; ".join(marks[:_MOST_NAMED])
    )
