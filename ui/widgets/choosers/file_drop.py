"""Drag and drop of files onto a widget."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from borderdesk.base.paths import is_folder_there
from borderdesk.sheets.sources.sheet_files import SUFFIXES, in_order


def is_spreadsheet(path: Path) -> bool:
    """Whether a path is a spreadsheet by its suffix, or a folder with spreadsheets and without
    packages."""
    if is_folder_there(path):
        names = [file.name.casefold() for file in _inside(path)]
        packages = any(".bdx" in name for name in names)
        return not packages and any(Path(name).suffix in SUFFIXES for name in names)
    return path.suffix.casefold() in SUFFIXES


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
    """Event filter that accepts files of given suffixes dropped on a widget and passes them on
    together."""

    def __init__(
        self, widget: QWidget, suffixes: frozenset[str], then: Callable[[Sequence[Path]], object]
    ) -> None:
        """suffixes: lower case, with the dot; then: receives the paths of one drop."""
        super().__init__(widget)
        self._suffixes = suffixes
        self._then = then
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Accept a drag that holds matching files; on drop call the callback."""
        if not isinstance(event, QDropEvent):
            return False
        paths = self._paths(event)
        if not paths:
            return False
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self._then(paths)
        return True

    def _paths(self, event: QDropEvent) -> list[Path]:
        """The files of a drag that match; a folder is replaced by the matching files in it."""
        return [path for dropped in dropped_paths(event) for path in self._files(dropped)]

    def _files(self, path: Path) -> list[Path]:
        if is_folder_there(path):
            return [file for file in sorted(_inside(path), key=in_order) if self._fits(file)]
        return [path] if self._fits(path) else []

    def _fits(self, path: Path) -> bool:
        # ~$…: lock file that an office program keeps beside an open document.
        return path.suffix.lower() in self._suffixes and not path.name.startswith("~$")
