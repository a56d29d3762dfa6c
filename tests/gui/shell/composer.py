"""Types Vietnamese into a desk's window on a real X display: `composer.py DESK`.

xdotool presses the keys, an input method's daemon composes them; the resulting texts are printed as
JSON. It needs a display and a daemon, see test_input_methods.py.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from borderdesk.base.input_methods import settle_input_method
from borderdesk.desk import Desk
from borderdesk.store.lists.listing import Filter
from tests.gui.steps import marked, work_until
from ui.base.neighbours import focus_proxy
from ui.shell.app import application, main_window
from ui.shell.main_window import MainWindow

PATIENCE = 20
"""Seconds that a text may take to arrive; lost letters never do."""
TURNS, READY = 10, 4
"""How often a daemon is tried with a first letter, and the seconds for each try."""
QUICK, USUAL = 30, 40
"""Milliseconds between keys."""
HAMLETS = ("Bản Lán", "Bản Lầu", "Khuổi Cấp")


def until(ready: Callable[[], bool], patience: float = PATIENCE) -> bool:
    """Process events until a condition holds; returns whether it does."""
    return work_until(ready, patience)


def run(*words: str) -> None:
    """Run xdotool while the window processes events."""
    pressing = subprocess.Popen(["xdotool", *words])
    if not until(lambda: pressing.poll() is not None):
        pressing.kill()


def write(text: str, pause: int = USUAL) -> None:
    """Type the keys of a text in Telex."""
    run("type", "--delay", str(pause), text)


def press(*keys: str) -> None:
    """Press keys by their X names."""
    run("key", "--delay", str(USUAL), *keys)


def focus(widget: QWidget) -> None:
    """Focus a widget, and wait until it is focused."""
    widget.setFocus(Qt.FocusReason.OtherFocusReason)
    assert until(lambda: QApplication.focusWidget() is (focus_proxy(widget) or widget))


def wait_for_daemon(window: MainWindow) -> None:
    """Type a letter until it is composed: on a busy machine a daemon may announce itself before it
    is ready, and ibus may give a new window the previous engine. Only later losses are faults."""
    editor = window.current().form.cells["source_ref"].editor
    for _turn in range(TURNS):
        focus(editor.widget)
        write("aa ")
        composed = until(lambda: editor.raw() == "â ", READY)
        editor.put("")
        if composed:
            return
        subprocess.run(
            ["ibus", "engine", "Unikey"], check=False, capture_output=True, timeout=READY
        )


def in_a_field(window: MainWindow) -> str:
    """A free text of several words, and a line that Tab leaves while a word is composed."""
    editor = window.current().form.cells["source_ref"].editor
    focus(editor.widget)
    write("ddoofn bieen phofng ", QUICK)
    until(lambda: editor.raw() == "đồn biên phòng ")
    line = window.current().form.cells["hamlet"].editor
    focus(line.widget)
    write("naf mor", QUICK)
    press("Tab")
    until(lambda: line.raw() == "nà mỏ" and not line.holds(QApplication.focusWidget()))
    return f"{editor.raw().strip()} | {line.raw()}"


def in_a_table(window: MainWindow) -> list[str]:
    """The same hamlet in three rows, left with Enter and with Tab in turn."""
    page = window.current()
    page.show_grid()
    cells = page.grid.cells
    rows, column = cells.rows, [one.key for one in cells.columns].index("hamlet")
    for row in range(3):
        page.grid.view.go_to((row, "hamlet"))
        write("naf mor", QUICK)
        press("Return" if row % 2 else "Tab")
        until(lambda row=row: page.grid.view.currentIndex() != cells.index(row, column))
    texts = [rows[row].get("hamlet", "") for row in range(3)]
    page.grid.cells.start([])
    page.grid.leave()
    return texts


def in_a_chooser(window: MainWindow) -> list[str]:
    """The marked entry while words are composed, and the one that Enter accepts."""
    combo = window.current().form.cells["topics"].editor
    focus(combo.widget)
    write("bieen giowi")
    until(lambda: marked() != "")
    offered = marked()
    press("Return")
    until(lambda: not combo.holds(QApplication.focusWidget()))
    return [offered, combo.widget.text()]


def in_a_hamlet(window: MainWindow) -> list[str]:
    """A hamlet whose list is queried again when the first letter is typed, twice."""
    page, found = window.current(), []
    hamlet, commune = (page.form.cells[key].editor for key in ("hamlet", "commune"))
    units = sorted(page._desk.book.area_on("BS", page._desk.today()))
    for turn in range(2):
        commune.put(units[turn % len(units)])
        hamlet.put("")
        focus(page.form.cells["source_ref"].editor.widget)
        focus(hamlet.widget)
        write("banr laau ", QUICK)
        until(lambda: hamlet.raw() == "bản lâu ")
        found.append(hamlet.raw())
    return found


def an_evening(window: MainWindow) -> list[list[Any]]:
    """Two records entered with keys only: (hamlet, source, attendance) as stored in the desk."""
    page = window.current()
    for number in range(2):
        press("ctrl+n")
        form = page.form
        until(lambda form=form: form.cells["form"].editor.holds(QApplication.focusWidget()))
        for key, text in {
            "form": "taapj trung", "held_on": "1", "sessions": "1", "topics": "bieen giowi",
            "commune": "ba sown", "hamlet": "naf mor", "attendance": str(40 + number),
            "source_ref": "ddoofn bieen phofng",
        }.items():  # fmt: skip
            editor = form.cells[key].editor
            focus(editor.tab_stops()[0])
            press("ctrl+a")
            write(text, QUICK)
            press("Tab")
            until(lambda editor=editor: not editor.holds(QApplication.focusWidget()))
        press("F8", "ctrl+s")
        until(lambda: page.idle() and not page.dirty)
    lines = page._desk.lists.stream("outreach", Filter())
    found = [[one.values[key] for key in ("hamlet", "source_ref", "attendance")] for one in lines]
    return sorted(found, key=lambda line: line[2])


def in_the_search(window: MainWindow) -> int:
    """The number of households found by a word that is still being composed."""
    window.nav.setCurrentItem(window.items["household"])
    page = window.current()
    until(page.idle)
    focus(page.filter.search)
    write("khuooir")
    until(lambda: page.idle() and len(page.table.lines) == 1)
    return len(page.table.lines)


def in_the_commands(window: MainWindow) -> str:
    """The first command found by two words, the second still being composed."""
    press("ctrl+k")
    until(lambda: window.findChild(QDialog) is not None)
    box: Any = window.findChild(QDialog)
    until(box.search.hasFocus)
    write("sao luwu")

    def first() -> str:
        line = box.list.item(0)
        return str(line.text()) if line is not None else ""

    until(lambda: "ao lưu" in first())
    found = first()
    press("Escape", "Escape")
    return found


def main() -> int:
    """Type in all places and print the results."""
    # As main.py does, before Qt starts.
    settle_input_method(os.environ)
    app = application()
    with Desk.open(Path(sys.argv[1])) as desk:
        for number, hamlet in enumerate(HAMLETS):
            household = {"head": f"Lý A {number}", "commune": "06196", "hamlet": hamlet}
            desk.records.add("household", household)
        window = main_window(desk, "vi", "outreach")
        window.show()
        window.activateWindow()
        until(window.isActiveWindow)
        until(window.current().idle)
        wait_for_daemon(window)
        typed = {
            "field": in_a_field(window),
            "table": in_a_table(window),
            "chooser": in_a_chooser(window),
            "hamlet": in_a_hamlet(window),
            "evening": an_evening(window),
            "search": in_the_search(window),
            "commands": in_the_commands(window),
        }
        print(json.dumps(typed), flush=True)
        window.tasks.finish()
    del app
    return 0


if __name__ == "__main__":
    sys.exit(main())
