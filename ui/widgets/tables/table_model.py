"""Model of the list of records, read in pages by keyset pagination (after the last record read)."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.kinds import (
    ColumnField,
    doubt_text,
)
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.value_words import short_value_words
from borderdesk.store.lists.listing import Filter, ListEntry, Sort, default_sort
from ui.base.plain_text import plain_tip
from ui.base.tasks import Job, Runner

PAGE = 100
LONGEST = 5
"""How many of the longest texts of a column are measured for its width."""
END = 300
"""How many records a jump to the end reads."""
MOST_AGAIN = 2_000
LONG_HEADING = 12
DOUBLE_SIGN, DOUBT_SIGN = "⇄", "⚠"
ROOT = QModelIndex()
_DISPLAY, _TIP, _SIDE = (
    int(role)
    for role in (
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.TextAlignmentRole,
    )
)
"""The roles the model answers, as int: a table asks for eight roles of every painted cell, and
looking up an enumeration is slow."""
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_WRAPPED = {side: side | Qt.TextFlag.TextWordWrap for side in (_LEFT, _RIGHT)}
Index = QModelIndex | QPersistentModelIndex


class ListLine(NamedTuple):
    """A record as shown in the list: id, sort position, cell texts, doubts (tooltip), sign."""

    id: str
    place: tuple[Any, int]
    cells: tuple[str, ...]
    doubt: str
    sign: str


def _sign(listed: ListEntry) -> str:
    if listed.double:
        return DOUBLE_SIGN
    return DOUBT_SIGN if listed.doubts else ""


class RecordTable(QAbstractTableModel):
    """The records that match a filter, in a given sort order; reads run in a worker thread.

    arrived: a page was read; failed: a read raised.
    """

    arrived = Signal()
    ended = Signal()
    """The last records were read (after `read_end`)."""
    failed = Signal(Exception)

    def __init__(self, desk: Desk, type_name: str, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._model = ALL_TYPES[type_name]
        self.keys: list[str] = []
        self.fields: list[ColumnField] = []
        self._headings: list[str] = []
        self._take(self.usual_keys())
        self.lines: list[ListLine] = []
        self.chosen = Filter()
        self.order = default_sort(self._model)
        self._more = False
        self.above = False
        """Whether records before the first loaded one exist (after a jump to the end)."""
        self._job: Job | None = None

    def usual_keys(self) -> list[str]:
        """The default columns of the type's list."""
        keys = list(self._model.listed())
        own_post = self._model.own_post()
        if own_post and self._desk.identity.role != "post":
            keys.insert(1, own_post)
        return keys

    def _take(self, keys: list[str]) -> None:
        columns = self._model.columns()
        self.keys, self.fields = keys, [columns[key] for key in keys]
        self._headings = [heading(field) for field in self.fields]

    def arrange(self, keys: Sequence[str], order: Sort) -> None:
        """Set the columns (unknown keys are ignored) and the sort order, and empty the model."""
        columns = self._model.columns()
        self.beginResetModel()
        self._take([key for key in keys if key in columns] or self.usual_keys())
        self.order = order if order.key in columns else default_sort(self._model)
        self.lines, self._more, self.above = [], False, False
        self.endResetModel()

    def more(self) -> bool:
        """Whether records after the last loaded one exist."""
        return self._more

    # ------------------------------------------------------------------- reading

    def start(self, list_filter: Filter) -> None:
        """Read the first page synchronously, for the first paint."""
        self.chosen = list_filter
        self._replace(self._read(list_filter, self.order, None, PAGE), PAGE)

    def ask(self, list_filter: Filter, order: Sort) -> None:
        """Read the list again in the background; with unchanged filter and order, as many records
        as are loaded (at most MOST_AGAIN)."""
        same = (list_filter, order) == (self.chosen, self.order)
        if same and self.above:
            self.read_end(len(self.lines), again=True)
            return
        limit = min(max(PAGE, len(self.lines) + 1), MOST_AGAIN) if same else PAGE
        self.chosen, self.order = list_filter, order
        self._run(
            lambda: self._read(list_filter, order, None, limit),
            lambda lines: self._replace(lines, limit),
        )

    def _run(
        self, work: Callable[[], list[ListLine]], then: Callable[[list[ListLine]], None]
    ) -> None:
        if self._job is not None:
            self._job.forget()
        self._job = self._tasks.run(work, then, self._fail, self)

    def _fail(self, error: Exception) -> None:
        self._job = None
        self.failed.emit(error)

    def _read(
        self, list_filter: Filter, order: Sort, after: tuple[Any, int] | None, limit: int
    ) -> list[ListLine]:
        entries = self._desk.lists.page(self._model.type_name, list_filter, order, after, limit)
        book = self._desk.book
        return [self._line(listed, book) for listed in entries]

    def _line(self, listed: ListEntry, book: ReferenceBook) -> ListLine:
        cells = tuple(
            short_value_words(self._model, key, listed.values, book).replace("\n", " ")
            for key in self.keys
        )
        notes = [f"{DOUBT_SIGN} {doubt_text(text)}" for _field, text in listed.doubts]
        if listed.double:
            notes.insert(0, f"{DOUBLE_SIGN} " + _("Two versions differ, waiting for a choice"))
        return ListLine(listed.id, listed.place, cells, "\n".join(notes), _sign(listed))

    def _replace(self, lines: list[ListLine], limit: int, *, at_end: bool = False) -> None:
        self._job = None
        self.beginResetModel()
        self.lines = lines
        whole = len(lines) < limit
        self._more, self.above = not (whole or at_end), at_end and not whole
        self.endResetModel()
        self.arrived.emit()

    def idle(self) -> bool:
        """Whether no read is running."""
        return self._job is None

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._more and self._job is None

    def fetchMore(self, parent: Index) -> None:
        """Read the page after the last loaded record."""
        if not self.canFetchMore(parent):
            return
        list_filter, order, after = self.chosen, self.order, self.lines[-1].place
        self._run(lambda: self._read(list_filter, order, after, PAGE), self._append)

    def _append(self, lines: list[ListLine]) -> None:
        self._job = None
        self._more = len(lines) == PAGE
        if not lines:
            return
        first = len(self.lines)
        self.beginInsertRows(ROOT, first, first + len(lines) - 1)
        self.lines += lines
        self.endInsertRows()

    # ------------------------------------------------------------------ from the end

    def read_start(self) -> None:
        """Read the list from its first record."""
        if self.above:
            self.above = False
            self.lines = []
            self.ask(self.chosen, self.order)

    def read_end(self, limit: int = END, *, again: bool = False) -> None:
        """Read the last `limit` records by reversing the sort order. Emits `ended`, except with
        `again` (a refresh of records that are already shown)."""
        list_filter, order = self.chosen, self.order

        def show(lines: list[ListLine]) -> None:
            self._replace(lines, limit, at_end=True)
            if not again:
                self.ended.emit()

        self._run(lambda: self._backwards(list_filter, order, None, limit), show)

    def _backwards(
        self, list_filter: Filter, order: Sort, before: tuple[Any, int] | None, limit: int
    ) -> list[ListLine]:
        turned = order._replace(descending=not order.descending)
        return self._read(list_filter, turned, before, limit)[::-1]

    def fetch_above(self) -> None:
        """Read the page before the first loaded record."""
        if not self.above or self._job is not None or not self.lines:
            return
        list_filter, order, before = self.chosen, self.order, self.lines[0].place
        self._run(lambda: self._backwards(list_filter, order, before, PAGE), self._prepend)

    def _prepend(self, lines: list[ListLine]) -> None:
        self._job = None
        self.above = len(lines) == PAGE
        if lines:
            self.beginInsertRows(ROOT, 0, len(lines) - 1)
            self.lines = lines + self.lines
            self.endInsertRows()

    def row_of(self, record: str) -> int:
        """The row of a record id, -1 if it is not loaded."""
        return next((row for row, line in enumerate(self.lines) if line.id == record), -1)

    # -------------------------------------------------------------------- showing

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.keys)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == _DISPLAY:
            return self.shown(self.lines[index.row()], index.column())
        if role == _SIDE:
            return self.alignment(index.column())
        if role == _TIP:
            line = self.lines[index.row()]
            return plain_tip(line.doubt or line.cells[index.column()])
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == _DISPLAY:
            return self._headings[section]
        if role == _SIDE:
            return _WRAPPED[self.alignment(section)]
        if role == _TIP:
            field = self.fields[section]
            return f"{_(field.label)} ({_(field.unit)})" if field.unit else _(field.label)
        return None

    def alignment(self, column: int) -> Qt.AlignmentFlag:
        """Right for numeric columns, left for others, vertically centred."""
        return _RIGHT if self.fields[column].numeric else _LEFT

    def exact(self, column: int) -> bool:
        """Whether an elided text would be useless: figures and dates."""
        return self.fields[column].cell_kind != "text"

    def longest(self, column: int, most: int = LONGEST) -> list[str]:
        """The longest texts of a column on the first page, at most `most`."""
        # In order: of texts as long as each other the same ones are measured in every window.
        cells = dict.fromkeys(self.shown(line, column) for line in self.lines[:PAGE])
        return sorted(cells, key=len)[-most:]

    @staticmethod
    def shown(line: ListLine, column: int) -> str:
        """The text of a cell; in the first column after the sign of a doubt or a double."""
        text = line.cells[column]
        return f"{line.sign} {text}" if column == 0 and line.sign else text


def heading(field: ColumnField) -> str:
    """The header text of a column: the unit instead of a long label of a number."""
    label, unit = _(field.label), _(field.unit)
    if field.numeric and len(unit) < len(label) and unit and len(label) > LONG_HEADING:
        return unit[:1].upper() + unit[1:]
    return label
