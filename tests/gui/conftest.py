"""A real desk and its window, in either language."""

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
from ui.base.alt_keys import keep_alt_from_typing
from ui.base.style import paint
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
    """The application as the program paints it; its windows dress themselves."""
    paint(qapp)
    keep_alt_from_typing(qapp)
    qapp.installTranslator(QtWords(qapp))
    return qapp


PATIENCE = 60_000
"""Milliseconds after which what a test waits for counts as never coming, on the busiest machine."""


class PatientBot(QtBot):
    """Waits for the window twelve times as long as pytest-qt does by itself."""

    def waitUntil(  # noqa: N802
        self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE
    ) -> None:
        """Let the window work until something holds or its assertions pass."""
        super().waitUntil(callback, timeout=timeout)

    def waitActive(self, widget: QWidget, *, timeout: int = PATIENCE) -> Any:  # noqa: N802
        """Let the window work until it has the keyboard."""
        return super().waitActive(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """What waits for widgets and closes them."""
    assert qapp
    return PatientBot(request)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test marked `both_languages` in each of them."""
    if metafunc.definition.get_closest_marker("both_languages"):
        metafunc.parametrize("lang", LANGUAGES, indirect=True)


@pytest.fixture
def lang(request: pytest.FixtureRequest) -> str:
    """The language of the window: what the test asks for, else the one that its name falls to.

    Most tests are of what the window does, which is the same in both: each runs in one, half of
    them in either, so that a fault of a language alone is still met by hundreds of windows.
    """
    given = getattr(request, "param", None)
    return str(given or LANGUAGES[crc32(request.node.nodeid.encode()) % len(LANGUAGES)])


@pytest.fixture
def first_run(qtbot: QtBot, lang: str, tmp_path: Path) -> FirstRunDialog:
    """The dialog of a first start, shown; its desk would be made in `tmp_path / "new"`."""
    set_language(lang)
    shown = FirstRunDialog(tmp_path / "new")
    shown.open_desk.setChecked(True)
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
def first_page(request: pytest.FixtureRequest) -> str:
    """The page that a window opens on: a person's first one in the tests of that and of the shell.

    It takes two thirds of the time of a new window, and other pages' tests turn from it at once.
    """
    return "home" if request.path.parent.name in ("home", "shell") else "settings"


@pytest.fixture
def window(qtbot: QtBot, desk: Desk, lang: str, first_page: str) -> Iterator[MainWindow]:
    """The desk's window, shown."""
    shown = main_window(desk, lang, first_page)
    qtbot.addWidget(shown, before_close_func=discard_everything)
    with qtbot.waitActive(shown):
        shown.show()
        shown.activateWindow()
    qtbot.waitUntil(lambda: shown.current().idle())
    yield shown
    shown.tasks.finish()
