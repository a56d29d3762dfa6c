"""The framed parts of the overview pages, their legend, and words that lead somewhere."""

from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.i18n import _
from borderdesk.overview.overview import DUE, OVERDUE
from ui.base.plain_text import PlainLabel
from ui.base.style import colour, named
from ui.widgets.layout.flow import FlowLayout


class SummaryCard(QFrame):
    """A framed part of a page with a heading; `fill` replaces its contents."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setObjectName("card")
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(16, 12, 16, 12)
        self._outer.setSpacing(8)
        self.title = named(PlainLabel(title), "heading")
        self.head = FlowLayout()
        self.head.add(self.title)
        self.head.add_stretch()
        self._outer.addLayout(self.head)
        self.body = QVBoxLayout()
        self._outer.addLayout(self.body, 1)
        self._inside: QWidget | None = None

    def fill(self, layout: QLayout) -> None:
        """Show these contents in place of those before; the keyboard stays where it was in them."""
        kept = next((at for at, link in enumerate(self.links()) if link.hasFocus()), None)
        inside = QWidget()
        layout.setContentsMargins(0, 0, 0, 0)
        inside.setLayout(layout)
        if self._inside is not None:
            self.body.removeWidget(self._inside)
            # A place in the card is found by the number among its children.
            self._inside.setParent(self.window())
            self._inside.deleteLater()
        self._inside = inside
        self.body.addWidget(inside)
        if kept is not None and (links := self.links()):
            links[min(kept, len(links) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)

    def links(self) -> "list[LinkButton]":
        """What leads somewhere in it, from above."""
        return self._inside.findChildren(LinkButton) if self._inside is not None else []


class Legend(QLabel):
    """What the colours of the bars mean, in words."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "muted")
        self.setTextFormat(Qt.TextFormat.RichText)
        parts = (
            ("bar_good", "■", _("up to {days}").format(days=DUE)),
            ("bar_warn", "■", f"{DUE + 1}–{OVERDUE}"),
            ("bar_bad", "■", _("over {days}").format(days=OVERDUE)),
            ("muted", "▨", _("never")),
        )
        self.setText(
            "&nbsp;&nbsp; ".join(
                f'<span style="color:{colour(name).name()}">{sign}</span> {words}'
                for name, sign, words in parts
            )
        )


class LinkButton(QPushButton):
    """Words that lead somewhere: a click, Space or Enter goes there."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setObjectName("link")
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes there too; Qt's own way of saying so would change the button's size."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)


class LinkRow(LinkButton):
    """A line that leads somewhere, over as many rows as it needs; `lead` stands out.

    calm: it is in order, and stands back.
    """

    def __init__(self, lead: str, text: str, *, calm: bool = False) -> None:
        super().__init__()
        self.words = f"{lead} {text}".strip()
        self.setAccessibleName(self.words)
        label = PlainLabel(f"• <b>{escape(lead)}</b> {escape(text)}")
        if calm:
            named(label, "muted")
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setWordWrap(True)
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._inside = QHBoxLayout(self)
        self._inside.setContentsMargins(1, 4, 1, 4)
        self._inside.addWidget(label)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        # A button would never be lower than in its narrowest form, and the page have to scroll.
        policy.setVerticalPolicy(QSizePolicy.Policy.Preferred)
        self.setSizePolicy(policy)

    def heightForWidth(self, width: int) -> int:
        """As high as its words in this width."""
        return self._inside.heightForWidth(width)

    def sizeHint(self) -> QSize:
        """What its words ask for."""
        return self._inside.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """A few words in each row."""
        few = self.fontMetrics().averageCharWidth() * 16
        return QSize(few, self._inside.minimumSize().height())
