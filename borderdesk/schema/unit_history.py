"""Administrative units through time: the unit of a code on a day, and its successors."""

import datetime
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from borderdesk.base.text import accented, fold, sort_key

EARLIEST = "0001-01-01"
"""The first day of rows without a beginning."""
FOREVER = "9999-12-31"
"""The last day of rows without an end."""

_PREFIXES = ("xa ", "thi tran ", "huyen ", "phuong ", "tinh ", "thanh pho ")
_SHORT_KINDS = {
    "x": "Xã",
    "tt": "Thị trấn",
    "t.t": "Thị trấn",
    "p": "Phường",
    "h": "Huyện",
    "tp": "Thành phố",
}
_SHORT_KIND = re.compile(r"\s*(?:(x|t\.?t|p|h|tp)\.\s*|(t\.?t|tp)\s+)(?=\w)", re.IGNORECASE)


UNITS = "units"
"""The key of the table of units."""


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


def in_full(name: str) -> str:
    """A unit's name with the word of its kind spelt out: X. Xuất Lễ, TT Đồng Đăng."""
    short = _SHORT_KIND.match(name)
    if short is None:
        return name
    return f"{_SHORT_KINDS[(short[1] or short[2]).lower()]} {name[short.end() :]}"


def bare_name(name: str) -> str:
    """A unit's name folded, without Xã, Thị trấn, Huyện and the like."""
    folded = fold(in_full(name))
    for prefix in _PREFIXES:
        if folded.startswith(prefix):
            return folded[len(prefix) :]
    return folded


class UnitHistory:
    """The units of a reference book, read on first use."""

    def __init__(self, read: Callable[[], Sequence[UnitEntry]]) -> None:
        self._read = read

    @cached_property
    def units(self) -> dict[str, UnitEntry]:
        """Every unit by id."""
        return {unit.id: unit for unit in self._read()}

    @cached_property
    def by_code(self) -> dict[str, list[UnitEntry]]:
        """The units that ever had a code, by code."""
        codes: defaultdict[str, list[UnitEntry]] = defaultdict(list)
        for unit in self.units.values():
            codes[unit.code].append(unit)
        return codes

    @cached_property
    def _changes(self) -> list[str]:
        """The ISO days on which the set of valid units changes, in order."""
        first_days = {unit.valid_from for unit in self.units.values()}
        ended = {unit.valid_to for unit in self.units.values() if unit.valid_to < FOREVER}
        days = (datetime.date.fromisoformat(day) for day in ended)
        return sorted(first_days | {(day + datetime.timedelta(days=1)).isoformat() for day in days})

    @cached_property
    def _times(self) -> dict[datetime.date, int]:
        return {}

    def time(self, day: datetime.date) -> int:
        """The index of the interval around `day` in which no unit changes."""
        index = self._times.get(day)
        if index is None:
            index = self._times[day] = bisect_right(self._changes, day.isoformat())
        return index

    @cached_property
    def _resolved(self) -> dict[tuple[str, int], str | None]:
        return {}

    def commune_on(self, text: str, day: datetime.date) -> str | None:
        """The id of the commune with a code or id on `day`; None for none."""
        key = (text, self.time(day))
        resolved_codes = self._resolved
        if key not in resolved_codes:
            resolved_codes[key] = self._commune_on(text, day.isoformat())
        return resolved_codes[key]

    def _commune_on(self, text: str, day: str) -> str | None:
        unit_of_id = self.units.get(text)
        candidates = [unit_of_id] if unit_of_id else self.by_code.get(text, [])
        for unit in candidates:
            if unit.kind == "commune" and unit.valid_on(day):
                return unit.id
        return None

    def communes_on(self, day: datetime.date) -> Sequence[UnitEntry]:
        """The communes valid on `day`, in Vietnamese order, border ones first."""
        time = self.time(day)
        if time not in self._valid:
            iso = day.isoformat()
            valid = [u for u in self.units.values() if u.kind == "commune" and u.valid_on(iso)]
            valid.sort(key=lambda u: (not u.border, sort_key(bare_name(u.name)), u.id))
            self._valid[time] = valid
        return self._valid[time]

    @cached_property
    def _valid(self) -> dict[int, list[UnitEntry]]:
        return {}

    def commune_named(self, text: str, day: datetime.date) -> str | None:
        """The only commune valid on `day` with that name: "Xuất Lễ", "Mẫu Sơn (Lộc Bình)"."""
        communes = self.namesakes_on(text, day)
        return communes[0] if len(communes) == 1 else None

    def namesakes_on(self, text: str, day: datetime.date) -> Sequence[str]:
        """The ids of the communes valid on `day` that are called so."""
        time = self.time(day)
        names = self._named.get(time)
        if names is None:
            names = self._named[time] = self._names_on(day)
        text = in_full(text)
        namesakes = names.get(fold(text), [])
        return [unit.id for unit in self.written_as(text, map(self.units.__getitem__, namesakes))]

    def written_as(self, text: str, units: Iterable[UnitEntry]) -> list[UnitEntry]:
        """Of units that are called alike without tone marks, Tân Thanh and Tân Thành, those that
        `text` names with its own; all of them where it names none so."""
        namesakes = list(units)
        if len(namesakes) < 2:
            return namesakes
        exact = accented(text)
        same = [
            unit
            for unit in namesakes
            for name in (accented(unit.name), accented(self.unit_name(unit.id)))
            if exact in (name, name[len(name) - len(bare_name(name)) :])
        ]
        return list(dict.fromkeys(same)) or namesakes

    @cached_property
    def _named(self) -> dict[int, dict[str, list[str]]]:
        return {}

    def _names_on(self, day: datetime.date) -> dict[str, list[str]]:
        """{folded name: the communes valid on `day` that are called so}."""
        names: defaultdict[str, list[str]] = defaultdict(list)
        for unit in self.communes_on(day):
            for name in self.names_of(unit):
                names[name].append(unit.id)
        return names

    def names_of(self, unit: UnitEntry) -> set[str]:
        """The folded names a unit is known by: with and without Xã, and as lists write it."""
        full = self.unit_name(unit.id)
        return {bare_name(unit.name), fold(unit.name), bare_name(full), fold(full)}

    def commune_once(self, text: str) -> UnitEntry | None:
        """The newest commune that ever had this id, code or name; None for none."""
        text = in_full(text)
        typed = fold(text)
        communes = [
            unit
            for unit in self.units.values()
            if unit.kind == "commune"
            and (text in (unit.id, unit.code) or typed in self.names_of(unit))
        ]
        communes = self.written_as(text, communes)
        return max(communes, key=lambda unit: unit.valid_from, default=None)

    def is_commune_id(self, text: str) -> bool:
        """Whether `text` is the permanent id of a commune, of whatever time."""
        unit = self.units.get(text)
        return unit is not None and unit.kind == "commune"

    @cached_property
    def _names(self) -> dict[str, str]:
        """{id: unit name}; a commune whose name another has at the same time is named with its
        district."""
        same: defaultdict[str, list[UnitEntry]] = defaultdict(list)
        for unit in self.units.values():
            if unit.kind == "commune":
                same[bare_name(unit.name)].append(unit)
        names = {unit.id: unit.name for unit in self.units.values()}
        for units in same.values():
            for unit in units:
                namesakes = [u for u in units if u is not unit and u.valid_from == unit.valid_from]
                parent = self.units.get(unit.parent)
                if namesakes and parent is not None:
                    names[unit.id] = f"{unit.name} ({parent.name.removeprefix('Huyện ')})"
        return names

    def unit_name(self, unit: str) -> str:
        """The name of the unit with this id (or of the latest with this code)."""
        if unit in self._names:
            return self._names[unit]
        coded = self.by_code.get(unit)
        return coded[-1].name if coded else unit

    def unit_short(self, unit: str) -> str:
        """The unit's own name, for a narrow column: Xuất Lễ, Mẫu Sơn (Cao Lộc)."""
        return self.unit_name(unit).removeprefix("Xã ").removeprefix("Thị trấn ")

    def unit_code(self, unit: str) -> str:
        """The code of the unit with this id."""
        entry = self.units.get(unit)
        return entry.code if entry else unit

    @cached_property
    def _predecessors(self) -> dict[str, list[UnitEntry]]:
        before: defaultdict[str, list[UnitEntry]] = defaultdict(list)
        for unit in self.units.values():
            for successor in unit.successors:
                before[successor].append(unit)
        return before

    def lineage(self, unit: str, day: str = FOREVER) -> set[str]:
        """The ids of the unit and of all that became it whole by an ISO day: a split unit only once
        all its parts did, and a unit that others join later is alone until then."""
        lineage, waiting = {unit}, [unit]
        while waiting:
            for earlier in self._predecessors.get(waiting.pop(), ()):
                is_whole = lineage.issuperset(earlier.successors) and earlier.valid_to < day
                if is_whole and earlier.id not in lineage:
                    lineage.add(earlier.id)
                    waiting.append(earlier.id)
        return lineage

    def unit_became(self, unit: str, day: datetime.date) -> str:
        """The unit that `unit` was on a day: itself, or the only one it had become."""
        key = (unit, self.time(day))
        unit_then = self._became.get(key)
        if unit_then is None:
            became = self.successors_on(unit, day.isoformat())
            unit_then = self._became[key] = next(iter(became)) if len(became) == 1 else unit
        return unit_then

    @cached_property
    def _became(self) -> dict[tuple[str, int], str]:
        return {}

    def successors_on(self, unit: str, day: str) -> set[str]:
        """The ids of the successors of `unit` on the ISO day: itself while valid. Units that became
        one another have none."""
        successors, waiting, passed = set[str](), [unit], set[str]()
        while waiting:
            name = waiting.pop()
            entry = self.units.get(name)
            if entry is None or entry.valid_on(day) or day < entry.valid_from:
                successors.add(name)
            elif name not in passed:
                passed.add(name)
                waiting += entry.successors
        return successors
