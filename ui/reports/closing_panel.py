"""Ký, chốt: how the period stands, who signs, what was signed before, and scans of it."""

import datetime
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.errors import UserError
from borderdesk.base.formats import show_date
from borderdesk.base.i18n import N_, _
from borderdesk.closing.attachments import Attachment
from borderdesk.closing.closing import State
from borderdesk.closing.editions import EVENTS, REPLACED, WITHDRAWN, Edition, Event, Signer
from borderdesk.desk import Desk
from borderdesk.reports.requests import Request
from borderdesk.schema.fields import Day
from borderdesk.schema.settings import MODES
from ui.base.style import named
from ui.base.tasks import Runner
from ui.widgets.actions import bind, button
from ui.widgets.desk_panel import DeskPanel
from ui.widgets.editor import paint_wrong
from ui.widgets.file_choosers import ask_files, ask_where
from ui.widgets.flow import FlowLayout
from ui.widgets.messages import MessageBar
from ui.widgets.scrolled import scrolled

SCANS = "*.pdf *.jpg *.jpeg *.png"
EDITION, SCAN = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1

STATES = {
    "open": N_("not closed"),
    "closed": N_("closed"),
    "reopened": N_("open again"),
    "amending": N_("open for an amendment"),
}
"""States of a period in words."""


class Told(NamedTuple):
    """An edition with what happened to it, its scans, and how many figures the desk would now
    tell otherwise (of the one that counts)."""

    edition: Edition
    events: list[Event]
    scans: list[Attachment]
    moved: int


class Read(NamedTuple):
    """How a period stands: its title, whose, the state, every edition, who signs by settings."""

    title: str
    scope: str
    state: State
    editions: list[Told]
    signer: Signer


class ClosingPanel(DeskPanel):
    """The commander's lock.

    closed: an edition was made, to be printed and sent; shown: an edition is to be shown (its
    id).
    """

    closed = Signal(object)
    shown = Signal(str)

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self._request: Request | None = None
        self._known: Read | None = None
        self._day = Day(N_("Date"))
        self.state = QLabel()
        self.since = named(QLabel(), "notice")
        self.number, self.day = QLineEdit(), QLineEdit()
        self.mode = QComboBox()
        self.office, self.rank, self.name = QLineEdit(), QLineEdit(), QLineEdit()
        self.reason = QLineEdit()
        self.editions = QTreeWidget()
        self._lay_out()

    # -------------------------------------------------------------------- building

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 12, 8)
        column.setSpacing(8)
        for label in (self.state, self.since):
            label.setWordWrap(True)
            column.addWidget(label)
        column.addWidget(self._signing())
        column.addLayout(self._deeds())
        column.addWidget(named(QLabel(_("What was signed")), "heading"))
        column.addWidget(self._tree(), 1)
        row = FlowLayout()
        for made in (self.show_edition, self.attach, self.save_scan, self.detach):
            row.add(made)
        column.addLayout(row)
        scrolled(self, inside)
        self.since.hide()

    def _signing(self) -> QWidget:
        """The form of a closing: number, date, who signs."""
        self.signing = QWidget()
        form = QFormLayout(self.signing)
        form.setContentsMargins(0, 0, 0, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.mode.addItem(_("for the own office"), "")
        for mode in MODES:
            self.mode.addItem(mode, mode)
        self.day.setPlaceholderText(_("dd/mm/yyyy"))
        self.number.setPlaceholderText("05")
        self.reason.setPlaceholderText(_("why it is opened again"))
        for words, field in (
            (_("Number of the paper"), self.number),
            (_("Signed on"), self.day),
            (_("Signs on behalf"), self.mode),
            (_("Office of the signer"), self.office),
            (_("Rank of the signer"), self.rank),
            (_("Name of the signer"), self.name),
        ):
            label = QLabel(words)
            label.setBuddy(field)
            field.setAccessibleName(words)
            form.addRow(label, field)
        self.day.editingFinished.connect(self._check_day)
        return self.signing

    def _deeds(self) -> FlowLayout:
        row = FlowLayout()
        self._close = bind(self, "close_period", self.close_period)
        self._open = bind(self, "open_period", self.open_period)
        self.close_button = button(self._close, main=True)
        self.open_button = button(self._open)
        self.reason.setAccessibleName(_("Reason"))
        self.reason.setToolTip(_("Reason"))
        row.add(self.close_button)
        row.add(self.reason, 1)
        row.add(self.open_button)
        return row

    def _tree(self) -> QTreeWidget:
        tree = self.editions
        tree.setHeaderHidden(True)
        tree.setWordWrap(True)
        tree.setAccessibleName(_("What was signed"))
        tree.setMinimumHeight(tree.fontMetrics().lineSpacing() * 7)
        tree.currentItemChanged.connect(lambda *_moved: self._allow())
        self.show_edition = self._button(_("Show its pages"), self._show_chosen)
        self.attach = self._button(_("Add a scan…"), self._ask_scan)
        self.save_scan = self._button(_("Save the scan…"), self._ask_save)
        self.detach = self._button(_("Take the scan away"), self._detach)
        return tree

    @staticmethod
    def _button(words: str, act: Callable[[], object]) -> QPushButton:
        made = QPushButton(words)
        made.setAccessibleName(words.rstrip("…"))
        made.setToolTip(words.rstrip("…"))
        made.clicked.connect(lambda _checked=False: act())
        return made

    # --------------------------------------------------------------------- reading

    def show_request(self, request: Request) -> None:
        """Show how a report's period stands for its scope."""
        self._request = request
        desk = self._desk

        def work() -> Read:
            return read_closing(desk, request)

        self.read(work, self._show)

    def refresh(self) -> None:
        """Read anew how the period stands."""
        if self._request is not None:
            self.show_request(self._request)

    def _show(self, read: Read) -> None:
        self._known = read
        state = read.state
        words = _("{period}, {scope}: {state}").format(
            period=read.title[:1].upper() + read.title[1:], scope=read.scope,
            state=_(STATES[state.name]),
        )  # fmt: skip
        if state.edition is not None:
            words += f" · {state.edition.title}"
        if state.reason:
            words += " · " + _("Reason: {reason}").format(reason=state.reason)
        self.state.setText(words)
        moved = sum(told.moved for told in read.editions)
        self.since.setVisible(bool(moved))
        self.since.setText(
            _("Added to or corrected since closing: {count} figures are others now.").format(
                count=moved
            )
        )
        self._fill_signer(read.signer)
        self._fill_tree(read.editions)
        self._allow()

    def _fill_signer(self, signer: Signer) -> None:
        """Offer who signs by the settings; what a person typed stays."""
        for field, text in (
            (self.office, signer.office),
            (self.rank, signer.rank),
            (self.name, signer.name),
        ):
            if not field.isModified():
                field.setText(text)
        if not self.day.text():
            self.day.setText(show_date(self._desk.today()))
        if self.mode.currentIndex() <= 0:
            self.mode.setCurrentIndex(max(self.mode.findData(signer.mode), 0))

    def _fill_tree(self, editions: list[Told]) -> None:
        self.editions.clear()
        for told in reversed(editions):
            edition = told.edition
            head = f"{edition.title} · {show_date(edition.signed_on)}"
            if edition.state in (REPLACED, WITHDRAWN):
                words = {REPLACED: _("replaced"), WITHDRAWN: _("withdrawn")}[edition.state]
                head = f"{head} · {words}"
            item = QTreeWidgetItem([head])
            item.setData(0, EDITION, edition.id)
            self.editions.addTopLevelItem(item)
            for event in told.events:
                item.addChild(_leaf(_event_line(event), edition.id))
            for scan in told.scans:
                leaf = _leaf(_("Scan: {name}").format(name=scan.name), edition.id)
                leaf.setData(0, SCAN, scan)
                item.addChild(leaf)
            item.setExpanded(True)
        first = self.editions.topLevelItem(0)
        if first is not None:
            self.editions.setCurrentItem(first)

    def _allow(self) -> None:
        """Enable what can be done now."""
        state = self._known.state if self._known is not None else State("open")
        closed = state.name == "closed"
        self._close.setEnabled(self._known is not None and not closed)
        self._open.setEnabled(closed)
        self._open.setText(_("Open for an amendment") if state.final else _("Open again"))
        self.open_button.setText(self._open.text())
        self.open_button.setVisible(closed)
        self.reason.setVisible(closed)
        self.signing.setVisible(not closed)
        self.close_button.setVisible(not closed)
        chosen = self.editions.currentItem()
        scan = chosen is not None and chosen.data(0, SCAN) is not None
        self.show_edition.setEnabled(chosen is not None)
        self.attach.setEnabled(chosen is not None)
        self.save_scan.setEnabled(scan)
        self.detach.setEnabled(scan)

    # ----------------------------------------------------------------------- deeds

    def _check_day(self) -> datetime.date | None:
        try:
            day = self._desk.records.clean_value(self._day, self.day.text())
        except UserError as error:
            paint_wrong(self.day, True)
            self.bar.warn(error)
            return None
        paint_wrong(self.day, False)
        return day if isinstance(day, datetime.date) else None

    def close_period(self) -> None:
        """Chốt – in – gửi: keep the figures as they are; whoever listens prints and sends."""
        request = self._request
        if request is None:
            return
        day = self._check_day()
        if day is None and self.day.text().strip():
            self.day.setFocus()
            return
        signer = Signer(
            self.name.text(), self.rank.text(), self.office.text(), self.mode.currentData()
        )
        number, desk = self.number.text(), self._desk

        def work() -> Edition:
            return desk.closing.close_period(
                request.period, request.scope, number=number, signed_on=day, signer=signer
            )

        self.write(work, self._was_closed)

    def _was_closed(self, edition: Edition) -> None:
        self.number.clear()
        self.refresh()
        self.changed.emit()
        self.closed.emit(edition)

    def open_period(self) -> None:
        """Open the period again, or for an amendment once its paper went out."""
        request, known = self._request, self._known
        if request is None or known is None:
            return
        reason, desk = self.reason.text(), self._desk
        if not reason.strip():
            self.bar.warn(_("Write the reason first."))
            self.reason.setFocus()
            return
        deed = desk.closing.amend_period if known.state.final else desk.closing.reopen_period
        self.write(lambda: deed(request.period, request.scope, reason), self._was_opened)

    def _was_opened(self, state: State) -> None:
        self.reason.clear()
        amends = state.name == "amending"
        self.bar.notify(
            _("Open for an amendment: correct the records, then close again.")
            if amends
            else _("The period is open again.")
        )
        self.refresh()
        self.changed.emit()

    # ----------------------------------------------------------------------- scans

    def _chosen(self, role: Qt.ItemDataRole | int) -> Any:
        item = self.editions.currentItem()
        return None if item is None else item.data(0, role)

    def _show_chosen(self) -> None:
        self.shown.emit(self._chosen(EDITION))

    def _ask_scan(self) -> None:
        edition = self._chosen(EDITION)
        ask_files(self, _("Scans of signed papers"), SCANS, partial(self.attach_scans, edition))

    def attach_scans(self, edition: str, paths: Any) -> None:
        """Keep scans with an edition."""
        scans = self._desk.closing.scans

        def work() -> int:
            return len([scans.attach_scan(edition, path) for path in paths])

        def done(count: int) -> None:
            self.bar.notify(_("{count} scans kept.").format(count=count))
            self.refresh()

        self.write(work, done)

    def _ask_save(self) -> None:
        scan: Attachment = self._chosen(SCAN)
        suffix = f".{scan.kind}"
        ask_where(self, Path(scan.name).stem + suffix, suffix, partial(self.save_to, scan.id))

    def save_to(self, scan: str, target: Path) -> None:
        """Write a scan to a file."""
        scans = self._desk.closing.scans
        words = _("Saved as {file}").format(file=target.name)
        self.write(lambda: scans.save_scan(scan, target), lambda _none: self.bar.notify(words))

    def _detach(self) -> None:
        scan: Attachment = self._chosen(SCAN)
        words = _("Take the scan {name} away?").format(name=scan.name)
        self.bar.ask(
            words, (_("Take the scan away"), partial(self._detach_now, scan.id)),
            (_("Cancel"), lambda: None),
        )  # fmt: skip

    def _detach_now(self, scan: str) -> None:
        scans = self._desk.closing.scans
        self.write(lambda: scans.detach_scan(scan), lambda _none: self.refresh())

    def receive(self, intent: Mapping[str, Any]) -> None:
        """close: the keyboard goes to the form of a closing."""
        if "close" in intent:
            self.number.setFocus(Qt.FocusReason.OtherFocusReason)


def read_closing(desk: Desk, request: Request) -> Read:
    """How the period of a report stands for its scope."""
    from borderdesk.reports.letterhead import letterhead

    closing = desk.closing
    period, scope = closing.meant(request.period, request.scope)
    state = closing.state(request.period, request.scope)
    editions = [
        Told(
            edition, closing.events(edition.id), closing.scans.attachments(edition.id),
            len(closing.moved(edition.id)) if state.edition and state.edition.id == edition.id
            else 0,
        )
        for edition in closing.editions(request.period, request.scope)
    ]  # fmt: skip
    head = letterhead(desk, desk.today())
    signer = Signer(head.name, head.rank, head.office, head.mode)
    return Read(period.title, scope.name, state, editions, signer)


def _leaf(words: str, edition: str) -> QTreeWidgetItem:
    leaf = QTreeWidgetItem([words])
    leaf.setData(0, EDITION, edition)
    return leaf


def _event_line(event: Event) -> str:
    when = datetime.datetime.fromisoformat(event.time).astimezone()
    words = f"{show_date(when.date())} {when:%H:%M} · {_(EVENTS[event.what])} · {event.author}"
    return f"{words} · {event.reason}" if event.reason else words
