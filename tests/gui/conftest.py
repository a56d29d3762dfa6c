"""Fixtures of the window tests: application, desk, window in either language."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from borderdesk.base.i18n import LANGUAGES, set_language
from borderdesk.desk import Desk
from tests.gui.steps import discard_everything
from ui.base.style import paint
from ui.base.translator import QtWords
from ui.base.window_keys import watch_window_keys
from ui.shell.app import main_window
from ui.shell.first_run import FirstRunDialog
from ui.shell.main_window import MainWindow
from ui.shell.startup import STYLE_ARGUMENTS

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """The arguments of the program's QApplication."""
    return ["BorderDesk", *STYLE_ARGUMENTS]


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """The application with the program's style and translator."""
    paint(qapp)
    watch_window_keys(qapp)
    qapp.installTranslator(QtWords(qapp))
    return qapp


PATIENCE = 60_000
"""Time limit in milliseconds for conditions, sufficient on a loaded machine."""


class PatientBot(QtBot):
    """QtBot with twelve times pytest-qt's default time limit."""

    def waitUntil(  # noqa: N802
        self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE
    ) -> None:
        """Process events until a condition holds or its assertions pass."""
        super().waitUntil(callback, timeout=timeout)

    def waitActive(self, widget: QWidget, *, timeout: int = PATIENCE) -> Any:  # noqa: N802
        """Process events until the widget is active."""
        return super().waitActive(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """The bot that waits for widgets and closes them."""
    assert qapp
    return PatientBot(request)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests marked `both_languages` in both languages."""
    if metafunc.definition.get_closest_marker("both_languages"):
        metafunc.parametrize("lang", LANGUAGES, indirect=True)


@pytest.fixture
def lang(request: pytest.FixtureRequest) -> str:
    """The language of the window: that of the parameter, else derived from the test's name.

    Most tests are independent of the language; each runs in one, half of them in either, so that a
    fault of one language still meets hundreds of windows.
    """
    requested = getattr(request, "param", None)
    return str(requested or LANGUAGES[crc32(request.node.nodeid.encode()) % len(LANGUAGES)])


@pytest.fixture
def first_run(qtbot: QtBot, lang: str, tmp_path: Path) -> FirstRunDialog:
    """The first-run dialog, shown; it would create its desk in `tmp_path / "new"`."""
    set_language(lang)
    dialog = FirstRunDialog(tmp_path / "new")
    dialog.open_desk.setChecked(True)
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.show()
        dialog.activateWindow()
    return dialog


@pytest.fixture
def desk(post_desk: Desk) -> Desk:
    """An empty desk of post Ba Sơn."""
    return post_desk


@pytest.fixture
def first_page(request: pytest.FixtureRequest) -> str:
    """The initial page: the home page in the tests of home and shell, else the settings.

    The home page takes two thirds of a window's creation, and other tests leave it at once.
    """
    return "home" if request.path.parent.name in ("home", "shell") else "settings"


@pytest.fixture
def window(qtbot: QtBot, desk: Desk, lang: str, first_page: str) -> Iterator[MainWindow]:
    """The desk's window, shown."""
    main = main_window(desk, lang, first_page)
    qtbot.addWidget(main, before_close_func=discard_everything)
    with qtbot.waitActive(main):
        main.show()
        main.activateWindow()
    qtbot.waitUntil(lambda: main.current().idle())
    yield main
    main.tasks.finish()
