"""Values that a form keeps across records: sticky values, last record, recent values."""

from collections.abc import Callable, Iterable, Mapping, Set
from typing import Any
from weakref import ref

from borderdesk.desk import Desk
from borderdesk.schema.record import RevisionedModel
from borderdesk.session.form_memories import LAST, kept_last, memory_key
from ui.widgets.editors.household_editor import PLACE_KEYS

MOST = 40
"""Maximum number of values remembered per field."""
FIRST = 5
"""Number of a list's entries offered first."""

Raws = dict[str, Any]
Uses = list[list[Any]]
"""[value, number of uses] of a field, latest first."""


class FormMemory:
    """The memory of one type's form, stored with the desk, so that it survives the day."""

    def __init__(self, desk: Desk, model: type[RevisionedModel]) -> None:
        self._desk = desk
        self._model, self._key = model, memory_key(model)
        self._columns = columns = model.columns()
        self._sticky = [key for key, field in columns.items() if field.sticky]
        self._listed = [key for key, field in columns.items() if field.remembered]
        stored: dict[str, Any] = desk.preferences.preferred(self._key, {})
        desk.erasure_listeners.append(_forgetting(ref(self)))
        self._values: Raws = stored.get("sticky", {})
        self._last: Raws = kept_last(model, stored.get(LAST, {}))
        self._places: dict[str, Raws] = stored.get("places", {})
        self._used: dict[str, Uses] = stored.get("used") or {
            key: [[code, 1] for code in codes] for key, codes in stored.get("recent", {}).items()
        }

    def sticky(self) -> Raws:
        """The initial values of sticky fields for a new record."""
        return dict(self._values)

    def last(self, key: str) -> Any:
        """The raw value of a field in the record saved last, "" for none."""
        return self._last.get(key, "")

    def forget_person(self) -> None:
        """Drop the personal values of the record saved last: a household was erased."""
        self._last = kept_last(self._model, self._last)

    def places(self) -> Mapping[str, Raws]:
        """{household field: place of the new household described last}."""
        return self._places

    def recent(self) -> dict[str, list[str]]:
        """{field: its values in order of offering}: the latest, then by number of uses, then latest
        first."""
        return {key: self._ordered(key, uses) for key, uses in self._used.items()}

    def _ordered(self, key: str, uses: Uses) -> list[str]:
        field = self._columns.get(key)
        often = sorted(uses[1:], key=lambda use: -use[1])
        values = [str(value) for value, _count in (*uses[:1], *often)]
        return values[:FIRST] if field is not None and field.each.from_list else values

    def keep(self, raws: Raws, shown: Set[str]) -> None:
        """Remember a saved form; shown: the keys of the fields it had."""
        self._values = {key: raws[key] for key in self._sticky if key in raws and key in shown}
        self._last = {key: raw for key, raw in raws.items() if key in shown and raw}
        for key in self._listed:
            if key in shown:
                self._use(key, self._each(key, str(raws.get(key, "")).strip()))
        for key, raw in raws.items():
            if isinstance(raw, dict) and key in shown:
                self._places[key] = {part: raw[part] for part in PLACE_KEYS if part in raw}

    def _each(self, key: str, raw: str) -> list[str]:
        each = raw.split(";") if self._columns[key].several else [raw]
        return [value for value in each if value]

    def _use(self, key: str, values: Iterable[str]) -> None:
        uses = self._used.setdefault(key, [])
        for value in values:
            count = next((count for used_value, count in uses if used_value == value), 0)
            uses[:] = [[value, count + 1], *(use for use in uses if use[0] != value)][:MOST]

    def write(self) -> None:
        """Store the memory; a small write for the write queue."""
        memory = {
            "sticky": self._values,
            LAST: kept_last(self._model, self._last),
            "places": self._places,
            "used": self._used,
        }
        self._desk.preferences.prefer(self._key, memory)


def _forgetting(memory: "ref[FormMemory]") -> Callable[[], None]:
    """The erasure listener, effective while the form exists."""

    def forget() -> None:
        target = memory()
        if target is not None:
            target.forget_person()

    return forget
