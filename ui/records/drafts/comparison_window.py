"""Comparison of a draft with the current version of its record, field by field."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from borderdesk.base.i18n import _
from borderdesk.entry.differences import differing
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.record import Values
from borderdesk.schema.records import ALL_TYPES
from ui.base.plain_text import PlainLabel
from ui.records.form.form_contents import TypedValues
from ui.widgets.tables.rows_table import RowsTable, TableColumn

SHARE = 0.6


class ComparisonWindow(QDialog):
    """The differing fields.

    as_new: save the draft as a new record; over: save it onto the current version.
    """

    as_new = Signal()
    over = Signal()

    def __init__(
        self,
        owner: QWidget,
        type_name: str,
        current: Values,
        typed: TypedValues,
        book: ReferenceBook,
        *,
        deleted: bool,
    ) -> None:
        """current: the present values, or those at the deletion (`deleted`)."""
        super().__init__(owner)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Compare: {title}").format(title=_(ALL_TYPES[type_name].title)))
        self.resize(owner.window().size() * SHARE)
        title = _("When it was deleted") if deleted else _("There now")
        self.table = RowsTable(
            self.windowTitle(),
            [TableColumn(_("Field"), 24), TableColumn(title, 34), TableColumn(_("Typed here"), 34)],
            _("Nothing differs."),
        )
        self.table.show_rows(
            [
                (difference.label, difference.before or "–", difference.after or "–")
                for difference in differing(type_name, current, typed.values, book, typed.unread)
                if difference.before != difference.after
            ]
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        hint = PlainLabel(_("Only the fields that differ are shown."))
        column.addWidget(hint)
        column.addWidget(self.table, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        self.buttons = [self._button(_("Save as a new record"), self.as_new.emit)]
        if not deleted:
            self.buttons.insert(0, self._button(_("Save what I typed over it"), self.over.emit))
        for button in self.buttons:
            row.addWidget(button)
        column.addLayout(row)

    def _button(self, words: str, clicked_slot: Callable[[], None]) -> QPushButton:
        push = QPushButton(words)
        push.setAccessibleName(words)
        push.clicked.connect(self.close)
        push.clicked.connect(lambda _checked=False: clicked_slot())
        return push
