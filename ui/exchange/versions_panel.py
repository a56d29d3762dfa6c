"""Hai bản khác nhau, chờ chọn: records with conflicting versions, and the choice between them."""

from collections.abc import Mapping
from typing import Any

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.desk import Desk
from borderdesk.exchange.decisions.version_comparison import RecordComparison, compare_all_versions
from ui.base.plain_text import PlainLabel
from ui.base.tasks import Runner
from ui.exchange.undoable_panel import UndoablePanel
from ui.exchange.versions_view import VersionsView
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.layout.scrolled import scrolled_column
from ui.widgets.pages.messages import MessageBar
from ui.widgets.tables.rows_table import RowsTable, TableColumn

MOST = 200
"""Maximum number of records listed."""


class VersionsPanel(UndoablePanel):
    """List of records with conflicting versions; the owning post chooses one, or field by field."""

    tab = "doubles"

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.doubles: list[RecordComparison] = []
        self._wanted = ""
        self.table = RowsTable(
            _("Two versions differ, waiting for a choice"),
            [
                TableColumn(_("Record"), 64),
                TableColumn(_("Belongs to"), 26),
                TableColumn(_("Versions"), 8, True),
            ],
            _(
                "Every record has one version. Where two desks change the same record, both"
                " versions wait here until its post chooses."
            ),
            awaited=True,
        )
        self.middle = (self.table,)
        self.view = VersionsView()
        self.explanation = PlainLabel()
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        outer = scrolled_column(self)
        row = FlowLayout()
        self._acts = [
            bind(self, "double_save", self.save),
            bind(self, "double_first", lambda: self.view.choose_all(0)),
            bind(self, "double_second", lambda: self.view.choose_all(1)),
        ]
        row.add(button(self._acts[0], main=True, keys=True))
        for act in self._acts[1:]:
            row.add(button(act, keys=True))
        row.add(button(bind(self, "double_next", self.view.next_difference), flat=True))
        self._note = bind(self, "double_note", self.write_note)
        row.add(button(self._note, flat=True))
        outer.addLayout(row)
        outer.addWidget(self.table, 1)
        self.explanation.setWordWrap(True)
        outer.addWidget(self.explanation)
        self.view.setMinimumHeight(self.fontMetrics().height() * 12)
        outer.addWidget(self.view, 3)
        self.table.moved.connect(self._show_record)
        self.table.opened.connect(lambda _row: self.view.setFocus())

    # --------------------------------------------------------------------- reading

    def refresh(self) -> None:
        """Read the records again."""
        desk = self._desk
        self.read(lambda: compare_all_versions(desk, MOST), self._show)

    def begin(self, intent: Mapping[str, Any]) -> None:
        """Focus the comparison of a record (`record`), else of the first one."""
        self._wanted = intent.get("record", "")
        self.view.setFocus()
        self.refresh()

    def _show(self, doubles: list[RecordComparison]) -> None:
        self.doubles = doubles
        self.table.show_rows(
            [
                (comparison.title, comparison.owner, str(len(comparison.sides)))
                for comparison in doubles
            ],
            keys=[comparison.record for comparison in doubles],
        )
        record_to_show, self._wanted = self._wanted, ""
        places = [
            place for place, comparison in enumerate(doubles) if comparison.record == record_to_show
        ]
        if places:
            self.table.go_to(places[0])

    def current(self) -> RecordComparison | None:
        """The current record."""
        row = self.table.row()
        return self.doubles[row] if 0 <= row < len(self.doubles) else None

    def _show_record(self, _row: int) -> None:
        comparison = self.current()
        self.view.show_record(comparison)
        self.view.setVisible(comparison is not None)
        for act in self._acts:
            act.setEnabled(comparison is not None and comparison.chosen_here)
        self._note.setEnabled(comparison is not None)
        self.explanation.setVisible(comparison is not None)
        if comparison is not None:
            self.explanation.setText(_explanation(comparison))

    # -------------------------------------------------------------------- choosing

    def save(self) -> None:
        """Save the choice as a new version that supersedes the others."""
        comparison = self.current()
        if comparison is None or not comparison.chosen_here or not self.idle():
            return
        desk, choice = self._desk, self.view.versions.choice()
        sides = [side.revision for side in comparison.sides]

        def done(revision: str) -> None:
            more = len(self.doubles) - 1
            self.notify_undoable(
                _("Chosen: {title}.").format(title=comparison.title),
                ngettext("{count} more waits.", "{count} more wait.", more).format(
                    count=format_number(more, language())
                ),
                lambda _report: desk.exchange.inbox.reopen(
                    comparison.type, comparison.record, sides, revision
                ),
            )
            self.changed.emit()
            self.refresh()
            self.lead_to(self.view if more else self.table)

        self.write(
            lambda: desk.exchange.inbox.resolve(comparison.type, comparison.record, choice), done
        )

    def write_note(self) -> None:
        """Start a note on the current record."""
        comparison = self.current()
        if comparison is not None:
            self.wanted.emit("notes", {"type": comparison.type, "record": comparison.record})


def _explanation(comparison: RecordComparison) -> str:
    """Who chooses, by which keys, and why version 1 counts until then."""
    if not comparison.chosen_here:
        words = _(
            "Only {owner} chooses. Until then version 1 counts here and everywhere, because {why}."
        )
    elif comparison.whole_only:
        words = _(
            "One version is a deletion, so one of them is taken whole: ← and → choose."
            " Until then version 1 counts, because {why}."
        )
    else:
        words = _(
            "← and → choose for one field, Ctrl+1 and Ctrl+2 for all. Until you save,"
            " version 1 counts, because {why}."
        )
    return words.format(owner=comparison.owner, why=comparison.why_first())
