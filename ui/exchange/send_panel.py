"""Gửi: writes the package of a period to a stick; lists sent packages, changes since, and gaps."""

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QSignalBlocker

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_figure, format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.paths import is_folder_there
from borderdesk.base.progress import Progress
from borderdesk.desk import Desk
from borderdesk.exchange.desks.unit_names import unit_short
from borderdesk.exchange.merging.desk_names import desk_names, desk_title
from borderdesk.exchange.sending.exports import ExportOptions, SentPackage, openers
from borderdesk.exchange.sending.receipts import LogArrival
from borderdesk.exchange.sending.receivers import ReceiverChoice, receiver_choices
from borderdesk.exchange.sending.send_state import (
    SendState,
    SentPackageState,
    open_notes,
    send_state,
)
from borderdesk.overview.practice import SENT
from ui.base.plain_text import PlainLabel
from ui.base.sticks import Stick, folder_now, sticks
from ui.base.style import named
from ui.base.tasks import Runner
from ui.base.text_lists import list_label
from ui.exchange.exchange_labels import period_label, time_label
from ui.exchange.package_options import PackageOptions
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.choosers.file_choosers import ask_folder
from ui.widgets.choosers.period_chooser import PeriodChooser
from ui.widgets.choosers.stick_chooser import StickChooser
from ui.widgets.editors.text_line import TextLine
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.layout.scrolled import scrolled_column
from ui.widgets.layout.tab_order import tab_before
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import MessageBar
from ui.widgets.tables.rows_table import RowsTable, TableColumn

LAST_FOLDER, LAST_RECEIVER = "exchange/folder", "exchange/receiver"
"""The preferences with the folder and receiver used last."""
ANYBODY = ""
"""The receiver code of a package for everybody."""
MOST_LISTED = 12
RECEIVER_WIDTH = 20
"""Characters of a receiver's name in the combo box."""


class SendingState(NamedTuple):
    """Sent and missing packages, sticks, {desk id: name}, possible receivers, acknowledged entries,
    and the last folder as (stored path, present path)."""

    sending: SendState
    sticks: list[Stick]
    names: dict[str, str]
    receivers: list[ReceiverChoice]
    arrivals: list[LogArrival]
    folder: tuple[str, str]


class SendPanel(DeskPanel):
    """Period, receiver, folder and the send button; below, what receivers acknowledged and the
    packages sent."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.period: PeriodChooser | None = None
        self._wanted: str | None = None
        self.to = Chooser()
        self.where = StickChooser(_("Stick or folder"), _("Where the file is written to"), 24)
        self.arrived = named(PlainLabel(), "muted")
        self.digits = TextLine()
        self.options = PackageOptions()
        self.result = named(PlainLabel(), "figure")
        self.missing = named(PlainLabel(), "notice")
        self.practice = named(PlainLabel(_("A practice desk sends nothing to anybody.")), "notice")
        self.log = RowsTable(
            _("What was sent"),
            [
                TableColumn(_("Number"), 4, numeric=True),
                TableColumn(_("Period"), 9),
                TableColumn(_("Sent at"), 17),
                TableColumn(_("Records"), 8, numeric=True),
                TableColumn(_("Changed since"), 12, numeric=True),
                TableColumn(_("Locked for"), 20),
                TableColumn(_("Reason"), 16),
                TableColumn(_("File"), 34),
            ],
            _("Nothing was sent yet. Choose the month and the stick, then write the file."),
            awaited=True,
        )
        self._folder = str(desk.preferences.preferred(LAST_FOLDER, ""))
        self._receiver = str(desk.preferences.preferred(LAST_RECEIVER, ""))
        self._offered: frozenset[str] = frozenset()
        """The receivers offered at present."""
        self._gone = ""
        """The name of the selected receiver, if it is no longer offered."""
        self._lay_out()
        self.refresh()

    # -------------------------------------------------------------------- building

    def _lay_out(self) -> None:
        outer = scrolled_column(self)
        outer.addLayout(self._choosers())
        self.options.hide()
        outer.addWidget(self.options)
        for label in (self.practice, self.result, self.missing):
            label.setWordWrap(True)
            label.hide()
            outer.addWidget(label)
        outer.addWidget(named(PlainLabel(_("What has arrived")), "heading"))
        outer.addLayout(self._arrivals())
        outer.addWidget(named(PlainLabel(_("What was sent")), "heading"))
        outer.addWidget(self.log, 1)

    def _arrivals(self) -> FlowLayout:
        row = FlowLayout()
        self.arrived.setWordWrap(True)
        words = _("Digits read out on the telephone, then Enter")
        self.digits.setAccessibleName(words)
        self.digits.setPlaceholderText(words)
        self.digits.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * 40)
        self.digits.returnPressed.connect(self.read_digits)
        row.add(self.arrived, 1)
        row.add(self.digits)
        return row

    def _choosers(self) -> FlowLayout:
        self._row = FlowLayout()
        self._place = PlainLabel(_("Period"))
        self._row.add(self._place)
        self.to.setAccessibleName(_("Receiver"))
        self.to.setMinimumContentsLength(RECEIVER_WIDTH)
        self.to.setSizeAdjustPolicy(Chooser.SizeAdjustPolicy.AdjustToContents)
        self.to.setToolTip(
            _("Whom the file is for: what the receiver has acknowledged is not sent again")
        )
        self.to.currentIndexChanged.connect(lambda _at: self._take_receiver())
        self._row.add(self.to)
        self.where.currentIndexChanged.connect(lambda _at: self._take_folder())
        self._row.add(self.where)
        self._row.add(button(bind(self, "send_folder", self.choose_folder)))
        self._send = bind(self, "send", self.send)
        self._row.add(button(self._send, main=True, keys=True))
        self.fold = button(bind(self, "send_options", self.unfold), flat=True)
        self._row.add(self.fold)
        return self._row

    def unfold(self) -> None:
        """Show or hide the options."""
        self.options.setVisible(self.options.isHidden())
        if self.options.isVisible():
            self.options.lock.setFocus()

    # --------------------------------------------------------------------- reading

    def refresh(self) -> None:
        """Read sent packages and sticks again."""
        desk = self._desk
        exchange, stored = desk.exchange, self._folder

        def work() -> SendingState:
            receivers, arrivals = receiver_choices(desk), exchange.receipts.arrivals()
            plugged = sticks()
            folder = (stored, folder_now(stored, plugged))
            return SendingState(
                send_state(desk), plugged, desk_names(desk), receivers, arrivals, folder
            )

        self.read(work, self._show)

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Select the period `period`."""
        self._wanted = intent.get("period", self._wanted)
        self._choose_wanted()

    def choices(self) -> Mapping[str, Any]:
        """Period, receiver and folder as selected by a person, typed digits, options."""
        period = self.period.currentData() if self.period and self.period.taken else self._wanted
        chosen_values = {
            "period": period,
            "receiver": self._receiver if self.to.taken else None,
            "folder": self._folder if self.where.taken else None,
            "digits": self.digits.text() or None,
            "options": self.options.choices() or None,
        }
        return {key: value for key, value in chosen_values.items() if value is not None}

    def choose_again(self, choices: Mapping[str, Any]) -> None:
        """Restore what `choices` returned, before the entries are known."""
        if "receiver" in choices:
            self._receiver, self.to.taken = choices["receiver"], True
        if "folder" in choices:
            self._folder, self.where.taken = choices["folder"], True
        self.digits.setText(choices.get("digits", ""))
        self.options.choose_again(choices.get("options", {}))
        self._wanted = choices.get("period")
        self._choose_wanted()
        self.refresh()

    def _choose_wanted(self) -> None:
        if self.period is not None and self._wanted is not None:
            self.period.choose(self._wanted)
            self._wanted = None

    def _show(self, content: SendingState) -> None:
        self.practice.setVisible(self._desk.identity.practice)
        state = content.sending
        if self.period is None:
            self.period = self._period_chooser(state)
            self._choose_wanted()
        stored, present = content.folder
        if self._folder == stored:
            self._folder = present
        self.offer(content.sticks)
        self._offer_receivers(content.receivers, content.names)
        self._show_arrivals(content)
        book = self._desk.book
        self.options.offer([(unit_short(book, c.role, c.unit) or c.unit, c) for c in state.cards])
        months = [month.short_words for month in state.missing]
        words = _("Not sent yet: {months}")
        self.missing.setText(words.format(months=list_label(months, MOST_LISTED)))
        self.missing.setVisible(bool(months))
        today = self._desk.today()
        self.log.show_rows(
            [self._line(package, content.names, today) for package in state.went],
            keys=[package.sent.number for package in state.went],
        )

    def _offer_receivers(self, receivers: Sequence[ReceiverChoice], names: dict[str, str]) -> None:
        """Offer the receivers. The selected one stays even if it is gone: a person has to choose
        its replacement, it must not become "everybody" silently."""
        self._offered = frozenset((ANYBODY, *(receiver for _words, receiver in receivers)))
        with QSignalBlocker(self.to):
            self.to.clear()
            self.to.addItem(_("For anybody: everything"), ANYBODY)
            for words, receiver in receivers:
                self.to.addItem(_("For {name}").format(name=words), receiver)
            self._keep_receiver(names)

    def _keep_receiver(self, names: dict[str, str]) -> None:
        chosen_receiver = self._receiver
        if chosen_receiver not in self._offered:
            self._gone = self._name_of(chosen_receiver, names)
            self.to.addItem(
                _("⚠ {name}: accepted no longer").format(name=self._gone), chosen_receiver
            )
        self.to.setCurrentIndex(self.to.findData(chosen_receiver))

    def _name_of(self, receiver: str, names: dict[str, str]) -> str:
        """The name of a unit or desk that is no longer a receiver."""
        book = self._desk.book
        if receiver in book.posts:
            return book.post_short(receiver)
        return book.unit_name(receiver) if receiver in book.units else desk_title(names, receiver)

    def _take_receiver(self) -> None:
        self._receiver = str(self.to.currentData())

    def _require_receiver(self) -> None:
        """Raises UserError if the selected receiver is no longer offered."""
        if self._receiver not in self._offered:
            self.to.setFocus()
            words = _("{name} is accepted here no longer. Choose again whom the file is for.")
            raise UserError(words.format(name=self._gone))

    def _show_arrivals(self, content: SendingState) -> None:
        """Show how much of the desk's log each receiver acknowledged."""
        today, lang = self._desk.today(), language()
        words = _("{name} has {held} of {here} entries ({when})")
        lines = [
            words.format(
                name=desk_title(content.names, arrival.desk),
                held=format_number(arrival.held, lang),
                here=format_number(arrival.here, lang),
                when=time_label(arrival.noted, today) if arrival.signed else _("by telephone"),
            )
            for arrival in content.arrivals
        ]
        no_receipts = _("Nobody has acknowledged anything yet: receipts come back with any file.")
        self.arrived.setText("\n".join(lines) or no_receipts)

    def read_digits(self) -> None:
        """Record the digits that a receiver read out by telephone."""
        digits, receipts = self.digits.text(), self._desk.exchange.receipts
        if not digits.strip():
            return

        def done(_arrivals: list[LogArrival]) -> None:
            self.digits.clear()
            self.bar.notify(_("Noted. The next file for that receiver is smaller."))
            self.refresh()

        self.write(lambda: receipts.read_digits(digits), done)

    def _period_chooser(self, state: SendState) -> PeriodChooser:
        """Create the period chooser once the periods are known, in place of its label."""
        chooser = PeriodChooser(self._desk, (state.period.first, state.first), all_time=False)
        chooser.choose(state.period.text)
        chooser.setToolTip(_("The period that is sent"))
        self._row.exchange(self._place, chooser)
        tab_before(chooser, self.to)
        self._place.deleteLater()
        return chooser

    def _line(
        self, package: SentPackageState, names: dict[str, str], today: datetime.date
    ) -> tuple[str, ...]:
        sent, lang = package.sent, language()
        return (
            str(sent.number),
            period_label(self._desk, sent.period),
            time_label(sent.made, today),
            format_number(sent.records, lang),
            format_figure(package.changed, lang),
            openers(sent, names),
            sent.reason or "",
            sent.file,
        )

    def offer(self, plugged: Sequence[Stick]) -> None:
        """Offer the sticks and the last folder, which is selected."""
        chosen_folder = self._folder or (self.where.currentData() or "")
        with QSignalBlocker(self.where):
            self.where.offer(plugged, [chosen_folder], chosen_folder, [])
            if not self.where.count():
                self.where.addItem(_("No stick plugged in"), "")

    def choose_folder(self) -> None:
        """Ask for the folder to write to."""
        start = Path(self._folder) if self._folder else Path.home()
        ask_folder(self, _("Choose a folder"), start, self.use_folder)

    def _take_folder(self) -> None:
        self._folder = str(self.where.currentData())

    def use_folder(self, folder: Path) -> None:
        """Write to this folder from now on."""
        self._folder, self.where.taken = str(folder), True
        self.offer([])
        self.refresh()

    # --------------------------------------------------------------------- sending

    def send(self) -> None:
        """Write the package of the selected period to the selected folder."""
        period = self.period.period() if self.period is not None else None
        if self._desk.identity.practice:
            self._rehearse()
            return
        text = str(self.where.currentData() or "")
        if period is None or not self.idle():
            return
        if not text:
            self.choose_folder()
            return
        options = self._export_options()
        if options is None:
            return
        desk, folder, receiver = self._desk, Path(text), options.receiver

        def work(progress: Progress) -> tuple[SentPackage, str]:
            progress(0, 1)
            if not is_folder_there(folder):
                words = _("{folder} is not there. Plug the stick in, or choose another place.")
                raise UserError(words.format(folder=folder))
            desk.exchange.exports.export(period.text, folder, options, progress)
            desk.preferences.prefer(LAST_FOLDER, text)
            desk.preferences.prefer(LAST_RECEIVER, receiver)
            sent = desk.exchange.exports.sent()[0]
            return sent, open_notes(desk, sent)

        self._folder = text
        self.result.hide()
        self.long(work, _("Writing the file…"), self._show_sent)

    def _export_options(self) -> ExportOptions | None:
        """Receiver and encryption; None if they have to be corrected."""
        try:
            self._require_receiver()
        except UserError as error:
            self.bar.warn(error)
            return None
        try:
            return self.options.export_options()._replace(receiver=self._receiver)
        except UserError as error:
            self.options.show()
            self.bar.warn(error)
            return None

    def _rehearse(self) -> None:
        """Show what would be written: nothing leaves a practice desk."""
        desk = self._desk
        self.long(
            lambda _progress: desk.preferences.prefer(SENT, True),
            _("Writing the file…"),
            lambda _none: self._show_rehearsal(),
        )

    def _show_rehearsal(self) -> None:
        self.result.setText(
            _("On the true desk the file would be on the stick now, written and read back.")
        )
        self.result.show()

    def _show_sent(self, written: tuple[SentPackage, str]) -> None:
        package, notice = written
        words = ngettext(
            "✓ Written, read back, the same: {file} · {count} record.",
            "✓ Written, read back, the same: {file} · {count} records.",
            package.records,
        ).format(file=package.file, count=format_number(package.records, language()))
        self.result.setText("\n".join(filter(None, (words, notice))))
        self.result.show()
        self.bar.notify(_("Done. Take a stick out only after the system has let go of it."))
        self.options.reset()
        self.options.hide()
        self.changed.emit()
        self.refresh()
