"""F1: the handbook, open at the page for what is on the screen."""

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
    """The pages of the handbook at the left, the text of one beside them."""

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
    """The text of a page; its pictures are made to fit the width."""

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Pictures come from the program's own folder, never from elsewhere."""
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return None
        image = QImage(str(picture_of(QUrl(name).fileName())))
        # In the pixels of the screen, of which there are more than the window counts at 150 %.
        fine = self.devicePixelRatioF()
        room = int((self.viewport().width() - 40) * fine)
        if image.width() > room > 0:
            image = image.scaledToWidth(room, Qt.TransformationMode.SmoothTransformation)
        image.setDevicePixelRatio(fine)
        return image
