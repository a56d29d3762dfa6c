"""Cards of the overview pages, the legend of their bars, and link buttons."""

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
    """A framed part of a page with a heading; `fill` replaces its body."""

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
        """Replace the body; the focus stays on the link of the same position."""
        focused = next((at for at, link in enumerate(self.links()) if link.hasFocus()), None)
        inside = QWidget()
        layout.setContentsMargins(0, 0, 0, 0)
        inside.setLayout(layout)
        if self._inside is not None:
            self.body.removeWidget(self._inside)
            # Reparented at once: tests and layouts find a widget of the card by its position among
            # the children.
            self._inside.setParent(self.window())
            self._inside.deleteLater()
        self._inside = inside
        self.body.addWidget(inside)
        if focused is not None and (links := self.links()):
            links[min(focused, len(links) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)

    def links(self) -> "list[LinkButton]":
        """The links in the body, from top to bottom."""
        return self._inside.findChildren(LinkButton) if self._inside is not None else []


class Legend(QLabel):
    """Legend of the bar colours."""

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
    """A button that looks like a link: a click, Space or Enter follows it."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setObjectName("link")
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Click on Enter; autoDefault, Qt's way to do so, would change the size hint."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)


class LinkRow(LinkButton):
    """A link of word-wrapped text over several lines; `lead` is bold.

    calm: in muted colour, for entries that are in order.
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
        size_policy = self.sizePolicy()
        size_policy.setHeightForWidth(True)
        # With the default policy the button is never lower than at its narrowest, so the page would
        # scroll.
        size_policy.setVerticalPolicy(QSizePolicy.Policy.Preferred)
        self.setSizePolicy(size_policy)

    def heightForWidth(self, width: int) -> int:
        """The height of the wrapped text at this width."""
        return self._inside.heightForWidth(width)

    def sizeHint(self) -> QSize:
        """The size hint of the label."""
        return self._inside.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for a few words a line."""
        width = self.fontMetrics().averageCharWidth() * 16
        return QSize(width, self._inside.minimumSize().height())
