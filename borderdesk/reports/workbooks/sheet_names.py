"""Names of sheets: at most 31 characters, no forbidden ones, no two alike, no word cut."""

import re

from borderdesk.base.text import nfc

LONGEST = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
_CUT = "…"


def sheet_name(*wished: str) -> str:
    """A valid name: the first of the wished ones that is short enough, else the first up to one of
    its commas, else up to a word."""
    names = [" ".join(_FORBIDDEN.sub(" ", nfc(name)).split()) for name in wished]
    names = [name for name in names if name and name.casefold() != "history"]
    if not names:
        return "BorderDesk"
    for name in names:
        if len(name) <= LONGEST:
            return name
    return _shortened(names[0])


def _shortened(name: str) -> str:
    part = name[: LONGEST + 1].rpartition(",")[0]
    if len(part) > LONGEST // 3:
        return part
    words = name[:LONGEST].rpartition(" ")[0] or name[: LONGEST - 1]
    return words + _CUT


class SheetNames:
    """Gives each sheet of a workbook a name that no other one has."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def give(self, *wished: str) -> str:
        """A free name, from the wished ones in order of liking."""
        name = base = sheet_name(*wished)
        number = 1
        while name.casefold() in self._taken:
            number += 1
            end = f" ({number})"
            name = base[: LONGEST - len(end)].rstrip() + end
        self._taken.add(name.casefold())
        return name
