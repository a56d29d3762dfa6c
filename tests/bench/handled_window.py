"""Types, scrolls and switches pages in the window of a desk; prints each duration as JSON.

Arguments: the desk's folder, which is written to, as typed text is kept in drafts; "at once" to
measure only switching to pages that are not created ahead.

Keys and frames are sent at fixed times, and each is timed from when it was due until its effect is
painted, so that any blocking of the event loop counts.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtCore import QChildEvent, QEvent, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from borderdesk.desk import Desk
from borderdesk.schema.kinds import CountField, DayField, MarkerField, QuantityField
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.lists.listing import Filter
from ui.records.form.record_form import RecordForm
from ui.records.record_page import RecordPage
from ui.shell import app
from ui.shell.main_window import MainWindow

KEY_SECONDS, FRAME_SECONDS = 0.06, 1 / 60
"""Seventeen keys a second, faster than anybody types."""
FRAMES, NOTCH = 400, 120
SIZE = (1_366, 768)
ARRIVING = 0.2
LONGEST, SETTLING, STARTING, MAKING = 5.0, 1.5, 3.0, 60.0
WORDS, NUMBER, DATE, MARKER = "nong van hoa", "240", "7/12/2023", "1187"


class Painted(QObject):
    """Event filter that records when one of some widgets was painted."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.seen = False
        self.over = 0.0
        self._widgets = widgets
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if not self.seen and event.type() == QEvent.Type.Paint:
            self.seen = True
            QTimer.singleShot(0, self, self._note_end)
        return False

    def _note_end(self) -> None:
        self.over = time.perf_counter()

    def stop(self) -> None:
        for widget in self._widgets:
            widget.removeEventFilter(self)


def turn_until(done: Callable[[], bool], longest: float = LONGEST) -> None:
    """Process events until a condition holds, at most for a time limit."""
    end = time.perf_counter() + longest
    while not done() and time.perf_counter() < end:
        QApplication.processEvents()
        time.sleep(0.0002)


def turn(seconds: float) -> None:
    end = time.perf_counter() + seconds
    turn_until(lambda: time.perf_counter() >= end, seconds + 1)


def in_time(due: float, act: Callable[[], None], *watched: QWidget) -> float:
    """Run an action when it is due; the milliseconds from then until it is painted."""
    turn_until(lambda: time.perf_counter() >= due)
    paint = Painted(*watched)
    act()
    turn_until(lambda: paint.seen)
    paint.stop()
    return (time.perf_counter() - due) * 1_000


# ------------------------------------------------------------------------------ typing


def typing(window: MainWindow) -> Iterator[tuple[str, list[float]]]:
    """(type.field, milliseconds of each key typed into it) of every field of every form."""
    for name in ALL_TYPES:
        window.nav.setCurrentItem(window.items[name])
        page: Any = window.current()
        assert isinstance(page, RecordPage)
        turn_until(page.idle)
        page.begin()
        turn(SETTLING)
        for key, cell in page.form.cells.items():
            if cell.editor.widget.isVisible():
                cell.editor.focus()
                # Text typed before may have made the form higher.
                turn(ARRIVING)
                show(cell.editor.widget)
                turn(KEY_SECONDS)
                times = keys_of(text_for(cell.field))
                if times:
                    yield f"{name}.{key}", times
        page.form.discard()
        turn(SETTLING)


def show(widget: QWidget) -> None:
    """Scroll a field into view, as the Tab key does."""
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(widget)
        around = around.parentWidget()


def text_for(field: Any) -> str:
    """The text typed into a field of this kind."""
    kinds = ((DayField, DATE), (MarkerField, MARKER), (CountField, NUMBER), (QuantityField, NUMBER))
    return next((text for kind, text in kinds if isinstance(field, kind)), WORDS)


def keys_of(text: str) -> list[float]:
    """The milliseconds of each key of a text typed into the focused widget."""
    times = []
    due = time.perf_counter()
    for letter in text:
        field = QApplication.focusWidget()
        if field is None or not takes_text(field):
            break
        due += KEY_SECONDS
        press = lambda field=field, letter=letter: QTest.keyClick(field, letter)  # noqa: E731
        times.append(in_time(due, press, *parts(field)))
        due = max(due, time.perf_counter() - KEY_SECONDS)
    return times


def takes_text(widget: QWidget) -> bool:
    return widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def parts(field: Any) -> list[QWidget]:
    """The widgets that a key in a field may repaint."""
    inner = [getattr(field, name, None) for name in ("lineEdit", "viewport")]
    return [field, *(made for call in inner if call is not None and (made := call()) is not None)]


# --------------------------------------------------------------------------- scrolling


def scrolling(window: MainWindow, name: str) -> tuple[list[float], list[float], int]:
    """The milliseconds of wheel and key frames, and how many rows scrolled by."""
    window.nav.setCurrentItem(window.items[name])
    page: Any = window.current()
    turn_until(page.idle)
    page.table.ask(Filter(), page.table.order)
    turn(SETTLING)
    wheel, pages = scroll(page.view)
    return wheel, pages, page.table.rowCount()


def scroll(table: Any) -> tuple[list[float], list[float]]:
    """The milliseconds of wheel and key frames in a table view."""
    view = table.viewport()
    place = QPointF(view.width() / 2, view.height() / 2)

    def notch() -> None:
        event = QWheelEvent(
            place, view.mapToGlobal(place), QPoint(), QPoint(0, -NOTCH),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(view, event)

    wheel = frames(notch, view)
    table.setFocus()
    bar = table.verticalScrollBar()
    # The first key moves the selection to a visible row, and opens its record.
    down = lambda: bar.setValue(bar.value() + bar.pageStep())  # noqa: E731
    return wheel, frames(down, view)


def frames(act: Callable[[], None], view: QWidget) -> list[float]:
    """The milliseconds of each of many frames."""
    times = []
    due = time.perf_counter() + FRAME_SECONDS
    for _frame in range(FRAMES):
        times.append(in_time(due, act, view))
        due = max(due + FRAME_SECONDS, time.perf_counter())
    return times


# ----------------------------------------------------------------------------- turning


def turning(window: Any) -> dict[str, list[float]]:
    """{page: milliseconds of its first and of its second display}."""
    times: dict[str, list[float]] = {}
    for _time in range(2):
        for key, item in window.items.items():
            started = time.perf_counter()
            window.nav.setCurrentItem(item)
            times.setdefault(key, []).append(until_painted(started, window.current()))
            turn(SETTLING)
    return times


class FormPainted(QObject):
    """Records when the form beside the list of a page was painted."""

    def __init__(self, page: Any) -> None:
        super().__init__()
        self._paint: Painted | None = None
        page.list.parentWidget().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QChildEvent) and event.added():
            come = event.child()
            if isinstance(come, RecordForm):
                self._paint = Painted(come)
        return False

    @property
    def over(self) -> float:
        """The time of the paint, 0 before it."""
        return self._paint.over if self._paint is not None else 0.0

    def is_over(self) -> bool:
        """Whether the form has been painted."""
        return self.over > 0


def turning_at_once(window: Any) -> dict[str, list[float]]:
    """For every page of records not created yet, the milliseconds until its list and until its form
    are painted, without idle time in which pages are created ahead."""
    times = {}
    for name in [name for name in ALL_TYPES if name not in window.pages]:
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Shift)
        started = time.perf_counter()
        window.nav.setCurrentItem(window.items[name])
        page: Any = window.current()
        form = FormPainted(page)
        listed = until_painted(started, page)
        turn_until(form.is_over)
        if not form.is_over():
            raise TimeoutError(f"The form of {name} was not painted.")
        times[name] = [listed, max(listed, (form.over - started) * 1_000)]
        turn(SETTLING)
    return times


def until_painted(started: float, widget: QWidget) -> float:
    """The milliseconds from a time until the widget's next paint; later work in the same turn of
    the event loop is excluded."""
    paint = Painted(widget)
    turn_until(lambda: paint.over > 0)
    paint.stop()
    return (paint.over - started) * 1_000


def turned_at_once(window: Any) -> dict[str, Any]:
    """The measurements of pages that are not created ahead."""
    turn_until(window.import_ahead.done, MAKING)
    shiboken6.delete(window.ahead)
    return {"turned": turning_at_once(window)}


def handled(window: Any) -> dict[str, Any]:
    """All measurements, with every page created ahead."""
    turn_until(window.ahead.done, MAKING)
    turned = turning(window)
    wheel, pages, rows = scrolling(window, "pledge")
    keys = dict(typing(window))
    return {"turned": turned, "wheel": wheel, "pages": pages, "rows": rows, "keys": keys}


def main(folder: str, state: str = "") -> None:
    application = app.application()
    with Desk.open(Path(folder)) as desk:
        window = app.main_window(desk, "vi", "incident")
        window.resize(*SIZE)
        window.show()
        window.activateWindow()
        print(json.dumps(turned_at_once(window) if state else handled(window)), flush=True)
        window.close()
        window.tasks.finish()
    del application


if __name__ == "__main__":
    main(*sys.argv[1:])
