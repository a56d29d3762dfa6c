"""The clipboard of a real X display after use by a desk: `x_clipboard.py DESK`; without a desk,
another program that copies something.

The offscreen platform of the other tests does not know the clipboard's owner. The contents of
clipboard and selection are printed as JSON: after an erasure, after a lock, after another program
copied something, and after the window was closed. Also whether a drag continues before and after
the lock.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "xcb"
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from PySide6.QtCore import QMimeData, Qt, QTimer
from PySide6.QtGui import QClipboard, QDrag, QGuiApplication
from PySide6.QtTest import QTest

from borderdesk.desk import Desk
from borderdesk.keys.key_ring import KeyRing
from tests.factories import example
from ui.base.erasure_watch import erasure_watch_of
from ui.shell.app import application, main_window
from ui.shell.idle_lock import IdleLock
from ui.shell.main_window import MainWindow

OURS, ANOTHERS = "020187001234", "của chương trình khác"
MARKED = QClipboard.Mode.Selection
AFTER = 1_000
"""Milliseconds after which a drag that was not cancelled still goes on."""


def copy_as_another() -> None:
    """Run as a program that copies something, until it is ended."""
    app = QGuiApplication([])
    app.clipboard().setText(ANOTHERS)
    QTimer.singleShot(0, lambda: print("copied", flush=True))
    app.exec()


def copy() -> None:
    """Copy and select something, as a clerk does."""
    QGuiApplication.clipboard().setText(OURS)
    QGuiApplication.clipboard().setText(OURS, MARKED)


def left() -> list[str]:
    """The texts that can be pasted."""
    QGuiApplication.processEvents()
    clipboard = QGuiApplication.clipboard()
    return [clipboard.text(), clipboard.text(MARKED)]


def dragging(window: MainWindow, lock: Callable[[], None]) -> list[bool]:
    """Whether a drag continues before and after an action during it."""
    drag, going = QDrag(window), []
    content = QMimeData()
    content.setText(OURS)
    drag.setMimeData(content)

    def during() -> None:
        going.append(True)
        lock()
        # A cancelled drag's loop has ended by now.
        QTimer.singleShot(AFTER, window, lambda: (going.append(True), QDrag.cancel()))

    QTest.mousePress(window.windowHandle(), Qt.MouseButton.LeftButton)
    QTimer.singleShot(0, window, during)
    drag.exec()
    QTest.mouseRelease(window.windowHandle(), Qt.MouseButton.LeftButton)
    return going if len(going) > 1 else [*going, False]


def after_erasure(window: MainWindow) -> list[str]:
    """The texts that can be pasted after the erasure of a household whose ID number was copied,
    with an unrelated name selected."""
    desk = window.desk
    record = desk.records.add("household", {**example("household"), "citizen_id": OURS}).id
    erasure_watch_of(desk, window.tasks)
    QGuiApplication.clipboard().setText(ANOTHERS, MARKED)
    desk.exchange.erasures.erase_household(record, "theo yêu cầu")
    return left()


def main(folder: Path) -> None:
    """Copy and erase, copy and lock, copy and close."""
    application()
    found = {}
    key = KeyRing(folder).unlock(None, os.environ["BORDERDESK_PASSWORD"])
    with Desk.open(folder, key) as desk:
        window = main_window(desk, "vi", "settings")
        window.show()
        copy()
        found["copied"] = left()
        found["erased"] = after_erasure(window)
        copy()
        words = [sys.executable, __file__]
        with subprocess.Popen(words, stdout=subprocess.PIPE) as another:
            assert another.stdout is not None
            another.stdout.readline()
            found["dragging"] = dragging(window, IdleLock(window).lock)
            found["locked"] = left()
            another.terminate()
        copy()
        window.close()
        found["closed"] = left()
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1])) if len(sys.argv) > 1 else copy_as_another()
