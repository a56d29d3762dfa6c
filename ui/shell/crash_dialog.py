"""Dialog after an unexpected exception: message, report for a developer, restart."""

import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QVBoxLayout, QWidget

from borderdesk.base.errors import UserError
from borderdesk.base.files import write_atomically
from borderdesk.base.i18n import _
from borderdesk.base.program_log import report_text, write_report
from ui.base.plain_text import PlainLabel
from ui.base.reopening import RESTART
from ui.base.style import dress
from ui.shell.fitted_dialog import FittedDialog
from ui.shell.main_window import MainWindow
from ui.widgets.choosers.file_choosers import ask_folder


class CrashDialog(FittedDialog):
    """Says that the program failed, what was saved, and whom to give the report.

    report: its text, without anything a person typed; report_file: its path in the desk's folder,
    None if that could not be written.
    """

    def __init__(
        self, report: str, report_file: Path | None, window: MainWindow | None = None
    ) -> None:
        super().__init__(window)
        dress(self)
        self._report, self._kept, self._window = report, report_file, window
        self.setWindowTitle("BorderDesk")
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 60)
        self.words = PlainLabel(
            _(
                "The program made a mistake. What was saved is safe, and the text in the form is"
                " kept as a draft. Save the report on a stick and give it to whoever looks after"
                " the program: it holds nothing of what was typed. Then start again: the same form"
                " opens."
            )
        )
        self.words.setWordWrap(True)
        self.place = PlainLabel(_("Report: {file}").format(file=report_file) if report_file else "")
        self.place.setWordWrap(True)
        self.place.setVisible(report_file is not None)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.again = buttons.addButton(_("Start again"), role)
        self.again.clicked.connect(lambda _checked=False: self.start_again())
        self.again.setVisible(window is not None)
        self.save = buttons.addButton(_("Save the report…"), role)
        self.save.clicked.connect(lambda _checked=False: self.ask())
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for part in (self.words, self.place):
            column.addWidget(part)
        column.addWidget(buttons)

    def ask(self) -> None:
        """Ask for the folder to save the report in."""
        name = self._kept.name if self._kept else "BorderDesk-report.txt"
        ask_folder(
            self, _("Choose a folder"), Path.home(), lambda folder: self.write(folder / name)
        )

    def write(self, target: Path) -> None:
        """Save the report, showing the path or the error."""
        try:
            write_atomically(target, self._report.encode())
        except UserError as error:
            self.place.setText(f"✗ {error}")
        else:
            self.place.setText(_("Report: {file}").format(file=target))
        self.place.show()
        self.fit_height()

    def start_again(self) -> None:
        """Close the window and restart the program at the same form."""
        assert self._window is not None
        self.accept()
        window = self._window
        _quietly(lambda: window.desk.preferences.prefer("resumed", window.navigation.current()))
        window.setProperty(RESTART, True)
        window.close()


def _window() -> MainWindow | None:
    windows = QApplication.topLevelWidgets()
    return next((w for w in windows if isinstance(w, MainWindow) and w.isVisible()), None)


def catch(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """sys.excepthook: shows a UserError in the message bar, any other exception in the dialog."""
    if issubclass(kind, KeyboardInterrupt):
        QApplication.quit()
        return
    window = _window()
    if isinstance(error, UserError) and window is not None:
        window.warn(error)
        return
    if error.__traceback__ is None:
        error = error.with_traceback(trace)
    report_file = write_report(window.desk.folder, error) if window is not None else None
    if "--debug" in sys.argv:
        sys.__excepthook__(kind, error, trace)
    show(report_text(error), report_file, window)


def show(report: str, report_file: Path | None, window: MainWindow | None) -> CrashDialog:
    """Save drafts, then show the dialog."""
    if window is not None:
        _quietly(window.keep_now)
    dialog = CrashDialog(report, report_file, window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog


def tell_native_crash(report: Path, window: QWidget) -> None:
    """Show the report of a native crash of the last run in the message bar."""
    bar = getattr(getattr(window, "current", lambda: None)(), "bar", None)
    if bar is not None:
        words = _(
            "Last time the program was ended by a fault of the machine or of one of its parts. What"
            " was saved is safe. Give this report to whoever looks after the program: {file}"
        )
        bar.caution(words.format(file=report))


def _quietly(work: Any) -> None:
    """Run something that may fail for the same reason as the crash, ignoring its exception."""
    try:
        work()
    except Exception as error:
        print(type(error).__name__, file=sys.stderr)
