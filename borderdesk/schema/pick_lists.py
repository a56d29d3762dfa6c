"""Pick lists: the codes and labels that a field's values are chosen from."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from borderdesk.base.i18n import language
from borderdesk.base.text import accented, fold
from borderdesk.schema.unit_history import FOREVER

_MARKS = re.compile(r"[\s.,:;/–-]+")


PICKS = "picks"
"""The key of the table of pick lists."""


class PickEntry(NamedTuple):
    """An entry of a pick list in both languages, with its unit of measure if it has one;
    valid_to: the last ISO day of records that may name it."""

    list: str
    code: str
    vi: str
    en: str
    unit: str
    valid_to: str = FOREVER


class PickLists:
    """The pick lists of a reference book, read on first use."""

    def __init__(self, read: Callable[[], Sequence[PickEntry]]) -> None:
        self._read = read

    @cached_property
    def picks(self) -> dict[str, dict[str, PickEntry]]:
        """Pick lists: {list: {code: entry}}."""
        lists: defaultdict[str, dict[str, PickEntry]] = defaultdict(dict)
        for pick in self._read():
            lists[pick.list][pick.code] = pick
        return lists

    @cached_property
    def _pick_codes(self) -> dict[str, dict[str, str]]:
        """{list: {code, label or folded label: code}}; of two labels alike without tone marks a
        folded one means neither."""
        codes: dict[str, dict[str, str]] = {}
        for name, entries in self.picks.items():
            by_text = codes[name] = {}
            folded: defaultdict[str, set[str]] = defaultdict(set)
            for pick in entries.values():
                for label in filter(None, (pick.en, pick.vi)):
                    folded[fold(label)].add(pick.code)
                    by_text[accented(label)] = pick.code
            for label, meant in folded.items():
                if len(meant) == 1:
                    by_text[label] = next(iter(meant))
            by_text.update({code: code for code in entries})
        return codes

    def pick_code(self, pick_list: str, text: str) -> str | None:
        """The code that a code or a folded label names in the list."""
        codes = self._pick_codes.get(pick_list, {})
        meant = codes.get(text) or codes.get(accented(text)) or codes.get(fold(text))
        if meant is None and " " in text:
            # Phòng chống ma túy is Phòng, chống ma túy: the position of a comma has no meaning.
            plain_words = _without_marks(fold(text))
            alike = {code for label, code in codes.items() if _without_marks(label) == plain_words}
            meant = alike.pop() if len(alike) == 1 else None
        return meant

    def add(self, pick_list: str, code: str, label: str) -> None:
        """Add an entry that was just written to the store, without reading the lists again."""
        self.picks.setdefault(pick_list, {})[code] = PickEntry(pick_list, code, label, "", "")
        new_codes = {accented(label): code, fold(label): code, code: code}
        self._pick_codes.setdefault(pick_list, {}).update(new_codes)

    def invalidate(self) -> None:
        """Drop the cached lists: the next query reads them again."""
        self.__dict__.pop("picks", None)
        self.__dict__.pop("_pick_codes", None)
        self.__dict__.pop("_ends", None)

    def pick_ended(self, pick_list: str, code: str) -> str:
        """The last ISO day of records that may name an entry; FOREVER for one without an end."""
        pick = self.picks.get(pick_list, {}).get(code)
        return pick.valid_to if pick else FOREVER

    def time(self, day: str) -> int:
        """The index of the interval around an ISO day in which no entry ends."""
        return bisect_left(self._ends, day)

    @cached_property
    def _ends(self) -> list[str]:
        """The last days of entries, in order."""
        entries = (pick for entries in self.picks.values() for pick in entries.values())
        return sorted({pick.valid_to for pick in entries})

    def pick_label(self, pick_list: str, code: str) -> str:
        """The label of an entry in the language in use, or its code when it is unknown."""
        pick = self.picks.get(pick_list, {}).get(code)
        if pick is None:
            return code
        return pick.en if language() == "en" and pick.en else pick.vi

    def pick_words(self, pick_list: str, code: str) -> str:
        """The search text of an entry: its Vietnamese label, whatever the language in use, as the
        search index outlives the window's language."""
        pick = self.picks.get(pick_list, {}).get(code)
        return pick.vi if pick else code


@lru_cache(maxsize=2_000)
def _without_marks(folded: str) -> str:
    return _MARKS.sub(" ", folded).strip()
