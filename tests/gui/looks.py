"""Finds layout faults of a window: cut, overflowing, overlapping, unnamed, untranslated."""

import re
from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStyle,
    QStyleOptionFrame,
    QToolButton,
    QWidget,
)

from borderdesk.base.i18n import _
from ui.base.translator import LANGUAGE_NAMES
from ui.home.marker_strip import MarkerStrip

INPUTS = (QLineEdit, QPlainTextEdit, QComboBox, QAbstractItemView)
Shown = list[QWidget]
"""All visible widgets of the checked window."""
LEAST_ROWS = 3
"""The least number of rows that a longer list shows."""
SLIP = 2
"""Tolerance in pixels for overlapping frames and rounding."""

_FILE = re.compile(r"\S*/\S*")
_TAG = re.compile(r"<[^>]+>|&\w+;")
_ENGLISH = re.compile(r"\b(the|of|and|is|not|with|this|from|are|was)\b", re.IGNORECASE)


def shown_below(widget: QWidget) -> list[QWidget]:
    """All visible widgets of a window, without those of other windows.

    Children of hidden widgets are skipped: most of a window are the pages not shown.
    """
    shown: list[QWidget] = []
    for child in widget.children():
        if not isinstance(child, QWidget) or not child.isVisible() or child.isWindow():
            continue
        if not folded(child):
            shown += (child, *shown_below(child))
    return shown


def folded(widget: QWidget) -> bool:
    """Whether a part of a page is collapsed, to be expanded by the keyboard."""
    beside = widget.parentWidget()
    if isinstance(beside, QSplitter) and beside.childrenCollapsible():
        place = beside.indexOf(widget)
        return place >= 0 and beside.sizes()[place] == 0
    return widget.maximumHeight() == 0


def words_of(widget: QWidget) -> str:
    """The text that a label or a button shows in one piece."""
    if isinstance(widget, QToolButton) and not widget.icon().isNull():
        return ""
    if isinstance(widget, QAbstractButton | QLabel):
        return widget.text()
    return ""


def said(widget: QWidget) -> str:
    """A short description of a widget, for failure messages."""
    return f"{type(widget).__name__} {widget.objectName()} “{_plain(words_of(widget))[:60]}”"


def cut(_widget: QWidget, shown: Shown) -> list[str]:
    """Texts that are wider or higher than their widget."""
    return [
        f"{said(w)} {w.width()}×{w.height()} of {wide}×{high}"
        for w in shown
        for wide, high in [_needed(w)]
        if w.width() < wide or w.height() < high - SLIP
    ]


def _needed(widget: QWidget) -> tuple[int, int]:
    """The minimal width and height in which a text is not cut."""
    if isinstance(widget, QLineEdit) and not widget.text():
        return _for_placeholder(widget)
    if not words_of(widget):
        return 0, 0
    if widget.hasHeightForWidth():
        return 0, widget.heightForWidth(widget.width())
    least = widget.minimumSizeHint()
    if isinstance(widget, QLabel) and widget.wordWrap():
        return 0, least.height()
    return least.width(), least.height()


def _for_placeholder(line: QLineEdit) -> tuple[int, int]:
    words = line.placeholderText()
    if not words or line.isReadOnly():
        return 0, 0
    option = QStyleOptionFrame()
    line.initStyleOption(option)
    room = line.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, line)
    buttons = [b for b in line.findChildren(QToolButton) if b.isVisible()]
    taken = line.width() - room.width() + sum(b.width() for b in buttons)
    return taken + line.fontMetrics().horizontalAdvance(words), 0


def scrolls(widget: QWidget) -> bool:
    """Whether a widget lies in a scroll area."""
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QAbstractScrollArea):
        above = above.parentWidget()
    return above is not None


def outside(widget: QWidget, shown: Shown) -> list[str]:
    """Widgets that extend beyond the window and cannot be scrolled to."""
    room = QRect(QPoint(0, 0), widget.size())
    return [
        f"{said(w)} {w.accessibleName()}"
        for w in shown
        if (words_of(w) or isinstance(w, INPUTS))
        and not scrolls(w)
        and not room.contains(QRect(w.mapTo(widget, QPoint(0, 0)), w.size()))
    ]


def sideways(_widget: QWidget, shown: Shown) -> list[str]:
    """Pages wider than the window, which would scroll sideways; a strip may."""
    return [
        f"{said(area)} by {area.horizontalScrollBar().maximum()}"
        for area in shown
        if isinstance(area, QScrollArea)
        and not isinstance(area.widget(), MarkerStrip)
        and area.horizontalScrollBar().maximum() > 0
    ]


def overlaid(_widget: QWidget, shown: Shown) -> list[str]:
    """Texts and fields that overlap."""
    beside: dict[QWidget | None, list[QWidget]] = {}
    for w in shown:
        if words_of(w) or isinstance(w, INPUTS):
            beside.setdefault(w.parentWidget(), []).append(w)
    return [
        f"{said(one)} over {said(other)}"
        for group in beside.values()
        for one, other in combinations(group, 2)
        if min(
            (shared := one.geometry().intersected(other.geometry())).width(), shared.height()
        ) > SLIP
    ]  # fmt: skip


def rowless(_widget: QWidget, shown: Shown) -> list[str]:
    """Lists too low to show their rows."""
    return [
        f"{said(view)} {view.accessibleName()}: {view.viewport().height()}"
        for view in shown
        if isinstance(view, QAbstractItemView)
        and not isinstance(view, QHeaderView)
        and view.model() is not None
        and view.viewport().height()
        < min(view.model().rowCount(), LEAST_ROWS) * max(view.sizeHintForRow(0), 0)
    ]


def nested(_widget: QWidget, shown: Shown) -> list[str]:
    """Scroll areas with a scroll bar inside other ones."""
    bars = {w for w in shown if isinstance(w, QAbstractScrollArea) and _scrolls_down(w)}
    return [
        f"{said(inner)} {inner.accessibleName()} in {said(outer)}"
        for inner, outer in ((inner, outer) for inner in bars for outer in bars)
        if inner is not outer and outer.isAncestorOf(inner)
    ]


def _scrolls_down(area: QAbstractScrollArea) -> bool:
    return area.verticalScrollBar().isVisible() and area.verticalScrollBar().maximum() > 0


def away(_widget: QWidget, shown: Shown) -> list[str]:
    """Pages whose main button is not always visible."""
    return [
        said(w)
        for w in shown
        if isinstance(w, QPushButton)
        and w.property("main")
        and w.visibleRegion().boundingRect().height() < w.height() - SLIP
    ]


def unlevel(_widget: QWidget, shown: Shown) -> list[str]:
    """Labels that are not level with the line edit or combo box to their right."""
    return [
        said(label)
        for label in shown
        if isinstance(label, QLabel)
        for field in [label.buddy()]
        if isinstance(field, QLineEdit | QComboBox) and field.isVisible()
        for own, other in [(_area(label), _area(field))]
        if own.right() < other.left() and abs(own.center().y() - other.center().y()) > SLIP
    ]


def _area(widget: QWidget) -> QRect:
    return QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())


def nameless(_widget: QWidget, shown: Shown) -> list[str]:
    """Fields, lists and buttons without an accessible name."""
    return [
        f"{type(w).__name__} {w.objectName()} in {type(w.parentWidget()).__name__}"
        for w in shown
        if isinstance(w, (*INPUTS, QAbstractButton))
        and w.focusPolicy().value
        and not (w.accessibleName() or words_of(w))
        and not isinstance(w.parentWidget(), QComboBox)
    ]


def untranslated(widget: QWidget) -> list[str]:
    """English texts in a Vietnamese window."""
    texts = {_plain(text) for w in [widget, *shown_below(widget)] for text in _texts(w)}
    texts -= {"", *LANGUAGE_NAMES.values()}
    return sorted(text for text in texts if _(text) != text or _ENGLISH.search(_FILE.sub("", text)))


def _texts(widget: QWidget) -> Iterator[str]:
    """Every text of a widget that the program wrote."""
    yield from (words_of(widget), widget.toolTip(), widget.accessibleName())
    yield widget.accessibleDescription()
    if widget.isWindow():
        yield widget.windowTitle()
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    if isinstance(widget, QComboBox) and widget.count() < 60:
        yield from (widget.itemText(place) for place in range(widget.count()))
    if isinstance(widget, QHeaderView) and widget.model() is not None:
        way = widget.orientation()
        yield from (str(widget.model().headerData(n, way) or "") for n in range(widget.count()))


def _plain(text: str) -> str:
    return _TAG.sub(" ", text).strip()


def faults(widget: QWidget) -> list[str]:
    """All layout faults of a window."""
    shown = shown_below(widget)
    return [
        f"{check.__name__}: {fault}"
        for check in (cut, outside, sideways, overlaid, rowless, nested, away, unlevel, nameless)
        for fault in check(widget, shown)
    ]
