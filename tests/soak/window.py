"""A window that types records with keys only while commands work on its desk: `DESK DAY`.

Each line of standard input is a number: a record with it in `source_ref` is typed and saved, and
the number printed. The end of the input closes the window.
"""

import sys
from pathlib import Path

from borderdesk.desk import Desk
from tests.gui.shell.clerk import Clerk, Mark, told
from tests.gui.steps import work_until
from tests.soak.flatness import measured
from ui.shell.app import application, main_window

NEVER = -1


def main() -> int:
    """Type records until the input ends."""
    folder, day = sys.argv[1:]
    app = application()
    with Desk.open(Path(folder)) as desk:
        window = main_window(desk, "vi")
        window.show()
        window.activateWindow()
        work_until(window.current().idle)
        clerk = Clerk(window, NEVER)
        for number, line in enumerate(sys.stdin):
            values = {
                "kind": "thong tam nhin", "started_on": day, "commune": "xa ba son",
                "participants": str(10 + number % 500), "source_ref": f"W {line.strip()}",
            }  # fmt: skip
            clerk.enter(number, "clearing", values, Mark())
            told({"saved": values["source_ref"], **measured()})
        window.close()
    del app
    return 0


if __name__ == "__main__":
    sys.exit(main())
