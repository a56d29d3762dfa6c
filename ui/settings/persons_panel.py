"""Dữ liệu cá nhân: requests of persons with their deadlines, and households due for erasure."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from borderdesk.base.formats import format_date, format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.desk import Desk
from borderdesk.entry.person_requests import REQUEST_KINDS, PersonRequest, unchecked_note
from borderdesk.exchange.entries.retention import OutdatedHousehold
from ui.base.plain_text import PlainLabel
from ui.base.tasks import Runner
from ui.base.text_lists import list_label
from ui.widgets.choosers.file_choosers import ask_where
from ui.widgets.editors.text_line import TextLine
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.layout.parts_column import PartsColumn, column_part
from ui.widgets.layout.scrolled import scrolled_column
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import MessageBar
from ui.widgets.push_button import push_button
from ui.widgets.tables.rows_table import RowsTable, TableColumn

person_report = lazy_module("borderdesk.reports.handouts.person_report")

MOST_NAMED = 5
"""Maximum number of households named in a question."""


class PersonsList(NamedTuple):
    """The requests, each with its household's name, and the households past their review date."""

    requests: list[tuple[PersonRequest, str]]
    outdated: list[OutdatedHousehold]


class PersonsPanel(DeskPanel):
    """The register of requests, and the households due for erasure."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.requests: list[PersonRequest] = []
        self.outdated: list[OutdatedHousehold] = []
        self.table = RowsTable(
            _("Requests about personal data"),
            [
                TableColumn(_("No."), 5, numeric=True),
                TableColumn(_("Household"), 30),
                TableColumn(_("Asked for"), 20),
                TableColumn(_("Received"), 12),
                TableColumn(_("Acknowledge by"), 14),
                TableColumn(_("Due"), 12),
                TableColumn(_("State"), 18),
            ],
            _("Nobody has asked for anything. A request is noted on the page of a household."),
            awaited=True,
        )
        self.kept = RowsTable(
            _("Households past their day of review"),
            [
                TableColumn(_("Head of household"), 30),
                TableColumn(_("Hamlet"), 24),
                TableColumn(_("Commune"), 22),
                TableColumn(_("Review of keeping on"), 18),
            ],
            _("No household is kept past its day of review."),
            several=True,
            awaited=True,
        )
        self.unchecked = PlainLabel()
        self.reason = TextLine()
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        parts = self._parts = PartsColumn(_("Personal data"))
        requests, outer = column_part()
        outer.addWidget(self.table, 1)
        self.unchecked.setWordWrap(True)
        outer.addWidget(self.unchecked)
        row = FlowLayout()
        for words, hint, act in (
            (_("Acknowledged"), _("The person was told that the request came."), self.acknowledge),
            (_("Settled"), _("What was asked for was done."), self.settle),
            (
                _("Report of the household…"),
                _("All that is kept of a household, and where it went."),
                self.ask_report,
            ),
        ):
            row.add(push_button(words, hint, act))
        outer.addLayout(row)
        parts.add(_("Requests about personal data"), requests, headed=True)
        past, outer = column_part()
        outer.addWidget(self.kept, 1)
        last = FlowLayout()
        self.reason.setPlaceholderText(_("Why they are erased."))
        self.reason.setAccessibleName(_("Why they are erased."))
        self.reason.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * 36)
        last.add(self.reason)
        hint = _("Erase what is personal of the chosen households, for ever; counts stay")
        last.add(
            push_button(_("Erase the chosen ones…"), hint, self.ask_erase, takes="record.erase")
        )
        outer.addLayout(last)
        parts.add(_("Households past their day of review"), past, headed=True)
        scrolled_column(self).addWidget(parts)

    # --------------------------------------------------------------------- reading

    def choices(self) -> Mapping[str, Any]:
        """The reason typed."""
        return {"reason": self.reason.text()} if self.reason.text() else {}

    def choose_again(self, choices: Mapping[str, Any]) -> None:
        """Restore the reason."""
        self.reason.setText(choices["reason"])

    def refresh(self) -> None:
        """Read requests and households again."""
        desk = self._desk

        def work() -> PersonsList:
            requests = [
                (request, desk.household_name(request.household)) for request in desk.requests.all()
            ]
            return PersonsList(requests, desk.exchange.retention.outdated())

        self.read(work, self._show)

    def _show(self, content: PersonsList) -> None:
        self.requests = [entry for entry, _name in content.requests]
        self.outdated, book = content.outdated, self._desk.book
        note = unchecked_note(self.requests)
        self.unchecked.setText(note)
        self.unchecked.setVisible(bool(note))
        self.table.show_rows(
            [self._line(entry, name) for entry, name in content.requests],
            keys=[entry.number for entry in self.requests],
        )
        self.kept.show_rows(
            [
                (
                    entry.head,
                    entry.hamlet,
                    book.unit_name(entry.commune),
                    format_date(entry.review_on),
                )
                for entry in content.outdated
            ],
            keys=[entry.id for entry in content.outdated],
            # Selecting the next row automatically would offer a household for erasure that nobody
            # chose.
            go_on=False,
        )

    def _line(self, request: PersonRequest, name: str) -> tuple[str, ...]:
        return (
            str(request.number),
            name or _("erased"),
            _(REQUEST_KINDS[request.kind].title),
            format_date(request.received),
            format_date(request.acknowledge_by),
            format_date(request.due),
            self._state(request),
        )

    def _state(self, request: PersonRequest) -> str:
        if request.settled:
            return _("✓ settled {date}").format(date=format_date(request.settled))
        if request.next_due < self._desk.today():
            return _("✗ overdue")
        return _("acknowledged") if request.acknowledged else _("to be acknowledged")

    # --------------------------------------------------------------------- requests

    def _current(self) -> PersonRequest | None:
        place = self.table.row()
        return self.requests[place] if place >= 0 else None

    def acknowledge(self) -> None:
        """Record that receipt of the current request was acknowledged."""
        request, desk = self._current(), self._desk
        if request is not None:
            self.write(lambda: desk.requests.acknowledge(request.number), self._written)

    def settle(self) -> None:
        """Record that the current request was carried out."""
        request, desk = self._current(), self._desk
        if request is not None:
            self.write(lambda: desk.requests.settle(request.number), self._written)

    def _written(self, _request: PersonRequest) -> None:
        self.refresh()
        self.changed.emit()

    def ask_report(self) -> None:
        """Ask where to save the report of the current request's household."""
        request = self._current()
        if request is not None:
            name = f"ban-ke-ho_{request.household[:8]}.pdf"
            ask_where(self, name, ".pdf", lambda target: self.report(request.household, target))

    def report(self, household: str, target: Path) -> None:
        """Write the report of a household."""
        desk = self._desk
        self.long(
            lambda _progress: person_report.write_person_report(desk, household, target),
            _("Saving…"),
            lambda _none: self.bar.notify(_("Saved as {file}").format(file=target.name)),
        )

    # --------------------------------------------------------------------- retention

    def ask_erase(self) -> None:
        """Ask whether to erase the selected households."""
        outdated_households = [self.outdated[row] for row in self.kept.chosen_rows()]
        if not outdated_households:
            self.bar.warn(_("Choose the households to be erased first."))
            return
        words = ngettext(
            "Erase what is personal of {count} household for ever, here and everywhere: {names}?",
            "Erase what is personal of {count} households for ever, here and everywhere: {names}?",
            len(outdated_households),
        )
        names = list_label([household.head for household in outdated_households], MOST_NAMED)
        self.bar.ask(
            words.format(count=format_number(len(outdated_households), language()), names=names),
            (_("Erase"), lambda: self.erase([household.id for household in outdated_households])),
            (_("Leave it"), self.bar.clear),
        )

    def erase(self, household_ids: list[str]) -> None:
        """Erase these households."""
        desk, reason = self._desk, self.reason.text()

        def done(count: int) -> None:
            self.reason.clear()
            self.refresh()
            self.changed.emit()
            words = ngettext(
                "{count} household was erased; the counts stay as they are.",
                "{count} households were erased; the counts stay as they are.",
                count,
            )
            self.bar.notify(words.format(count=format_number(count, language())))

        self.write(lambda: desk.exchange.retention.erase_outdated(reason, household_ids), done)
