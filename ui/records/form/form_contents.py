"""The contents of a form: texts of the fields and their parsed values."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from borderdesk.desk import Desk
from borderdesk.entry.editing import SavedRecord
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.cleaning import CleaningResult
from borderdesk.schema.kinds import UNIT
from borderdesk.schema.record import ANEW, RevisionedModel, Values, active
from ui.records.form.field_cell import FieldCell
from ui.records.form.form_doubts import root_of
from ui.widgets.editors.draft import FormDraft
from ui.widgets.editors.editor import Raw, raw_of
from ui.widgets.editors.options import only_commune


class TypedValues(NamedTuple):
    """The parsed values, and {field: text} of what cannot be parsed."""

    values: Values
    unread: Mapping[str, str]


def as_text(raw: Raw) -> str:
    """The contents of an editor as one text: household parts joined, one line per row."""
    if isinstance(raw, dict):
        return " · ".join(text for key, text in raw.items() if key != ANEW)
    return raw if isinstance(raw, str) else "\n".join(map(as_text, raw))


class FormContents:
    """The fields of a form, and the record they were loaded from."""

    def __init__(self, desk: Desk, model: type[RevisionedModel]) -> None:
        self.desk = desk
        self.model = model
        self.cells: dict[str, FieldCell] = {}
        self.record = ""
        self.revision = ""
        self.loaded: dict[str, Raw] = {}
        """The saved raw values; of a new record its initial ones."""
        self.multiplied = ("", "")
        """See `FormDraft`."""
        self.shown: tuple[str, ...] = ()
        """The keys of the fields that exist for the present values."""
        self._deciding = {field.when[0] for field in model.conditional() if field.when}
        self._deciding |= {rule.other for rule in model.required_when}

    def raw(self, key: str) -> Raw:
        """The raw value of a field, "" if the form has none."""
        return self.cells[key].editor.raw() if key in self.cells else ""

    def raws(self) -> dict[str, Raw]:
        """The raw values of all fields."""
        return {key: cell.editor.raw() for key, cell in self.cells.items()}

    def filled(self) -> dict[str, Raw]:
        """The raw values of the fields shown, without empty ones."""
        return {key: raw for key, raw in self.raws().items() if key in self.shown and raw}

    def changes(self) -> dict[str, Raw]:
        """The raw values that differ from the saved ones."""
        return {key: raw for key, raw in self.raws().items() if raw != self.loaded.get(key)}

    def edits(self) -> dict[str, Raw]:
        """The changes to save; fields no longer shown are emptied."""
        edits = {key: raw for key, raw in self.changes().items() if key in self.shown}
        removed = {key: "" for key in self.cells if key not in self.shown and self.loaded.get(key)}
        return {**edits, **removed}

    def initial(self, key: str, book: ReferenceBook) -> Raw:
        """The initial raw value of a field: its default, or the post's only commune."""
        field = self.cells[key].field
        if field.refers_to == UNIT and not field.several:
            return only_commune(self.desk, self.desk.today())
        return raw_of(field, getattr(field, "initial", None), book)

    def initials(self) -> dict[str, Raw]:
        """The initial raw values of a new record."""
        # Asked for once: each time the desk looks whether it has changed.
        book = self.desk.book
        return {key: self.initial(key, book) for key in self.cells}

    # ------------------------------------------------------------------ understanding

    def check(self) -> CleaningResult:
        """Validate the fields shown."""
        return self.desk.records.check(self.model.type_name, self.filled())

    def typed(self, saved: Values) -> TypedValues:
        """The typed values, for comparison with a saved version; fields not in the form as in
        `saved`."""
        checked = self.check()
        wrong = dict.fromkeys(map(root_of, checked.problems))
        unread = {key: as_text(self.filled()[key]) for key in wrong if key in self.filled()}
        other_values = {key: value for key, value in saved.items() if key not in self.cells}
        return TypedValues({**other_values, **checked.values}, unread)

    def existing_fields(self) -> tuple[tuple[str, ...], frozenset[str]]:
        """The keys of the fields that exist for the present values, and of those required by
        them."""
        raw = {key: self.cells[key].editor.raw() for key in self._deciding if key in self.cells}
        values = self.desk.records.check(self.model.type_name, raw).values if raw else {}
        columns = self.model.columns()
        shown = tuple(
            key for key in self.cells if key not in columns or active(columns[key], values)
        )
        return shown, frozenset(r.field for r in self.model.required_when if r.holds(values))

    def decides(self, key: str) -> bool:
        """Whether other fields exist or are required depending on this one."""
        return key in self._deciding

    def day(self) -> datetime.date:
        """The reference day of places: the typed date of the event, else today."""
        event = self.model.event()
        cell = self.cells.get(event.name) if event is not None else None
        if cell is None or not cell.editor.raw():
            return self.desk.today()
        day = self.desk.records.check(self.model.type_name, {cell.key: cell.editor.raw()})
        value = day.values.get(cell.key)
        return value if isinstance(value, datetime.date) else self.desk.today()

    def event_day(self) -> datetime.date | None:
        """The date of the event, None if not valid."""
        event = self.model.event()
        day = self.check().values.get(event.name) if event is not None else None
        return day if isinstance(day, datetime.date) else None

    # ------------------------------------------------------------------ drafts, saving

    def draft(self) -> FormDraft:
        """The contents as draft."""
        return FormDraft(self.record, self.revision, self.raws(), self.loaded, self.multiplied)

    def copied(self) -> FormDraft:
        """A new record with the same contents, except for fields that are not copied, such as
        dates."""
        raws = self.raws()
        for key, cell in self.cells.items():
            if not cell.field.copied:
                raws[key] = self.initial(key, self.desk.book)
        turns = next((raws[key] for key, cell in self.cells.items() if cell.field.per_day), "")
        return FormDraft("", "", raws, self.initials(), ("", turns))

    def draft_of(self, texts: Mapping[str, Any]) -> FormDraft:
        """A stored draft as this form can load it, without fields that no longer exist."""
        stored = FormDraft(**texts)
        stored = stored._replace(
            multiplied=(stored.multiplied[0], stored.multiplied[1]),
            doubts=tuple((path, doubt) for path, doubt in stored.doubts),
        )
        raws, loaded = (
            {key: raw for key, raw in part.items() if key in self.cells}
            for part in (stored.raws, stored.loaded)
        )
        return stored._replace(raws={**self.raws(), **raws}, loaded={**self.loaded, **loaded})

    def put(self, draft: FormDraft, after_event: Callable[[], None]) -> None:
        """Load a draft, the date of the event first; `after_event` is called after that."""
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

    def saving(self, confirmed: frozenset[tuple[str, str]]) -> Callable[[], SavedRecord]:
        """The save as a function of the desk; the fields are read now.

        confirmed: the confirmed doubts.
        """
        desk, type_name, record = self.desk, self.model.type_name, self.record
        if record:
            edits, base = self.edits(), self.revision
            return lambda: desk.records.edit(
                type_name,
                record,
                edits,
                base=base,
                typed=True,
                confirmed=confirmed,
                draft=type_name,
            )
        raws = self.filled()
        return lambda: desk.records.add(
            type_name, raws, typed=True, confirmed=confirmed, draft=type_name
        )
