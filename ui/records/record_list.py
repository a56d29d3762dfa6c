"""The list of one record type: its columns, its selection, its footer with totals."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QMenu,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.formats import show_number
from borderdesk.base.i18n import _, language
from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.listing import Filter, Sort, default_sort
from ui.base.style import named, small_bold
from ui.base.tasks import Job, Runner
from ui.widgets.table_model import RecordTable

ROW_HEIGHT = 2.1
PADDING = 7
"""Pixels at either side of a cell, as the style sheet and Qt leave them."""
LEGIBLE, LESS = 11, 9
"""A column of words shows at least so many digits' width of them; fewer where it is that or a
list that is scrolled sideways. Figures and dates are always whole."""
HEAD_PADDING = 8
"""Pixels above and below a column's name, as the style sheet leaves them."""
SOON = 20
"""Milliseconds after a list has come before it is counted: it is painted first."""
SETTLED = 600
"""Milliseconds after the last change of a column before its place is remembered."""


class Footer(NamedTuple):
    """What is told below a list: rows, drafts put aside, records with two versions, sums."""

    rows: int
    drafts: int
    doubles: int
    totals: dict[str, Any]


class RecordList(QWidget):
    """Records a page at a time; `opened` tells the one record chosen."""

    opened = Signal(str)
    arrived = Signal()
    failed = Signal(Exception)

    def __init__(self, desk: Desk, type_name: str, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._type = type_name
        self._counting: Job | None = None
        self._all = False
        self._fitted, self._shared = False, 0
        self._footing = Footer(0, 0, 0, {})
        self.table = RecordTable(desk, type_name, tasks)
        kept = desk.preferences.preferred(self._place(), {})
        if kept:
            self.table.arrange(kept["columns"], Sort(*kept["sort"]))
        self.view = self._view(kept.get("widths", {}))
        self.count = named(QLabel(), "count")
        self.totals = named(QLabel(), "totals")
        self.empty = named(QLabel(), "muted")
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(self._count)
        self._settle = QTimer(self, singleShot=True, interval=SETTLED)
        self._settle.timeout.connect(self._remember)
        self._lay_out()
        self._connect()

    def _place(self) -> str:
        return f"list:{self._type}"

    # ------------------------------------------------------------------ building

    def _view(self, widths: dict[str, int]) -> QTableView:
        view = QTableView()
        view.setModel(self.table)
        view.setAccessibleName(_("List: {title}").format(title=_(ALL_TYPES[self._type].title)))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setTabKeyNavigation(False)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(int(view.fontMetrics().height() * ROW_HEIGHT))
        header = view.horizontalHeader()
        header.setAccessibleName(_("Columns"))
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSectionsClickable(True)
        header.setSectionsMovable(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._size(view, widths)
        return view

    def _size(self, view: QTableView, widths: dict[str, int]) -> None:
        """Give every column the width it had, else one for what stands in it."""
        header = view.horizontalHeader()
        header.setMinimumSectionSize(view.fontMetrics().horizontalAdvance("0") * 5)
        self._kept_widths = widths
        self._fit(view)
        order = self.table.order
        way = Qt.SortOrder.DescendingOrder if order.descending else Qt.SortOrder.AscendingOrder
        header.setSortIndicatorShown(order.key in self.table.keys)
        if order.key in self.table.keys:
            header.setSortIndicator(self.table.keys.index(order.key), way)

    def _fit(self, view: QTableView) -> None:
        """Share the room out by what stands in the columns; a width that was chosen stays."""
        # Until then its room changes with everything that is put beside it.
        if not self.isVisible():
            return
        # Once: columns that moved with every search would not be found again by the eye.
        self._fitted, self._shared = bool(self.table.lines), view.width()
        header = view.horizontalHeader()
        needs = [self._need(view, column) for column in range(len(self.table.keys))]
        wide = [
            self._kept_widths.get(key, max(need.text, need.head))
            for key, need in zip(self.table.keys, needs, strict=True)
        ]
        room = view.width() - view.verticalScrollBar().sizeHint().width() - 2
        if not self._kept_widths:
            for least in _leasts(needs):
                _narrow(wide, least, sum(wide) - room)
        header.blockSignals(True)
        for column, width in enumerate(wide):
            header.resizeSection(column, width)
        header.blockSignals(False)
        self._raise_head(view)
        view.updateGeometries()  # it was told of no column's new width

    def _raise_head(self, view: QTableView) -> None:
        """Make the head as high as names on two lines ask for."""
        header, heads = view.horizontalHeader(), QFontMetrics(small_bold())
        highest = 0
        for column in range(len(self.table.keys)):
            room = header.sectionSize(column) - 2 * PADDING - self._sign(view, column)
            wrap, label = Qt.TextFlag.TextWordWrap, self._label(column)
            text = heads.boundingRect(QRect(0, 0, room, 0), wrap, label)
            highest = max(highest, min(text.height(), 2 * heads.lineSpacing()))
        header.setMinimumHeight(highest + 2 * HEAD_PADDING + 1)

    def _label(self, column: int) -> str:
        return str(self.table.headerData(column, Qt.Orientation.Horizontal))

    def _sign(self, view: QTableView, column: int) -> int:
        """The room of the sign of the order, which stands beside its column's name."""
        digit = view.fontMetrics().horizontalAdvance("0")
        return 2 * digit if self.table.keys[column] == self.table.order.key else 0

    def _need(self, view: QTableView, column: int) -> "Need":
        """What a column asks for."""
        cells, heads = view.fontMetrics(), QFontMetrics(small_bold())
        digit, margin = cells.horizontalAdvance("0"), _margin(view)
        label, sign = self._label(column), self._sign(view, column)
        text = max(map(cells.horizontalAdvance, self.table.longest(column)), default=0) + margin
        legible, less = (
            text if self.table.exact(column) else min(text, digits * digit + margin)
            for digits in (LEGIBLE, LESS)
        )
        head = heads.horizontalAdvance(label) + margin + sign
        return Need(text, head, _folded(label, heads) + margin + sign, legible, less)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns nobody has sized share the new room out."""
        super().resizeEvent(event)
        if not self._kept_widths and event.size().width() != event.oldSize().width():
            self._fit(self.view)

    def showEvent(self, event: QShowEvent) -> None:
        """Give the columns their widths, now that there is room to share out."""
        super().showEvent(event)
        if not self._fitted or self.view.width() != self._shared:
            self._fit(self.view)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.view, 1)
        column.addWidget(self.empty, 1)
        self.totals.setTextFormat(Qt.TextFormat.RichText)
        self.totals.setWordWrap(True)
        self.totals.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        below = QHBoxLayout()
        below.addWidget(self.count)
        below.addWidget(self.totals, 1)
        column.addLayout(below)

    def _connect(self) -> None:
        self.table.arrived.connect(self._arrived)
        self.table.failed.connect(self.failed)
        self.table.rowsInserted.connect(self._grown)
        header = self.view.horizontalHeader()
        header.sortIndicatorChanged.connect(self._sort)
        header.sectionResized.connect(self._resized)
        header.sectionMoved.connect(lambda *_moved: self._settle.start())
        header.customContextMenuRequested.connect(self._columns_at)
        self.view.selectionModel().selectionChanged.connect(self._selected)

    # ------------------------------------------------------------------- reading

    def start(self, chosen: Filter) -> None:
        """Read the first page at once."""
        self.table.start(chosen)

    def read(self, chosen: Filter) -> None:
        """Read the list of a filter, in the order it has."""
        self.table.ask(chosen, self.table.order)

    def _resized(self, column: int, _before: int, _now: int) -> None:
        header = self.view.horizontalHeader()
        if header.visualIndex(column) == header.count() - 1:
            return  # it takes what is left, by itself
        self._kept_widths = self._widths()
        self._raise_head(self.view)
        self._settle.start()

    def _sort(self, column: int, way: Qt.SortOrder) -> None:
        order = Sort(self.table.keys[column], way == Qt.SortOrder.DescendingOrder)
        if order != self.table.order:
            self.table.ask(self.table.chosen, order)
            self._raise_head(self.view)
            self._settle.start()

    def _arrived(self) -> None:
        # Before an empty list is hidden: the page moves the keyboard out of it.
        self.arrived.emit()
        there = bool(self.table.lines)
        self.view.setVisible(there)
        self.empty.setVisible(not there)
        if there and not self._kept_widths and not self._fitted:
            self._fit(self.view)
        if self._counting is not None:
            self._counting.forget()
            self._counting = None
        self._soon.start()

    def _count(self) -> None:
        """Work out what is told below the list, once that is on the screen."""
        desk, type_name, chosen = self._desk, self._type, self.table.chosen

        def foot() -> Footer:
            rows = desk.lists.count(type_name, chosen)
            parked = sum(kept.parked for kept in desk.drafts.drafts(type_name))
            doubles = desk.lists.doubles(type_name)
            return Footer(
                rows, parked, doubles, desk.lists.totals(type_name, chosen) if rows else {}
            )

        self._counting = self._tasks.run(foot, self._foot, self.failed.emit, self)

    def _foot(self, footer: Footer) -> None:
        self._counting = None
        self._footing = footer
        if self.table.more():
            desk, type_name, chosen = self._desk, self._type, self.table.chosen
            order = self.table.order
            ahead = lambda: desk.lists.order_ahead(type_name, chosen, order)  # noqa: E731
            self._tasks.run(ahead, lambda _none: None, self.failed.emit, self)
        self._say_count()
        self._say_totals()

    def _say_totals(self) -> None:
        fields = ALL_TYPES[self._type].columns()
        sums = [
            f"<b>{show_number(self._footing.totals[key], language())}</b>&nbsp;"
            + (_(fields[key].unit) or _(fields[key].label).lower()).replace(" ", "&nbsp;")
            for key in self.table.keys
            if key in self._footing.totals
        ]
        self.totals.setText(_("Total") + " " + ", ".join(sums) if sums else "")

    def _say_count(self) -> None:
        lang, footer = language(), self._footing
        one = _("1 row") if footer.rows == 1 else _("{count} rows")
        parts = [one.format(count=show_number(footer.rows, lang))]
        chosen = self.how_many()
        if chosen > 1:
            parts.insert(0, _("{count} chosen").format(count=show_number(chosen, lang)))
        if footer.drafts:
            parts.append(_("{count} drafts").format(count=show_number(footer.drafts, lang)))
        if footer.doubles:
            words = _("{count} waiting for a choice")
            parts.append(words.format(count=show_number(footer.doubles, lang)))
        self.count.setText(" · ".join(parts))

    def idle(self) -> bool:
        """Whether everything asked for is there."""
        still = not self._soon.isActive() and self._counting is None
        return still and self.table.idle()

    # ----------------------------------------------------------------- selection

    def mark(self, record: str) -> None:
        """Choose a record's row without opening it; none for one that is not there."""
        row = self.table.row_of(record) if record else -1
        selection = self.view.selectionModel()
        selection.blockSignals(True)
        if row < 0:
            selection.clear()
        else:
            selection.setCurrentIndex(
                self.table.index(row, 0),
                QItemSelectionModel.SelectionFlag.ClearAndSelect
                | QItemSelectionModel.SelectionFlag.Rows,
            )
        selection.blockSignals(False)
        self._all = False
        self.view.viewport().update()
        if row >= 0:
            self.view.scrollTo(self.table.index(row, 0))

    def _selected(self, _now: QItemSelection, _before: QItemSelection) -> None:
        self._all = False
        rows = self.view.selectionModel().selectedRows()
        self._say_count()
        if len(rows) == 1:
            self.opened.emit(self.table.lines[rows[0].row()].id)

    def choose_all(self) -> None:
        """Choose everything the list shows, also what is not read yet."""
        self.view.selectAll()
        self._all = True
        self._say_count()

    def _grown(self, _parent: QModelIndex, first: int, last: int) -> None:
        """Rows that arrive while everything is chosen are chosen too."""
        if not self._all:
            return
        new = QItemSelection(self.table.index(first, 0), self.table.index(last, 0))
        flags = QItemSelectionModel.SelectionFlag
        self.view.selectionModel().select(new, flags.Select | flags.Rows)
        self._all = True

    def how_many(self) -> int:
        """How many records are chosen."""
        return self._footing.rows if self._all else len(self.view.selectionModel().selectedRows())

    def chosen(self) -> Filter:
        """What is chosen, as a filter: all that is shown, or the rows chosen."""
        if self._all:
            return self.table.chosen
        rows = self.view.selectionModel().selectedRows()
        return Filter(ids=frozenset(self.table.lines[row.row()].id for row in rows))

    # ------------------------------------------------------------------- columns

    def columns_menu(self) -> QMenu:
        """A menu of every column there is, those shown ticked."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key, field in ALL_TYPES[self._type].columns().items():
            action = menu.addAction(_(field.label))
            action.setCheckable(True)
            action.setChecked(key in self.table.keys)
            action.setEnabled(self.table.keys != [key])
            action.toggled.connect(lambda on, key=key: self.show_column(key, on))
        menu.addSeparator()
        menu.addAction(_("As at first")).triggered.connect(lambda: self.as_at_first())
        return menu

    def _columns_at(self, point: QPoint) -> None:
        self.columns_menu().popup(self.view.horizontalHeader().mapToGlobal(point))

    def show_columns_menu(self) -> None:
        """Offer the columns from the keyboard."""
        self._columns_at(self.view.horizontalHeader().rect().bottomLeft())

    def sort_menu(self) -> QMenu:
        """A menu of the columns shown, the one that the list is sorted by ticked."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key in self._ordered():
            action = menu.addAction(_(ALL_TYPES[self._type].columns()[key].label))
            action.setCheckable(True)
            action.setChecked(key == self.table.order.key)
            action.triggered.connect(lambda _on, key=key: self.sort_by(key))
        return menu

    def show_sort_menu(self) -> None:
        """Offer the columns to sort by from the keyboard."""
        header = self.view.horizontalHeader()
        self.sort_menu().popup(header.mapToGlobal(header.rect().bottomLeft()))

    def sort_by(self, key: str) -> None:
        """Sort by a column as a click on its heading does: once more turns it round."""
        order = self.table.order
        down = order.key == key and not order.descending
        way = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        self.view.horizontalHeader().setSortIndicator(self.table.keys.index(key), way)

    def show_column(self, key: str, on: bool) -> None:
        """Show a column, at the end, or hide it."""
        keys = [k for k in self._ordered() if k != key]
        self._rearrange([*keys, key] if on else keys, self._kept_widths)

    def as_at_first(self) -> None:
        """Show the columns and the order a list has when nobody has arranged it."""
        self.table.order = default_sort(ALL_TYPES[self._type])
        self._rearrange(self.table.usual_keys(), {})

    def _rearrange(self, keys: list[str], widths: dict[str, int]) -> None:
        header = self.view.horizontalHeader()
        header.blockSignals(True)
        for column in range(len(self.table.keys)):
            header.moveSection(header.visualIndex(column), column)
        self.table.arrange(keys, self.table.order)
        header.blockSignals(False)
        self._size(self.view, widths)
        self.read(self.table.chosen)
        self._settle.start()

    def _ordered(self) -> list[str]:
        """The keys of the columns as they stand, some perhaps moved."""
        header = self.view.horizontalHeader()
        return [self.table.keys[header.logicalIndex(at)] for at in range(len(self.table.keys))]

    def _widths(self) -> dict[str, int]:
        header = self.view.horizontalHeader()
        # The last column takes what is left: its width is no choice of anybody's.
        return {key: header.sectionSize(at) for at, key in enumerate(self.table.keys[:-1])}

    def _remember(self) -> None:
        kept = {
            "columns": self._ordered(), "widths": self._kept_widths, "sort": list(self.table.order),
        }  # fmt: skip
        desk, place = self._desk, self._place()
        self._tasks.later(
            lambda: desk.preferences.prefer(place, kept), lambda _none: None, self.failed.emit, self
        )


def _margin(view: QTableView) -> int:
    """What a column has beyond its text."""
    return 2 * PADDING + view.fontMetrics().horizontalAdvance("0") // 2


class Need(NamedTuple):
    """How wide a column has to be, in pixels: for its texts, for its name on one line and on two,
    for what has to be seen of its texts, and for what has to be seen where there is no room."""

    text: int
    head: int
    folded: int
    legible: int
    less: int


def _leasts(needs: Sequence[Need]) -> Iterator[list[int]]:
    """How narrow the columns may be made, what harms least first: words cut, names on two lines,
    words cut shorter."""
    yield [max(need.head, need.legible) for need in needs]
    yield [max(need.folded, need.legible) for need in needs]
    yield [max(need.folded, need.less) for need in needs]


def _folded(label: str, metrics: QFontMetrics) -> int:
    """How wide a name is on two lines."""
    words = label.split()
    return min(
        max(metrics.horizontalAdvance(" ".join(part)) for part in (words[:at], words[at:]))
        for at in range(len(words))
    )


def _narrow(wide: list[int], least: Sequence[int], over: int) -> None:
    """Take `over` from the widest of the columns that are not at their least yet."""
    while over > 0:
        more = sorted({w for w, few in zip(wide, least, strict=True) if w > few}, reverse=True)
        if not more:
            return
        widest = [at for at, w in enumerate(wide) if w == more[0] and w > least[at]]
        next_one = more[1] if len(more) > 1 else 0
        each = -(-over // len(widest))
        for at in widest:
            step = min(wide[at] - max(least[at], next_one), each, over)
            wide[at] -= step
            over -= step
