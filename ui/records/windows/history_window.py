"""Window of a record's versions: changes, author, time, reason."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import N_, _
from borderdesk.entry.differences import CHANGED, CHOSEN, DELETED, MADE, TAKEN_BACK, RecordVersion
from ui.widgets.tables.row_copy import RowCopy

WHAT = {
    MADE: N_("entered"),
    CHANGED: N_("changed"),
    DELETED: N_("deleted"),
    TAKEN_BACK: N_("deletion taken back"),
    CHOSEN: N_("chosen from two versions"),
}


class HistoryWindow(QDialog):
    """The versions, newest first, each with the fields it changed."""

    def __init__(self, owner: QWidget, title: str, versions: list[RecordVersion]) -> None:
        super().__init__(owner)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("History: {title}").format(title=title))
        self.resize(owner.window().size() * 0.6)
        self.tree = QTreeWidget()
        RowCopy(self.tree)
        self.tree.setAccessibleName(self.windowTitle())
        self.tree.setColumnCount(3)
        self.tree.setHeaderLabels([_("Version"), _("Before"), _("After")])
        self.tree.setWordWrap(True)
        self.tree.setUniformRowHeights(False)
        for version in reversed(versions):
            item = _item(version)
            self.tree.addTopLevelItem(item)
            # Spanning needs an item that is in a tree.
            item.setFirstColumnSpanned(True)
        self.tree.expandAll()
        digit = self.fontMetrics().horizontalAdvance("0")
        for place, digits in enumerate((32, 24)):
            self.tree.setColumnWidth(place, digits * digit)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(self.tree)
        newest = self.tree.topLevelItem(0)
        if newest is not None:
            self.tree.setCurrentItem(newest)

    def showEvent(self, event: QShowEvent) -> None:
        """Lay out the lines again, now that the style sheet applies."""
        super().showEvent(event)
        self.tree.doItemsLayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        super().keyPressEvent(event)


def _item(version: RecordVersion) -> QTreeWidgetItem:
    when = f"{format_date(version.when.date())} {version.when:%H:%M}"
    head = f"{when} · {version.author} · {_(WHAT[version.what])}"
    item = QTreeWidgetItem([head])
    if version.reason:
        words = _("Reason: {reason}").format(reason=version.reason)
        item.addChild(QTreeWidgetItem([words]))
    if not version.known:
        item.addChild(QTreeWidgetItem([_("Its fields stayed on the desk that wrote it.")]))
    for change in version.differences:
        item.addChild(QTreeWidgetItem([change.label, change.before or "–", change.after or "–"]))
    return item
