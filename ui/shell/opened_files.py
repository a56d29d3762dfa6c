"""Files opened from the file manager: a double click on a package, card or set-up file.

A desk has one window. A second start writes the path into the desk's folder, where the first window
finds it and opens the file.
"""

import os
import secrets
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt

from borderdesk.base.errors import UserError, reason
from borderdesk.base.files import is_part_name, write_atomically
from borderdesk.base.private_files import PREVIEWS, make_private_folder
from ui.shell.main_window import MainWindow
from ui.shell.update_band import is_update

FOLDER = Path(PREVIEWS) / "opening"
"""Relative to the desk's folder; cleared when a window starts and ends."""
MOST_BYTES = 100_000
"""Maximum size of a path file; larger files are not ours."""


def hand_over(desk: Path, file: Path) -> None:
    """Ask the window of a desk to open a file. Raises UserError, OSError."""
    _make_folder(desk)
    write_atomically(desk / FOLDER / secrets.token_hex(8), os.fsencode(file))


def take_over(desk: Path) -> list[Path]:
    """Read and delete the paths that other starts left."""
    paths: list[Path] = []
    if any((desk / part).is_symlink() for part in (FOLDER, FOLDER.parent)):
        # A symbolic link leads outside the desk, and files here are deleted.
        return paths
    for file in sorted((desk / FOLDER).iterdir()):
        if not is_part_name(file.name) and file.is_file():
            if file.stat().st_size <= MOST_BYTES:
                paths.append(Path(os.fsdecode(file.read_bytes())))
            file.unlink()
    return paths


def _make_folder(desk: Path) -> None:
    make_private_folder((desk / FOLDER).parent)
    make_private_folder(desk / FOLDER)


class OpenedFiles(QObject):
    """Opens the file that the window was started with, and those of later starts."""

    def __init__(self, window: MainWindow, first: Path | None) -> None:
        super().__init__(window)
        self._window = window
        if first is not None:
            self.show_files([first])
        try:
            _make_folder(window.desk.folder)
        except OSError:
            return
        self._watcher = QFileSystemWatcher([str(window.desk.folder / FOLDER)], self)
        self._watcher.directoryChanged.connect(self._take)
        self._take()

    def show_files(self, files: list[Path]) -> None:
        """Show files on the exchange page (updates in their notice) and raise the window."""
        window = self._window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.raise_()
        window.activateWindow()
        for update in filter(is_update, files):
            window.bands.update_band.open_file(update)
        others = [file for file in files if not is_update(file)]
        if others:
            window.show_page("exchange", {"open": others})

    def _take(self) -> None:
        try:
            files = take_over(self._window.desk.folder)
        except OSError as error:
            self._window.warn(UserError(reason(error)))
            return
        if files:
            self.show_files(files)
