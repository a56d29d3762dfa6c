"""What a form remembers from record to record: the values that stay, and those used last."""

from collections.abc import Set
from typing import Any

from borderdesk.desk import Desk
from borderdesk.schema.record import Revisioned

MOST = 5
"""So many values used last come first in a list."""

Raws = dict[str, Any]


class FormMemory:
    """The last values of one type's form; kept with the desk, so that tomorrow begins as
    today ended."""

    def __init__(self, desk: Desk, model: type[Revisioned]) -> None:
        self._desk = desk
        self._key = f"memory/{model.type_name}"
        columns = model.columns()
        self._sticky = [key for key, field in columns.items() if field.sticky]
        self._listed = [key for key, field in columns.items() if field.remembered]
        kept: dict[str, Any] = desk.preferences.preferred(self._key, {})
        self._values: Raws = kept.get("sticky", {})
        self._recent: dict[str, list[str]] = kept.get("recent", {})

    def sticky(self) -> Raws:
        """The raw values a new record begins with."""
        return dict(self._values)

    def recent(self) -> dict[str, list[str]]:
        """{field: the codes used last, the latest first}."""
        return self._recent

    def keep(self, raws: Raws, shown: Set[str]) -> None:
        """Remember a form that was saved; `shown` are the fields that were there."""
        self._values = {key: raws[key] for key in self._sticky if key in raws and key in shown}
        for key in self._listed:
            codes = [code for code in str(raws.get(key, "")).split(";") if code]
            before = [code for code in self._recent.get(key, []) if code not in codes]
            self._recent[key] = [*codes, *before][:MOST]

    def write(self) -> None:
        """Write it to the desk; a small write, for the thread of writes."""
        kept = {"sticky": self._values, "recent": self._recent}
        self._desk.preferences.prefer(self._key, kept)
