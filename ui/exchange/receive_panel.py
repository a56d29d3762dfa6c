"""Nhận: look at files before anything is changed, then take the good ones in, one batch each."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from borderdesk.base.errors import UserError, reason
from borderdesk.base.formats import show_number
from borderdesk.base.i18n import _, language
from borderdesk.desk import Desk
from borderdesk.exchange import request_texts
from borderdesk.exchange.imports import IMPORTED, QUARANTINED, REFUSED, UNCHANGED
from borderdesk.exchange.package_source import files_in
from borderdesk.exchange.parcels import Parcel, import_file, preview_file
from borderdesk.exchange.quarantine import QuarantinedPackage
from ui.base.item_queue import ItemQueue, ProgressReport
from ui.base.style import named
from ui.base.tasks import Runner
from ui.exchange.exchange_words import EXPECTED, LOCKED, TAKEN, moment_text, period_label
from ui.exchange.exchange_words import REFUSED as REFUSED_WORDS
from ui.widgets.actions import bind, button
from ui.widgets.desk_panel import DeskPanel
from ui.widgets.file_choosers import PACKAGES, ask_files, ask_folder
from ui.widgets.flow import FlowLayout
from ui.widgets.messages import MessageBar
from ui.widgets.rows_table import RowsTable, TableColumn
from ui.widgets.scrolled import scrolled_column

GOOD = (IMPORTED, UNCHANGED)
COUNTS = ("added", "updated", "unchanged", "stale", "double", "refused_rows")
MOST_NAMED = 5
PREFIX = "BorderDesk_"
"""Not shown: every package's name begins with it."""


Found = tuple[list[Path], UserError | None]
"""The packages that were dropped, or why they could not be looked for."""


class ReceivePanel(DeskPanel):
    """Files that were dropped or chosen, what would become of each, and their taking in."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.parcels: list[Parcel] = []
        self._taken: set[Path] = set()
        """The files of the list that were taken in, and need not be again."""
        self._going: ItemQueue[Path, Parcel] | None = None
        self._passphrases: dict[Path, str] = {}
        self._listing = False
        self._held: list[QuarantinedPackage] = []
        """What came before and waits for a card."""
        self._queued: list[Path] = []
        """What was dropped while other files were gone through."""
        self.table = RowsTable(
            _("Files that came"),
            [
                TableColumn(_("File"), 25),
                TableColumn(_("Sender"), 17),
                TableColumn(_("Period"), 9),
                TableColumn(_("Number"), 4, numeric=True),
                TableColumn(_("Outcome"), 17),
                TableColumn(_("New"), 6, numeric=True),
                TableColumn(_("Changed"), 6, numeric=True),
                TableColumn(_("As here"), 6, numeric=True),
                TableColumn(_("Older"), 6, numeric=True),
                TableColumn(_("Double"), 6, numeric=True),
                TableColumn(_("Left out"), 6, numeric=True),
                TableColumn(_("Reason"), 40),
            ],
            _(
                "Drop files, a folder or a whole stick on this page, or choose them above."
                " Nothing is changed before you press Take in."
            ),
        )
        self.detail = QLabel()
        self.passphrase = QLineEdit()
        self.waiting = named(QLabel(), "muted")
        self._lay_out()
        self._describe(-1)
        self.refresh()

    # -------------------------------------------------------------------- building

    def _lay_out(self) -> None:
        outer = scrolled_column(self)
        row = FlowLayout()
        self._take = bind(self, "receive_take", self.take_in)
        self.take_button = button(self._take, main=True, keys=True)
        row.add(self.take_button)
        row.add(button(bind(self, "receive_files", self.choose_files)))
        row.add(button(bind(self, "receive_folder", self.choose_folder)))
        row.add(button(bind(self, "receive_clear", self.clear), flat=True))
        outer.addLayout(row)
        outer.addWidget(self.table, 1)
        for label in (self.detail, self.waiting):
            label.setWordWrap(True)
        outer.addWidget(self.detail)
        outer.addLayout(self._remedies())
        outer.addWidget(self.waiting)
        self.table.moved.connect(self._describe)

    def _remedies(self) -> FlowLayout:
        """What can be done about the file that is chosen."""
        row = FlowLayout()
        self._accept = bind(self, "receive_card", self.accept_card)
        self._ask = bind(self, "receive_ask", self.copy_request)
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setAccessibleName(_("Passphrase of the file"))
        self.passphrase.setPlaceholderText(_("Passphrase, then Enter"))
        self.passphrase.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * 30)
        self.passphrase.returnPressed.connect(self.unlock)
        self.accept_button, self.ask_button = button(self._accept), button(self._ask)
        self._drop = bind(self, "receive_drop", self.ask_drop)
        self.drop_button = button(self._drop, flat=True)
        widgets = (self.accept_button, self.ask_button, self.passphrase, self.drop_button)
        for widget in widgets:
            row.add(widget)
        return row

    # --------------------------------------------------------------------- looking

    def receive(self, intent: Mapping[str, Any]) -> None:
        """paths: files and folders to look at; again: the cards that are accepted changed."""
        if "paths" in intent:
            self.look_at(intent["paths"])
        elif intent.get("again") and self.parcels:
            self.look_at([parcel.path for parcel in self.parcels])

    def refresh(self) -> None:
        """Read anew which packages wait for a card."""
        self.read(self._desk.exchange.quarantine.waiting, self._show_waiting)

    def _show_waiting(self, found: Sequence[QuarantinedPackage]) -> None:
        today = self._desk.today()
        files = [f"{one.file} ({moment_text(one.noted, today)})" for one in found]
        shown = ", ".join(files[:MOST_NAMED])
        if len(files) > MOST_NAMED:
            shown += _(" and {count} more").format(count=len(files) - MOST_NAMED)
        words = _(
            "These came and wait for their sender's card; they are taken in once it is"
            " accepted: {files}"
        )
        self.waiting.setText(words.format(files=shown))
        self.waiting.setVisible(bool(files))
        self._held = list(found)
        self._describe(self.table.row())

    def choose_files(self) -> None:
        """Ask for files."""
        ask_files(self, _("Packages"), PACKAGES, self.look_at)

    def choose_folder(self) -> None:
        """Ask for a folder or a stick."""
        ask_folder(self, _("Choose a folder"), Path.home(), lambda folder: self.look_at([folder]))

    def clear(self) -> None:
        """Take every file off the list; nothing else is changed."""
        self._passphrases.clear()
        self._taken.clear()
        self._show([])

    def look_at(self, paths: Sequence[Path]) -> None:
        """Say what would become of these files, and of those in these folders; what is on the
        list and was not taken in stays there."""
        if self._going is not None or self._listing:
            self._queued += paths
            return
        self._listing = True
        self.ask(lambda: _packages(paths), self._look)

    def _look(self, found: Found) -> None:
        self._listing = False
        files, trouble = found
        if trouble is not None:
            self.bar.warn(trouble)
        elif not files:
            self.bar.notify(_("There are no packages here."))
        if not files:
            self._go_on()
            return
        asked = set(files)
        kept = [one for one in self.parcels if one.path not in self._taken | asked]
        self._begin(
            files, preview_file, _("Looking at the files…"), lambda came: self._looked(kept, came)
        )

    def _begin(
        self,
        files: Sequence[Path],
        what: Callable[[Desk, Path, str | None, ProgressReport], Parcel],
        words: str,
        then: Callable[[list[Parcel]], None],
    ) -> None:
        desk, secrets = self._desk, self._passphrases
        start = self._tasks.run if what is preview_file else self._tasks.later

        def end(parcels: list[Parcel]) -> None:
            self._going = None
            then(parcels)
            self._go_on()

        self._going = ItemQueue(
            self,
            start,
            files,
            lambda path, say: what(desk, path, secrets.get(path), say),
            end,
            self.fail,
        )
        self.bar.follow(self._going.work, words)
        self._going.go_on()

    def _go_on(self) -> None:
        """Look at what was dropped meanwhile."""
        if self._queued and self._going is None:
            dropped, self._queued = self._queued, []
            self.look_at(dropped)

    def idle(self) -> bool:
        """Whether every file was gone through."""
        return super().idle() and self._going is None

    def _looked(self, kept: list[Parcel], came: list[Parcel]) -> None:
        self._taken.clear()
        self._show([*kept, *came])

    def _took(self, parcels: list[Parcel], asked: int) -> None:
        by_path = {parcel.path: parcel for parcel in parcels}
        self._taken |= set(by_path)
        self._show([by_path.get(p.path, p) for p in self.parcels])
        self._tell(parcels, asked)
        self.changed.emit()
        self.refresh()

    def _tell(self, parcels: list[Parcel], asked: int) -> None:
        sums: Counter[str] = Counter()
        for parcel in parcels:
            sums.update({key: getattr(parcel.outcome, key) for key in COUNTS})
        statuses = Counter(parcel.outcome.status for parcel in self.parcels)
        good = sum(parcel.outcome.status in GOOD for parcel in parcels)
        words = _("{good} files taken in: {added} records new, {updated} changed, {double} with"
                  " two versions.")  # fmt: skip
        numbers = {k: show_number(sums[k], language()) for k in ("added", "updated", "double")}
        said = words.format(good=good, **numbers)
        if statuses[QUARANTINED]:
            said += " " + _("{count} wait for a card.").format(count=statuses[QUARANTINED])
        if statuses[REFUSED]:
            said += " " + _("{count} were refused.").format(count=statuses[REFUSED])
        if len(parcels) < asked:
            said += " " + _("Stopped; the rest is as it was.")
        if sums["double"]:
            self.bar.notify(said, (_("Choose…"), lambda: self.wanted.emit("doubles", {})))
        else:
            self.bar.notify(said)

    # --------------------------------------------------------------------- showing

    def _show(self, parcels: list[Parcel]) -> None:
        self.parcels = parcels
        self.table.show_rows([self._line(parcel) for parcel in parcels])
        self._describe(self.table.row())
        good = len(self._good())
        self._take.setEnabled(good > 0)
        self.take_button.setText(f"{self._take.text()} ({good})   Ctrl+S" if good
                                 else f"{self._take.text()}   Ctrl+S")  # fmt: skip
        if good:
            self.take_button.setFocus()

    def _good(self) -> list[Path]:
        """The files that can be taken in now."""
        left = [one for one in self.parcels if one.path not in self._taken]
        return [one.path for one in left if one.outcome.status in GOOD]

    def _line(self, parcel: Parcel) -> tuple[str, ...]:
        outcome = parcel.outcome
        counted = outcome.status in GOOD
        counts = [show_number(getattr(outcome, key), language()) if counted else "–"
                  for key in COUNTS]  # fmt: skip
        return (
            outcome.file.removeprefix(PREFIX), *self._origin(parcel), self.outcome_words(parcel),
            *counts, outcome.reason or "",
        )  # fmt: skip

    def _origin(self, parcel: Parcel) -> tuple[str, str, str]:
        """Sender, period and number; what only the file's name says is doubtful."""
        origin, name = parcel.origin, request_texts.parse_file_name(parcel.outcome.file)
        if origin is not None:
            return origin.name, period_label(self._desk, origin.period), str(origin.number)
        if name is None:
            return "–", "–", "–"
        post = self._desk.book.post_short(name.unit)
        return f"{post}?", f"{period_label(self._desk, name.period)}?", f"{name.number}?"

    def outcome_words(self, parcel: Parcel) -> str:
        """What becomes of a file, or became of it, with its sign."""
        if parcel.locked:
            return _(LOCKED)
        taken = parcel.path in self._taken and parcel.outcome.batch is not None
        words = (TAKEN if taken else EXPECTED).get(parcel.outcome.status, REFUSED_WORDS)
        return _(words)

    def parcel(self) -> Parcel | None:
        """The file that is chosen."""
        row = self.table.row()
        return self.parcels[row] if 0 <= row < len(self.parcels) else None

    def _describe(self, row: int) -> None:
        parcel = self.parcels[row] if 0 <= row < len(self.parcels) else None
        reason = (parcel.outcome.reason if parcel else None) or ""
        self.detail.setText(f"{parcel.outcome.file}: {reason}" if parcel and reason else "")
        self.detail.setVisible(bool(reason))
        status = parcel.outcome.status if parcel else ""
        locked = parcel is not None and parcel.locked
        tried = parcel is not None and parcel.path in self._passphrases
        waits = status == QUARANTINED or bool(self._held)
        self._drop.setEnabled(bool(self._held))
        self.drop_button.setVisible(bool(self._held))
        self._accept.setEnabled(waits)
        self.accept_button.setVisible(waits)
        refused = status == REFUSED and (not locked or tried)
        self._ask.setEnabled(refused)
        self.ask_button.setVisible(refused)
        self.passphrase.setVisible(locked)

    # ------------------------------------------------------------------- remedies

    def take_in(self) -> None:
        """Take the good files in, one batch each; waiting and refused ones are noted."""
        files = self._good()
        if self._going is None and files:
            noted = (QUARANTINED, REFUSED)
            left = [one for one in self.parcels if one.path not in self._taken and not one.locked]
            files += [one.path for one in left if one.outcome.status in noted]
            self._begin(
                files, import_file, _("Taking in…"), lambda came: self._took(came, len(files))
            )

    def unlock(self) -> None:
        """Look at the chosen file with the passphrase typed."""
        parcel = self.parcel()
        if parcel is None or not self.passphrase.text():
            return
        self._passphrases[parcel.path] = self.passphrase.text()
        self.passphrase.clear()
        self.look_at([one.path for one in self.parcels])

    def accept_card(self) -> None:
        """Ask for the card of the desk whose package waits."""
        self.wanted.emit("cards", {"accept": True, "back": "receive"})

    def ask_drop(self) -> None:
        """Ask whether the packages that wait are to be thrown away."""
        words = _("Throw away the {count} files that wait for a card? Nothing of them is in the"
                  " desk; whoever sent them can hand them over again.")  # fmt: skip
        asked = words.format(count=len(self._held))
        self.bar.ask(asked, (_("Throw away"), self.drop_held), (_("Leave it"), _nothing))

    def drop_held(self) -> None:
        """Throw away the packages that wait for a card."""
        quarantine, digests = self._desk.exchange.quarantine, [one.digest for one in self._held]

        def work() -> None:
            for digest in digests:
                quarantine.drop_waiting(digest)

        def done(_none: None) -> None:
            self.bar.notify(_("Thrown away."))
            self.changed.emit()
            self.refresh()

        self.write(work, done)

    def copy_request(self) -> None:
        """Copy a text that asks the sender for the chosen file again."""
        parcel = self.parcel()
        if parcel is None:
            return
        desk, file, why = self._desk, parcel.outcome.file, parcel.outcome.reason or ""
        QApplication.clipboard().setText(request_texts.broken_request(desk, file, why))
        self.bar.notify(_("Copied. Paste it into a message, or read it out on the telephone."))
        # The board asks for it again until it came.
        self.write(lambda: desk.exchange.quarantine.note_refused(file, why), lambda _none: None)


def _packages(paths: Sequence[Path]) -> Found:
    """The packages among files and folders."""
    try:
        return files_in(paths), None
    except OSError as error:
        words = _("The stick or folder cannot be read: {error}")
        return [], UserError(words.format(error=reason(error)))


def _nothing() -> None:
    """The files go on waiting."""
