"""A program that types into the window of a desk until it is killed: `typist.py DESK TYPE`.

After each key it prints what stands in the form by then, with the time, so that whoever kills
it knows what may be lost.
"""

import json
import os
import sys
import time
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest

from borderdesk.desk import Desk
from ui.app import application, main_window

KEY_MILLISECONDS = 15
TEXT = "Phat quang duong tuan tra doan moc "


def main() -> int:
    """Type for ever."""
    app = application()
    with Desk.open(Path(sys.argv[1])) as desk:
        window = main_window(desk, "vi")
        window.show()
        window.activateWindow()
        window.nav.setCurrentItem(window.items[sys.argv[2]])
        page = window.current()
        form = page.form
        print(json.dumps({"opened": form.raws()}), flush=True)
        line = form.cells["source_ref"].editor.text
        line.setFocus()
        line.selectAll()
        typed = 0

        def press() -> None:
            nonlocal typed
            QTest.keyClick(line, TEXT[typed % len(TEXT)])
            typed += 1
            print(json.dumps({"at": time.monotonic(), "text": line.toPlainText()}), flush=True)

        clock = QTimer(interval=KEY_MILLISECONDS)
        clock.timeout.connect(press)
        clock.start()
        return app.exec()


if __name__ == "__main__":
    sys.exit(main())
