"""Completion list below a line edit.

The list is a child widget of the line's window, not a window of its own: it takes neither focus nor
grab, so opening it does not interrupt an input method, however late its entries arrive.
"""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QListView, QWidget

from ui.base.composing import take_composed
from ui.base.neighbours import focus_proxy
from ui.base.style import named
from ui.widgets.editors.offers import ComboOption
from ui.widgets.editors.option_model import OptionModel
from ui.widgets.editors.pick_addition import is_addition
from ui.widgets.editors.text_line import OWED, LongText, TextLine

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
MOVES = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
MOST_ROWS = 12
EDGE = 6
Find = Callable[[str], Sequence[ComboOption]]


class OfferList(QListView):
    """The list view, raised above all other widgets of its window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        named(self, "offers")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.hide()

    def drop_at(self, line: QWidget) -> None:
        """Place it below a widget, or above it if there is more room."""
        window, model = line.window(), self.model()
        rows = min(model.rowCount(), MOST_ROWS)
        height = rows * max(self.sizeHintForRow(0), 16) + EDGE
        width = max(line.width(), min(self.sizeHintForColumn(0) + 28, 2 * line.width(), 480))
        corner = line.mapTo(window, QPoint(0, line.height()))
        above = line.mapTo(window, QPoint(0, 0)).y()
        below = window.height() - corner.y()
        if below < height and above > below:
            height = min(height, above)
            corner.setY(above - height)
        else:
            height = min(height, max(below, 0))
        corner.setX(max(0, min(corner.x(), window.width() - width)))
        self.setGeometry(QRect(corner.x(), corner.y(), width, height))
        self.raise_()
        self.show()


class Completion(QObject):
    """Completion of the text typed into a line; the same behaviour for all fields.

    Enter takes the marked entry and moves on, Tab takes it and leaves the field, Escape closes the
    list. The best entry is marked until a person moves the mark; a `free` line, whose text may be
    anything, starts without a mark, so that Enter leaves the text as typed. With `opens` the line
    is that of a combo box: Down or a click on its text opens the whole list.

    taken(ComboOption): an entry was taken; done: the focus may move on.
    """

    taken = Signal(object)
    done = Signal()

    def __init__(
        self,
        line: TextLine | LongText,
        find: Find | None = None,
        *,
        free: bool = False,
        opens: bool = False,
    ) -> None:
        """find: entries for a text, best first; without it, the entries are passed to `offer`."""
        super().__init__(line)
        self._line = line
        self._find = find
        self._free = free
        self._opens = opens
        self._list: OfferList | None = None
        self._model: OptionModel | None = None
        self._owner: QWidget = focus_proxy(line) or line
        self._areas: list[QAbstractScrollArea] = []
        self._waited = False
        self.typed = False
        """Whether a person has typed since the line got the focus."""
        line.typed.connect(self._note_typing)
        line.seen.connect(self._follow)
        for widget in {line, self._owner}:
            widget.installEventFilter(self)

    # ------------------------------------------------------------------ the entries

    def is_open(self) -> bool:
        """Whether the list is visible."""
        return self._list is not None and self._list.isVisible()

    def options(self) -> list[ComboOption]:
        """The entries shown; [] while it is closed."""
        return list(self._model.options) if self.is_open() and self._model is not None else []

    def marked(self) -> ComboOption | None:
        """The entry that Enter would take."""
        if not self.is_open() or self._list is None or self._model is None:
            return None
        row = self._list.currentIndex().row()
        return self._model.options[row] if row >= 0 else None

    def _note_typing(self, _text: str) -> None:
        self.typed = True

    def _follow(self, _text: str) -> None:
        """Search again for the text on the screen when a person changed it."""
        if self._line.is_composing():
            self.typed = True
        if self._find is not None and self.typed and self._line.hasFocus():
            self.refresh()

    def refresh(self) -> None:
        """Show the entries for the current text."""
        if self._find is None:
            return
        text = self._line.seen_text()
        self.offer(self._find(text) if text.strip() else ())

    def open(self) -> None:
        """Show all entries."""
        if self._find is not None:
            self.offer(self._find(""), best=-1)

    def offer(self, options: Sequence[ComboOption], best: int = 0) -> None:
        """Show these entries with the one at index `best` marked (-1: none); no entries close the
        list."""
        if not options or not self._line.hasFocus():
            self.close()
            return
        view = self._made()
        self._model = OptionModel(options)
        self._model.setParent(view)
        old = view.model()
        view.setModel(self._model)
        if old is not None:
            old.deleteLater()
        row = -1 if self._free or is_addition(options[0]) else best
        view.setCurrentIndex(self._model.index(row, 0) if row >= 0 else QModelIndex())
        view.drop_at(self._owner)
        view.scrollToTop()

    def _made(self) -> OfferList:
        window = self._line.window()
        if self._list is None or self._list.parentWidget() is not window:
            if self._list is not None:
                self._list.deleteLater()
            self._list = OfferList(window)
            self._list.setAccessibleName(self._owner.accessibleName())
            self._list.clicked.connect(lambda _index: self._take(go_on=True))
        if not self.is_open():
            self._watch(window)
        return self._list

    def _watch(self, window: QWidget) -> None:
        """Watch for clicks outside, and for scrolling of the page below the list."""
        handle = window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)
        ancestor = self._owner.parentWidget()
        while ancestor is not None:
            if isinstance(ancestor, QAbstractScrollArea):
                self._areas.append(ancestor)
                ancestor.verticalScrollBar().valueChanged.connect(self._move)
            ancestor = ancestor.parentWidget()

    def _move(self) -> None:
        if self.is_open() and self._list is not None:
            self._list.drop_at(self._owner)

    def close(self) -> None:
        """Hide the list."""
        if self._list is None or self._list.isHidden():
            return
        self._list.hide()
        handle = self._list.window().windowHandle()
        if handle is not None:
            handle.removeEventFilter(self)
        for area in self._areas:
            area.verticalScrollBar().valueChanged.disconnect(self._move)
        self._areas.clear()

    def _take(self, *, go_on: bool) -> None:
        option = self.marked()
        self.close()
        if option is None:
            return
        self.typed = False
        self.taken.emit(option)
        if go_on:
            self.done.emit()

    def take_marked(self) -> bool:
        """Take the marked entry without moving the focus; whether an entry was marked."""
        has_mark = self.marked() is not None
        self._take(go_on=False)
        return has_mark

    # -------------------------------------------------------------------- the keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle the keys of the list while it is open; the focus stays in the line."""
        kind = event.type()
        if watched is not self._line and watched is not self._owner:
            return self._elsewhere(event)
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self.is_open() and event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
        elif kind == QEvent.Type.FocusIn:
            self.typed = False
        elif kind in (QEvent.Type.FocusOut, QEvent.Type.Hide):
            self.close()
        elif kind in (QEvent.Type.Move, QEvent.Type.Resize):
            self._move()
        elif kind == QEvent.Type.MouseButtonRelease and watched is self._line:
            self._clicked()
        return False

    def _clicked(self) -> None:
        """A click on the text of a combo box selects the text and opens the list."""
        line = self._line
        if self._opens and isinstance(line, TextLine) and not line.hasSelectedText():
            line.selectAll()
            self.open()

    def _elsewhere(self, event: QEvent) -> bool:
        """Close the list on a click or wheel outside."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            view, at = self._list, event.globalPosition().toPoint()
            inside = [w for w in (view, self._owner) if w is not None]
            if not any(w.rect().contains(w.mapFromGlobal(at)) for w in inside):
                self.close()
        elif event.type() == QEvent.Type.Wheel and not self._over_list(event):
            self.close()
        return False

    def _over_list(self, event: Any) -> bool:
        view = self._list
        at = event.globalPosition().toPoint()
        return view is not None and view.rect().contains(view.mapFromGlobal(at))

    def _key(self, event: QKeyEvent) -> bool:
        if event.key() in (*ENTER, Qt.Key.Key_Tab) and self._wait(event):
            return True
        code, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not self.is_open():
            if self._opens and code in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.open()
                return True
            return False
        if code in MOVES:
            self._step({Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(code)), code)
            return True
        if code == Qt.Key.Key_Escape:
            self.close()
            return True
        if (
            modifiers == Qt.KeyboardModifier.NoModifier
            and code in ENTER
            and self.marked() is not None
        ):
            self._take(go_on=True)
            return True
        if modifiers == Qt.KeyboardModifier.NoModifier and code in (*ENTER, Qt.Key.Key_Tab):
            self._take(go_on=False)
        return False

    def _wait(self, event: QKeyEvent) -> bool:
        """Delay a key that takes an entry until the word being composed is committed, else the
        input method would append it to the entry. Returns whether the key event is sent again
        later."""
        line = self._line
        if self._waited or not (line.is_composing() or line.owed):
            self._waited = False
            if line.is_composing():
                take_composed()
            return False
        self._waited = True
        repeated = QKeyEvent(event.type(), event.key(), event.modifiers(), event.text())
        QTimer.singleShot(OWED, self, lambda: QApplication.sendEvent(self._owner, repeated))
        return True

    def _step(self, by: int | None, code: int) -> None:
        view, model = self._list, self._model
        if view is None or model is None:
            return
        if by is None:
            by = MOST_ROWS if code == Qt.Key.Key_PageDown else -MOST_ROWS
            place = max(0, min(view.currentIndex().row() + by, model.rowCount() - 1))
        else:
            place = (max(view.currentIndex().row(), -1) + by) % model.rowCount()
            if view.currentIndex().row() < 0 and by < 0:
                place = model.rowCount() - 1
        view.setCurrentIndex(model.index(place, 0))
