"""Ký, chốt: state of a period, its signer, the signed editions and their scans."""

import datetime
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_date
from borderdesk.base.i18n import N_, _, ngettext
from borderdesk.closing.attachments import Attachment
from borderdesk.closing.closing import ClosingState
from borderdesk.closing.editions import (
    AMENDING,
    EVENTS,
    REPLACED,
    WITHDRAWN,
    Edition,
    EditionEvent,
    Signer,
)
from borderdesk.desk import Desk
from borderdesk.reports.contents.letterhead import RANK, SIGNER, letterhead_doubts
from borderdesk.reports.contents.prose_figures import period_prose_doubts
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.editions.period_state import EditionState, PeriodState, period_state
from borderdesk.schema.kinds import DayField
from borderdesk.schema.revisions import moment_of
from borderdesk.schema.settings import MODES
from ui.base.plain_text import PlainLabel
from ui.base.rights import permit
from ui.base.style import named
from ui.base.tasks import Runner
from ui.reports.amendment_panel import AmendmentPanel
from ui.reports.edition_signature import EditionSignature
from ui.reports.paper_settings import PaperSettings
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.choosers.file_choosers import ask_files, ask_where
from ui.widgets.editors.editor import paint_wrong
from ui.widgets.editors.form_labels import align_labels, level_labels
from ui.widgets.editors.text_line import TextLine
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.layout.parts_column import PartsColumn, column_part
from ui.widgets.layout.scrolled import foot, scrolled_column
from ui.widgets.layout.tab_order import go_on_by_enter, tab_before
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import MessageBar
from ui.widgets.tables.row_copy import RowCopy

SCANS = "*.pdf *.jpg *.jpeg *.png"
EDITION, SCAN = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
"""Item roles of the tree: id of the edition, Attachment of a scan."""
TREE_LINES = 5

STATES = {
    "open": N_("not closed"),
    "closed": N_("closed"),
    "reopened": N_("open again"),
    "amending": N_("open for an amendment"),
}
"""{state of a period: label}."""


class ClosingPanel(DeskPanel):
    """Closes and reopens a period, and manages the scans of signed papers.

    closed(Edition): a new edition, to be printed and sent; edition_wanted(id): show its pages;
    draft_wanted: show the pages of the amendment in preparation.
    """

    closed = Signal(object)
    edition_wanted = Signal(str)
    draft_wanted = Signal()

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self._request: Request | None = None
        self._period: PeriodState | None = None
        self._day = DayField(N_("Date"))
        self.state = PlainLabel()
        self.since = named(PlainLabel(), "notice")
        self.number, self.day = TextLine(), TextLine()
        self.mode = Chooser()
        self.office, self.rank, self.name = TextLine(), TextLine(), TextLine()
        self.reason = TextLine()
        self.changes = AmendmentPanel()
        self.papers = PaperSettings({SIGNER: self.name}, {SIGNER: {RANK: self.rank}})
        self.editions = QTreeWidget()
        RowCopy(self.editions)
        self._lay_out()

    # -------------------------------------------------------------------- building

    def _lay_out(self) -> None:
        parts = self._parts = PartsColumn(_("Sign, close"))
        form, column = column_part()
        for label in (self.state, self.since):
            label.setWordWrap(True)
            column.addWidget(label)
        column.addWidget(self.papers)
        column.addWidget(self._signing())
        column.addWidget(self.changes)
        self.changes.draft_wanted.connect(self.draft_wanted)
        self.changes.keep_wanted.connect(self._keep_signed)
        column.addStretch(1)
        self._form_side = form
        parts.add(_("To be signed"), form, 0)
        self._signed, column = column_part()
        column.addWidget(self._tree(), 1)
        row = FlowLayout()
        for push in (
            *(self.signature.button, self.show_edition, self.attach, self.save_scan, self.detach),
        ):
            row.add(push)
        column.addLayout(row)
        parts.add(_("What was signed"), self._signed, headed=True)
        scrolled_column(self).addWidget(parts)
        foot(self).addLayout(self._closing_row())
        self.since.hide()

    def _signing(self) -> QWidget:
        """The form of a closing: number and date of the paper, signer."""
        self.signing = QWidget()
        form = self._form = QFormLayout(self.signing)
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
            label = PlainLabel(words)
            label.setBuddy(field)
            field.setAccessibleName(words)
            form.addRow(label, field)
            if field is not self.name:
                go_on_by_enter(field)
        level_labels(form)
        self.day.editingFinished.connect(self._check_day)
        return self.signing

    def _closing_row(self) -> FlowLayout:
        row = FlowLayout()
        self._close = bind(self, "close_period", self.close_period)
        self._open = bind(self, "open_period", self.open_period)
        self.close_button = button(self._close, main=True)
        self.open_button = button(self._open)
        self.name.returnPressed.connect(self.close_button.setFocus)
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
        tree.setMinimumHeight(tree.fontMetrics().lineSpacing() * TREE_LINES)
        tree.currentItemChanged.connect(lambda *_items: self._enable())
        self.signature = EditionSignature(self, self._desk, self._tasks)
        self.show_edition = _button(_("Show its pages"), self._show_chosen)
        self.attach = _button(_("Add a scan…"), self._ask_scan)
        self.save_scan = _button(_("Save the scan…"), self._ask_save)
        self.detach = _button(_("Take the scan away"), self._detach)
        for signed in (self.attach, self.detach):
            permit(signed, "period.close")
        return tree

    # --------------------------------------------------------------------- reading

    def show_request(self, request: Request) -> None:
        """Show the state of a report's period for its scope."""
        self._request = request
        self.read(lambda: period_state(self._desk, request), self._show)

    def refresh(self) -> None:
        """Read the state of the period again."""
        if self._request is not None:
            self.show_request(self._request)

    def _show(self, period: PeriodState) -> None:
        self._period = period
        state = period.state
        words = _("{period}, {scope}: {state}").format(
            period=period.title[:1].upper() + period.title[1:],
            scope=period.scope,
            state=_(STATES[state.name]),
        )
        if state.edition is not None:
            words += f" · {state.edition.title}"
        if state.reason:
            words += " · " + _("Reason: {reason}").format(reason=state.reason)
        self.state.setText(words)
        moved_figures = sum(edition_state.moved for edition_state in period.editions)
        self.since.setVisible(bool(moved_figures))
        self.since.setText(
            ngettext(
                "Added to or corrected since closing: {count} figure is another now.",
                "Added to or corrected since closing: {count} figures are others now.",
                moved_figures,
            ).format(count=moved_figures)
        )
        self.papers.ask_for(period.unset)
        next_line: QLineEdit = self.number
        for line in reversed(self.papers.lines.values()):
            tab_before(line, next_line)
            next_line = line
        align_labels(self.papers.form, self._form)
        self.changes.show_changes(period.changes, amending=state.name == AMENDING)
        self._fill_signer(period.signer)
        self._fill_tree(period.editions)
        self._enable()

    def _fill_signer(self, signer: Signer) -> None:
        """Fill in the signer from the settings, except for edited fields."""
        for field, text in (
            (self.office, signer.office),
            (self.rank, signer.rank),
            (self.name, signer.name),
        ):
            if not field.isModified():
                field.setText(text)
        if not self.day.text():
            self.day.setText(format_date(self._desk.today()))
        if not self.mode.taken:
            self.mode.setCurrentIndex(max(self.mode.findData(signer.mode), 0))

    def _fill_tree(self, editions: list[EditionState]) -> None:
        chosen_edition, first_item = self._chosen(EDITION), self.editions.topLevelItem(0)
        newest = first_item.data(0, EDITION) if first_item is not None else None
        self.editions.clear()
        for edition_state in reversed(editions):
            edition = edition_state.edition
            head = f"{edition.title} · {format_date(edition.signed_on)}"
            if edition.state in (REPLACED, WITHDRAWN):
                words = {REPLACED: _("replaced"), WITHDRAWN: _("withdrawn")}[edition.state]
                head = f"{head} · {words}"
            item = QTreeWidgetItem([head])
            item.setData(0, EDITION, edition.id)
            self.editions.addTopLevelItem(item)
            for event in edition_state.events:
                item.addChild(_leaf(_event_line(event), edition.id))
            for scan in edition_state.scans:
                words = _("Digitally signed: {name}") if scan.signed else _("Scan: {name}")
                leaf = _leaf(words.format(name=scan.name), edition.id)
                leaf.setData(0, SCAN, scan)
                item.addChild(leaf)
            item.setExpanded(True)
        if editions:
            ids = [edition_state.edition.id for edition_state in reversed(editions)]
            # A newly closed edition is what will be signed and printed next.
            is_unchanged = ids[0] == newest and chosen_edition in ids
            place = ids.index(chosen_edition) if is_unchanged else 0
            self.editions.setCurrentIndex(self.editions.model().index(place, 0))

    def _enable(self) -> None:
        """Enable and show the actions for the state of the period."""
        state = self._period.state if self._period is not None else ClosingState("open")
        closed = state.name == "closed"
        # The focus within this window: the print dialog may have the keyboard already.
        focus = self.window().focusWidget()
        focused = focus if focus is not None and self.isAncestorOf(focus) else None
        self._close.setEnabled(self._period is not None and not closed)
        self._open.setEnabled(closed)
        self._open.setText(_("Open for an amendment") if state.final else _("Open again"))
        self.open_button.setText(self._open.text())
        self.open_button.setVisible(closed)
        self.reason.setVisible(closed)
        self.signing.setVisible(not closed)
        self.close_button.setVisible(not closed)
        selected_item = self.editions.currentItem()
        attachment = selected_item.data(0, SCAN) if selected_item is not None else None
        has_scan = attachment is not None
        self.show_edition.setEnabled(selected_item is not None)
        self.attach.setEnabled(selected_item is not None)
        self.save_scan.setEnabled(has_scan)
        self.detach.setEnabled(attachment is not None and not attachment.signed)
        self.signature.offer(self._request, state, self._chosen(EDITION))
        if focused is not None and not (focused.isEnabled() and focused.isVisibleTo(self)):
            # The focused widget is disabled or hidden in this state; the layout is done first.
            QTimer.singleShot(0, self, lambda: self._go_on(closed))

    def _go_on(self, closed: bool) -> None:
        """Focus the next step: the signed editions, or the number of the paper to be signed."""
        part, inside = (self._signed, self.editions) if closed else (self._form_side, self.number)
        self._parts.show_part(part)
        self.lead_to(inside)

    # --------------------------------------------------------------------- closing

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
        """Chốt – in – gửi: close the period; `closed` leads to printing and sending."""
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
        closing, number = self._desk.closing, self.number.text()
        scope, typed = request.scope, self.papers.typed()

        def doubts() -> list[str]:
            doubt_texts = closing.doubts(request.period, scope, number, day)
            doubt_texts += period_prose_doubts(self._desk, request.period, scope)
            given_settings = [*typed, *([SIGNER] if signer.name else [])]
            return [*doubt_texts, *letterhead_doubts(self._desk, given_settings)]

        close = partial(self._close_now, request, number, day, signer)
        self.ask(doubts, lambda messages: self._ask_doubts(messages, close))

    def _ask_doubts(self, doubts: list[str], close: Callable[[], None]) -> None:
        """Close at once without doubts, else ask."""
        if not doubts:
            close()
            return
        self.bar.ask(
            " ".join(doubts), (_("Close all the same"), close), (_("Cancel"), lambda: None)
        )

    def _close_now(
        self, request: Request, number: str, day: datetime.date | None, signer: Signer
    ) -> None:
        desk, settings, reasons = self._desk, self.papers.typed(), self.changes.reasons()

        def work() -> Edition:
            with desk.writing():
                for key, value in settings.items():
                    desk.reference.set_setting(key, value)
                return desk.closing.close_period(
                    request.period,
                    request.scope,
                    number=number,
                    signed_on=day,
                    signer=signer,
                    reasons=reasons,
                )

        self.write(work, self._show_closed)

    def _keep_signed(self) -> None:
        """Cancel the amendment: the paper stays as signed."""
        request, desk = self._request, self._desk
        if request is not None:
            self.write(
                lambda: desk.closing.keep_signed(request.period, request.scope), self._show_kept
            )

    def _show_kept(self, _state: ClosingState) -> None:
        self.bar.notify(_("The paper stays as it was signed."))
        self.refresh()
        self.changed.emit()

    def _show_closed(self, edition: Edition) -> None:
        self.number.clear()
        self.refresh()
        self.changed.emit()
        self.closed.emit(edition)

    def open_period(self) -> None:
        """Reopen the period; for an amendment if its paper was printed or sent."""
        request, period = self._request, self._period
        if request is None or period is None:
            return
        reason, desk = self.reason.text(), self._desk
        if not reason.strip():
            self.bar.warn(_("Write the reason first."))
            self.reason.setFocus()
            return
        is_final = period.state.final
        reopen = desk.closing.amend_period if is_final else desk.closing.reopen_period
        self.write(lambda: reopen(request.period, request.scope, reason), self._show_opened)

    def _show_opened(self, state: ClosingState) -> None:
        self.reason.clear()
        is_amending = state.name == "amending"
        self.bar.notify(
            _("Open for an amendment: correct the records, then close again.")
            if is_amending
            else _("The period is open again.")
        )
        self.refresh()
        self.changed.emit()

    # ----------------------------------------------------------------------- scans

    def _chosen(self, role: Qt.ItemDataRole | int) -> Any:
        item = self.editions.currentItem()
        return None if item is None else item.data(0, role)

    def _show_chosen(self) -> None:
        self.edition_wanted.emit(self._chosen(EDITION))

    def _ask_scan(self) -> None:
        edition = self._chosen(EDITION)
        ask_files(self, _("Scans of signed papers"), SCANS, partial(self.attach_scans, edition))

    def attach_scans(self, edition: str, paths: Any) -> None:
        """Attach scans (files) to an edition (id)."""
        scans = self._desk.closing.scans

        def work() -> int:
            return len([scans.attach_scan(edition, path) for path in paths])

        def done(count: int) -> None:
            self.bar.notify(
                ngettext("{count} scan kept.", "{count} scans kept.", count).format(count=count)
            )
            self.refresh()

        self.write(work, done)

    def _ask_save(self) -> None:
        scan: Attachment = self._chosen(SCAN)
        suffix = f".{scan.kind}"
        ask_where(self, Path(scan.name).stem + suffix, suffix, partial(self.save_to, scan.id))

    def save_to(self, scan: str, target: Path) -> None:
        """Save a scan (id) to a file."""
        scans = self._desk.closing.scans
        words = _("Saved as {file}").format(file=target.name)
        self.write(lambda: scans.save_scan(scan, target), lambda _none: self.bar.notify(words))

    def _detach(self) -> None:
        scan: Attachment = self._chosen(SCAN)
        words = _("Take the scan {name} away?").format(name=scan.name)
        self.bar.ask(
            words,
            (_("Take the scan away"), partial(self._detach_now, scan.id)),
            (_("Cancel"), lambda: None),
        )

    def _detach_now(self, scan: str) -> None:
        scans = self._desk.closing.scans
        self.write(lambda: scans.detach_scan(scan), lambda _none: self.refresh())

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Focus the form of a closing (`close`)."""
        if "close" in intent and self.isVisible():
            self.number.setFocus(Qt.FocusReason.OtherFocusReason)


def _button(words: str, act: Callable[[], object]) -> QPushButton:
    push = QPushButton(words)
    push.setAccessibleName(words.rstrip("…"))
    push.setToolTip(words.rstrip("…"))
    push.clicked.connect(lambda _checked=False: act())
    return push


def _leaf(words: str, edition: str) -> QTreeWidgetItem:
    leaf = QTreeWidgetItem([words])
    leaf.setData(0, EDITION, edition)
    return leaf


def _event_line(event: EditionEvent) -> str:
    when = moment_of(event.time)
    words = f"{format_date(when.date())} {when:%H:%M} · {_(EVENTS[event.what])} · {event.author}"
    return f"{words} · {event.reason}" if event.reason else words
