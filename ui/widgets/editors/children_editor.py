"""Editor of a field with child rows: a small grid with one line of editors per row."""

import re
from itertools import chain, pairwise, zip_longest

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.i18n import _
from borderdesk.schema.kinds import HAMLET, ChildrenField, is_marker
from borderdesk.schema.kinds.field import labelled
from ui.base.neighbours import preceding
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.widgets.actions.all_actions import tip
from ui.widgets.editors.editor import Editor, EditorContext, EditorFactory, Raw
from ui.widgets.editors.line_editor import LineEditor
from ui.widgets.layout.flow import FlowLayout

_PATH = re.compile(r"\[(\d+)\](?:\.(\w+))?$")


class ChildRow:
    """A row of editors, the button that removes it, and the label for its problem."""

    place = 0
    """Its grid position, which does not change when rows before it are removed."""

    def __init__(self, editors: dict[str, Editor], remove: QPushButton, note: QLabel) -> None:
        self.editors = editors
        self.remove = remove
        self.note = note

    def raw(self) -> dict[str, Raw]:
        """The texts of the row's cells by column key, blank cells left out."""
        return {key: raw for key, e in self.editors.items() if (raw := e.raw()) != ""}

    def widgets(self) -> list[QWidget]:
        """All widgets of the row."""
        return [*(e.widget for e in self.editors.values()), self.remove, self.note]


class ChildrenEditor(Editor):
    """Rows that can be added and removed; rows without any text are ignored."""

    def __init__(self, field: ChildrenField, ground: EditorContext, make: EditorFactory) -> None:
        """make: creates the editor of a cell."""
        box = QWidget()
        super().__init__(box)
        self._field = field
        self.stretch = field.stretch
        self._ground = ground
        self._make = make
        self._columns = field.child.fields()
        self.rows: list[ChildRow] = []
        outer = QVBoxLayout(box)
        outer.setContentsMargins(0, 0, 0, 0)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(6)
        outer.addLayout(self._grid)
        self._heads: list[QLabel] = []
        """The labels of the columns, created with the first row."""
        self.filling = QPushButton(f"{_('All markers of the stretch intact')}   F7")
        self.filling.setAccessibleName(_("All markers of the stretch intact"))
        self.filling.setToolTip(tip("fill_stretch"))
        if field.stretch is None:
            self.filling.hide()
        self.filling.clicked.connect(self.fill_stretch)
        self.add = QPushButton(_("Add a row"))
        self.add.setToolTip(_("Space adds a row, Enter goes on"))
        self.add.setAccessibleName(f"{_('Add a row')}: {_(field.label)}")
        self.add.clicked.connect(self._add_clicked)
        below = FlowLayout()
        below.add(self.add)
        below.add(self.filling)
        outer.addLayout(below)

    def _make_heads(self) -> None:
        for place, column in enumerate(self._columns.values()):
            head = named(PlainLabel(labelled(column)), "muted")
            head.setWordWrap(True)
            self._grid.addWidget(head, 0, place, Qt.AlignmentFlag.AlignBottom)
            self._grid.setColumnStretch(place, 1)
            self._heads.append(head)

    def _show_heads(self) -> None:
        if self.rows and not self._heads:
            self._make_heads()
        for head in self._heads:
            head.setVisible(bool(self.rows))

    def raw(self) -> Raw:
        return [raw for row in self.rows if (raw := row.raw())]

    def put(self, raw: Raw) -> None:
        for row in list(self.rows):
            self._drop(row)
        for texts in raw or ():
            row = self._append()
            for key, editor in row.editors.items():
                editor.put(texts.get(key, ""))
        self._show_heads()

    def put_before(self, inside: QWidget, raw: Raw) -> bool:
        """Fill the focused cell from the same row of the record before, else from its last row;
        take all its rows only if none is filled in here."""
        for texts, row in zip_longest(raw[: len(self.rows)], self.rows, fillvalue=raw[-1]):
            for key, editor in row.editors.items():
                if editor.holds(inside):
                    editor.put(texts.get(key, "") or editor.raw())
                    return bool(texts.get(key))
        if self.raw():
            return False
        self.put(raw)
        return True

    def fill_stretch(self) -> int:
        """Add a row for each marker of the record's stretch that has none; returns how many."""
        stretch = self.stretch
        if stretch is None:
            return 0
        first, last = (self._ground.other(key).strip() for key in stretch.ends)
        if not is_marker(first) or not is_marker(last):
            return 0
        present = {row.editors[stretch.marker].raw() for row in self.rows}
        expected = self._ground.desk.book.markers_between(first, last)
        missing = [marker for marker in expected if marker not in present]
        for row in [row for row in self.rows if not row.raw()]:
            self._drop(row)
        for marker in missing:
            row = self._append()
            for key, raw in {stretch.marker: marker, **stretch.rest}.items():
                row.editors[key].put(raw)
        self._show_heads()
        if missing:
            self.edited.emit()
        return len(missing)

    def parts_within(self) -> list[Editor]:
        return [editor for row in self.rows for editor in row.editors.values()]

    def settle(self) -> None:
        for editor in self.parts_within():
            editor.settle()

    def refresh(self) -> None:
        for row in self.rows:
            for editor in row.editors.values():
                editor.refresh()

    # ---------------------------------------------------------------------- rows

    def _add_clicked(self) -> None:
        row = self._append()
        self._show_heads()
        self.edited.emit()
        next(iter(row.editors.values())).focus()

    def _append(self) -> ChildRow:
        editors: dict[str, Editor] = {}

        def other(key: str) -> str:
            """The text of another cell of the row, else of the record's field of that key."""
            return str(editors[key].raw()) if key in editors else self._ground.other(key)

        inner = self._ground._replace(other=other)
        for key in self._columns:
            editors[key] = self._cell(key, inner)
        remove = QPushButton("×")
        remove.setToolTip(_("Remove this row"))
        remove.setAccessibleName(_("Remove this row"))
        remove.setProperty("flat", True)
        note = named(PlainLabel(), "problem")
        note.setWordWrap(True)
        note.hide()
        row = ChildRow(editors, remove, note)
        remove.clicked.connect(lambda: self._remove(row))
        line = 1 + 2 * (self.rows[-1].place + 1 if self.rows else 0)
        row.place = (line - 1) // 2
        for place, editor in enumerate(editors.values()):
            self._grid.addWidget(editor.widget, line, place, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(remove, line, len(editors), Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(note, line + 1, 0, 1, len(editors) + 1)
        # Shown at once: the layout would do it in a later event, until which they cannot take the
        # focus.
        for widget in (*(e.widget for e in editors.values()), remove):
            widget.show()
        self.rows.append(row)
        self._chain()
        return row

    def _cell(self, key: str, ground: EditorContext) -> Editor:
        column = self._columns[key]
        # A long text gets a single-line editor here, to keep rows one line high.
        long = column.free_text and column.refers_to != HAMLET
        editor = LineEditor(column, ground) if long else self._make(column, ground)
        editor.describe(_(column.label), _(self._field.label))
        editor.edited.connect(self.edited)
        editor.done.connect(self.done)
        return editor

    def tab_stops(self) -> list[QWidget]:
        cells = [[*(e.widget for e in row.editors.values()), row.remove] for row in self.rows]
        return [*chain(*cells), self.add, self.filling]

    def _chain(self) -> None:
        """Set the tab order: along the rows after the widget before them, then the buttons
        below."""
        for before, after in pairwise([self._before(), *self.tab_stops()]):
            QWidget.setTabOrder(before, after)

    def entered_at(self, place: QWidget) -> QWidget:
        """Enter walks through the rows while any required cell is empty, else jumps to the "Add"
        button."""
        needed = [key for key, column in self._columns.items() if column.required]
        filled = all(row.editors[key].raw() for row in self.rows for key in needed)
        return self.add if filled else place

    def _before(self) -> QWidget:
        """The last widget before the rows in the tab order."""
        place: QWidget | None = self.add
        while place is not None and (
            self.holds(place) or not place.focusPolicy() & Qt.FocusPolicy.TabFocus
        ):
            place = preceding(place)
        return place or self.add

    def _remove(self, row: ChildRow) -> None:
        self._drop(row)
        self._show_heads()
        self.add.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()

    def _drop(self, row: ChildRow) -> None:
        self.rows.remove(row)
        for widget in row.widgets():
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()

    # ------------------------------------------------------------------ problems

    def _at(self, path: str) -> tuple[ChildRow | None, str]:
        match = _PATH.match(path)
        filled = [row for row in self.rows if row.raw()]
        if match is None or int(match[1]) >= len(filled):
            return None, ""
        return filled[int(match[1])], match[2] or ""

    def show_inside(self, path: str, text: str) -> bool:
        """Show a problem below the row that `path` ("[0].marker") names; False if there is no such
        row."""
        row, key = self._at(path)
        if row is None:
            return False
        label = _(self._columns[key].label) + ": " if key in self._columns else ""
        before = row.note.text() + "\n" if not row.note.isHidden() else ""
        row.note.setText(f"{before}✗ {label}{text}")
        row.note.show()
        if key in row.editors:
            row.editors[key].mark(True)
        return True

    def clear_inside(self) -> None:
        """Remove the problem labels of all rows."""
        for row in self.rows:
            row.note.hide()
            row.note.clear()
            for editor in row.editors.values():
                editor.mark(False)

    def mark(self, wrong: bool) -> None:
        """Nothing: the rows show their own problems."""

    def focus(self, path: str = "") -> None:
        row, key = self._at(path)
        if row is None:
            self.add.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        row.editors.get(key, next(iter(row.editors.values()))).focus()
