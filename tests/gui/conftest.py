"""A real desk and its window, in either language."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from borderdesk.base.i18n import set_language
from borderdesk.desk import Desk
from tests.gui.steps import discard_everything
from ui.base.style import dress, paint
from ui.base.translator import QtWords
from ui.shell.app import main_window
from ui.shell.first_run import FirstRunDialog
from ui.shell.main_window import MainWindow
from ui.shell.startup import STYLE_ARGUMENTS

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """The arguments the program makes its application with."""
    return ["BorderDesk", *STYLE_ARGUMENTS]


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """The application as the program dresses it."""
    paint(qapp)
    dress(qapp)
    qapp.installTranslator(QtWords(qapp))
    return qapp


@pytest.fixture(params=["vi", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    """The language of the window."""
    return str(request.param)


@pytest.fixture
def first_run(qtbot: QtBot, lang: str, tmp_path: Path) -> FirstRunDialog:
    """The dialog of a first start, shown; its desk would be made in `tmp_path / "new"`."""
    set_language(lang)
    shown = FirstRunDialog(tmp_path / "new")
    qtbot.addWidget(shown)
    with qtbot.waitActive(shown):
        shown.show()
        shown.activateWindow()
    return shown


@pytest.fixture
def desk(post_desk: Desk) -> Desk:
    """An empty desk of the post Ba Sơn."""
    return post_desk


@pytest.fixture
def window(qtbot: QtBot, desk: Desk, lang: str) -> Iterator[MainWindow]:
    """The desk's window, shown."""
    shown = main_window(desk, lang)
    qtbot.addWidget(shown, before_close_func=discard_everything)
    with qtbot.waitActive(shown):
        shown.show()
        shown.activateWindow()
    qtbot.waitUntil(lambda: shown.current().idle())
    yield shown
    shown.tasks.finish()
