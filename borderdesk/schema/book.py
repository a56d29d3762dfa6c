"""The reference book of a desk: all reference data in memory, for fields, figures and papers.

A book is a cache: it is read once, and dropped when the desk's reference data change. The columns
of each table are declared in `schema.reference`; this module has the entries as the code uses them,
in the order of the declared columns.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from borderdesk.base.periods import Calendar
from borderdesk.base.text import fold, marker_key
from borderdesk.schema.pick_lists import PICKS, PickEntry, PickLists
from borderdesk.schema.post_areas import POSTS, PostAreas, PostEntry
from borderdesk.schema.unit_history import UNITS, UnitEntry, UnitHistory

MARKERS, HAMLETS = "markers", "hamlets"
"""The keys of the tables of markers and of hamlets."""


class MarkerEntry(NamedTuple):
    """A boundary marker: the post responsible for it and the id of its commune."""

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


class BookSource(Protocol):
    """Where a book reads from."""

    def entries(self, table_key: str) -> Sequence[Any]:
        """Every row of a type of reference data, as its declaration's `entry`, in the order they
        are listed."""

    def settings(self) -> Iterable[tuple[Any, ...]]:
        """Every setting: key, first ISO day, value."""

    def household_name(self, record: str, hamlet: str = "") -> str:
        """The name of the household with this id, "" for one unknown to this desk; hamlet: where it
        lived on the day in question, if known."""


class ReferenceBook:
    """The reference data of one desk at one moment: each table is read on first use.

    version: the version of the desk's reference data when the book was made. The methods of units,
    posts and pick lists are bound to it, so that fields, figures and papers need no other object.
    """

    def __init__(self, tables: BookSource, version: int = 0) -> None:
        self._tables = tables
        self._entries: dict[str, Sequence[Any]] = {}
        self.household_name = tables.household_name
        self.version = version

        self._units = units = UnitHistory(lambda: self.entries(UNITS))
        self.unit_time = units.time
        self.commune_on = units.commune_on
        self.communes_on = units.communes_on
        self.commune_named = units.commune_named
        self.commune_once = units.commune_once
        self.namesakes_on = units.namesakes_on
        self.written_as = units.written_as
        self.unit_names = units.names_of
        self.is_commune_id = units.is_commune_id
        self.unit_name = units.unit_name
        self.unit_short = units.unit_short
        self.unit_code = units.unit_code
        self.lineage = units.lineage
        self.successors_on = units.successors_on
        self.unit_became = units.unit_became

        self._posts = posts = PostAreas(lambda: self.entries(POSTS), units)
        self.post_code = posts.post_code
        self.post_name = posts.post_name
        self.post_short = posts.post_short
        self.area_on = posts.area_on
        self.post_lineage = posts.post_lineage
        self.counted_with = posts.counted_with
        self.post_became = posts.post_became
        self.stands_within = posts.stands_within

        self._picks = picks = PickLists(lambda: self.entries(PICKS))
        self.pick_code = picks.pick_code
        self.pick_label = picks.pick_label
        self.pick_words = picks.pick_words
        self.pick_ended = picks.pick_ended

    def entries(self, table_key: str) -> Sequence[Any]:
        """Every row of a type of reference data, in the order they are listed."""
        if table_key not in self._entries:
            self._entries[table_key] = self._tables.entries(table_key)
        return self._entries[table_key]

    @property
    def units(self) -> dict[str, UnitEntry]:
        """Every unit by id."""
        return self._units.units

    @property
    def posts(self) -> dict[str, PostEntry]:
        """Every post by code, in Vietnamese order of their names."""
        return self._posts.posts

    @property
    def picks(self) -> dict[str, dict[str, PickEntry]]:
        """Pick lists: {list: {code: entry}}."""
        return self._picks.picks

    def era(self, day: datetime.date) -> tuple[int, int]:
        """The interval around `day` in which no unit changes and no pick ends: within it an input
        has one meaning."""
        era = self._eras.get(day)
        if era is None:
            era = self._eras[day] = self.unit_time(day), self._picks.time(day.isoformat())
        return era

    @cached_property
    def _eras(self) -> dict[datetime.date, tuple[int, int]]:
        return {}

    def add_pick(self, pick_list: str, code: str, label: str) -> None:
        """Add an entry that was just written to the store, without reading the lists again."""
        self._picks.add(pick_list, code, label)
        self._entries.pop(PICKS, None)

    def forget_picks(self, version: int) -> None:
        """Read the pick lists again: the transaction that added entries was rolled back."""
        self._entries.pop(PICKS, None)
        self._picks.invalidate()
        self._eras.clear()
        self.version = version

    # ---------------------------------------------------------------- markers

    @cached_property
    def markers(self) -> dict[str, tuple[str, str, bool]]:
        """Markers in order along the line: {marker: (post, commune unit id, invented)}."""
        return {m.marker: (m.post, m.commune, m.invented) for m in self.entries(MARKERS)}

    def markers_between(self, first: str, last: str) -> list[str]:
        """The known markers between two markers, both included, in either order."""
        low, high = sorted((marker_key(first), marker_key(last)))
        return [m for m in self.markers if low <= marker_key(m) <= high]

    def communes_of_stretch(self, first: str, last: str, day: datetime.date) -> list[str]:
        """The communes (unit ids on `day`) the stretch between two markers runs through."""
        communes: dict[str, None] = {}
        for marker in self.markers_between(first, last):
            for unit in sorted(self.successors_on(self.markers[marker][1], day.isoformat())):
                communes[unit] = None
        return list(communes)

    # ---------------------------------------------------------------- hamlets

    @property
    def hamlets(self) -> Sequence[HamletEntry]:
        """Every hamlet, of whatever time."""
        return self.entries(HAMLETS)

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

    # --------------------------------------------------------------- settings

    @cached_property
    def settings(self) -> dict[str, list[tuple[str, str]]]:
        """Settings: {key: [(valid from, value), …]} by date."""
        values: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for key, valid_from, value in self._tables.settings():
            values[key].append((valid_from, value))
        return {key: sorted(dated) for key, dated in values.items()}

    def calendar(self) -> Calendar:
        """The periods, by the cut-off day."""
        return Calendar(lambda day: int(self.setting("cut_off_day", day, "0")))

    def setting(self, key: str, day: datetime.date, default: str = "") -> str:
        """The value of a setting on `day`."""
        value = default
        for valid_from, dated in self.settings.get(key, ()):
            if valid_from <= day.isoformat():
                value = dated
        return value
