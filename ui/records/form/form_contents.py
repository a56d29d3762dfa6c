"""The content of a form: the text of every field, and its parsed values."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from borderdesk.desk import Desk
from borderdesk.entry.editing import SavedRecord
from borderdesk.schema.cleaning import CleaningResult
from borderdesk.schema.kinds import UNIT
from borderdesk.schema.record import ANEW, RevisionedModel, Values, active
from ui.records.form.field_cell import FieldCell
from ui.records.form.form_doubts import root_of
from ui.widgets.editors.draft import FormDraft
from ui.widgets.editors.editor import Raw, raw_of
from ui.widgets.editors.options import only_commune


class TypedValues(NamedTuple):
    """The values of what was typed, and of what is no value yet the text: {field: text}."""

    values: Values
    unread: Mapping[str, str]


def as_text(raw: Raw) -> str:
    """What stands in an editor as one text: the parts of a household, rows one a line."""
    if isinstance(raw, dict):
        return " · ".join(text for key, text in raw.items() if key != ANEW)
    return raw if isinstance(raw, str) else "\n".join(map(as_text, raw))


class FormContents:
    """The fields of one form with the record that they were loaded from."""

    def __init__(self, desk: Desk, model: type[RevisionedModel]) -> None:
        self.desk = desk
        self.model = model
        self.cells: dict[str, FieldCell] = {}
        self.record = ""
        self.revision = ""
        self.loaded: dict[str, Raw] = {}
        """The raw values that are saved; those of a new record at its beginning."""
        self.multiplied = ("", "")
        """See `FormDraft`."""
        self.shown: tuple[str, ...] = ()
        """The keys of the fields that are there for the values so far."""
        self._deciding = {field.when[0] for field in model.conditional() if field.when}
        self._deciding |= {rule.other for rule in model.required_when}

    def raw(self, key: str) -> Raw:
        """What the editor of a field holds, "" without one."""
        return self.cells[key].editor.raw() if key in self.cells else ""

    def raws(self) -> dict[str, Raw]:
        """What every editor holds."""
        return {key: cell.editor.raw() for key, cell in self.cells.items()}

    def filled(self) -> dict[str, Raw]:
        """What the editors that are shown hold, blank ones left out."""
        return {key: raw for key, raw in self.raws().items() if key in self.shown and raw}

    def changes(self) -> dict[str, Raw]:
        """The fields that differ from what is saved."""
        return {key: raw for key, raw in self.raws().items() if raw != self.loaded.get(key)}

    def edits(self) -> dict[str, Raw]:
        """The changed fields; one that is there no longer is taken away."""
        edits = {key: raw for key, raw in self.changes().items() if key in self.shown}
        gone = {key: "" for key in self.cells if key not in self.shown and self.loaded.get(key)}
        return {**edits, **gone}

    def initial(self, key: str) -> Raw:
        """What a field of a new record holds: its default, or the only commune there is."""
        field = self.cells[key].field
        if field.refers_to == UNIT and not field.several:
            return only_commune(self.desk, self.desk.today())
        return raw_of(field, getattr(field, "initial", None), self.desk)

    def initials(self) -> dict[str, Raw]:
        """What every field of a new record holds."""
        return {key: self.initial(key) for key in self.cells}

    # ------------------------------------------------------------------ understanding

    def check(self) -> CleaningResult:
        """What the desk understands of the fields shown."""
        return self.desk.records.check(self.model.type_name, self.filled())

    def typed(self, saved: Values) -> TypedValues:
        """What stands here, to be held against a saved version; what has no field here is as it is
        there."""
        checked = self.check()
        wrong = dict.fromkeys(map(root_of, checked.problems))
        unread = {key: as_text(self.filled()[key]) for key in wrong if key in self.filled()}
        besides = {key: value for key, value in saved.items() if key not in self.cells}
        return TypedValues({**besides, **checked.values}, unread)

    def there(self) -> tuple[tuple[str, ...], frozenset[str]]:
        """The keys of the fields that are there for the values so far, and of those that must be
        filled in for them, though not always."""
        raw = {key: self.cells[key].editor.raw() for key in self._deciding if key in self.cells}
        values = self.desk.records.check(self.model.type_name, raw).values if raw else {}
        columns = self.model.columns()
        shown = tuple(
            key for key in self.cells if key not in columns or active(columns[key], values)
        )
        return shown, frozenset(r.field for r in self.model.required_when if r.holds(values))

    def decides(self, key: str) -> bool:
        """Whether other fields are there, or must be filled in, by the value of this one."""
        return key in self._deciding

    def day(self) -> datetime.date:
        """The day places are valid on: the event's, as far as it is typed."""
        event = self.model.event()
        cell = self.cells.get(event.name) if event is not None else None
        if cell is None or not cell.editor.raw():
            return self.desk.today()
        day = self.desk.records.check(self.model.type_name, {cell.key: cell.editor.raw()})
        value = day.values.get(cell.key)
        return value if isinstance(value, datetime.date) else self.desk.today()

    def event_day(self) -> datetime.date | None:
        """The date of the record as it stands in the form."""
        event = self.model.event()
        day = self.check().values.get(event.name) if event is not None else None
        return day if isinstance(day, datetime.date) else None

    # ------------------------------------------------------------------ drafts, saving

    def draft(self) -> FormDraft:
        """Everything in the form."""
        return FormDraft(self.record, self.revision, self.raws(), self.loaded, self.multiplied)

    def copied(self) -> FormDraft:
        """A new record with what stands here, but for what another record has of its own: its
        dates, its minutes."""
        raws = self.raws()
        for key, cell in self.cells.items():
            if not cell.field.copied:
                raws[key] = self.initial(key)
        turns = next((raws[key] for key, cell in self.cells.items() if cell.field.per_day), "")
        return FormDraft("", "", raws, self.initials(), ("", turns))

    def draft_of(self, texts: Mapping[str, Any]) -> FormDraft:
        """A kept draft as this form can show it; a field it has no longer is left out."""
        kept = FormDraft(**texts)
        kept = kept._replace(
            multiplied=(kept.multiplied[0], kept.multiplied[1]),
            doubts=tuple((path, doubt) for path, doubt in kept.doubts),
        )
        raws, loaded = (
            {key: raw for key, raw in part.items() if key in self.cells}
            for part in (kept.raws, kept.loaded)
        )
        return kept._replace(raws={**self.raws(), **raws}, loaded={**self.loaded, **loaded})

    def put(self, draft: FormDraft, after_event: Callable[[], None]) -> None:
        """Fill every editor, the date of the event first; `after_event` is called after it."""
        self.record, self.revision = draft.record, draft.revision
        self.multiplied = draft.multiplied
        event = self.model.event()
        first = [event.name] if event is not None and event.name in self.cells else []
        for key in dict.fromkeys([*first, *draft.raws]):
            cell = self.cells[key]
            cell.editor.put(draft.raws[key])
            cell.clear_note()
            if key in first:
                after_event()
        self.loaded = draft.loaded

    def saving(self, kept: frozenset[tuple[str, str]]) -> Callable[[], SavedRecord]:
        """What is to be done at the desk, with everything read from the fields beforehand.

        kept: the doubts that the person decided to keep.
        """
        desk, type_name, record = self.desk, self.model.type_name, self.record
        if record:
            edits, base = self.edits(), self.revision
            return lambda: desk.records.edit(
                type_name, record, edits, base=base, typed=True, kept=kept, draft=type_name
            )
        raws = self.filled()
        return lambda: desk.records.add(type_name, raws, typed=True, kept=kept, draft=type_name)
