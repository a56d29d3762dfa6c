"""Editor of several values: a line edit and a list of checkboxes."""

from collections.abc import Sequence
from functools import cached_property

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.schema.kinds import SeveralField
from ui.base.neighbours import screen_of
from ui.base.plain_text import plain_tip
from ui.widgets.editors.completion import Completion
from ui.widgets.editors.editor import Editor, EditorContext, Raw
from ui.widgets.editors.offers import ComboOption, meant, only, ranked
from ui.widgets.editors.options import in_front, options_of
from ui.widgets.editors.pick_addition import added_label, addition, is_addition
from ui.widgets.editors.text_line import TextLine
from ui.widgets.icons import icon, name_buttons

CODE = Qt.ItemDataRole.UserRole
SHOWN_ROWS = 10


class SeveralEditor(Editor):
    """Values separated by semicolons; Down or the button opens the list."""

    def __init__(self, field: SeveralField, ground: EditorContext) -> None:
        self.line = TextLine()
        super().__init__(self.line)
        self._field = field
        self._ground = ground
        self._past: dict[str, str] = {}
        self._before: tuple[str, ...] = ()
        opening = QAction(icon("open"), _("Choose from the list"), self.line)
        opening.setToolTip(_("Choose from the list (Down)"))
        opening.triggered.connect(self.open)
        self.line.addAction(opening, QLineEdit.ActionPosition.TrailingPosition)
        name_buttons(self.line, opening.text())
        self.line.textChanged.connect(self._changed)
        self.line.installEventFilter(self)
        self.line.entered.connect(self._enter)
        self.completion: Completion | None = None
        self.list: QListWidget | None = None

    def _enter(self) -> None:
        """The line got the focus: create the completion list for its last value."""
        if self.completion is None:
            self.completion = Completion(self.line, self.find)
            self.completion.taken.connect(self._take)
            self.completion.done.connect(self.done)

    def find(self, text: str) -> list[ComboOption]:
        """The entries that match the last value, without values already given."""
        part = text.rpartition(";")[2].strip()
        given_codes = {self._code(label) for label in self._parts()[:-1]}
        options = [option for option in self._offered if option.code not in given_codes]
        matches = ranked(part, options) if part else []
        return [*matches, *(addition(part, options) if self._field.each.pick_list else ())]

    def _take(self, option: ComboOption) -> None:
        """Replace the last value by an entry."""
        label = option.label
        if is_addition(option):
            label = added_label(option.code)
            try:
                self._ground.desk.records.add_pick(self._field.each.pick_list, label)
            except UserError:
                # The typed text stays; validation of the form shows the problem.
                return
            self.refresh()
        before = self.line.text().rpartition(";")[0].strip()
        self.line.setText(f"{before}; {label}" if before else label)

    def offered(self) -> list[ComboOption]:
        """The entries offered."""
        return list(self._offered)

    def _changed(self, text: str) -> None:
        self.line.setToolTip(plain_tip(text.replace("; ", "\n")))
        self.edited.emit()

    def raw(self) -> str:
        return ";".join(self._code(part) for part in self._parts())

    def _parts(self) -> list[str]:
        return [part.strip() for part in self.line.text().split(";") if part.strip()]

    def _code(self, label: str) -> str:
        return self._past.get(label) or meant(label, self._offered) or label

    def put(self, raw: Raw) -> None:
        book = self._ground.desk.book
        labels = []
        for code in str(raw).split(";"):
            if code:
                label = self._field.each.show(code, book)
                self._past[label] = code
                labels.append(label)
        self.line.setText("; ".join(labels))
        self.line.setCursorPosition(0)

    def refresh(self) -> None:
        vars(self).pop("_offered", None)

    @cached_property
    def _offered(self) -> Sequence[ComboOption]:
        """The entries, read when they are first needed after a refresh."""
        return in_front(options_of(self._field.each, self._ground), self._before)

    def prefer(self, codes: Sequence[str]) -> None:
        self._before = tuple(codes)
        self.refresh()

    def settle(self) -> None:
        """Replace each value by its label where it matches only one."""
        if self.completion is not None and self.completion.take_marked():
            return
        labels = {option.code: option.label for option in self._offered}
        parts = []
        for part in self._parts():
            code = self._code(part)
            code = code if code in labels else only(part, self._offered)
            parts.append(labels.get(code, part))
        text = "; ".join(parts)
        if text != self.line.text():
            self.line.setText(text)

    # ------------------------------------------------------------------ the list

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down in the line opens the list."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and watched is self.line
            and event.key() == Qt.Key.Key_Down
            and not (self.completion is not None and self.completion.is_open())
        ):
            self.open()
            return True
        return super().eventFilter(watched, event)

    def open(self) -> None:
        """Open the list of checkboxes."""
        chosen_codes = {self._code(part) for part in self._parts()}
        self.list = TickList(self.line)
        for option in self._offered:
            item = QListWidgetItem(option.label, self.list)
            item.setData(CODE, option.code)
            ticked = option.code in chosen_codes
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        self.list.itemChanged.connect(self._ticked)
        self.list.setAccessibleName(_(self._field.label))
        self.list.drop_below(self.line)

    def _ticked(self, item: QListWidgetItem) -> None:
        code = item.data(CODE)
        parts = [part for part in self._parts() if self._code(part) != code]
        if item.checkState() == Qt.CheckState.Checked:
            parts.append(item.text())
        self.line.setText("; ".join(parts))


class TickList(QListWidget):
    """Popup list of checkboxes; Space toggles, Enter and Escape close it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.itemClicked.connect(self._clicked)

    def _clicked(self, item: QListWidgetItem) -> None:
        # A click on the checkbox has toggled it before this signal.
        if not self._on_box:
            self._turn(item)

    _on_box = False

    def mousePressEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        item = self.itemAt(event.position().toPoint())
        box = self.style().pixelMetric(self.style().PixelMetric.PM_IndicatorWidth) + 8
        self._on_box = item is not None and event.position().x() < box
        super().mousePressEvent(event)

    def _turn(self, item: QListWidgetItem) -> None:
        on = item.checkState() == Qt.CheckState.Checked
        item.setCheckState(Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)

    def drop_below(self, line: QLineEdit) -> None:
        """Show it below the line at the same width, or above if there is no room."""
        rows = min(max(self.count(), 1), SHOWN_ROWS)
        self.resize(line.width(), rows * max(self.sizeHintForRow(0), 20) + 8)
        below = line.mapToGlobal(QPoint(0, line.height()))
        bottom = screen_of(line).availableGeometry().bottom()
        if below.y() + self.height() > bottom:
            below = line.mapToGlobal(QPoint(0, -self.height()))
        self.move(below)
        if self.count():
            self.setCurrentRow(0)
        self.show()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter closes it as Escape does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.close()
            return
        super().keyPressEvent(event)
