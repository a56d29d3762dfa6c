"""Sentences made from a report's figures, to be inserted into the text."""

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from borderdesk.base.i18n import _
from borderdesk.reports.contents.sentences import FigureSentence

LINES = 9
SENTENCE = Qt.ItemDataRole.UserRole


class SentenceOffers(QWidget):
    """A toggle button and the list of sentences with checkboxes.

    wanted: fill the list (`offer`); chosen(text): the ticked sentences, one paragraph per group.
    """

    wanted = Signal()
    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.open = QPushButton(_("Sentences from the figures"))
        self.list = QListWidget()
        self.take = QPushButton(_("Put what is ticked into the text"))
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for push in (self.open, self.take):
            push.setAccessibleName(push.text())
        self.open.setCheckable(True)
        self.open.toggled.connect(self._toggled)
        self.list.setWordWrap(True)
        self.list.setAccessibleName(self.open.text())
        self.list.setMinimumHeight(self.list.fontMetrics().lineSpacing() * LINES)
        self.list.itemChanged.connect(lambda _item: self._enable())
        self.take.clicked.connect(lambda _checked=False: self._take())
        column.addWidget(self.open, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.list)
        column.addWidget(self.take, 0, Qt.AlignmentFlag.AlignLeft)
        self.close_offers()

    def _toggled(self, opened: bool) -> None:
        self.list.setVisible(opened)
        self.take.setVisible(opened)
        if opened:
            self.wanted.emit()

    def close_offers(self) -> None:
        """Close the list, whose sentences may belong to another report."""
        self.open.setChecked(False)
        self._toggled(False)
        self.list.clear()
        self._enable()

    def offer(self, sentences: Sequence[FigureSentence]) -> None:
        """Show sentences to choose from."""
        self.list.clear()
        for group, members in groupby(sentences, key=lambda sentence: sentence.group):
            head = QListWidgetItem(group)
            head.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(head)
            for sentence in members:
                item = QListWidgetItem(sentence.text)
                item.setFlags(
                    Qt.ItemFlag.ItemIsUserCheckable
                    | Qt.ItemFlag.ItemIsEnabled
                    | Qt.ItemFlag.ItemIsSelectable
                )
                item.setCheckState(Qt.CheckState.Unchecked)
                item.setData(SENTENCE, sentence)
                self.list.addItem(item)
        self._enable()

    def _ticked(self) -> list[FigureSentence]:
        items = (self.list.item(row) for row in range(self.list.count()))
        return [item.data(SENTENCE) for item in items if item.checkState() == Qt.CheckState.Checked]

    def _enable(self) -> None:
        self.take.setEnabled(bool(self._ticked()))

    def _take(self) -> None:
        paragraphs = groupby(self._ticked(), key=lambda sentence: sentence.group)
        words = "\n".join(
            " ".join(sentence.text for sentence in members) for _g, members in paragraphs
        )
        self.close_offers()
        self.chosen.emit(words)
