"""Nhập từ bảng tính: preview and import of spreadsheet files, saved in one transaction."""

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QCheckBox, QSplitter, QVBoxLayout, QWidget

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_number
from borderdesk.base.i18n import N_, _, language, ngettext
from borderdesk.base.progress import Progress
from borderdesk.desk import Desk
from borderdesk.entry.grid import GridColumn
from borderdesk.schema.records import ALL_TYPES
from borderdesk.sheets.columns.likely_types import clear_type, likely_types
from borderdesk.sheets.columns.sheet_columns import sheet_columns
from borderdesk.sheets.columns.table import SheetTable
from borderdesk.sheets.imports.mapping_memory import ConfirmedMapping, mapping_of
from borderdesk.sheets.imports.samples import ColumnSample, column_samples
from borderdesk.sheets.imports.sheet_import import SheetFileError
from borderdesk.sheets.imports.sheet_outcome import SheetOutcome, save_refused
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.sheets.sources.sheet_files import folder_words
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.sheets.column_area import ColumnArea
from ui.sheets.hamlet_area import HamletArea
from ui.sheets.outcome_view import OutcomeView
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.choosers.file_choosers import ask_files, ask_where
from ui.widgets.choosers.file_kinds import SPREADSHEETS
from ui.widgets.editors.text_line import TextLine
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import MessageBar

ENCODING_NAMES = {  # names of encodings are the same in every language
    "": N_("Found by itself"),
    "unicode": "Unicode",
    "tcvn3": "TCVN3 (.VnTime)",
    "vni": "VNI",
}
LAST_ROW = 1_048_576


class OpenedSheet(NamedTuple):
    """The table found in the first file, and what is shown of it; head: preview of a large table's
    first rows; other: the record type it clearly holds, if not the page's."""

    table: SheetTable
    columns: list[GridColumn]
    samples: list[ColumnSample]
    fixed: dict[str, str]
    head: SheetOutcome | None
    other: str | None


def opened_sheet(
    desk: Desk, type_name: str, path: Path, request: SheetRequest, place: int
) -> OpenedSheet:
    """Open the table of a file; of a large one only its first rows.

    place: index of the sheet whose first rows are read. Raises UserError.
    """
    request = request._replace(recall=True)
    try:
        head = desk.sheets.first_rows(type_name, path, request, place)
    except UserError:
        # The first rows may lack what later rows have.
        head = None
    if head is None:
        table, columns = desk.sheets.open_table(type_name, path, request)
    else:
        table, columns = head.table, sheet_columns(desk, type_name)
    remembered = desk.sheet_mappings.recall(type_name, table)
    fixed = remembered.fixed if remembered is not None else {}
    if head is not None and fixed:
        head = desk.sheets.first_rows(type_name, path, request._replace(fixed=fixed), place)
    clear = clear_type(likely_types(desk, path)) if request.sheet is None else None
    other = clear if clear != type_name else None
    return OpenedSheet(table, columns, column_samples(table), fixed, head, other)


def _confirmed(
    opened: OpenedSheet, request: SheetRequest, outcomes: Sequence[SheetOutcome]
) -> list[tuple[SheetTable, ConfirmedMapping]]:
    """The mappings to remember of imported tables, with their values for all rows."""
    fixed = dict(request.fixed)
    if not request.all_sheets:
        return [(opened.table, ConfirmedMapping(dict(request.mapping), fixed))]
    return [
        (outcome.table, ConfirmedMapping(mapping_of(outcome.table), fixed)) for outcome in outcomes
    ]


class SheetPanel(DeskPanel):
    """Import of spreadsheets for one record type.

    left: back to the list; saved(record ids, batch id for undo); template_wanted: save the empty
    template; other_wanted(type, paths): import as another type.
    """

    left = Signal()
    template_wanted = Signal()
    saved = Signal(list, str)
    other_wanted = Signal(str, list)

    def __init__(self, desk: Desk, type_name: str, tasks: Runner) -> None:
        super().__init__(desk, tasks, MessageBar())
        self._type = type_name
        self.paths: list[Path] = []
        self._folders = 0
        """How many folders beside the files were left out."""
        self._opened: OpenedSheet | None = None
        self._outcomes: list[SheetOutcome] = []
        self._previewed: SheetRequest | None = None
        """The request of the outcomes shown, None after a change or a save."""
        self.title = named(PlainLabel(_(ALL_TYPES[type_name].title)), "title")
        self.names = named(PlainLabel(_("From a spreadsheet")), "muted")
        self.sheet, self.encoding, self.header = Chooser(), Chooser(), TextLine()
        self.every = QCheckBox(_("All sheets"))
        self._requests: dict[str, SheetRequest] = {}
        """Requests of the sheets visited while "all sheets" is checked, by sheet name."""
        self.columns = ColumnArea(desk)
        self.hamlets = HamletArea(desk)
        self.outcome = OutcomeView()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._lay_out()
        self._follow()

    # ------------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 16, 24, 8)
        outer.setSpacing(8)
        top = FlowLayout()
        top.add(self.title)
        top.add(self.names)
        # A long message covers the file names, but no button.
        top.add(self.bar, 1)
        outer.addLayout(top)
        outer.addLayout(self._buttons())
        outer.addLayout(self._places())
        splitter = QSplitter(Qt.Orientation.Horizontal)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.columns, 1)
        column.addWidget(self.hamlets)
        splitter.addWidget(left)
        splitter.addWidget(self.outcome)
        splitter.setChildrenCollapsible(False)
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 3)
        outer.addWidget(splitter, 1)

    def _buttons(self) -> FlowLayout:
        row = FlowLayout()
        self._take = bind(self, "sheet_take", self.take_in)
        self._look = bind(self, "sheet_preview", self.preview)
        self._keep = bind(self, "sheet_rejects", self.ask_rejects)
        row.add(button(self._take, main=True, keys=True))
        row.add(button(self._look))
        row.add(button(self._keep))
        row.add(button(bind(self, "sheet_files", self.choose_files)))
        row.add(button(bind(self, "sheet_template", self.template_wanted.emit), flat=True))
        row.add(button(bind(self, "sheet_back", self.left.emit), flat=True))
        self._enable()
        return row

    def _places(self) -> FlowLayout:
        """The inputs for sheet, heading row and encoding."""
        for code, name in ENCODING_NAMES.items():
            self.encoding.addItem(_(name) if not code else name, code)
        self.header.setValidator(QIntValidator(1, LAST_ROW, self.header))
        self.header.setFixedWidth(self.fontMetrics().horizontalAdvance("0") * 10)
        row = FlowLayout()
        named_widgets: tuple[tuple[str, QWidget, str], ...] = (
            (_("Sheet"), self.sheet, _("The sheet of the file that holds the list")),
            (_("Row of headings"), self.header, _("The number of the row with the headings")),
            (_("Old fonts"), self.encoding, _("How the text of the file was encoded")),
        )
        for label, widget, hint in named_widgets:
            widget.setAccessibleName(label)
            widget.setToolTip(hint)
            row.add(PlainLabel(label))
            row.add(widget)
            if widget is self.sheet:
                row.add(self.every)
        self.every.setToolTip(_("Take in every sheet that has such a list, each with its columns"))
        self.every.hide()
        return row

    def _follow(self) -> None:
        self.sheet.activated.connect(lambda _index: self._reopen())
        self.every.toggled.connect(lambda _on: self.preview())
        self.hamlets.edited.connect(self._note_edit)
        self.encoding.activated.connect(lambda _index: self._reopen())
        self.header.editingFinished.connect(self._header_typed)
        self.columns.edited.connect(self._note_edit)

    # ------------------------------------------------------------------------- opening

    def choose_files(self) -> None:
        """Ask for the files."""
        ask_files(self, _("Spreadsheets"), SPREADSHEETS, self.open)

    def open(self, paths: Sequence[Path], folders: int = 0) -> None:
        """Open these files: find the table in the first, preview the rows of all. folders: how many
        beside them were left out."""
        self._folders = folders
        self._name(paths)
        self.sheet.clear()
        with QSignalBlocker(self.every):
            self.every.setChecked(False)
        self._requests = {}
        self.hamlets.clear()
        # `clear` counts as typed, and a typed number is not written over.
        self.header.setText("")
        self.encoding.setCurrentIndex(0)
        self._reopen()

    def _name(self, paths: Sequence[Path]) -> None:
        self.paths = list(paths)
        name, more = paths[0].name, len(paths) - 1
        files = ngettext("{name} and {count} other file", "{name} and {count} other files", more)
        others = format_number(more, language())
        named_files = files.format(name=name, count=others) if more else name
        self.names.setText(" · ".join([named_files, *folder_words(self._folders)]))

    def _place(self) -> SheetRequest:
        """The choice of sheet, heading row and encoding, without columns."""
        header = self.header.text() if self.header.isModified() else ""
        return SheetRequest(
            sheet=self.sheet.currentData() or None,
            header=int(header) if header else None,
            encoding=self.encoding.currentData() or None,
        )

    def _header_typed(self) -> None:
        if self.header.isModified() and self.paths and self.header.text():
            self._reopen()

    def _reopen(self) -> None:
        """Find the table again after a change of these inputs."""
        if self._opened is not None and self.every.isChecked():
            self._requests[self._opened.table.text.source.name] = self._one_request()
        self._opened = None
        self._forget_preview()
        if not self.paths:
            return
        desk, type_name, path, request = self._desk, self._type, self.paths[0], self._place()
        place = max(self.sheet.currentIndex(), 0)
        self.read(lambda: opened_sheet(desk, type_name, path, request, place), self._show_opened)

    def _show_opened(self, opened: OpenedSheet) -> None:
        self._opened = opened
        table, source = opened.table, opened.table.text.source
        if not self.sheet.count():
            for name in source.names or (source.name,):
                self.sheet.addItem(name, name if source.names else "")
        self.sheet.setCurrentIndex(max(self.sheet.findText(source.name), 0))
        self.sheet.setEnabled(self.sheet.count() > 1)
        self.every.setVisible(self.sheet.count() > 1)
        if not self.header.isModified():
            self.header.setText(str(table.first))
        self.bar.clear()
        fixed = {**self._fixed_before(), **opened.fixed}
        self.columns.show_table(table, opened.columns, opened.samples, fixed)
        if opened.head is not None:
            self.outcome.show_first(opened.head, self._masked())
        if opened.other is not None:
            # Reading the whole file as this type waits for a decision of the person.
            self._enable()
            self._offer_other(opened.other)
        else:
            self.preview()

    def _offer_other(self, type_name: str) -> None:
        title = _(ALL_TYPES[type_name].title)
        words = _("By its headings this is a list of another kind: {type}.").format(type=title)
        paths = list(self.paths)
        self.bar.caution(
            words, (_("Open it there"), lambda: self.other_wanted.emit(type_name, paths))
        )

    # ------------------------------------------------------------------------- reading

    def _one_request(self) -> SheetRequest:
        """The request for the current sheet."""
        several = len(self.paths) > 1
        return self._place()._replace(
            mapping=self.columns.mapping(),
            fixed=self.columns.fixed(),
            unheaded=self.columns.unheaded() if several else frozenset(),
        )

    def _request(self) -> SheetRequest:
        sheet_request = self._one_request()._replace(
            hamlets=self.hamlets.decisions(), new_hamlets=self.hamlets.add_new.isChecked()
        )
        if not self.every.isChecked() or self._opened is None:
            return sheet_request
        shown = self._opened.table.text.source.name
        # Sheets not visited use their own headings, and the same values for all rows.
        return sheet_request._replace(
            header=None,
            mapping={},
            recall=True,
            all_sheets=True,
            of_sheets={**self._requests, shown: sheet_request},
        )

    def _fixed_before(self) -> dict[str, str]:
        """The values for all rows of the sheet visited last."""
        fixed = [request.fixed for request in self._requests.values()]
        return dict(fixed[-1]) if fixed and self.every.isChecked() else {}

    def _note_edit(self) -> None:
        """Drop the preview, unless the request is unchanged (a field was only left)."""
        if self._previewed is None or self._request() != self._previewed:
            self._forget_preview()

    def _forget_preview(self) -> None:
        """Drop the preview, which no longer matches the request."""
        self._previewed, self._outcomes = None, []
        self.outcome.clear()
        self._enable()

    def _enable(self) -> None:
        accepted = sum(outcome.accepted for outcome in self._outcomes)
        self._take.setEnabled(self._previewed is not None and accepted > 0)
        self._look.setEnabled(self._opened is not None)
        self._keep.setEnabled(any(outcome.refused for outcome in self._outcomes))

    def preview(self) -> None:
        """Read all rows and show their outcomes; nothing is saved."""
        if self._opened is None or not self.idle():
            return
        self.columns.settle()
        desk, type_name, paths, request = self._desk, self._type, self.paths, self._request()

        def work(report: Progress) -> list[SheetOutcome]:
            return desk.sheets.dry_run_files(type_name, paths, request, report)

        def done(outcomes: list[SheetOutcome]) -> None:
            if request == self._request() and paths == self.paths:
                self._previewed = request
                self._show(outcomes)

        self.long(work, _("Reading…"), done)

    def _show(self, outcomes: list[SheetOutcome]) -> None:
        self._outcomes = outcomes
        self.hamlets.show_unknown(
            [hamlet for outcome in outcomes for hamlet in outcome.unknown_hamlets]
        )
        self.outcome.show_outcomes(outcomes, self._masked())
        self._enable()
        self.columns.show_lacking({key for outcome in outcomes for key in outcome.wrong})
        if not any(outcome.accepted or outcome.same for outcome in outcomes):
            self.columns.go_to_missing()

    def _masked(self) -> frozenset[str]:
        columns = self._opened.columns if self._opened is not None else []
        return frozenset(column.key for column in columns if column.field.masked)

    def take_in(self) -> None:
        """Save all rows that are not refused, of all files in one transaction."""
        request, opened = self._previewed, self._opened
        if request is None or opened is None or not self.idle():
            return
        desk, type_name, paths = self._desk, self._type, self.paths

        def work(report: Progress) -> list[SheetOutcome]:
            outcomes = desk.sheets.import_files(type_name, paths, request, report)
            for table, confirmed in _confirmed(opened, request, outcomes):
                desk.sheet_mappings.confirm(type_name, table, confirmed)
            return outcomes

        # If saving fails, `fail` enables the action again for the same preview.
        self._take.setEnabled(False)
        self.long(work, _("Saving…"), self._show_saved)

    def _show_saved(self, outcomes: list[SheetOutcome]) -> None:
        self._previewed = None
        self._show(outcomes)
        records = [record for outcome in outcomes for record in outcome.records]
        self.saved.emit(records, outcomes[0].batch or "")
        self.changed.emit()
        refused = sum(len(outcome.refused) for outcome in outcomes)
        if not refused:
            self.left.emit()
            return
        lang = language()
        words = _("Saved: {count}. Refused: {refused}; save them, correct them and drop them here.")
        text = words.format(
            count=format_number(len(records), lang), refused=format_number(refused, lang)
        )
        self.bar.caution(text, (_("Save refused rows…"), self.ask_rejects))

    def near(self) -> int:
        """The number of rows shown that resemble an existing record."""
        return sum(outcome.near for outcome in self._outcomes)

    def days(self) -> tuple[datetime.date, datetime.date] | None:
        """The first and the last day of the records; None for a type without."""
        spans = [outcome.days for outcome in self._outcomes if outcome.days is not None]
        return (min(spans)[0], max(last for _first, last in spans)) if spans else None

    def fail(self, error: Exception) -> None:
        """Show why reading or saving failed; the preview stays valid."""
        super().fail(error)
        self._enable()
        if self._opened is None and isinstance(error, UserError) and len(self.paths) > 1:
            error = SheetFileError(self.paths[0], error)
        if isinstance(error, SheetFileError):
            path = error.path
            self.bar.warn(error, (_("Leave this file out"), lambda: self.leave_out(path)))

    def leave_out(self, path: Path) -> None:
        """Remove a file that cannot be read; preview the others."""
        remaining = [candidate for candidate in self.paths if candidate != path]
        if self._opened is None or path == self.paths[0]:
            self.open(remaining, self._folders)
            return
        self._name(remaining)
        self.bar.clear()
        self.preview()

    # ------------------------------------------------------------------- refused rows

    def ask_rejects(self) -> None:
        """Ask where to save the refused rows; one workbook per file that has any."""
        if self._keep.isEnabled():
            name = _("{name} refused").format(name=self.paths[0].stem)
            ask_where(self, name, ".xlsx", self.save_rejects)

    def save_rejects(self, target: Path) -> None:
        """Save the refused rows; files of further sheets are numbered."""
        outcomes = self._outcomes

        def done(written: list[Path]) -> None:
            rows = sum(len(outcome.refused) for outcome in outcomes)
            words = ngettext("1 row saved as {file}.", "{count} rows saved as {file}.", rows)
            names = ", ".join(path.name for path in written)
            self.bar.notify(words.format(count=format_number(rows, language()), file=names))

        self.write(lambda: save_refused(outcomes, target), done)
