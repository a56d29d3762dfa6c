"""Changing one field of many records at once: set, or find and replace; and joining the spellings
of a hamlet. Each is previewed by the rules of typing, written in one transaction, and undone whole.
"""

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from borderdesk.base.errors import InvalidRecord, OperationRefused, UserError
from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.base.progress import Progress, no_progress
from borderdesk.base.text import nfc
from borderdesk.entry.editing import RecordEditor
from borderdesk.entry.lists import RecordLists
from borderdesk.schema.kinds import HAMLET, UNIT, ColumnField, doubt_text
from borderdesk.schema.record import RevisionedModel, Values, active
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.draft_forms import CHANGE, SPELLINGS
from borderdesk.session.drafts import Drafts
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.store.lists.listing import Filter, ListEntry
from borderdesk.store.records.history import NewVersion


def change_form(type_name: str) -> str:
    """The form of a change of many records of a type among the drafts."""
    return f"{CHANGE}{type_name}"


class FieldChange(NamedTuple):
    """A change of the field `key`: set to the typed `text`, or with `find` every occurrence of that
    replaced by it; accents and case count."""

    key: str
    text: str
    find: str = ""

    def of(self, typed: str) -> str:
        """The text that the field is given where it had `typed`."""
        return typed.replace(nfc(self.find), nfc(self.text)) if self.find else self.text


class PlannedChange(NamedTuple):
    """The effect of a change on a record: `before` and `after` as displayed, `doubt` about the
    result, `problem` why the record is not changed ("" if it is), all in words."""

    record: str
    day: datetime.date | None
    before: str
    after: str
    doubt: str = ""
    problem: str = ""


class EarlierVersion(NamedTuple):
    """A record as it was before it was changed, to take the change back."""

    type: str
    record: str
    values: Values
    doubts: tuple[tuple[str, str], ...]


class HamletSpelling(NamedTuple):
    """How a hamlet of a commune is written, and in how many records of each type."""

    text: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """In how many records of all types."""
        return sum(self.counts.values())


class MassEditor(SessionPart):
    """Changes many records by one rule."""

    @staticmethod
    def changeable(type_name: str) -> dict[str, ColumnField]:
        """The fields that can be changed in many records at once."""
        return dict(ALL_TYPES[type_name].columns())

    @staticmethod
    def replaceable(type_name: str) -> dict[str, ColumnField]:
        """The fields in which a text can be found and replaced."""
        columns = ALL_TYPES[type_name].columns()
        return {
            key: field for key, field in columns.items() if field.free_text and not field.masked
        }

    # ---------------------------------------------------------------------- preview

    def preview(
        self,
        type_name: str,
        records: Sequence[str],
        change: FieldChange,
        progress: Progress = no_progress,
    ) -> list[PlannedChange]:
        """The effects of a change on records; without those it would not change."""
        planned = []
        for done, record in enumerate(records):
            progress(done, len(records))
            effect = self._planned(ALL_TYPES[type_name], record, change)
            if effect is not None:
                planned.append(effect)
        return planned

    def _planned(
        self, model: type[RevisionedModel], record: str, change: FieldChange
    ) -> PlannedChange | None:
        book = self.session.book
        values = self.session.part(RecordEditor).head_of(model.type_name, record)[0]
        field, event = model.columns()[change.key], model.event()
        old = values.get(change.key)
        typed = str(field.to_editor(old, book))
        text = change.of(typed)
        if text == typed:
            return None
        day = values.get(event.name) if event else None
        planned = PlannedChange(record, day, field.show(old, book), text)
        if text and not active(field, values):
            return planned._replace(problem=_("This field does not apply to the record."))
        try:
            edit = self._prepared(model, record, values, {change.key: text})
        except InvalidRecord as error:
            return planned._replace(problem=" ".join(error.problems.values()))
        except UserError as error:
            return planned._replace(problem=str(error))
        if edit.values is None or edit.values == values:
            return None
        doubts = [doubt_text(doubt) for key, doubt in edit.doubts or () if key == change.key]
        if self.session.write_guard.counts(edit):
            doubts.append(_("Its period is closed: what alters its figures is refused."))
        after = field.show(edit.values.get(change.key), book)
        return planned._replace(after=after, doubt=" ".join(doubts))

    def _prepared(
        self, model: type[RevisionedModel], record: str, values: Values, changes: Mapping[str, str]
    ) -> NewVersion:
        editor = self.session.part(RecordEditor)
        editor.require_owner(model.type_name, record, values)
        return editor.rules().prepare_edit(model, record, values, changes, typed=True)[-1]

    # ---------------------------------------------------------------------- writing

    @operation("record.write")
    def apply(
        self,
        type_name: str,
        records: Sequence[str],
        change: FieldChange,
        progress: Progress = no_progress,
    ) -> list[EarlierVersion]:
        """Change records in one transaction; returns their earlier versions. The draft of the
        change is removed with it. Raises InvalidRecord, UserError."""
        earlier = list(self._changed(type_name, records, change, progress))
        self.session.part(Drafts).finish_draft(change_form(type_name))
        return earlier

    def _changed(
        self, type_name: str, records: Sequence[str], change: FieldChange, progress: Progress
    ) -> Iterator[EarlierVersion]:
        editor, book = self.session.part(RecordEditor), self.session.book
        field = ALL_TYPES[type_name].columns()[change.key]
        for done, record in enumerate(records):
            progress(done, len(records))
            values, revision, _doubts = editor.read(type_name, record)
            doubts = tuple(editor.kept_doubts(record))
            text = change.of(str(field.to_editor(values.get(change.key), book)))
            saved = editor.edit(type_name, record, {change.key: text}, typed=True)
            if saved.revision != revision:
                yield EarlierVersion(type_name, record, values, doubts)

    @operation("record.write")
    def take_back(
        self, earlier: Sequence[EarlierVersion], progress: Progress = no_progress
    ) -> None:
        """Restore earlier versions of records, in one transaction. Raises OperationRefused,
        UserError."""
        editor = self.session.part(RecordEditor)
        for done, version in enumerate(earlier):
            progress(done, len(earlier))
            values, head = editor.head_of(version.type, version.record)
            editor.require_owner(version.type, version.record, values)
            model, number = ALL_TYPES[version.type], head.number + 1
            back = NewVersion(
                model, version.record, version.values, (head.id,), number, None, version.doubts
            )
            editor.write([back])

    # ---------------------------------------------------------------------- hamlets

    def spellings(self, commune: str) -> list[HamletSpelling]:
        """How the hamlets of a commune (a unit id) are written in records of every type, most
        frequent first."""
        units = frozenset(self.session.book.lineage(commune))
        counts_by_text: dict[str, Counter[str]] = {}
        for model, keys in _hamlet_fields():
            stream = self.session.part(RecordLists).stream(model.type_name, Filter(units=units))
            for text in (entry.values.get(key) for entry in stream for key in keys):
                if text:
                    counts_by_text.setdefault(text, Counter())[model.type_name] += 1
        spelt = [HamletSpelling(text, counts) for text, counts in counts_by_text.items()]
        return sorted(spelt, key=lambda spelling: (-spelling.total, spelling.text))

    @operation("record.write")
    def join_spellings(
        self, commune: str, spellings: Sequence[str], name: str, progress: Progress = no_progress
    ) -> list[EarlierVersion]:
        """Rename hamlets of a commune to `name` in records of every type, in one transaction. The
        draft of the joining is removed with it. Raises OperationRefused, with the record that
        prevents it."""
        units = frozenset(self.session.book.lineage(commune))
        wrong = {text for text in spellings if text != name}
        changed: list[EarlierVersion] = []
        for model, keys in _hamlet_fields():
            for key in keys:
                field = model.columns()[key]
                stream = self.session.part(RecordLists).stream(model.type_name, Filter(units=units))
                entries = [
                    entry
                    for entry in stream
                    if entry.values.get(key) in wrong and active(field, entry.values)
                ]
                for done, entry in enumerate(entries):
                    progress(done, len(entries))
                    changed += self._joined(model, entry, FieldChange(key, name))
        self.session.part(Drafts).finish_draft(SPELLINGS)
        return changed

    def _joined(
        self, model: type[RevisionedModel], entry: ListEntry, change: FieldChange
    ) -> list[EarlierVersion]:
        try:
            return list(self._changed(model.type_name, [entry.id], change, no_progress))
        except OperationRefused as error:
            event = model.event()
            day = entry.values.get(event.name) if event else None
            words = _(
                "Nothing was joined. “{spelling}” stands in {record}: {reason} Untick that"
                " spelling, or have the record changed where it can be; then join again."
            )
            record = " ".join([_(model.title), format_date(day) if day else ""]).strip()
            spelling = str(entry.values.get(change.key))
            message = words.format(spelling=spelling, record=record, reason=error)
            raise OperationRefused(message) from error


def _hamlet_fields() -> Iterator[tuple[type[RevisionedModel], tuple[str, ...]]]:
    """The types with hamlets in communes of their own, and the fields of the hamlets."""
    for model in ALL_TYPES.values():
        if model.referring(HAMLET) and model.referring(UNIT, several=False):
            yield model, model.referring(HAMLET)
