"""Đã nhận: imported batches (packages and spreadsheets), their rejected rows, and undo of a
batch."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.desk import Desk
from borderdesk.exchange.decisions.crossed_texts import remaining_texts
from borderdesk.exchange.format.package_revisions import RefusedRecord
from borderdesk.exchange.merging.batches import PackageBatch, UndoneBatch
from borderdesk.exchange.merging.desk_names import desk_names, desk_title
from borderdesk.schema.records import ALL_TYPES
from borderdesk.sheets.imports.sheet_batches import SheetBatch
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.exchange.exchange_labels import leave_offer, period_label, time_label
from ui.exchange.receipt_offer import ask_receipts
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.layout.scrolled import scrolled_column
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import MessageBar
from ui.widgets.tables.rows_table import RowsTable, TableColumn

MOST_LISTED = 20
COUNTS = ("added", "updated", "double")
"""The counts of a batch shown in columns, in order."""


class ListedBatches(NamedTuple):
    """Batches of packages and spreadsheets, newest first, and {desk id: name}."""

    batches: list[PackageBatch | SheetBatch]
    names: dict[str, str]


class BatchesPanel(DeskPanel):
    """The list of batches, newest first; each can be undone."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.batches: list[PackageBatch | SheetBatch] = []
        self._names: dict[str, str] = {}
        self._wanted = ""
        self.table = RowsTable(
            _("Taken in"),
            [
                TableColumn(_("Sender"), 17),
                TableColumn(_("Period"), 9),
                TableColumn(_("Number"), 4, numeric=True),
                TableColumn(_("Taken in at"), 17),
                TableColumn(_("State"), 13),
                TableColumn(_("New"), 6, numeric=True),
                TableColumn(_("Changed"), 6, numeric=True),
                TableColumn(_("Double"), 6, numeric=True),
                TableColumn(_("File"), 34),
            ],
            _("Nothing was taken in yet. Drop files on this page, or go to Receive."),
            awaited=True,
        )
        self.detail = PlainLabel()
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        outer = scrolled_column(self)
        row = FlowLayout()
        self._undo = bind(self, "batch_undo", self.ask_undo)
        row.add(button(self._undo, keys=True))
        self._back = bind(self, "batch_back", self.take_back)
        row.add(button(self._back))
        self._receipt = bind(self, "batch_receipt", self.ask_receipt)
        row.add(button(self._receipt))
        hint = _("Undoing takes out what only this file brought; it can be taken in again.")
        outer.addLayout(row)
        label = named(PlainLabel(hint), "muted")
        label.setWordWrap(True)
        outer.addWidget(label)
        outer.addWidget(self.table, 1)
        self.detail.setWordWrap(True)
        outer.addWidget(self.detail)
        self.table.moved.connect(self._describe)

    # --------------------------------------------------------------------- reading

    def refresh(self) -> None:
        """Read the batches again."""
        desk = self._desk
        read_batches = lambda: ListedBatches(desk.exchange.batch_list.all(), desk_names(desk))  # noqa: E731
        self.read(read_batches, self._show)

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Select the batch `batch`."""
        self._wanted = intent.get("batch", "")
        self.table.setFocus()
        self.refresh()

    def _show(self, content: ListedBatches) -> None:
        self.batches, self._names = content.batches, content.names
        self.table.show_rows(
            [self._cells(batch) for batch in content.batches],
            keys=[batch.id for batch in content.batches],
        )
        batch_to_show, self._wanted = self._wanted, ""
        places = [place for place, batch in enumerate(content.batches) if batch.id == batch_to_show]
        if places:
            self.table.go_to(places[0])
        self._describe(self.table.row())

    def _cells(self, batch: PackageBatch | SheetBatch) -> tuple[str, ...]:
        lang = language()
        numbered = ("", "")
        if isinstance(batch, PackageBatch):
            numbered = (period_label(self._desk, batch.period), str(batch.number))
        return (
            self._source(batch),
            *numbered,
            time_label(batch.imported, self._desk.today()),
            _state(batch),
            *(format_number(batch.counts.get(key, 0), lang) for key in COUNTS),
            batch.file,
        )

    def _source(self, batch: PackageBatch | SheetBatch) -> str:
        """The sender of a package, or the record type of a spreadsheet."""
        if isinstance(batch, SheetBatch):
            return _("Spreadsheet: {type}").format(type=_(ALL_TYPES[batch.type].title))
        return desk_title(self._names, batch.desk)

    def batch(self) -> PackageBatch | SheetBatch | None:
        """The current batch."""
        row = self.table.row()
        return self.batches[row] if 0 <= row < len(self.batches) else None

    def _describe(self, _row: int) -> None:
        batch = self.batch()
        self._undo.setEnabled(batch is not None and not batch.undone)
        self._back.setEnabled(_is_aside(batch))
        self._receipt.setEnabled(_is_of_another(batch, self._desk))
        self.detail.setText("")
        if isinstance(batch, SheetBatch):
            self.detail.setText(", ".join(batch.files) if len(batch.files) > 1 else "")
        elif batch is not None:
            desk, name = self._desk, batch.id
            self.read(lambda: desk.exchange.batches.refused_records(name), self._show_left_out)

    def _show_left_out(self, rows: list[RefusedRecord]) -> None:
        if not rows:
            return
        lines = [_("Left out of this file, because their lines cannot be right:")]
        lines += [
            f"• {_(ALL_TYPES[row.type].title) if row.type in ALL_TYPES else row.type}"
            f" {row.record[:8]}: {row.reason}"
            for row in rows[:MOST_LISTED]
        ]
        if len(rows) > MOST_LISTED:
            lines.append(
                _(" and {count} more").format(
                    count=format_number(len(rows) - MOST_LISTED, language())
                )
            )
        self.detail.setText("\n".join(lines))

    def ask_receipt(self) -> None:
        """Ask where to save a receipt for the sender of the current package."""
        batch = self.batch()
        if isinstance(batch, PackageBatch):
            ask_receipts(self, self._desk, [batch.desk], None)

    # --------------------------------------------------------------------- undoing

    def ask_undo(self) -> None:
        """Ask for confirmation before undoing the current batch."""
        batch = self.batch()
        if batch is None or batch.undone:
            return
        if isinstance(batch, SheetBatch):
            words = _(
                "Take out what {file} brought? What was changed since, and households that other"
                " records name, stay. The file can be taken in again."
            )
            question = words.format(file=batch.file)
            self.bar.ask(question, (_("Take it out"), lambda: self.undo(batch)), leave_offer())
            return
        self.bar.ask(
            self._package_question(batch),
            (_("Take it out"), lambda: self.undo(batch)),
            (_("Set it aside"), lambda: self.undo(batch, aside=True)),
            leave_offer(),
        )

    def _package_question(self, batch: PackageBatch) -> str:
        words = _(
            "Take {whom}, {period}, file {number} out again? What only this file brought goes; what"
            " another desk's file brought too, or somebody here changed since, stays, and so do"
            " erasures. It comes again with the desk's next file, unless it is set aside here."
        )
        question = words.format(
            whom=desk_title(self._names, batch.desk),
            period=period_label(self._desk, batch.period),
            number=batch.number,
        )
        later = self._desk.exchange.batches.undone_with(batch.id)
        if later:
            also = _("The files after it go too: {files}.")
            names = (
                f"{period_label(self._desk, later_batch.period)} ({later_batch.number})"
                for later_batch in later
            )
            question += " " + also.format(files=", ".join(names))
        return question

    def undo(self, batch: PackageBatch | SheetBatch, *, aside: bool = False) -> None:
        """Undo a batch; aside: set it aside, so that it is not imported again with the next
        package."""
        desk = self._desk

        def done(undone: UndoneBatch) -> None:
            count = format_number(undone.revisions, language())
            words = ngettext(
                "Taken out: {count} version of a record is gone.",
                "Taken out: {count} versions of records are gone.",
                undone.revisions,
            )
            if isinstance(batch, SheetBatch):
                words = ngettext(
                    "Taken out: {count} record, new households among them.",
                    "Taken out: {count} records, new households among them.",
                    undone.revisions,
                )
            texts = [words.format(count=count), *remaining_texts(desk, undone)]
            self.bar.notify(" ".join(texts))
            self.changed.emit()
            self.refresh()

        self.long(
            lambda report: desk.exchange.batch_list.undo(batch, report, aside=aside),
            _("Taking out…"),
            done,
        )

    def take_back(self) -> None:
        """Restore the current batch, which was set aside."""
        batch, desk = self.batch(), self._desk
        if batch is None or not _is_aside(batch):
            return

        def done(_entries: int) -> None:
            self.bar.notify(_("Taken in again: {file}.").format(file=batch.file))
            self.changed.emit()
            self.refresh()

        self.long(lambda _report: desk.exchange.batches.take_back(batch.id), _("Taking in…"), done)


def _is_of_another(batch: PackageBatch | SheetBatch | None, desk: Desk) -> bool:
    return isinstance(batch, PackageBatch) and batch.desk != desk.identity.id


def _is_aside(batch: PackageBatch | SheetBatch | None) -> bool:
    return isinstance(batch, PackageBatch) and batch.set_aside


def _state(batch: PackageBatch | SheetBatch) -> str:
    if _is_aside(batch):
        return _("✗ set aside")
    return _("✗ undone") if batch.undone else _("✓ taken in")
