"""Help window (F1) with the handbook."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.errors import user_error
from borderdesk.base.i18n import _
from borderdesk.reports.handouts.handbook import PAGES, picture_of, text_of, write_handbook
from ui.base.style import named
from ui.base.tasks import Runner
from ui.widgets.choosers.file_choosers import ask_where
from ui.widgets.pages.messages import MessageBar


class HelpWindow(QDialog):
    """Table of contents at the left, the text of a page at the right."""

    def __init__(self, tasks: Runner, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Handbook of BorderDesk"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(parent.size() * 0.85)
        self._tasks = tasks
        self.bar = MessageBar()
        self.contents = named(QListWidget(), "nav")
        self.contents.setAccessibleName(_("Contents"))
        self.text = HandbookView()
        self.text.setAccessibleName(_("Handbook of BorderDesk"))
        for page in PAGES:
            heading = text_of(page).partition("\n")[0].lstrip("# ")
            item = QListWidgetItem(heading, self.contents)
            item.setData(Qt.ItemDataRole.UserRole, page)
        self.contents.setFixedWidth(
            self.contents.sizeHintForColumn(0) + self.fontMetrics().averageCharWidth() * 8
        )
        self.contents.currentItemChanged.connect(lambda item, _before: self._read(item))
        self.save = QPushButton(_("Save PDF"))
        self.save.setToolTip(_("Save the whole handbook as a PDF to print"))
        self.save.setAccessibleName(self.save.text())
        self.save.setAutoDefault(False)
        self.save.clicked.connect(self._ask_where)
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        row = QHBoxLayout()
        row.addWidget(self.contents)
        row.addWidget(self.text, 1)
        column.addLayout(row, 1)
        below = QHBoxLayout()
        below.addWidget(self.bar, 1)
        below.addStretch(0)
        below.addWidget(self.save)
        column.addLayout(below)

    def show_page(self, page: str) -> None:
        """Open a page of the handbook."""
        self.contents.setCurrentRow(PAGES.index(page))

    def _read(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.text.setMarkdown(text_of(item.data(Qt.ItemDataRole.UserRole)))

    def _ask_where(self) -> None:
        name = f"{_('Handbook of BorderDesk')}.pdf"
        ask_where(self, name, ".pdf", self._write)

    def _write(self, target: Path) -> None:
        def done(_none: None) -> None:
            self.bar.notify(_("Saved as {file}").format(file=target))

        def failed(error: Exception) -> None:
            self.bar.warn(user_error(error))

        self._tasks.later(lambda: write_handbook(target), done, failed, self)


class HandbookView(QTextBrowser):
    """Browser of a handbook page; scales pictures to its width."""

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Load pictures only, and only from the program's own folder."""
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return None
        image = QImage(str(picture_of(QUrl(name).fileName())))
        # In device pixels, of which there are more than logical ones at 150 %.
        ratio = self.devicePixelRatioF()
        width = int((self.viewport().width() - 40) * ratio)
        if image.width() > width > 0:
            image = image.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
        image.setDevicePixelRatio(ratio)
        return image
