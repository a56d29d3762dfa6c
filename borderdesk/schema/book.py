"""The reference book of a desk: all reference data in memory, as fields, figures and papers ask it.

A book is a cache: it is read once, and dropped when the desk's reference data change. What a table
holds is declared in `schema.reference`; here stand the entries as the code handles them, in the
order of the declared columns.
"""

import datetime
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from borderdesk.base.i18n import language
from borderdesk.base.text import fold, marker_key, sort_key

EARLIEST = "0001-01-01"
"""The first day of what has always been."""
FOREVER = "9999-12-31"
"""The last day of what has not ended."""

_PREFIXES = ("xa ", "thi tran ", "huyen ", "phuong ", "tinh ", "thanh pho ")


class UnitEntry(NamedTuple):
    """An administrative unit: dates ISO, `parent` and `successors` ids (two: it was split)."""

    id: str
    code: str
    name: str
    kind: str
    parent: str
    border: bool
    valid_from: str
    valid_to: str
    successors: tuple[str, ...]

    def valid_on(self, day: str) -> bool:
        """Whether the unit exists on the ISO day."""
        return self.valid_from <= day <= self.valid_to


class PostEntry(NamedTuple):
    """A post: `communes` are codes as given, 2023 units or later ones."""

    code: str
    name: str
    gate: str
    communes: tuple[str, ...]
    communes_verified: bool
    invented: bool


class MarkerEntry(NamedTuple):
    """A boundary marker: the post that keeps it and the id of its commune."""

    marker: str
    post: str
    commune: str
    invented: bool


class HamletEntry(NamedTuple):
    """A hamlet: its commune by unit id, dates ISO."""

    commune: str
    name: str
    is_border: bool
    households_total: int | None
    valid_from: str
    valid_to: str


class PickEntry(NamedTuple):
    """An entry of a pick list in both languages, with its unit of measure if it has one."""

    list: str
    code: str
    vi: str
    en: str
    unit: str


class BookSource(Protocol):
    """Where a book reads from."""

    def entries(self, table_key: str) -> Sequence[Any]:
        """Every row of a type of reference data, as its declaration's `entry`, in the order they
        are listed."""

    def settings(self) -> Iterable[tuple[Any, ...]]:
        """Every setting: key, first ISO day, value."""

    def household_name(self, record: str) -> str:
        """The name of the household with this id, "" for one that is not here."""


def bare_name(name: str) -> str:
    """A unit's name folded, without Xã, Thị trấn, Huyện and the like."""
    folded = fold(name)
    for prefix in _PREFIXES:
        if folded.startswith(prefix):
            return folded[len(prefix) :]
    return folded


class Book:
    """Reference data of one desk at one moment: each table is read when it is first asked for.

    version: that of the desk's reference data when the book was made.
    """

    def __init__(self, tables: BookSource, version: int = 0) -> None:
        self._tables = tables
        self._entries: dict[str, Sequence[Any]] = {}
        self.household_name = tables.household_name
        self.version = version

    def entries(self, table_key: str) -> Sequence[Any]:
        """Every row of a type of reference data, in the order they are listed."""
        if table_key not in self._entries:
            self._entries[table_key] = self._tables.entries(table_key)
        return self._entries[table_key]

    # ------------------------------------------------------------------ units

    @cached_property
    def units(self) -> dict[str, UnitEntry]:
        """Every unit by id."""
        return {unit.id: unit for unit in self.entries("units")}

    @cached_property
    def _by_code(self) -> dict[str, list[UnitEntry]]:
        codes: defaultdict[str, list[UnitEntry]] = defaultdict(list)
        for unit in self.units.values():
            codes[unit.code].append(unit)
        return codes

    @cached_property
    def _changes(self) -> list[str]:
        """The ISO days, in order, from which units are others than the day before."""
        begun = {unit.valid_from for unit in self.units.values()}
        ended = {unit.valid_to for unit in self.units.values() if unit.valid_to < FOREVER}
        days = (datetime.date.fromisoformat(day) for day in ended)
        return sorted(begun | {(day + datetime.timedelta(days=1)).isoformat() for day in days})

    @cached_property
    def _times(self) -> dict[datetime.date, int]:
        return {}

    def _time(self, day: datetime.date) -> int:
        """The number of the stretch of time around `day` in which no unit changes."""
        times = self._times
        if day not in times:
            times[day] = bisect_right(self._changes, day.isoformat())
        return times[day]

    @cached_property
    def _resolved(self) -> dict[tuple[str, int], str | None]:
        return {}

    def commune_on(self, text: str, day: datetime.date) -> str | None:
        """The id of the commune that a code or id names on `day`; None where there is none."""
        key = (text, self._time(day))
        known = self._resolved
        if key not in known:
            known[key] = self._commune_on(text, day.isoformat())
        return known[key]

    def _commune_on(self, text: str, day: str) -> str | None:
        named = self.units.get(text)
        candidates = [named] if named else self._by_code.get(text, [])
        for unit in candidates:
            if unit.kind == "commune" and unit.valid_on(day):
                return unit.id
        return None

    def communes_on(self, day: datetime.date) -> list[UnitEntry]:
        """The communes valid on `day`, in Vietnamese order, border ones first."""
        iso = day.isoformat()
        valid = [u for u in self.units.values() if u.kind == "commune" and u.valid_on(iso)]
        return sorted(valid, key=lambda u: (not u.border, sort_key(bare_name(u.name)), u.id))

    def commune_named(self, text: str, day: datetime.date) -> str | None:
        """The only commune valid on `day` with that name: "Xuất Lễ", "Mẫu Sơn (Lộc Bình)"."""
        typed = fold(text)
        found = [
            unit.id
            for unit in self.communes_on(day)
            for full in (self.unit_name(unit.id),)
            if typed in (bare_name(unit.name), fold(unit.name), bare_name(full), fold(full))
        ]
        return found[0] if len(found) == 1 else None

    def commune_once(self, text: str) -> UnitEntry | None:
        """The newest commune that ever had this id, code or name; None where there was none."""
        typed = fold(text)
        found = [
            unit
            for unit in self.units.values()
            if unit.kind == "commune"
            and (text in (unit.id, unit.code) or typed in (bare_name(unit.name), fold(unit.name)))
        ]
        return max(found, key=lambda unit: unit.valid_from, default=None)

    def is_commune_id(self, text: str) -> bool:
        """Whether `text` is the permanent id of a commune, of whatever time."""
        unit = self.units.get(text)
        return unit is not None and unit.kind == "commune"

    @cached_property
    def _names(self) -> dict[str, str]:
        """Unit names; a commune whose name another shares at the same time names its district."""
        same: defaultdict[str, list[UnitEntry]] = defaultdict(list)
        for unit in self.units.values():
            if unit.kind == "commune":
                same[bare_name(unit.name)].append(unit)
        names = {unit.id: unit.name for unit in self.units.values()}
        for units in same.values():
            for unit in units:
                twins = [u for u in units if u is not unit and u.valid_from == unit.valid_from]
                parent = self.units.get(unit.parent)
                if twins and parent is not None:
                    names[unit.id] = f"{unit.name} ({parent.name.removeprefix('Huyện ')})"
        return names

    def unit_name(self, unit: str) -> str:
        """The name of the unit with this id (or of the latest with this code)."""
        if unit in self._names:
            return self._names[unit]
        coded = self._by_code.get(unit)
        return coded[-1].name if coded else unit

    def unit_short(self, unit: str) -> str:
        """The unit's own name, for a narrow column: Xuất Lễ, Mẫu Sơn (Cao Lộc)."""
        return self.unit_name(unit).removeprefix("Xã ").removeprefix("Thị trấn ")

    def unit_code(self, unit: str) -> str:
        """The code of the unit with this id."""
        found = self.units.get(unit)
        return found.code if found else unit

    @cached_property
    def _predecessors(self) -> dict[str, list[UnitEntry]]:
        before: defaultdict[str, list[UnitEntry]] = defaultdict(list)
        for unit in self.units.values():
            if len(unit.successors) == 1:
                before[unit.successors[0]].append(unit)
        return before

    def lineage(self, unit: str) -> set[str]:
        """The unit and all that became it whole; a split unit belongs to no successor."""
        found = {unit}
        for earlier in self._predecessors.get(unit, ()):
            found |= self.lineage(earlier.id)
        return found

    def successors_on(self, unit: str, day: str) -> set[str]:
        """What became of `unit` by the ISO day: itself while valid, else its successors."""
        found = self.units.get(unit)
        if found is None or found.valid_on(day) or day < found.valid_from:
            return {unit}
        return {last for nxt in found.successors for last in self.successors_on(nxt, day)}

    # ------------------------------------------------------------------ posts

    @cached_property
    def posts(self) -> dict[str, PostEntry]:
        """Every post by code, in Vietnamese order of their names."""
        return {post.code: post for post in self.entries("posts")}

    @cached_property
    def _post_names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for post in self.posts.values():
            short = fold(post.name)
            for start in ("don bien phong ", "cua khau ", "quoc te "):
                short = short.removeprefix(start)
            names |= {fold(post.code): post.code, fold(post.name): post.code, short: post.code}
        return names

    def post_code(self, text: str) -> str | None:
        """The code of the post that a code or a folded name names."""
        return text if text in self.posts else self._post_names.get(fold(text))

    def post_name(self, code: str) -> str:
        """The name of a post, or its code when it is unknown."""
        post = self.posts.get(code)
        return post.name if post else code

    def post_short(self, code: str) -> str:
        """The post's own name, for a narrow column: Tân Thanh, Hữu Nghị."""
        name = self.post_name(code)
        for start in ("Đồn Biên phòng ", "cửa khẩu ", "quốc tế "):
            name = name.removeprefix(start)
        return name

    def area_on(self, post: str, day: datetime.date) -> frozenset[str]:
        """The unit ids of a post's communes on `day`, following successors."""
        key = (post, self._time(day))
        areas = self._areas
        if key not in areas:
            areas[key] = self._area_on(post, day.isoformat())
        return areas[key]

    @cached_property
    def _areas(self) -> dict[tuple[str, int], frozenset[str]]:
        return {}

    def _area_on(self, post: str, day: str) -> frozenset[str]:
        known = self.posts.get(post)
        area: set[str] = set()
        for given in known.communes if known else ():
            for unit in self._post_units(given):
                area |= self.successors_on(unit.id, day)
        return frozenset(area)

    def _post_units(self, given: str) -> list[UnitEntry]:
        """The units a post's commune names: an id, or a code in its earliest meaning."""
        if given in self.units:
            return [self.units[given]]
        coded = sorted(self._by_code.get(given, ()), key=lambda unit: unit.valid_from)
        return coded[:1]

    # ---------------------------------------------------------------- markers

    @cached_property
    def markers(self) -> dict[str, tuple[str, str, bool]]:
        """Markers in order along the line: {marker: (post, commune unit id, invented)}."""
        return {m.marker: (m.post, m.commune, m.invented) for m in self.entries("markers")}

    def markers_between(self, first: str, last: str) -> list[str]:
        """The known markers from one to another, both included, whichever comes first."""
        low, high = sorted((marker_key(first), marker_key(last)))
        return [m for m in self.markers if low <= marker_key(m) <= high]

    def communes_of_stretch(self, first: str, last: str, day: datetime.date) -> list[str]:
        """The communes (unit ids on `day`) the stretch between two markers runs through."""
        found: dict[str, None] = {}
        for marker in self.markers_between(first, last):
            for unit in sorted(self.successors_on(self.markers[marker][1], day.isoformat())):
                found[unit] = None
        return list(found)

    # ---------------------------------------------------------------- hamlets

    @property
    def hamlets(self) -> Sequence[HamletEntry]:
        """Every hamlet, of whatever time."""
        return self.entries("hamlets")

    @cached_property
    def _hamlet_names(self) -> dict[str, set[str]]:
        names: defaultdict[str, set[str]] = defaultdict(set)
        for hamlet in self.hamlets:
            names[hamlet.commune].add(fold(hamlet.name))
        return names

    def knows_hamlet(self, commune: str, name: str) -> bool | None:
        """Whether the commune has the hamlet; None when it has no list of hamlets."""
        names = self._known_hamlets.get(commune)
        if names is None:
            names = set()
            for unit in self.lineage(commune):
                names |= self._hamlet_names.get(unit, set())
            self._known_hamlets[commune] = names
        return fold(name) in names if names else None

    @cached_property
    def _known_hamlets(self) -> dict[str, set[str]]:
        return {}

    # ------------------------------------------------------------------ picks

    @cached_property
    def picks(self) -> dict[str, dict[str, PickEntry]]:
        """Pick lists: {list: {code: entry}}."""
        lists: defaultdict[str, dict[str, PickEntry]] = defaultdict(dict)
        for pick in self.entries("picks"):
            lists[pick.list][pick.code] = pick
        return lists

    @cached_property
    def _pick_codes(self) -> dict[str, dict[str, str]]:
        return {
            name: {
                key: pick.code
                for pick in entries.values()
                for key in (fold(pick.en), fold(pick.vi), pick.code)
                if key
            }
            for name, entries in self.picks.items()
        }

    def pick_code(self, pick_list: str, text: str) -> str | None:
        """The code that a code or a folded label names in the list."""
        codes = self._pick_codes.get(pick_list, {})
        return codes.get(text) or codes.get(fold(text))

    def add_pick(self, pick_list: str, code: str, label: str) -> None:
        """Add an entry that was just written to the store, without reading the lists anew."""
        self.picks.setdefault(pick_list, {})[code] = PickEntry(pick_list, code, label, "", "")
        self._pick_codes.setdefault(pick_list, {}).update({fold(label): code, code: code})
        self._entries.pop("picks", None)

    def forget_picks(self, version: int) -> None:
        """Read the pick lists anew: the transaction that added entries was rolled back."""
        self._entries.pop("picks", None)
        self.__dict__.pop("picks", None)
        self.__dict__.pop("_pick_codes", None)
        self.version = version

    def pick_label(self, pick_list: str, code: str) -> str:
        """The label of an entry in the language in use, or its code when it is unknown."""
        pick = self.picks.get(pick_list, {}).get(code)
        if pick is None:
            return code
        return pick.en if language() == "en" and pick.en else pick.vi

    def pick_words(self, pick_list: str, code: str) -> str:
        """What a search finds an entry by: its Vietnamese label, whatever the language in use,
        for the search index outlives the window's language."""
        pick = self.picks.get(pick_list, {}).get(code)
        return pick.vi if pick else code

    # --------------------------------------------------------------- settings

    @cached_property
    def settings(self) -> dict[str, list[tuple[str, str]]]:
        """Settings: {key: [(valid from, value), …]} by date."""
        values: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for key, valid_from, value in self._tables.settings():
            values[key].append((valid_from, value))
        return {key: sorted(dated) for key, dated in values.items()}

    def setting(self, key: str, day: datetime.date, default: str = "") -> str:
        """The value of a setting on `day`."""
        value = default
        for valid_from, dated in self.settings.get(key, ()):
            if valid_from <= day.isoformat():
                value = dated
        return value
