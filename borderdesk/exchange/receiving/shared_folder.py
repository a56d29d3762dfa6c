"""A folder in place of a stick: a network share, or a folder synchronised between machines.

Desks of one unit forward all their entries to each other through it, each file encrypted for its
receiver; a district or the province answers the posts whose files arrive through it. Records are
sent up only in files that a person writes. The files and the rules are those of a stick.
"""

import re
import time
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from borderdesk.base.errors import UserError, reason
from borderdesk.base.i18n import _
from borderdesk.base.paths import is_folder_there
from borderdesk.entry.reference import ReferenceEditor
from borderdesk.exchange.desks.agreements import PersonalDataAgreements, agreed_reason
from borderdesk.exchange.desks.cards import Card, Cards
from borderdesk.exchange.desks.desk_units import DeskUnit, DeskUnits
from borderdesk.exchange.desks.holdings import Holdings
from borderdesk.exchange.entries.statements import StatementEntry
from borderdesk.exchange.format.package_errors import PackageError
from borderdesk.exchange.merging.quarantine import Quarantine
from borderdesk.exchange.reading.package_files import file_label, find_packages
from borderdesk.exchange.reading.package_source import opened_package
from borderdesk.exchange.reading.packages import read_descriptor
from borderdesk.exchange.receiving.imports import (
    IMPORTED,
    QUARANTINED,
    REFUSED,
    ImportOutcome,
    Imports,
)
from borderdesk.exchange.sending.exports import ExportOptions, Exports
from borderdesk.schema.log_entries import REVISION, ChainHead, desk_of
from borderdesk.schema.settings import EXCHANGE_FOLDER, is_folder
from borderdesk.session.desk_log import DeskLog
from borderdesk.session.preferences import Preferences
from borderdesk.session.session import Session, SessionPart

_OWN_NAME = re.compile(r"BorderDesk_[^/\\]{1,200}\.bdx(\.age)?")
"""The names of files that this desk writes, and may remove: the preference with the name of the
last file may have been set by somebody else."""
WRITTEN, PARTNERS = "folder/written", "folder/partners"
"""Preferences: the last file written for each desk; the desks of other units whose files arrived
through the folder."""
NEVER: Mapping[str, Any] = {"file": "", "sent": {}, "had": 0, "again": False}
"""The last file for a desk: its name, {log: last sent entry}, the number of stored entries of that
desk; again: everything has to be sent again."""
GIVE_UP_SECONDS = 600.0
"""The seconds after which an incomplete file that no longer grows is refused like one on a
stick."""
SETTLED_SECONDS = 5.0
"""The seconds without a change after which a file is read at the first check."""

Signature = tuple[int, int]
"""Size and time of change of a file."""


class FolderTurn(NamedTuple):
    """The result of one turn: the files read and written; the number of incomplete files; the
    error, "" for none."""

    read: list[ImportOutcome]
    written: list[str]
    unfinished: int
    problem: str

    @property
    def brought(self) -> list[ImportOutcome]:
        """The files that changed this desk."""
        return [outcome for outcome in self.read if outcome.status == IMPORTED]


class SharedFolder(SessionPart):
    """The folder of a desk, off until one is named."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._done: dict[Path, Signature] = {}
        self._growing: dict[Path, tuple[Signature, float]] = {}
        self._early: dict[Path, dict[str, ChainHead]] = {}
        """{file that was imported in part: the holding of this desk at that time}."""

    def place(self) -> Path | None:
        """The folder, None where none is used."""
        folder_setting = self.session.book.setting(EXCHANGE_FOLDER, self.session.today(), "")
        return Path(folder_setting) if folder_setting and is_folder(folder_setting) else None

    def choose(self, folder: Path | None) -> None:
        """Use a folder from now on, or none. Raises UserError."""
        value = "0" if folder is None else str(folder.absolute())
        self.session.part(ReferenceEditor).set_setting(EXCHANGE_FOLDER, value)
        self._done.clear()

    def unit_cards(self) -> list[Card]:
        """The accepted cards of the other desks of this unit."""
        return self.session.part(PersonalDataAgreements).unit_cards()

    def agreed(self) -> frozenset[str]:
        """The desks of this unit to which personal fields go too, agreed once for each card."""
        return self.session.part(PersonalDataAgreements).agreed()

    def agree(self, desks: Collection[str]) -> None:
        """Set which desks of this unit receive personal fields too; earlier data are sent again."""
        preferences, before = self.session.part(Preferences), self.agreed()
        self.session.part(PersonalDataAgreements).agree(desks)
        written = preferences.preferred(WRITTEN, {})
        for desk in set(desks) - before:
            # An acknowledgement is of entries, not of their personal parts.
            written[desk] = {**NEVER, **written.get(desk, {}), "again": True}
        preferences.prefer(WRITTEN, written)

    # -------------------------------------------------------------------------- turns

    def turn(self) -> FolderTurn:
        """Import new files, then write those that are due. Errors that a person can correct are in
        the result, not raised."""
        folder = self.place()
        if folder is None:
            return FolderTurn([], [], 0, "")
        if not is_folder_there(folder):
            words = _(
                "The shared folder {folder} cannot be reached. What is saved stays here, and goes"
                " there by itself when it can be. Connect it again, or choose another folder."
            )
            return FolderTurn([], [], 0, words.format(folder=folder))
        read, unfinished = self._read(folder)
        written: list[str] = []
        problem = ""
        try:
            written.extend(self._write(folder, card).name for card in self._due(folder))
        except OSError as error:
            problem = _not_written(folder, f"{reason(error)}.")
        except UserError as error:
            problem = _not_written(folder, str(error))
        refused = [outcome for outcome in read if outcome.status == REFUSED]
        if refused and not problem:
            problem = f"{refused[0].file}: {refused[0].reason}"
        return FolderTurn(read, written, unfinished, problem)

    # ------------------------------------------------------------------------ reading

    def _read(self, folder: Path) -> tuple[list[ImportOutcome], int]:
        outcomes: list[ImportOutcome] = []
        unfinished = 0
        own_files = {package.file for package in self.session.part(Exports).sent()}
        away = self.session.part(Quarantine).files_away()
        for path in find_packages([folder]).packages:
            signature = _signature(path)
            if signature is None or path.name in own_files:
                continue
            if self._done.get(path) == signature and not self._has_its_turn(path):
                continue
            if signature[1] / 1e9 <= away.get(file_label(path), 0):
                # The file is still in the folder; it was dismissed, and no window restores it.
                continue
            if not self._is_settled(path, signature):
                unfinished += 1
                continue
            outcome = self._take(path, signature)
            if outcome is not None:
                outcomes.append(outcome)
        return outcomes, unfinished

    def _has_its_turn(self, path: Path) -> bool:
        """Whether this desk's holding changed since a file was imported in part, so that missing
        entries or a missing card may have arrived."""
        return path in self._early and self._early[path] != self.session.part(DeskLog).holding()

    def _is_settled(self, path: Path, signature: Signature) -> bool:
        """Whether a file is complete: it has not changed between two checks, and can be read as a
        package. One that stays damaged counts as complete in the end, to be refused."""
        before, since = self._growing.get(path, (None, time.monotonic()))
        if before != signature:
            self._growing[path] = (signature, time.monotonic())
            if time.time() - signature[1] / 1e9 < SETTLED_SECONDS:
                return False
            since = time.monotonic()
        return self._reads(path) or time.monotonic() - since > GIVE_UP_SECONDS

    def _reads(self, path: Path) -> bool:
        """Whether a file is a sound package, or one for other desks."""
        secrets, folder = self.session.part(Cards).opening_keys, self.session.folder
        try:
            with opened_package(path, folder, secrets, None) as package:
                read_descriptor(package)
        except PackageError as error:
            return error.mendable
        except OSError:
            return False
        return True

    def _take(self, path: Path, signature: Signature) -> ImportOutcome | None:
        """Import a file; None for one for another desk, and for one that is still early."""
        self._growing.pop(path, None)
        self._done[path] = signature
        was_early = self._early.pop(path, None) is not None
        facts: dict[str, Any] = {}
        outcome = self.session.part(Imports).take(path, on_facts=facts.update)
        if outcome.left_out or outcome.status == QUARANTINED:
            self._early[path] = self.session.part(DeskLog).holding()
            if was_early and outcome.status != IMPORTED:
                return None
        if outcome.status == REFUSED and not facts:
            if _signature(path) != signature:
                # Its desk put a newer one in its place meanwhile.
                self._done.pop(path)
                return None
            # Encrypted for another desk, or damaged: only the second is a fault.
            return None if self._reads(path) else outcome
        self._note_partner(str(facts.get("desk", "")))
        return outcome

    def _note_partner(self, desk: str) -> None:
        preferences, unit = self.session.part(Preferences), self.session.part(DeskUnits).of(desk)
        partners = preferences.preferred(PARTNERS, [])
        if unit is not None and unit.unit != self.session.identity.unit and desk not in partners:
            preferences.prefer(PARTNERS, sorted([*partners, desk]))

    # ------------------------------------------------------------------------ writing

    def _due(self, folder: Path) -> list[Card]:
        """The desks for which a file is due."""
        written = self.session.part(Preferences).preferred(WRITTEN, {})
        due = [c for c in self.unit_cards() if self._is_due(c, written.get(c.desk), folder, ())]
        units, own_unit = self.session.part(DeskUnits), self.session.part(DeskUnits).own()
        partners = set(self.session.part(Preferences).preferred(PARTNERS, []))
        for card_entry in self.session.part(Cards).known():
            card, unit = card_entry.card, DeskUnit(card_entry.card.unit, card_entry.card.role)
            if (
                not card_entry.accepted
                or card.desk not in partners
                or not units.is_above(own_unit, unit)
            ):
                continue
            # Downwards go receipts, notes, verdicts; revisions alone are nothing to write for.
            if self._is_due(card, written.get(card.desk), folder, (REVISION,)):
                due.append(card)
        return due

    def _is_due(
        self, card: Card, was: Mapping[str, Any] | None, folder: Path, beside: Iterable[str]
    ) -> bool:
        """Whether a desk lacks an entry of our unit that was not written for it yet, or whether
        entries of its own were not acknowledged to it. Statements alone are not a reason: an answer
        to an answer would never end.

        was: the value in WRITTEN of the last file; beside: further kinds that are no reason.
        """
        was = was or NEVER
        if was["again"]:
            return True
        idle = {StatementEntry.name, *beside}
        acknowledged = self.session.part(Holdings).acknowledged_by([card.desk])
        file_missing = was["file"] and not (folder / was["file"]).is_file()
        for log in self.session.part(DeskUnits).logs_of(self.session.identity.unit):
            if desk_of(log) == card.desk:
                continue
            last_sent = 0 if file_missing else was["sent"].get(log, 0)
            if self._has_entry(log, max(acknowledged.get(log, 0), last_sent), idle):
                return True
        return self._has_entry(card.desk, was["had"], {StatementEntry.name})

    def _has_entry(self, log: str, after: int, idle: set[str]) -> bool:
        entries = self.session.part(DeskLog).entries(log, after=after)
        return any(entry.kind not in idle for entry in entries)

    def _write(self, folder: Path, card: Card) -> Path:
        preferences = self.session.part(Preferences)
        today = self.session.today().isoformat()
        mine = card.unit == self.session.identity.unit
        written = preferences.preferred(WRITTEN, {})
        send_all = written.get(card.desk, NEVER)["again"]
        options = ExportOptions(
            cards=[card],
            reason=agreed_reason() if mine and card.desk in self.agreed() else None,
            receiver="" if send_all else card.desk,
            agreed=True,
        )
        # Read before the file is written: later saves may not be in it, and are due again.
        holding = self.session.part(DeskLog).holding()
        # A day, not a month: the statement for a month is sent by a person.
        path = self.session.part(Exports).export(f"{today}..{today}", folder, options)
        before = written.get(card.desk, NEVER)["file"]
        had = holding[card.desk].number if card.desk in holding else 0
        last_sent = {log: head.number for log, head in holding.items()}
        written[card.desk] = {**NEVER, "file": path.name, "sent": last_sent, "had": had}
        preferences.prefer(WRITTEN, written)
        if before != path.name and _OWN_NAME.fullmatch(before):
            # The new one has everything of it that was not acknowledged.
            (folder / before).unlink(missing_ok=True)
        return path


def _not_written(folder: Path, why: str) -> str:
    words = _(
        "Shared folder {folder}: {error} What is saved stays here, and goes there by itself when it"
        " can be written to."
    )
    return words.format(folder=folder, error=why)


def _signature(path: Path) -> Signature | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
