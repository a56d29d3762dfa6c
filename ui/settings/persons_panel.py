"""Dữ liệu cá nhân: requests with the days they are due by, and households kept too long."""

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
"""So many households are named in a question."""


class PersonsList(NamedTuple):
    """The requests, each with the name of its household, and who is kept past the day of
    review."""

    requests: list[tuple[PersonRequest, str]]
    outdated: list[OutdatedHousehold]


class PersonsPanel(DeskPanel):
    """The register of requests, and the households to be erased."""

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
        asked, outer = column_part()
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
        parts.add(_("Requests about personal data"), asked, headed=True)
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
        """Type it again."""
        self.reason.setText(choices["reason"])

    def refresh(self) -> None:
        """Reload requests and households."""
        desk = self._desk

        def work() -> PersonsList:
            found = [(one, desk.household_name(one.household)) for one in desk.requests.all()]
            return PersonsList(found, desk.exchange.retention.outdated())

        self.read(work, self._show)

    def _show(self, found: PersonsList) -> None:
        self.requests = [one for one, _name in found.requests]
        self.outdated, book = found.outdated, self._desk.book
        note = unchecked_note(self.requests)
        self.unchecked.setText(note)
        self.unchecked.setVisible(bool(note))
        self.table.show_rows(
            [self._line(one, name) for one, name in found.requests],
            keys=[one.number for one in self.requests],
        )
        self.kept.show_rows(
            [
                (one.head, one.hamlet, book.unit_name(one.commune), format_date(one.review_on))
                for one in found.outdated
            ],
            keys=[one.id for one in found.outdated],
            # Who stands in the place of one that is gone was not chosen to be erased.
            go_on=False,
        )

    def _line(self, one: PersonRequest, name: str) -> tuple[str, ...]:
        return (
            str(one.number),
            name or _("erased"),
            _(REQUEST_KINDS[one.kind].title),
            format_date(one.received),
            format_date(one.acknowledge_by),
            format_date(one.due),
            self._state(one),
        )

    def _state(self, one: PersonRequest) -> str:
        if one.settled:
            return _("✓ settled {date}").format(date=format_date(one.settled))
        if one.next_due < self._desk.today():
            return _("✗ overdue")
        return _("acknowledged") if one.acknowledged else _("to be acknowledged")

    # --------------------------------------------------------------------- requests

    def _current(self) -> PersonRequest | None:
        place = self.table.row()
        return self.requests[place] if place >= 0 else None

    def acknowledge(self) -> None:
        """Note that the person of the current request was told that it came."""
        one, desk = self._current(), self._desk
        if one is not None:
            self.write(lambda: desk.requests.acknowledge(one.number), self._written)

    def settle(self) -> None:
        """Note that the current request was done."""
        one, desk = self._current(), self._desk
        if one is not None:
            self.write(lambda: desk.requests.settle(one.number), self._written)

    def _written(self, _request: PersonRequest) -> None:
        self.refresh()
        self.changed.emit()

    def ask_report(self) -> None:
        """Ask where to write the report of the household of the current request."""
        one = self._current()
        if one is not None:
            name = f"ban-ke-ho_{one.household[:8]}.pdf"
            ask_where(self, name, ".pdf", lambda target: self.report(one.household, target))

    def report(self, household: str, target: Path) -> None:
        """Write what is kept of a household."""
        desk = self._desk
        self.long(
            lambda _progress: person_report.write_person_report(desk, household, target),
            _("Saving…"),
            lambda _none: self.bar.notify(_("Saved as {file}").format(file=target.name)),
        )

    # --------------------------------------------------------------------- retention

    def ask_erase(self) -> None:
        """Ask whether the chosen households are to be erased."""
        chosen = [self.outdated[row] for row in self.kept.chosen_rows()]
        if not chosen:
            self.bar.warn(_("Choose the households to be erased first."))
            return
        words = ngettext(
            "Erase what is personal of {count} household for ever, here and everywhere: {names}?",
            "Erase what is personal of {count} households for ever, here and everywhere: {names}?",
            len(chosen),
        )
        names = list_label([one.head for one in chosen], MOST_NAMED)
        self.bar.ask(
            words.format(count=format_number(len(chosen), language()), names=names),
            (_("Erase"), lambda: self.erase([one.id for one in chosen])),
            (_("Leave it"), self.bar.clear),
        )

    def erase(self, chosen: list[str]) -> None:
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

        self.write(lambda: desk.exchange.retention.erase_outdated(reason, chosen), done)
