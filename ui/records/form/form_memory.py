"""Values that a form keeps from record to record: sticky ones, and suggestions from earlier
ones."""

from collections.abc import Callable, Iterable, Mapping, Set
from typing import Any
from weakref import ref

from borderdesk.desk import Desk
from borderdesk.schema.record import RevisionedModel
from borderdesk.session.form_memories import LAST, kept_last, memory_key
from ui.widgets.editors.household_editor import PLACE_KEYS

MOST = 40
"""So many values of a field are remembered."""
FIRST = 5
"""So many of a list's entries are offered before the others."""

Raws = dict[str, Any]
Uses = list[list[Any]]
"""The values of a field, the latest first, each with how often it was used."""


class FormMemory:
    """The last values of one type's form; kept with the desk, so that tomorrow begins as
    today ended."""

    def __init__(self, desk: Desk, model: type[RevisionedModel]) -> None:
        self._desk = desk
        self._model, self._key = model, memory_key(model)
        self._columns = columns = model.columns()
        self._sticky = [key for key, field in columns.items() if field.sticky]
        self._listed = [key for key, field in columns.items() if field.remembered]
        kept: dict[str, Any] = desk.preferences.preferred(self._key, {})
        desk.erasure_listeners.append(_forgetting(ref(self)))
        self._values: Raws = kept.get("sticky", {})
        self._last: Raws = kept_last(model, kept.get(LAST, {}))
        self._places: dict[str, Raws] = kept.get("places", {})
        self._used: dict[str, Uses] = kept.get("used") or {
            key: [[code, 1] for code in codes] for key, codes in kept.get("recent", {}).items()
        }

    def sticky(self) -> Raws:
        """The raw values a new record begins with."""
        return dict(self._values)

    def last(self, key: str) -> Any:
        """What a field held in the record saved last, "" for nothing."""
        return self._last.get(key, "")

    def forget_person(self) -> None:
        """Forget who was in the record saved last: somebody was erased, maybe that person."""
        self._last = kept_last(self._model, self._last)

    def places(self) -> Mapping[str, Raws]:
        """{field of a household: where the new household described last lives}."""
        return self._places

    def recent(self) -> dict[str, list[str]]:
        """{field: its values in the order to be offered}: the one used last, then by how often
        they were used, the latest first among equals."""
        return {key: self._ordered(key, uses) for key, uses in self._used.items()}

    def _ordered(self, key: str, uses: Uses) -> list[str]:
        field = self._columns.get(key)
        often = sorted(uses[1:], key=lambda use: -use[1])
        values = [str(value) for value, _count in (*uses[:1], *often)]
        return values[:FIRST] if field is not None and field.each.from_list else values

    def keep(self, raws: Raws, shown: Set[str]) -> None:
        """Remember a form that was saved; `shown` are the fields that were there."""
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
            count = next((count for other, count in uses if other == value), 0)
            uses[:] = [[value, count + 1], *(use for use in uses if use[0] != value)][:MOST]

    def write(self) -> None:
        """Write it to the desk; a small write, for the thread of writes."""
        kept = {
            "sticky": self._values,
            LAST: kept_last(self._model, self._last),
            "places": self._places,
            "used": self._used,
        }
        self._desk.preferences.prefer(self._key, kept)


def _forgetting(memory: "ref[FormMemory]") -> Callable[[], None]:
    """What an erasure calls, as long as the form is there."""

    def forget() -> None:
        there = memory()
        if there is not None:
            there.forget_person()

    return forget
