"""Changing one field of many records: what it is set to or replaced by, seen before it is done."""

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
"""Takes the records to change and the change; gives whether that was begun."""


class MassWindow(DraftWindow):
    """Field, text, and with `find` the text it replaces; below what would become of each record."""

    def __init__(
        self,
        owner: QWidget,
        desk: Desk,
        tasks: Runner,
        type_name: str,
        carry: Carry,
    ) -> None:
        """carry: carries the change out."""
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
        """Change these records from now on, which are asked for off the window's thread; places
        are offered as they were on `day`."""
        self._records, self._day = records, day
        self.bar.clear()
        self.forget_read()

    def forget_read(self) -> None:
        """Show no preview, and carry none out."""
        self._planned, self._change = [], None
        self.table.show_rows([])
        self.count.clear()
        self._forget()

    def _offered(self, text: str) -> list[ComboOption]:
        """What a field that is chosen from a list has for a text; of several, for the last."""
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
        """The change as it stands in the window."""
        return FieldChange(self.field.known_code(), self.text.text(), self.part.text())

    def texts(self) -> Texts:
        """The change, with what is typed for a field and is none."""
        return {"key": self.field.code(), "find": self.part.text(), "text": self.text.text()}

    def put(self, texts: Texts) -> None:
        """Show a change that was typed and not carried out."""
        key = texts["key"]
        self.field.put(key, self.field.label_of(key) or key)
        self.part.setText(texts["find"])
        self.text.setText(texts["text"])
        self._forget()

    def empty(self) -> None:
        """No change yet."""
        self.put({"key": "", "find": "", "text": ""})

    def summary(self, texts: Texts) -> str:
        """The field, and what becomes of it."""
        label = self.field.label_of(texts["key"]) or texts["key"]
        return f"{label}: {texts['find']} → {texts['text']}"

    def _forget(self) -> None:
        """What was seen is not what would be done any more."""
        self.apply.setEnabled(False)

    def show_preview(self) -> None:
        """Work out what would become of the records."""
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

        self._tasks.run(work, lambda found: self._show(change, found), self._fail, self)

    def _show(self, change: FieldChange, planned: list[PlannedChange]) -> None:
        self._planned, self._change = planned, change
        self.bar.clear()
        self.table.show_rows([_row(one) for one in planned], keep=False)
        good = sum(not one.problem for one in planned)
        bad, lang = len(planned) - good, language()
        words = ngettext("{count} record changes", "{count} records change", good)
        parts = [words.format(count=format_number(good, lang))]
        if bad:
            words = ngettext("{count} stays as it is", "{count} stay as they are", bad)
            parts.append(words.format(count=format_number(bad, lang)))
        self.count.setText(" · ".join(parts))
        # Something else may have been typed while this was worked out.
        current = change == self.typed()
        self.apply.setEnabled(good > 0 and current)
        if good and current:
            self.apply.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on from what is looked for to the new text. A preview without that would take
        the value away everywhere, with the keyboard on the button that does it."""
        if event.key() in ENTER and self.part.hasFocus():
            self.text.setFocus(Qt.FocusReason.TabFocusReason)
            return
        super().keyPressEvent(event)

    def carry_out(self) -> None:
        """Change the records that can be, and close."""
        if self._change is None or not self.apply.isEnabled():
            return
        self.draft.keep_now()
        if self._carry([one.record for one in self._planned if not one.problem], self._change):
            self.accept()
        else:
            self.bar.warn(wait_words())


def _row(one: PlannedChange) -> tuple[str, ...]:
    remark = f"✗ {one.problem}" if one.problem else f"⚠ {one.doubt}" if one.doubt else ""
    day = format_date(one.day) if one.day else ""
    return (day, one.before or "–", one.after or "–", remark)
