"""Files that are dropped onto a widget."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from borderdesk.base.paths import is_folder_there
from borderdesk.sheets.sources.sheet_files import SUFFIXES, in_order


def is_spreadsheet(path: Path) -> bool:
    """Whether a file is a spreadsheet by its name, or a folder of them and of no packages."""
    if is_folder_there(path):
        names = [one.name.casefold() for one in _inside(path)]
        packages = any(".bdx" in name for name in names)
        return not packages and any(Path(name).suffix in SUFFIXES for name in names)
    return path.suffix.casefold() in SUFFIXES


def _inside(folder: Path) -> list[Path]:
    """What is in a folder; nothing where it may not be looked into, or is gone with its stick."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def dropped_paths(event: QDropEvent) -> list[Path]:
    """The files and folders that are dragged."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


class FileDrop(QObject):
    """Takes files of certain endings that are dropped on a widget, all of them at once."""

    def __init__(
        self, widget: QWidget, suffixes: frozenset[str], then: Callable[[Sequence[Path]], object]
    ) -> None:
        """suffixes: endings in lower case, with their dot."""
        super().__init__(widget)
        self._suffixes = suffixes
        self._then = then
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Accept what can be read, and hand it on when it is dropped."""
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
        """The files of a drag that can be read; folders stand for the files in them."""
        return [path for one in dropped_paths(event) for path in self._files(one)]

    def _files(self, path: Path) -> list[Path]:
        if is_folder_there(path):
            return [one for one in sorted(_inside(path), key=in_order) if self._fits(one)]
        return [path] if self._fits(path) else []

    def _fits(self, path: Path) -> bool:
        # ~$…: what an office program keeps beside a file that it has open.
        return path.suffix.lower() in self._suffixes and not path.name.startswith("~$")
