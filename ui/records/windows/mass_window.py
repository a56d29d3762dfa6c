"""Window that changes one field of many records, with a preview."""

import datetime
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.formats import format_date, format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.desk import Desk
from borderdesk.entry.mass_edit import FieldChange, PlannedChange, change_form
from borderdesk.schema.kinds.field import measured_label
from borderdesk.session.drafts import Texts
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.records.drafts.draft_window import DraftWindow
from ui.records.list_actions import wait_words
from ui.widgets.editors.completion import ENTER, Completion
from ui.widgets.editors.editor import EditorContext
from ui.widgets.editors.form_labels import level_labels
from ui.widgets.editors.offers import ComboOption, ranked
from ui.widgets.editors.options import options_of
from ui.widgets.editors.search_combo import SearchCombo
from ui.widgets.editors.text_line import TextLine
from ui.widgets.tables.rows_table import RowsTable, TableColumn

Carry = Callable[[Sequence[str], FieldChange], bool]
"""Starts the change of records; returns whether it was started."""


class MassWindow(DraftWindow):
    """Field, new text, and optionally the text to replace; below, the preview for each record."""

    def __init__(
        self,
        owner: QWidget,
        desk: Desk,
        tasks: Runner,
        type_name: str,
        carry: Carry,
    ) -> None:
        """carry: starts the change."""
        super().__init__(owner, desk, tasks)
        self.setWindowTitle(_("Change many records"))
        self.resize(owner.window().size() * 0.7)
        self._type = type_name
        self._day = desk.today()
        self._records: Callable[[], Sequence[str]] = list
        self._carry = carry
        self._planned: list[PlannedChange] = []
        self._change: FieldChange | None = None
        fields = desk.mass.changeable(type_name)
        options = [ComboOption(key, measured_label(field)) for key, field in fields.items()]
        self.field = SearchCombo(options)
        self._fields = fields
        self.part, self.text = TextLine(), TextLine()
        self._offers = Completion(self.text, self._offered)
        self._offers.taken.connect(self._take)
        self.count = named(PlainLabel(), "muted")
        columns = [
            TableColumn(_("Date"), 12),
            TableColumn(_("Before"), 26),
            TableColumn(_("After"), 26),
            TableColumn(_("Remark"), 40),
        ]
        self.table = RowsTable(
            _("What would be changed"), columns, _("Choose a field, write a text, press Preview.")
        )
        self.preview, self.apply = QPushButton(_("Preview")), QPushButton(_("Change"))
        self._offers.done.connect(self.preview.setFocus)
        self._lay_out()
        self.attend(change_form(type_name))
        self._connect()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        form = QFormLayout()
        for label, widget, hint in (
            (_("Field"), self.field, _("The field to change in every record chosen")),
            (_("Find"), self.part, _("Only this part is replaced; empty: the whole field is set")),
            (_("New text"), self.text, _("As it would be typed; empty takes the value away")),
        ):
            widget.setAccessibleName(label)
            widget.setToolTip(hint)
            form.addRow(label, widget)
        column.addLayout(form)
        level_labels(form)
        column.addWidget(self.bar)
        column.addWidget(self.table, 1)
        below = QHBoxLayout()
        below.addWidget(self.count, 1)
        below.addWidget(self.discard)
        for button, act in ((self.preview, self.show_preview), (self.apply, self.carry_out)):
            button.setAccessibleName(button.text())
            button.setAutoDefault(True)
            button.clicked.connect(lambda _checked=False, act=act: act())
            below.addWidget(button)
        column.addLayout(below)
        for button in (self.discard, self.apply):
            button.setEnabled(False)

    def _connect(self) -> None:
        self.field.entry_changed.connect(self._forget)
        for line in (self.part, self.text):
            line.textEdited.connect(lambda _text: self._forget())
        for line in (self.field.line(), self.part, self.text):
            line.textChanged.connect(lambda _text: self._note_change())

    def _note_change(self) -> None:
        self.draft.changed()
        self.discard.setEnabled(any(self.texts().values()))

    def choose(self, records: Callable[[], Sequence[str]], day: datetime.date) -> None:
        """Set the records to change (read in a worker thread), and the reference day of places."""
        self._records, self._day = records, day
        self.bar.clear()
        self.forget_read()

    def forget_read(self) -> None:
        """Discard the preview; it can no longer be carried out."""
        self._planned, self._change = [], None
        self.table.show_rows([])
        self.count.clear()
        self._forget()

    def _offered(self, text: str) -> list[ComboOption]:
        """The options of a field for a text; of several values, for the last."""
        field = self._fields.get(self.field.known_code())
        part = text.rpartition(";")[2] if field is not None and field.several else text
        if field is None or not field.from_list or not part.strip() or self.part.text():
            return []
        return ranked(part, options_of(field, EditorContext(self._desk, lambda: self._day)))

    def _take(self, option: ComboOption) -> None:
        several = self._fields[self.field.known_code()].several
        before = self.text.text().rpartition(";")[0].strip() if several else ""
        self.text.setText(f"{before}; {option.label}" if before else option.label)
        self._forget()

    def typed(self) -> FieldChange:
        """The change in the window."""
        return FieldChange(self.field.known_code(), self.text.text(), self.part.text())

    def texts(self) -> Texts:
        """The content, with the text of an unknown field."""
        return {"key": self.field.code(), "find": self.part.text(), "text": self.text.text()}

    def put(self, texts: Texts) -> None:
        """Load a draft."""
        key = texts["key"]
        self.field.put(key, self.field.label_of(key) or key)
        self.part.setText(texts["find"])
        self.text.setText(texts["text"])
        self._forget()

    def empty(self) -> None:
        """Clear the change."""
        self.put({"key": "", "find": "", "text": ""})

    def summary(self, texts: Texts) -> str:
        """The field, and the replaced and new text."""
        label = self.field.label_of(texts["key"]) or texts["key"]
        return f"{label}: {texts['find']} → {texts['text']}"

    def _forget(self) -> None:
        """The preview no longer matches: disable the change."""
        self.apply.setEnabled(False)

    def show_preview(self) -> None:
        """Compute the preview."""
        change = self.typed()
        if not change.key:
            self.bar.warn(_("Choose a field first."))
            return
        if change.find and change.key not in self._desk.mass.replaceable(self._type):
            self.bar.warn(_("Only in a field of free text can a part be replaced."))
            return
        desk, type_name, records = self._desk, self._type, self._records

        def work() -> list[PlannedChange]:
            return desk.mass.preview(type_name, records(), change)

        self._tasks.run(work, lambda planned: self._show(change, planned), self._fail, self)

    def _show(self, change: FieldChange, planned: list[PlannedChange]) -> None:
        self._planned, self._change = planned, change
        self.bar.clear()
        self.table.show_rows([_row(planned_change) for planned_change in planned], keep=False)
        applicable = sum(not planned_change.problem for planned_change in planned)
        bad, lang = len(planned) - applicable, language()
        words = ngettext("{count} record changes", "{count} records change", applicable)
        parts = [words.format(count=format_number(applicable, lang))]
        if bad:
            words = ngettext("{count} stays as it is", "{count} stay as they are", bad)
            parts.append(words.format(count=format_number(bad, lang)))
        self.count.setText(" · ".join(parts))
        # The inputs may have changed meanwhile.
        current = change == self.typed()
        self.apply.setEnabled(applicable > 0 and current)
        if applicable and current:
            self.apply.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter moves on from the text to find to the new text. A preview without a new text would
        empty the field in all records, with the focus on the button that does so."""
        if event.key() in ENTER and self.part.hasFocus():
            self.text.setFocus(Qt.FocusReason.TabFocusReason)
            return
        super().keyPressEvent(event)

    def carry_out(self) -> None:
        """Change the records that can be changed, and close."""
        if self._change is None or not self.apply.isEnabled():
            return
        self.draft.keep_now()
        if self._carry(
            [planned.record for planned in self._planned if not planned.problem], self._change
        ):
            self.accept()
        else:
            self.bar.warn(wait_words())


def _row(planned: PlannedChange) -> tuple[str, ...]:
    remark = (
        f"✗ {planned.problem}" if planned.problem else f"⚠ {planned.doubt}" if planned.doubt else ""
    )
    day = format_date(planned.day) if planned.day else ""
    return (day, planned.before or "–", planned.after or "–", remark)
