"""Drag and drop of files onto a widget."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from borderdesk.base.paths import is_folder_there
from borderdesk.sheets.sources.sheet_files import SheetFiles, files_inside, is_sheet_name


def is_spreadsheet(path: Path) -> bool:
    """Whether a path is a spreadsheet by its suffix, or a folder with spreadsheets and without
    packages."""
    if is_folder_there(path):
        names = [file.name.casefold() for file in _inside(path)]
        packages = any(".bdx" in name for name in names)
        return not packages and any(map(is_sheet_name, names))
    return is_sheet_name(path.name)


def _inside(folder: Path) -> list[Path]:
    """The entries of a folder; empty if it cannot be read or its stick was unplugged."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def dropped_paths(event: QDropEvent) -> list[Path]:
    """The local files and folders of a drag event."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


class FileDrop(QObject):
    """Event filter that accepts spreadsheets, and folders of them, dropped on a widget and passes
    them on together."""

    def __init__(self, widget: QWidget, then: Callable[[Sequence[Path], int], object]) -> None:
        """then: receives the files of one drop, and how many folders inside were left out."""
        super().__init__(widget)
        self._then = then
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Accept a drag that holds spreadsheets; on drop call the callback."""
        if not isinstance(event, QDropEvent):
            return False
        sheets = [_sheets(path) for path in dropped_paths(event)]
        paths = [path for each in sheets for path in each.files]
        if not paths:
            return False
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self._then(paths, sum(each.folders for each in sheets))
        return True


def _sheets(path: Path) -> SheetFiles:
    """A spreadsheet, or those in a folder; none where it cannot be read."""
    if is_folder_there(path):
        try:
            return files_inside(path)
        except OSError:
            return SheetFiles([])
    return SheetFiles([path] if is_sheet_name(path.name) else [])
