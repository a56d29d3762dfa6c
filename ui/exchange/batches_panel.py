"""Đã nhận: the packages that were imported, the rows left out of each, and undoing one."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language
from borderdesk.desk import Desk
from borderdesk.exchange.batches import PackageBatch
from borderdesk.exchange.desk_names import desk_names, desk_title
from borderdesk.exchange.package_revisions import RefusedRecord
from borderdesk.schema.records import ALL_TYPES
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.exchange.exchange_labels import leave_offer, period_label, time_label
from ui.widgets.actions import bind, button
from ui.widgets.desk_panel import DeskPanel
from ui.widgets.flow import FlowLayout
from ui.widgets.messages import MessageBar
from ui.widgets.rows_table import RowsTable, TableColumn
from ui.widgets.scrolled import scrolled_column

MOST_LISTED = 20
COUNTS = ("added", "updated", "double")
"""The counts of a batch that have a column, in order."""


class BatchList(NamedTuple):
    """The batches, newest first, and the names of desks {id: name}."""

    batches: list[PackageBatch]
    names: dict[str, str]


class BatchesPanel(DeskPanel):
    """Lists the batches, newest first; any of them can be undone."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.batches: list[PackageBatch] = []
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
        )
        self.detail = PlainLabel()
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        outer = scrolled_column(self)
        row = FlowLayout()
        self._undo = bind(self, "batch_undo", self.ask_undo)
        row.add(button(self._undo, keys=True))
        hint = _("Undoing takes out what only this file brought; it can be taken in again.")
        row.add(named(PlainLabel(hint), "muted"))
        outer.addLayout(row)
        outer.addWidget(self.table, 1)
        self.detail.setWordWrap(True)
        outer.addWidget(self.detail)
        self.table.moved.connect(self._describe)

    # --------------------------------------------------------------------- reading

    def refresh(self) -> None:
        """Reload the batches."""
        desk = self._desk
        self.read(lambda: BatchList(desk.exchange.batches.all(), desk_names(desk)), self._show)

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Go to a batch (`batch`)."""
        self._wanted = intent.get("batch", "")
        self.table.setFocus()
        self.refresh()

    def _show(self, found: BatchList) -> None:
        self.batches, self._names = found.batches, found.names
        today, lang = self._desk.today(), language()
        self.table.show_rows(
            [
                (
                    desk_title(found.names, one.desk),
                    period_label(self._desk, one.period),
                    str(one.number),
                    time_label(one.imported, today),
                    _("✗ undone") if one.undone else _("✓ taken in"),
                    *(format_number(one.counts.get(key, 0), lang) for key in COUNTS),
                    one.file,
                )
                for one in found.batches
            ]
        )
        wanted, self._wanted = self._wanted, ""
        places = [place for place, one in enumerate(found.batches) if one.id == wanted]
        if places:
            self.table.go_to(places[0])
        self._describe(self.table.row())

    def batch(self) -> PackageBatch | None:
        """The batch that is chosen."""
        row = self.table.row()
        return self.batches[row] if 0 <= row < len(self.batches) else None

    def _describe(self, _row: int) -> None:
        batch = self.batch()
        self._undo.setEnabled(batch is not None and not batch.undone)
        self.detail.setText("")
        if batch is not None:
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
            lines.append(_(" and {count} more").format(count=len(rows) - MOST_LISTED))
        self.detail.setText("\n".join(lines))

    # --------------------------------------------------------------------- undoing

    def ask_undo(self) -> None:
        """Ask for confirmation before undoing the chosen batch."""
        batch = self.batch()
        if batch is None or batch.undone:
            return
        words = _(
            "Take {whom}, {period}, file {number} out again? What only this file brought goes; what"
            " another desk's file brought too, or somebody here changed since, stays, and so do"
            " erasures. It comes again with the desk's next file."
        )
        asked = words.format(
            whom=desk_title(self._names, batch.desk),
            period=period_label(self._desk, batch.period),
            number=batch.number,
        )
        later = self._desk.exchange.batches.undone_with(batch.id)
        if later:
            also = _("The files after it go too: {files}.")
            names = (f"{period_label(self._desk, one.period)} ({one.number})" for one in later)
            asked += " " + also.format(files=", ".join(names))
        name = batch.id
        self.bar.ask(asked, (_("Take it out"), lambda: self.undo(name)), leave_offer())

    def undo(self, name: str) -> None:
        """Undo a batch (its id)."""
        desk = self._desk

        def done(count: int) -> None:
            words = _("Taken out: {count} versions of records are gone.")
            self.bar.notify(words.format(count=format_number(count, language())))
            self.changed.emit()
            self.refresh()

        self.write(lambda: desk.exchange.batches.undo_batch(name), done)
