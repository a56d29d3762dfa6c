"""What a start brings in, and what it leaves for later."""

import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree

ROOT = Path(__file__).resolve().parents[2]
LATER = {
    "click", "openpyxl", "playhouse", "pypdfium2", "reportlab", "xlsxwriter",
    "borderdesk.cli.app", "borderdesk.closing", "borderdesk.store.models.exchange",
    "borderdesk.store.models.closing", "borderdesk.schema.reference.files", "borderdesk.ledgers",
    "borderdesk.store.models.records", "borderdesk.store.models.backups", "borderdesk.exchange",
    "borderdesk.reports", "PySide6.QtPrintSupport",
}  # fmt: skip
"""What the first page does without."""


def python(*arguments: str, **env: str) -> str:
    """What a Python of its own says, on either output."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env={**os.environ, **env},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        encoding="utf-8", timeout=60, check=True,
    )  # fmt: skip
    return done.stdout


def test_the_first_page_needs_little_of_the_program(post_template, tmp_path):
    folder = copytree(post_template, tmp_path / "desk")
    said = python(
        "-X", "importtime", "main.py", "--desk", str(folder),
        QT_QPA_PLATFORM="offscreen", BORDERDESK_BENCH_START="patrol",
    )  # fmt: skip
    before, painted, _after = said.partition("painted\n")
    assert painted
    lines = [line.split("|") for line in before.splitlines() if line.startswith("import time:")]
    brought = {line[-1].strip() for line in lines}
    assert {"borderdesk.desk", "ui.shell.main_window", "PySide6.QtWidgets"} <= brought
    assert brought & LATER == set()


def test_no_source_is_read_for_what_is_imported_after_qt():
    out = python(
        "-c",
        "import linecache; from ui.shell.preload import begin, import_qt; begin(); import_qt();"
        "from ui.shell import main_window; from ui.base import style;"
        "from PySide6.QtWidgets import QWidget;"
        "print(issubclass(main_window.MainWindow, QWidget), style.__file__ in linecache.cache)",
    )
    assert out == "True False\n"


def test_the_style_is_the_same_everywhere():
    out = python(
        "-c",
        "from ui.shell.app import application; print(application().style().objectName())",
        QT_QPA_PLATFORM="offscreen", QT_STYLE_OVERRIDE="windows",
    )  # fmt: skip
    assert out == "fusion\n"


LARGE = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QLabel, QWidget
from borderdesk.desk import Desk
from ui.shell.app import application, main_window
from ui.shell.main_window import TEXT_SIZE
app = application()
usual = app.font().pointSizeF()
with Desk.open(Path(sys.argv[1])) as desk:
    desk.preferences.prefer(TEXT_SIZE, 200)
    window = main_window(desk, "vi")
    window.show()
    while not window.current().idle():
        app.processEvents()
    parts = [window.nav, window.language, window.current(), *window.status.findChildren(QLabel)]
    print({round(part.font().pointSizeF() / usual, 1) for part in parts})
    window.tasks.finish()
"""


def test_a_larger_text_that_was_chosen_is_everywhere_after_a_start(post_template, tmp_path):
    folder = copytree(post_template, tmp_path / "desk")
    said = python("-c", LARGE, str(folder), QT_QPA_PLATFORM="offscreen")
    assert said.endswith("{2.0}\n")
