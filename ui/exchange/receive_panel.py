"""Nhận: files are previewed, then imported, one batch per file."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtWidgets import QApplication

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
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.layout.scrolled import scrolled_column
from ui.widgets.pages.messages import MessageBar
from ui.widgets.password_fields import PasswordLine

MOST_LISTED = 5
MOST_LEFT = 200
"""Maximum number of listed files that are not packages."""


class ReceivingState(NamedTuple):
    """Files that wait for a card or were refused, and plugged-in sticks."""

    held: list[HeldFile]
    sticks: list[Stick]


class ReceivePanel(UndoablePanel):
    """List of files with their outcomes, import, and the earlier files that were not imported."""

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
        """Files dropped while others were being processed."""
        self.table = FilesTable(desk)
        self.detail = PlainLabel()
        self.passphrase = PasswordLine(_("Passphrase of the file"))
        self.held = HeldFilesTable(desk)
        """Earlier files that wait for a card or were refused."""
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
        """The buttons for files that cannot be imported."""
        row = FlowLayout()
        self._accept = bind(self, "receive_card", self.accept_card)
        self._ask = bind(self, "receive_ask", self.copy_request)
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
        """Preview files and folders (`paths`); preview the list again after a card was accepted
        (`again`); or select an earlier file (`held`)."""
        if "paths" in intent:
            self.inspect(intent["paths"])
        elif intent.get("again") and self.incoming_files:
            self.inspect(self._listed())
        elif "held" in intent:
            self.held.go_to_file(intent["held"])
            self.refresh()

    def choices(self) -> Mapping[str, Any]:
        """Selections, and the files of the list that were not imported yet."""
        waiting = [
            incoming.path for incoming in self.incoming_files if incoming.path not in self._imported
        ]
        files = list(dict.fromkeys([*waiting, *self._queued]))
        listed = {"files": files, "passphrases": dict(self._passphrases)} if files else {}
        return {**super().choices(), **listed}

    def choose_again(self, choices: Mapping[str, Any]) -> None:
        """Restore what `choices` returned; files are previewed again, in the new language."""
        super().choose_again(choices)
        self._passphrases.update(choices.get("passphrases", {}))
        if "files" in choices:
            self.inspect(choices["files"])

    def refresh(self) -> None:
        """Read the earlier files and the sticks again."""
        quarantine = self._desk.exchange.quarantine
        self.read(
            lambda: ReceivingState([*quarantine.waiting(), *quarantine.refused_files()], sticks()),
            self._show_state,
        )

    def offer(self, plugged: Sequence[Stick]) -> None:
        """Offer the plugged-in sticks."""
        self.where.offer(plugged, [], str(self.where.currentData() or ""), [])
        for widget in (self.where, self.look_button):
            widget.setVisible(bool(plugged))
        self._look.setEnabled(bool(plugged))

    def inspect_stick(self) -> None:
        """Preview the packages on the selected stick."""
        folder = self.where.currentData()
        if folder:
            self.inspect([Path(folder)])

    def _show_state(self, content: ReceivingState) -> None:
        self.offer(content.sticks)
        self.held.show_files(content.held)
        self.held_title.setVisible(bool(content.held))
        self._describe(self.table.row())

    def clear(self) -> None:
        """Clear the list; nothing else changes."""
        self._passphrases.clear()
        self._imported.clear()
        self._show([])

    def inspect(self, paths: Sequence[Path]) -> None:
        """Add files, and the packages in folders, to the list with their previews.

        Files already imported leave the list.
        """
        if self._running is not None or self._listing:
            self._queued += paths
            return
        self._listing = True
        self.ask(lambda: find_packages(paths), self._inspect_files)

    def _inspect_files(self, contents: FolderContents) -> None:
        self._listing = False
        if not contents.packages:
            self.bar.hint(_("There are no packages here."))
        listed = {*self._imported, *contents.packages, *(entry.path for entry in contents.others)}
        others = [entry for entry in self.incoming_files if entry.path not in listed]
        left_out = [left_file(entry) for entry in contents.others[:MOST_LEFT]]
        if contents.packages:
            self._preview(others, contents.packages, left_out)
            return
        if left_out:
            self._imported.clear()
            self._show([*others, *left_out])
        self._inspect_queued()

    def _preview(
        self,
        others: Sequence[IncomingFile],
        new_paths: Sequence[Path],
        left_out: Sequence[IncomingFile],
    ) -> None:
        """Preview the new files after those of the list: one preview for all, as their effects add
        up."""
        desk, secrets = self._desk, dict(self._passphrases)
        files = [*(listed.path for listed in others if listed.outcome.status != LEFT), *new_paths]

        def preview(paths: Sequence[Path], progress: Progress) -> list[IncomingFile]:
            return preview_files(desk, paths, secrets, progress)

        def show(answers: list[list[IncomingFile]]) -> None:
            new = [incoming for answer in answers for incoming in answer]
            previewed = {incoming.path for incoming in new}
            self._imported.clear()
            self._show(
                [*new, *(listed for listed in others if listed.path not in previewed), *left_out]
            )

        self._start(self._tasks.run, [files], preview, _("Looking at the files…"), show)

    def _start(
        self,
        start: Start,
        items: Sequence[I],
        process: Callable[[I, Progress], A],
        words: str,
        then: Callable[[list[A]], None],
    ) -> None:
        """Process files one after the other, with progress below `words`."""

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
        """Whether no file is being processed."""
        return super().idle() and self._running is None

    def _show_imported(self, answers: list[IncomingFile], total: int) -> None:
        incoming_files = [answer for answer in answers if answer.outcome.status != AWAY]
        by_path = {incoming.path: incoming for incoming in incoming_files}
        self._imported |= set(by_path)
        self._show([by_path.get(p.path, p) for p in self.incoming_files])
        statuses = Counter(incoming.outcome.status for incoming in self.incoming_files)
        offers = receipt_offers(self, self._desk, incoming_files)
        if any(incoming.outcome.double for incoming in incoming_files):
            offers.insert(0, (_("Choose…"), lambda: self.wanted.emit("doubles", {})))
        words = _result(incoming_files, statuses, stopped=len(answers) < total)
        if away := len(answers) - len(incoming_files):
            # They stay in the list with their preview, to be imported once they are back.
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
            self.lead_to(self.take_button)

    def _good(self) -> list[Path]:
        """The files that can be imported now."""
        waiting = [
            incoming for incoming in self.incoming_files if incoming.path not in self._imported
        ]
        return [incoming.path for incoming in waiting if incoming.outcome.status in GOOD]

    def _listed(self) -> list[Path]:
        """The packages of the list."""
        return [
            incoming.path for incoming in self.incoming_files if incoming.outcome.status != LEFT
        ]

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
        passphrase_tried = incoming is not None and incoming.path in self._passphrases
        earlier = self.held.files
        waits = status == QUARANTINED or any(isinstance(h, QuarantinedPackage) for h in earlier)
        self._drop.setEnabled(bool(earlier))
        self.drop_button.setVisible(bool(earlier))
        self._accept.setEnabled(waits)
        self.accept_button.setVisible(waits)
        refused = status == REFUSED and (not locked or passphrase_tried)
        refused = refused or isinstance(self.held.current(), RefusedFile)
        self._ask.setEnabled(refused)
        self.ask_button.setVisible(refused)
        self.passphrase.setVisible(locked)

    # ------------------------------------------------------------------- remedies

    def import_files(self) -> None:
        """Import the good files; record which ones wait or were refused."""
        files = self._good()
        if self._running is None and files:
            recorded = (QUARANTINED, REFUSED)
            waiting = [
                p for p in self.incoming_files if p.path not in self._imported and not p.locked
            ]
            files += [incoming.path for incoming in waiting if incoming.outcome.status in recorded]
            desk, secrets = self._desk, dict(self._passphrases)

            def take(path: Path, progress: Progress) -> IncomingFile:
                return import_file(desk, path, secrets.get(path), progress)

            def show(new: list[IncomingFile]) -> None:
                self._show_imported(new, len(files))

            self._start(self._tasks.later, files, take, _("Taking in…"), show)

    def unlock(self) -> None:
        """Preview the current file with the typed passphrase."""
        incoming = self.chosen_file()
        if incoming is None or not self.passphrase.text():
            return
        self._passphrases[incoming.path] = self.passphrase.text()
        self.passphrase.clear()
        self.inspect(self._listed())

    def accept_card(self) -> None:
        """Open the cards tab to accept the card of the waiting package's sender."""
        self.wanted.emit("cards", {"accept": True, "back": "receive"})

    def put_away(self) -> None:
        """Remove the selected earlier files from the list, as a step that can be undone."""
        quarantine, files = self._desk.exchange.quarantine, self.held.chosen()
        if not files:
            return

        def done(_none: None) -> None:
            names = list_label([file.file for file in files], MOST_LISTED)
            message = _("Put away: {files}.").format(files=names)
            self.notify_undoable(message, "", lambda _report: quarantine.bring_back(files))
            self.changed.emit()
            self.refresh()

        self.write(lambda: quarantine.put_away(files), done)

    def copy_request(self) -> None:
        """Copy a text that asks the sender for a refused file again: the current one of the list,
        else an earlier one."""
        incoming, earlier, desk = self.chosen_file(), self.held.current(), self._desk
        outcome = incoming.outcome if incoming and incoming.outcome.status == REFUSED else None
        if outcome is not None:
            file, why = outcome.file, outcome.reason or ""
        elif earlier is not None:
            file, why = earlier.file, earlier.reason
        else:
            return
        QApplication.clipboard().setText(request_texts.broken_request(desk, file, why))
        self.bar.notify(_("Copied. Paste it into a message, or read it out on the telephone."))
        if outcome is not None:
            # Recorded, so that the board asks for it until it arrives.
            noted = outcome.stored
            self.write(
                lambda: desk.exchange.quarantine.note_refused(file, noted), lambda _none: None
            )


def away_words(count: int) -> str:
    """How many files are no longer reachable, and what to do."""
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
    """The totals of imported files, and how many of the list wait or were refused."""
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
