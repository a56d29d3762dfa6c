"""Scroll area with the fields of a form on a grid, under headings."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QLabel, QScrollArea, QWidget
from shiboken6 import delete

from borderdesk.base.i18n import _
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.records.form.field_cell import FieldCell
from ui.records.form.form_rows import COLUMNS, in_rows, span_of

EDGE = 12
"""Right margin of the fields in pixels, which the scroll bar may use."""

Group = tuple[str, list[str]]
"""A heading (English key) and the keys of its fields."""


class FieldsArea(QScrollArea):
    """The grid of a form's fields; emits `came` whenever it becomes visible."""

    came = Signal()

    def __init__(self, groups: Sequence[Group], notice: str) -> None:
        """notice: text above the fields, "" for none."""
        super().__init__(widgetResizable=True)
        self._groups = groups
        self._rows: dict[str, int] = {}
        self._cells: Mapping[str, FieldCell] = {}
        self._shown: Sequence[str] = ()
        self._end: QWidget | None = None
        self._content = named(QWidget(), "form")
        self._grid = QGridLayout(self._content)
        self._grid.setContentsMargins(0, 0, EDGE, 8)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self._headings = {heading: PlainLabel(_(heading)) for heading, _keys in groups}
        self._has_notice = bool(notice)
        self._notice = named(PlainLabel(_(notice)), "notice")
        self._notice.setWordWrap(True)

    def hold(self, cells: Mapping[str, FieldCell]) -> None:
        """Take over the widgets of the fields; `arrange` positions them."""
        self._cells = cells
        for cell in cells.values():
            for widget in cell.widgets():
                # Without a parent they would become windows of their own.
                widget.setParent(self._content)
        for label in self._headings.values():
            named(label, "heading").setParent(self._content)
        self._notice.setParent(self._content)
        self._notice.setVisible(self._has_notice)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self._content)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.verticalScrollBar().rangeChanged.connect(self._keep_edge)

    def showEvent(self, event: QShowEvent) -> None:
        """Emit `came`."""
        super().showEvent(event)
        self.came.emit()

    def _keep_edge(self, _least: int, most: int) -> None:
        """Let the scroll bar use the margin, so that fields keep their right edge."""
        bar = self.verticalScrollBar().sizeHint().width() if most else 0
        self._grid.setContentsMargins(0, 0, max(EDGE - bar, 0), 8)
        # Notes above have moved the focused field.
        QTimer.singleShot(0, self, self.bring_into_sight)

    def bring_into_sight(self) -> None:
        """Scroll to the focused field."""
        focused = QApplication.focusWidget()
        if focused is not None and self._content.isAncestorOf(focused):
            # All of it: Qt would only show its cursor.
            center = focused.mapTo(self._content, focused.rect().center())
            self.ensureVisible(center.x(), center.y(), 0, focused.height() // 2 + 24)

    def go_to_top(self) -> None:
        """Scroll to the first field."""
        self.verticalScrollBar().setValue(0)

    # ------------------------------------------------------------------- arranging

    def arrange(self, shown: Sequence[str]) -> None:
        """Lay out the fields shown; the focus stays."""
        self._shown = shown
        while (item := self._grid.takeAt(0)) is not None:
            # Deleted explicitly: PySide keeps the item alive, and Qt would notify it instead of the
            # new one when the widget's height changes.
            delete(item)
        self._rows = {}
        line = 0
        if self._has_notice:
            self._grid.addWidget(self._notice, 0, 0, 1, COLUMNS)
            line = 1
        for heading, keys in self._groups:
            group = [self._cells[key] for key in keys if key in shown]
            self._headings[heading].setVisible(bool(group))
            if group:
                self._grid.addWidget(self._headings[heading], line, 0, 1, COLUMNS)
                line = self._place(group, line + 1)
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)
        self._grid.setRowStretch(line, 1)
        for key, cell in self._cells.items():
            for widget in cell.widgets():
                widget.setVisible(key in shown)
            if key not in shown:
                cell.clear_note()
        self._chain_tabs()

    def _place(self, cells: list[FieldCell], line: int) -> int:
        """Put fields into rows of twelve columns from `line` on; returns the next free line."""
        bottom, top = Qt.AlignmentFlag.AlignBottom, Qt.AlignmentFlag.AlignTop
        for row in in_rows(cells, lambda cell: span_of(cell.field)):
            column, note_line = 0, line + 2
            for cell, span in row:
                self._grid.addWidget(cell.label, line, column, 1, span, bottom)
                self._grid.addWidget(cell.editor.widget, line + 1, column, 1, span, top)
                self._rows[cell.key] = note_line
                if cell.note is not None:
                    self._grid.addWidget(cell.note, note_line, 0, 1, COLUMNS)
                column += span
                note_line += 1
            line = note_line
        return line

    def put_note(self, key: str, note: QLabel) -> None:
        """Show a note below its field."""
        self._grid.addWidget(note, self._rows.get(key, 0), 0, 1, COLUMNS)
        note.show()

    # --------------------------------------------------------------------- the order

    def ordered(self) -> list[FieldCell]:
        """The fields shown, in reading order."""
        keys = [key for _heading, keys in self._groups for key in keys if key in self._shown]
        return [self._cells[key] for key in keys]

    def end_at(self, widget: QWidget) -> None:
        """Set the widget that follows the last field in the tab order."""
        self._end = widget
        self._chain_tabs()

    def _chain_tabs(self) -> None:
        stops = [stop for cell in self.ordered() for stop in cell.editor.tab_stops()]
        if self._end is not None:
            stops.append(self._end)
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)
