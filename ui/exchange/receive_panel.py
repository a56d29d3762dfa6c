"""Nhận: files are inspected before anything is changed, then imported, a batch for each."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtWidgets import QApplication, QLineEdit

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.progress import Progress
from borderdesk.desk import Desk
from borderdesk.exchange.merging import request_texts
from borderdesk.exchange.merging.quarantine import HeldFile, QuarantinedPackage, RefusedFile
from borderdesk.exchange.reading.package_files import FolderContents, find_packages
from borderdesk.exchange.receiving.imports import QUARANTINED, REFUSED
from borderdesk.exchange.receiving.incoming_files import (
    AWAY,
    LEFT,
    IncomingFile,
    import_file,
    left_file,
    preview_files,
)
from ui.base.double_search import double_search_of
from ui.base.item_queue import A, I, ItemQueue, Start
from ui.base.plain_text import PlainLabel
from ui.base.sticks import Stick, sticks
from ui.base.style import named
from ui.base.tasks import BackgroundWork, Runner
from ui.base.text_lists import list_label
from ui.exchange.files_table import COUNTS, GOOD, FilesTable
from ui.exchange.held_files import HeldFilesTable
from ui.exchange.receipt_offer import receipt_offers
from ui.exchange.undoable_panel import UndoablePanel
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.choosers.file_choosers import ask_files, ask_folder
from ui.widgets.choosers.file_kinds import PACKAGES
from ui.widgets.choosers.stick_chooser import StickChooser
from ui.widgets.editors.text_line import TextLine
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.layout.scrolled import scrolled_column
from ui.widgets.pages.messages import MessageBar

MOST_LISTED = 5
MOST_LEFT = 200
"""So many files that are no packages are listed with why."""


class ReceivingState(NamedTuple):
    """The files that wait for a card or were refused, and the sticks that are plugged in."""

    held: list[HeldFile]
    sticks: list[Stick]


class ReceivePanel(UndoablePanel):
    """Lists the files that were dropped or chosen, with the outcome of each, and imports them;
    below them those of earlier times that could not be taken in."""

    tab = "receive"

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.incoming_files: list[IncomingFile] = []
        self._imported: set[Path] = set()
        """The files of the list that were imported."""
        self._running: BackgroundWork | None = None
        self._passphrases: dict[Path, str] = {}
        self._listing = False
        self._queued: list[Path] = []
        """Files that were dropped while others were being processed."""
        self.table = FilesTable(desk)
        self.detail = PlainLabel()
        self.passphrase = TextLine()
        self.held = HeldFilesTable(desk)
        """Files that came before and wait for a card, or were refused."""
        self.held_title = named(PlainLabel(_("Files that could not be taken in")), "heading")
        self.where = StickChooser(_("Stick"), _("The stick that packages came on"), 18)
        self._lay_out()
        self._show([])
        self.refresh()

    # -------------------------------------------------------------------- building

    def _lay_out(self) -> None:
        outer = scrolled_column(self)
        row = FlowLayout()
        self._take = bind(self, "receive_take", self.import_files)
        self.take_button = button(self._take, main=True, keys=True)
        row.add(self.take_button)
        row.add(self.where)
        self._look = bind(self, "receive_stick", self.inspect_stick)
        self.look_button = button(self._look)
        row.add(self.look_button)
        files = partial(ask_files, self, _("Packages"), PACKAGES, self.inspect)
        whole = partial(
            ask_folder, self, _("Choose a folder"), None, lambda folder: self.inspect([folder])
        )
        row.add(button(bind(self, "receive_files", files)))
        row.add(button(bind(self, "receive_folder", whole)))
        row.add(button(bind(self, "receive_clear", self.clear), flat=True))
        outer.addLayout(row)
        outer.addWidget(self.table, 1)
        self.detail.setWordWrap(True)
        outer.addWidget(self.detail)
        outer.addWidget(self.held_title)
        outer.addWidget(self.held)
        outer.addLayout(self._remedies())
        self.table.moved.connect(self._describe)
        self.held.moved.connect(lambda _row: self._describe(self.table.row()))

    def _remedies(self) -> FlowLayout:
        """What can be done about a file that cannot be imported."""
        row = FlowLayout()
        self._accept = bind(self, "receive_card", self.accept_card)
        self._ask = bind(self, "receive_ask", self.copy_request)
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setAccessibleName(_("Passphrase of the file"))
        self.passphrase.setPlaceholderText(_("Passphrase, then Enter"))
        self.passphrase.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * 30)
        self.passphrase.returnPressed.connect(self.unlock)
        self.accept_button, self.ask_button = button(self._accept), button(self._ask)
        self._drop = bind(self, "receive_drop", self.put_away)
        self.drop_button = button(self._drop, flat=True)
        widgets = (self.accept_button, self.ask_button, self.passphrase, self.drop_button)
        for widget in widgets:
            row.add(widget)
        return row

    # ------------------------------------------------------------------ inspecting

    def begin(self, intent: Mapping[str, Any]) -> None:
        """Inspect files and folders (`paths`), or the list once more after the accepted cards
        were changed (`again`); go to a file that could not be taken in (`held`)."""
        if "paths" in intent:
            self.inspect(intent["paths"])
        elif intent.get("again") and self.incoming_files:
            self.inspect(self._listed())
        elif "held" in intent:
            self.held.go_to_file(intent["held"])
            self.refresh()

    def choices(self) -> Mapping[str, Any]:
        """The choosers, and the files of the list that were not taken in yet."""
        waiting = [one.path for one in self.incoming_files if one.path not in self._imported]
        files = list(dict.fromkeys([*waiting, *self._queued]))
        listed = {"files": files, "passphrases": dict(self._passphrases)} if files else {}
        return {**super().choices(), **listed}

    def choose_again(self, choices: Mapping[str, Any]) -> None:
        """Look at those files again: what was said of them is said in another language."""
        super().choose_again(choices)
        self._passphrases.update(choices.get("passphrases", {}))
        if "files" in choices:
            self.inspect(choices["files"])

    def refresh(self) -> None:
        """Reload the files that could not be taken in and the sticks that are plugged in."""
        quarantine = self._desk.exchange.quarantine
        self.read(
            lambda: ReceivingState([*quarantine.waiting(), *quarantine.refused_files()], sticks()),
            self._show_state,
        )

    def offer(self, found: Sequence[Stick]) -> None:
        """Offer the sticks that are plugged in."""
        self.where.offer(found, [], str(self.where.currentData() or ""), [])
        for widget in (self.where, self.look_button):
            widget.setVisible(bool(found))
        self._look.setEnabled(bool(found))

    def inspect_stick(self) -> None:
        """List what is on the chosen stick."""
        folder = self.where.currentData()
        if folder:
            self.inspect([Path(folder)])

    def _show_state(self, found: ReceivingState) -> None:
        self.offer(found.sticks)
        self.held.show_files(found.held)
        self.held_title.setVisible(bool(found.held))
        self._describe(self.table.row())

    def clear(self) -> None:
        """Clear the list; nothing else is changed."""
        self._passphrases.clear()
        self._imported.clear()
        self._show([])

    def inspect(self, paths: Sequence[Path]) -> None:
        """Add files, and the packages in folders, to the list with their expected outcome.

        Files of the list that were imported are taken off it.
        """
        if self._running is not None or self._listing:
            self._queued += paths
            return
        self._listing = True
        self.ask(lambda: find_packages(paths), self._inspect_files)

    def _inspect_files(self, found: FolderContents) -> None:
        self._listing = False
        if not found.packages:
            self.bar.hint(_("There are no packages here."))
        listed = {*self._imported, *found.packages, *(one.path for one in found.others)}
        others = [one for one in self.incoming_files if one.path not in listed]
        left = [left_file(one) for one in found.others[:MOST_LEFT]]
        if found.packages:
            self._preview(others, found.packages, left)
            return
        if left:
            self._imported.clear()
            self._show([*others, *left])
        self._inspect_queued()

    def _preview(
        self, others: Sequence[IncomingFile], found: Sequence[Path], left: Sequence[IncomingFile]
    ) -> None:
        """Show what the files found will do, after those of the list: what all of them will do
        together."""
        desk, secrets = self._desk, dict(self._passphrases)
        files = [*(one.path for one in others if one.outcome.status != LEFT), *found]

        def preview(paths: Sequence[Path], progress: Progress) -> list[IncomingFile]:
            return preview_files(desk, paths, secrets, progress)

        def show(answers: list[list[IncomingFile]]) -> None:
            new = [incoming for answer in answers for incoming in answer]
            seen = {incoming.path for incoming in new}
            self._imported.clear()
            self._show([*new, *(one for one in others if one.path not in seen), *left])

        self._start(self._tasks.run, [files], preview, _("Looking at the files…"), show)

    def _start(
        self,
        start: Start,
        items: Sequence[I],
        process: Callable[[I, Progress], A],
        words: str,
        then: Callable[[list[A]], None],
    ) -> None:
        """Inspect or import files, with a progress bar under `words`."""

        def end(answers: list[A]) -> None:
            self._running = None
            then(answers)
            self._inspect_queued()

        running = ItemQueue(self, start, items, process, end, self.fail)
        self._running = running.work
        self.bar.follow(running.work, words)
        running.go_on()

    def _inspect_queued(self) -> None:
        if self._queued and self._running is None:
            dropped, self._queued = self._queued, []
            self.inspect(dropped)

    def idle(self) -> bool:
        """Whether every file was processed."""
        return super().idle() and self._running is None

    def _show_imported(self, answers: list[IncomingFile], total: int) -> None:
        incoming_files = [one for one in answers if one.outcome.status != AWAY]
        by_path = {incoming.path: incoming for incoming in incoming_files}
        self._imported |= set(by_path)
        self._show([by_path.get(p.path, p) for p in self.incoming_files])
        statuses = Counter(incoming.outcome.status for incoming in self.incoming_files)
        offers = receipt_offers(self, self._desk, incoming_files)
        if any(incoming.outcome.double for incoming in incoming_files):
            offers.insert(0, (_("Choose…"), lambda: self.wanted.emit("doubles", {})))
        words = _result(incoming_files, statuses, stopped=len(answers) < total)
        if away := len(answers) - len(incoming_files):
            # They stay in the list as they were looked at, to be taken in once they are back.
            self.bar.warn(
                " ".join(filter(None, (words if incoming_files else "", away_words(away)))), *offers
            )
        else:
            self.bar.notify(words, *offers)
        double_search_of(self._desk, self._tasks).begin()
        self.changed.emit()
        self.refresh()

    # --------------------------------------------------------------------- showing

    def _show(self, incoming_files: list[IncomingFile]) -> None:
        self.incoming_files = incoming_files
        self.table.show_files(incoming_files, self._imported)
        self._describe(self.table.row())
        good = len(self._good())
        self._take.setEnabled(good > 0)
        self.take_button.setText(
            f"{self._take.text()} ({good})   Ctrl+S" if good else f"{self._take.text()}   Ctrl+S"
        )
        if good:
            self.take_button.setFocus()

    def _good(self) -> list[Path]:
        """The files that can be imported now."""
        left = [one for one in self.incoming_files if one.path not in self._imported]
        return [one.path for one in left if one.outcome.status in GOOD]

    def _listed(self) -> list[Path]:
        """The packages of the list: what is none stays as it is."""
        return [one.path for one in self.incoming_files if one.outcome.status != LEFT]

    def chosen_file(self) -> IncomingFile | None:
        """The current file of the list."""
        row = self.table.row()
        return self.incoming_files[row] if 0 <= row < len(self.incoming_files) else None

    def _describe(self, row: int) -> None:
        incoming = self.incoming_files[row] if 0 <= row < len(self.incoming_files) else None
        reason = (incoming.outcome.reason if incoming else None) or ""
        self.detail.setText(f"{incoming.outcome.file}: {reason}" if incoming and reason else "")
        self.detail.setVisible(bool(reason))
        status = incoming.outcome.status if incoming else ""
        locked = incoming is not None and incoming.locked
        tried = incoming is not None and incoming.path in self._passphrases
        held = self.held.files
        waits = status == QUARANTINED or any(isinstance(h, QuarantinedPackage) for h in held)
        self._drop.setEnabled(bool(held))
        self.drop_button.setVisible(bool(held))
        self._accept.setEnabled(waits)
        self.accept_button.setVisible(waits)
        refused = status == REFUSED and (not locked or tried)
        refused = refused or isinstance(self.held.current(), RefusedFile)
        self._ask.setEnabled(refused)
        self.ask_button.setVisible(refused)
        self.passphrase.setVisible(locked)

    # ------------------------------------------------------------------- remedies

    def import_files(self) -> None:
        """Import the good files; that others wait or were refused is recorded."""
        files = self._good()
        if self._running is None and files:
            recorded = (QUARANTINED, REFUSED)
            left = [p for p in self.incoming_files if p.path not in self._imported and not p.locked]
            files += [one.path for one in left if one.outcome.status in recorded]
            desk, secrets = self._desk, dict(self._passphrases)

            def take(path: Path, progress: Progress) -> IncomingFile:
                return import_file(desk, path, secrets.get(path), progress)

            def show(new: list[IncomingFile]) -> None:
                self._show_imported(new, len(files))

            self._start(self._tasks.later, files, take, _("Taking in…"), show)

    def unlock(self) -> None:
        """Inspect the current file with the passphrase typed."""
        incoming = self.chosen_file()
        if incoming is None or not self.passphrase.text():
            return
        self._passphrases[incoming.path] = self.passphrase.text()
        self.passphrase.clear()
        self.inspect(self._listed())

    def accept_card(self) -> None:
        """Ask for the card of the desk whose package waits."""
        self.wanted.emit("cards", {"accept": True, "back": "receive"})

    def put_away(self) -> None:
        """Take the chosen files that could not be taken in off the lists; they can be brought
        back."""
        quarantine, files = self._desk.exchange.quarantine, self.held.chosen()
        if not files:
            return

        def done(_none: None) -> None:
            names = list_label([one.file for one in files], MOST_LISTED)
            told = _("Put away: {files}.").format(files=names)
            self.notify_undoable(told, "", lambda _report: quarantine.bring_back(files))
            self.changed.emit()
            self.refresh()

        self.write(lambda: quarantine.put_away(files), done)

    def copy_request(self) -> None:
        """Copy a text that asks the sender for the current file again: that of the list, else the
        one that was refused before."""
        incoming, held, desk = self.chosen_file(), self.held.current(), self._desk
        came = incoming.outcome if incoming and incoming.outcome.status == REFUSED else None
        if came is not None:
            file, why = came.file, came.reason or ""
        elif held is not None:
            file, why = held.file, held.reason
        else:
            return
        QApplication.clipboard().setText(request_texts.broken_request(desk, file, why))
        self.bar.notify(_("Copied. Paste it into a message, or read it out on the telephone."))
        if came is not None:
            # Recorded, so that the board asks for it until it arrives.
            noted = came.stored
            self.write(
                lambda: desk.exchange.quarantine.note_refused(file, noted), lambda _none: None
            )


def away_words(count: int) -> str:
    """That so many files could not be reached any more, and what to do."""
    words = ngettext(
        "{count} file is not there any more: its stick or folder was taken away. It was not taken"
        " in and stays in the list; plug the stick in again, then take it in.",
        "{count} files are not there any more: their stick or folder was taken away. They were not"
        " taken in and stay in the list; plug the stick in again, then take them in.",
        count,
    )
    return words.format(count=format_number(count, language()))


def _result(
    incoming_files: Sequence[IncomingFile], statuses: Counter[str], *, stopped: bool
) -> str:
    """What imported files brought, and how many of the whole list wait or were refused."""
    sums: Counter[str] = Counter()
    for incoming in incoming_files:
        sums.update({key: getattr(incoming.outcome, key) for key in COUNTS})
    good = sum(incoming.outcome.status in GOOD for incoming in incoming_files)
    words = ngettext(
        "{good} file taken in. Records: {added} new, {updated} changed, {double} with"
        " two versions.",
        "{good} files taken in. Records: {added} new, {updated} changed, {double} with"
        " two versions.",
        good,
    )
    numbers = {k: format_number(sums[k], language()) for k in ("added", "updated", "double")}
    result = words.format(good=format_number(good, language()), **numbers)
    waiting, refused = statuses[QUARANTINED], statuses[REFUSED]
    for count, also in (
        (waiting, ngettext("{count} waits for a card.", "{count} wait for a card.", waiting)),
        (refused, ngettext("{count} was refused.", "{count} were refused.", refused)),
    ):
        if count:
            result += " " + also.format(count=format_number(count, language()))
    if stopped:
        result += " " + _("Stopped; the rest is as it was.")
    return result
