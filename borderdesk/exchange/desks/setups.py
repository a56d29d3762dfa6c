"""Set-up files: reference data and settings of the province for its desks, updated by later files.

A `.bdsetup` is a zip of two entries: `setup.json` and `setup.json.minisig`, the maker's minisign
signature over it. `setup.json` is one object:

    kind "borderdesk-setup", format 1, desk, unit, role, made (UTC), number (1, 2, … of that desk)
    maker        its card: {desk, unit, role, minisign, age}
    invented     whether it is a demonstration's; a real desk refuses it
    cards        [{"card": {…}, "accepted": true (false: revoked), "decided": when (UTC)}, …]
    reference    {"units" | "posts" | "markers" | "hamlets" | "picks" | "authorities":
                 [{column: text}, …]} with the columns of the CSV files; tables without rows are
                 absent
    settings     [[key, valid from, value], …]; `settings.handed_on` is the key on other desks
    regulations  [{number, year, parties, signed_on}, …]
    clauses      [{regulation, year, no, text, indicator, rule, value, scope}, …]
    forms        [{name, sha256, content (base64)}, …], absent in older files

Applying a file replaces the rows of the previous file of the same desk: missing rows are removed,
or ended if records name them (`exchange.desks.setup_rows`). Of the decisions on a card the later
counts. It is one transaction: a bad row is reported and nothing changes.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from peewee import fn

from borderdesk import __version__
from borderdesk.base.errors import InvalidRecord, OperationRefused, UserError
from borderdesk.base.held_files import remove_file
from borderdesk.base.i18n import N_, _
from borderdesk.base.paths import database_file, key_file
from borderdesk.closing.word_forms import WordForms
from borderdesk.entry.reference import ReferenceEditor
from borderdesk.exchange.desks.cards import Card, Cards
from borderdesk.exchange.desks.setup_file import CONTENT, FORMAT, KIND, SIGNATURE, SetupFile
from borderdesk.exchange.desks.setup_rows import SetupRows, real_rows
from borderdesk.exchange.format.entry_kinds import ArrivedEntry, EntryKind, unsound
from borderdesk.exchange.format.package_revisions import is_number
from borderdesk.exchange.format.package_zip import signed_zip
from borderdesk.exchange.format.text_forms import DESK_ID, TIME
from borderdesk.exchange.format.verified_file import write_verified
from borderdesk.figures.catalogue import FigureCatalogue
from borderdesk.figures.regulations import load_clauses, load_regulation
from borderdesk.figures.scopes import is_listed
from borderdesk.figures.targets import ClauseTable, RegulationTable
from borderdesk.schema.reference import REFERENCE_TYPES, ReferenceType
from borderdesk.schema.reference.files import rows_of_objects
from borderdesk.schema.revisions import local_date, utc_stamp
from borderdesk.schema.settings import SettingTable, check_setting, handed_on, is_at_home
from borderdesk.session.desk_log import DeskLog
from borderdesk.session.operations import operation
from borderdesk.session.session import Session, SessionPart
from borderdesk.store.models.exchange import DeskSetupRow, SetupAppliedRow, SetupMadeRow
from borderdesk.store.records.logs import former_ids
from borderdesk.store.reference import read_cells, read_stored

SessionType = TypeVar("SessionType", bound=Session)


class SetupCard(NamedTuple):
    """A card of a set-up file, with the decision on it and its moment (UTC)."""

    card: Card
    accepted: bool
    decided: str


APPLIED, SAME, OLDER = "applied", "same", "older"


class SetupOutcome(NamedTuple):
    """The outcome of a set-up file: applied, the same as the applied one, or older than it.

    counts: {section: number of rows}; ended: {table: number of rows of the previous file that were
    ended or removed}; kept_cards: the desks for whose cards this desk has a later decision.
    """

    status: str
    number: int
    counts: Mapping[str, int]
    ended: Mapping[str, int] = MappingProxyType({})
    kept_cards: tuple[str, ...] = ()


class AppliedSetup(NamedTuple):
    """A set-up file that was applied: the desk that made it, its number; times UTC."""

    desk: str
    number: int
    made: str
    applied: str


class SetupEntry(EntryKind):
    """That a desk applied a set-up file: who made it, its number."""

    name = "setup"
    counted = N_("set-up files applied there: {count}")
    keys = ("maker", "number", "time")
    required = keys

    def check(self, facts: Mapping[str, str], text: str | None) -> None:
        """A desk id, a number, a time."""
        super().check(facts, text)
        if not DESK_ID.fullmatch(facts["maker"]) or not is_number(facts["number"]):
            raise unsound()

    def receive(self, session: Session, entry: ArrivedEntry) -> None:
        """The board shows the newest."""
        row, facts = DeskSetupRow, entry.facts
        before = session.store.scalar(row.select(row.entry).where(row.desk == entry.desk))
        if before is not None and before > entry.number:
            return
        cells = {"maker": facts["maker"], "number": int(facts["number"]), "entry": entry.number}
        query = row.insert(desk=entry.desk, **cells)
        columns = [row.maker, row.number, row.entry]
        session.store.execute(query.on_conflict(conflict_target=[row.desk], preserve=columns))

    def retract(self, session: Session, entry: ArrivedEntry) -> None:
        """Remove the report; the board shows the one before again."""
        row, store = DeskSetupRow, session.store
        shown = (row.desk == entry.desk) & (row.entry == entry.number)
        if store.first(row.select(row.entry).where(shown)) is None:
            return
        store.execute(row.delete().where(shown))
        for before in session.part(DeskLog).entries(entry.desk, kind=self.name):
            if before.number < entry.number and before.content and before.refused is None:
                facts = json.loads(before.content)["content"]
                self.receive(session, entry._replace(number=before.number, facts=facts))


class Setups(SessionPart):
    """Making and applying set-up files."""

    # ---------------------------------------------------------------------- making

    def make(self, target: Path) -> int:
        """Write a set-up file of this desk's reference data, settings, regulations and the
        cards it knows; its number. Raises OperationRefused, UserError."""
        identity = self.session.identity
        if identity.practice:
            raise OperationRefused(_("A practice desk sends nothing to anybody."))
        if identity.role != "province":
            raise OperationRefused(_("Only a desk of the province makes set-up files."))
        self.require("exchange.trust")
        own_card = self.session.part(Cards).own()
        with self.store.snapshot():
            row = SetupMadeRow
            number = int(self.store.scalar(row.select(fn.COALESCE(fn.MAX(row.number), 0)))) + 1
            time = utc_stamp()
            sections = {
                "kind": KIND,
                "format": FORMAT,
                "program": __version__,
                "desk": own_card.desk,
                "unit": own_card.unit,
                "role": own_card.role,
                "made": time,
                "number": number,
                "invented": identity.demo,
                "maker": own_card._asdict(),
                "continues": former_ids(self.store, own_card.desk),
                **self._content(),
            }
        text = json.dumps(sections, ensure_ascii=False, indent=1).encode()
        signature = self.session.part(Cards).sign(text, f"BorderDesk set-up {number} {time}")
        write_verified(target, signed_zip(((CONTENT, text), (SIGNATURE, signature))))
        self.note_setup(number, hashlib.sha256(text).hexdigest(), time)
        return number

    def _content(self) -> dict[str, Any]:
        return {
            "cards": [
                {
                    "card": card_entry.card._asdict(),
                    "accepted": card_entry.accepted,
                    "decided": card_entry.noted,
                }
                for card_entry in self.session.part(Cards).known()
            ],
            # A table without rows is left out: an older program may not know of it.
            "reference": {
                key: rows
                for key, table in REFERENCE_TYPES.items()
                if (rows := list(real_rows(table, read_cells(self.store, table, by_key=True))))
            },
            "settings": [
                list(cells.values())
                for cells in read_cells(self.store, SettingTable, by_key=True)
                if not is_at_home(cells["key"])
            ],
            "regulations": list(read_stored(self.store, RegulationTable)),
            "clauses": list(read_stored(self.store, ClauseTable)),
            "forms": self.session.part(WordForms).handed_on(),
        }

    @operation("exchange.trust")
    def note_setup(self, number: int, digest: str, time: str) -> None:
        """Note that a set-up file was made."""
        self.store.execute(SetupMadeRow.insert(number=number, digest=digest, made=time))
        self.session.audit_notes.note("setup.made", str(number))

    # -------------------------------------------------------------------- applying

    def trusts(self, setup: SetupFile) -> bool:
        """Whether the maker's card is accepted on this desk, with exactly these keys."""
        card_entry = self.session.part(Cards).of(setup.card.desk)
        return card_entry is not None and card_entry.accepted and card_entry.card == setup.card

    def apply(self, setup: SetupFile, *, vouched: str = "") -> SetupOutcome:
        """Apply a set-up file in one transaction.

        vouched: the fingerprint of its maker's card, obtained by the person from another source,
        required until that card is accepted on this desk. Raises OperationRefused for an untrusted
        maker, InvalidRecord with every bad row.
        """
        if setup.card.desk == self.session.identity.id:
            raise OperationRefused(_("This set-up file is this desk's own."))
        if setup.sections.get("invented") is True and self.session.identity.in_earnest:
            raise OperationRefused(
                _("This set-up file comes from a demonstration: nothing of it is real.")
            )
        if not self.trusts(setup) and not _is_fingerprint(vouched, setup.card.fingerprint):
            self.session.audit_notes.note_anyway("setup.refused", setup.file)
            raise OperationRefused(
                _(
                    "Nobody here has vouched for the desk that made this set-up file. Ask the"
                    " province for its fingerprint by telephone; if it is {fingerprint}, confirm"
                    " it."
                ).format(fingerprint=setup.card.fingerprint)
            )
        before = self.applied(setup.card.desk)
        if before is not None and setup.number <= before[0]:
            same = setup.number == before[0] and setup.digest == before[1]
            return SetupOutcome(SAME if same else OLDER, before[0], {})
        return self.apply_setup(setup)

    def applied(self, desk: str) -> tuple[int, str] | None:
        """Number and digest of the newest set-up file of a desk that was applied on this desk, None
        for none."""
        row = SetupAppliedRow
        columns = self.store.first(row.select(row.number, row.digest).where(row.desk == desk))
        return (int(columns[0]), str(columns[1])) if columns else None

    def all_applied(self) -> list[AppliedSetup]:
        """The newest set-up file of every desk that one was applied of, the newest first."""
        row = SetupAppliedRow
        query = row.select(row.desk, row.number, row.made, row.applied)
        rows = self.store.fetch(query.order_by(row.applied.desc()))
        return [AppliedSetup(*columns) for columns in rows]

    @operation("exchange.trust")
    def apply_setup(self, setup: SetupFile) -> SetupOutcome:
        """Write everything of a set-up file whose maker is trusted. Raises InvalidRecord,
        OperationRefused where that would redraw signed figures."""
        sections, problems = setup.sections, dict[str, str]()
        with self.session.judging_reference():
            self._write_reference(sections["reference"], problems)
            self._write_settings(sections["settings"], problems)
            self._write_regulations(sections["regulations"], sections["clauses"], problems)
            cards = _cards(setup, problems)
            removed_forms = self.session.part(WordForms).replace(
                setup.card.desk, setup.makers, setup.forms, problems
            )
            if problems:
                raise InvalidRecord(problems)
            # What the file lacks goes, and is judged with what it brings.
            ended = self.session.part(SetupRows).replace(
                setup.card.desk, setup.makers, sections, local_date(setup.made)
            )
        if removed_forms:
            ended["forms"] = removed_forms
        kept_cards = self._adopt_cards(setup, cards)
        facts = {"maker": setup.card.desk, "number": str(setup.number), "time": utc_stamp()}
        self.session.audit_notes.note("setup.applied", str(setup.number), desk=setup.card.desk)
        self.session.part(DeskLog).append(SetupEntry.name, facts)
        row = SetupAppliedRow
        self.store.execute(
            row.insert(
                desk=setup.card.desk,
                number=setup.number,
                digest=setup.digest,
                made=setup.made,
                applied=utc_stamp(),
            ).on_conflict(
                conflict_target=[row.desk],
                preserve=[row.number, row.digest, row.made, row.applied],
            )
        )
        return SetupOutcome(APPLIED, setup.number, setup.counts(), dict(ended), kept_cards)

    def _adopt_cards(self, setup: SetupFile, cards: Sequence[SetupCard]) -> tuple[str, ...]:
        """Adopt the decisions on cards; returns the desks for whose cards this desk has a later
        decision."""
        known_cards, own_desks = (
            self.session.part(Cards),
            (self.session.identity.id, setup.card.desk),
        )
        if not self.trusts(setup):
            known_cards.accept_card(setup.card)
        return tuple(
            decision.card.desk
            for decision in cards
            if decision.card.desk not in own_desks
            and not known_cards.adopt_decision(
                decision.card,
                accepted=decision.accepted,
                decided=decision.decided,
                vouched=setup.card.desk,
            )
        )

    def _write_reference(self, tables: Mapping[str, Any], problems: dict[str, str]) -> None:
        editor = self.session.part(ReferenceEditor)
        for name in sorted(tables.keys() - REFERENCE_TYPES.keys()):
            problems[str(name)[:40]] = _("There is no such field.")
        for name, table in REFERENCE_TYPES.items():
            read, wrong = rows_of_objects(table, tables.get(name, []))
            for line, column, why in [*wrong, *editor.write(editor.without_invented(read))]:
                called = _row_name(table, tables[name], line)
                problems[f"{name}, {called}, {column}"] = why

    def _write_settings(self, rows: Sequence[Any], problems: dict[str, str]) -> None:
        for place, row in enumerate(rows):
            at = f"settings[{place}]"
            if type(row) is not list or len(row) != 3 or not all(type(c) is str for c in row):
                problems[at] = _("Must be a list.")
                continue
            key, valid_from, value = row
            own_key = handed_on(key, self.session.identity.role)
            try:
                check_setting(key, value)
                if own_key is not None:
                    self.session.part(ReferenceEditor).set_setting(own_key, value, valid_from)
            except UserError as error:
                problems[at] = str(error)

    def _write_regulations(
        self, regulations: Sequence[Any], clauses: Sequence[Any], problems: dict[str, str]
    ) -> None:
        of: dict[tuple[str, int], list[dict[str, Any]]] = {}
        for place, clause in enumerate(clauses):
            if type(clause) is not dict or type(clause.get("year")) is not int:
                problems[f"clauses[{place}]"] = _("Must be an object.")
                continue
            cells = {k: v for k, v in clause.items() if k not in ("regulation", "year")}
            cells["value"] = _number(cells.get("value"))
            named = str(clause.get("regulation") or "")
            of.setdefault((named, clause["year"]), []).append(cells)
        keys = set(self.session.part(FigureCatalogue).indicator_keys())
        for place, regulation in enumerate(regulations):
            if type(regulation) is not dict:
                problems[f"regulations[{place}]"] = _("Must be an object.")
                continue
            name, year = str(regulation.get("number")), regulation.get("year")
            whole = {**regulation, "clause": of.pop((name, year), []) if type(year) is int else []}
            self._write_targets(f"regulations[{place}]", whole, keys, problems)
        for (regulation, year), loose in of.items():
            self._write_loose(regulation, year, loose, keys, problems)

    def _write_targets(
        self, at: str, whole: Mapping[str, Any], keys: set[str], problems: dict[str, str]
    ) -> None:
        try:
            self.session.part(ReferenceEditor).write_targets(
                lambda store: load_regulation(store, whole, keys, self._target_scope)
            )
        except InvalidRecord as wrong:
            problems.update({f"{at}.{key}": text for key, text in wrong.problems.items()})

    def _target_scope(self, scope: str, year: int) -> str:
        """The scope of a yearly target. One that was set for a unit stays, though the list may say
        since that the unit had ended before, or began later."""
        try:
            return self.session.part(FigureCatalogue).yearly_scope(scope, year)
        except UserError:
            if is_listed(self.session.book, scope):
                return scope
            raise

    def _write_loose(
        self,
        regulation: str,
        year: int,
        clauses: Sequence[dict[str, Any]],
        keys: set[str],
        problems: dict[str, str],
    ) -> None:
        """Targets that were set by hand, or for a regulation that the file does not list."""
        try:
            self.session.part(ReferenceEditor).write_targets(
                lambda store: load_clauses(
                    store, regulation, year, clauses, keys, self._target_scope
                )
            )
        except InvalidRecord as wrong:
            for key, why in wrong.problems.items():
                problems[f"clauses {year}.{key}".replace(".clause[", "[", 1)] = why


def _row_name(table: type[ReferenceType], rows: Any, line: int) -> str:
    """The name of a bad row in an error: its key, or its line where it has none."""
    row = rows[line - 1] if isinstance(rows, list) else None
    key = [str(row.get(c, ""))[:60] for c in table.key_columns()] if isinstance(row, dict) else []
    return " ".join(key) if any(key) else str(line)


def _number(cell: Any) -> Any:
    """The number in a text, None for an empty or other cell; a text that is no number as it is."""
    try:
        return Decimal(cell) if type(cell) is str and cell else None
    except InvalidOperation:
        return cell


def _cards(setup: SetupFile, problems: dict[str, str]) -> list[SetupCard]:
    wrong = UserError(_("This is not a card. Ask for the .bdcard file again."))
    cards = []
    for place, entry in enumerate(setup.sections["cards"]):
        try:
            if type(entry) is not dict or type(entry.get("card")) is not dict:
                raise wrong
            card = Card.of(entry["card"], wrong)
        except UserError as error:
            problems[f"cards[{place}]"] = str(error)
            continue
        decided = entry.get("decided", setup.made)
        if type(decided) is not str or not TIME.fullmatch(decided):
            problems[f"cards[{place}]"] = str(wrong)
            continue
        # A clock that was ahead decides nothing for later files.
        cards.append(SetupCard(card, entry.get("accepted") is True, min(decided, setup.made)))
    return cards


def _is_fingerprint(typed: str, fingerprint: str) -> bool:
    """Whether a typed text is the fingerprint, ignoring blanks and case."""
    return "".join(typed.split()).upper() == "".join(fingerprint.split())


def create_from_setup(
    kind: type[SessionType],
    folder: Path,
    setup: SetupFile,
    role: str,
    unit: str,
    user: str,
    *,
    vouched: str,
    password: str | None = None,
) -> SessionType:
    """Make a desk (a session of this `kind`) and apply the set-up file to it.

    Raises UserError when that is refused; no desk is left then.
    """
    if not _is_fingerprint(vouched, setup.card.fingerprint):
        raise OperationRefused(
            _("The fingerprint is not that of the desk that made this set-up file.")
        )
    desk = kind.create(folder, role, unit, user, password=password)
    try:
        desk.part(Setups).apply(setup, vouched=vouched)
    except BaseException:
        desk.close()
        remove_file(database_file(folder))
        remove_file(key_file(folder))
        raise
    return desk
