"""The entries a package carries: logs with their heads, and what is in them beside revisions."""

from typing import NamedTuple

from borderdesk.base.i18n import N_
from borderdesk.base.spreadsheets import unguarded
from borderdesk.base.stored_words import stored_words
from borderdesk.exchange.format.entry_kinds import MAX_CELL, EntryKind
from borderdesk.exchange.format.package_errors import damaged_package
from borderdesk.exchange.format.package_revisions import is_number
from borderdesk.exchange.format.package_tables import HEADS, REVISIONS
from borderdesk.exchange.format.text_forms import HASH, LOG_NAME, SALT
from borderdesk.exchange.reading.package_layout import KIND_OF, KINDS
from borderdesk.exchange.reading.table_rows import TableReader
from borderdesk.schema.kinds import FieldError
from borderdesk.schema.log_entries import REVISION, ChainHead, LogContent, text_hash

MAX_HEAD = 2_000
"""Characters of a signature."""


class CarriedLog:
    """A log in a package: its head as its desk signed it, and its entries by number."""

    def __init__(self, name: str, head: ChainHead, signature: str) -> None:
        self.name = name
        self.head = head
        self.signature = signature
        self.entries: dict[int, tuple[str, bytes]] = {}
        """{number: (kind, id)}."""

    @property
    def first(self) -> int:
        """Where the entries begin that go without a gap up to the head; behind it without any."""
        number = self.head.number
        while number in self.entries:
            number -= 1
        return number + 1


class EntryContent(NamedTuple):
    """An entry that is no revision, with its received content; `salt` and `text` only if the text
    was sent too."""

    kind: EntryKind
    log_content: LogContent
    salt: bytes
    text: str | None

    def fault(self, desk: str, entry: bytes) -> str | None:
        """Why this is not the entry that was signed for, None where it is."""
        if self.log_content.entry_id(desk, self.kind.name) != entry:
            return N_("Its text is not what was signed for.")
        if self.text is not None and text_hash(self.salt, self.text) != self.log_content.hashed:
            return N_("Its text is not what was signed for.")
        return None

    def refusal(self) -> str | None:
        """Why no program of ours would have written it."""
        try:
            self.kind.check(self.log_content.facts, self.text)
        except FieldError as error:
            return stored_words(error)
        return None


def read_logs(tables: TableReader) -> dict[str, CarriedLog]:
    """The logs of a package by name. Raises PackageError."""
    logs: dict[str, CarriedLog] = {}
    for name, number, chain, signature in tables.small_rows(HEADS):
        sound = LOG_NAME.fullmatch(name) and HASH.fullmatch(chain) and is_number(number)
        if not sound or name in logs or len(signature) > MAX_HEAD or not signature.isascii():
            raise damaged_package()
        logs[name] = CarriedLog(name, ChainHead(int(number), bytes.fromhex(chain)), signature)
    kinds = {kind: kind for kind in (REVISION, *KIND_OF)}
    for name, number, kind, entry, *_revision in tables.rows(REVISIONS):
        log = logs.get(name)
        if log is None or kind not in kinds or not is_number(number) or not HASH.fullmatch(entry):
            raise damaged_package()
        place = int(number)
        if not 0 < place <= log.head.number or place in log.entries:
            raise damaged_package()
        log.entries[place] = (kinds[kind], bytes.fromhex(entry))
    return logs


def read_entry_contents(tables: TableReader) -> dict[bytes, EntryContent]:
    """{id: content} of the entries of a package that are neither revisions nor stubs. Raises
    PackageError."""
    contents: dict[bytes, EntryContent] = {}
    for kind in KINDS:
        if not tables.has(kind.table):
            continue
        for entry, *cells in tables.small_rows(kind.table):
            if not HASH.fullmatch(entry) or bytes.fromhex(entry) in contents:
                raise damaged_package()
            if any(len(cell) > MAX_CELL for cell in cells):
                raise damaged_package()
            contents[bytes.fromhex(entry)] = _entry_content(kind, cells)
    return contents


def _entry_content(kind: EntryKind, cells: list[str]) -> EntryContent:
    pairs = zip(kind.keys, cells, strict=False)
    facts = {key: unguarded(cell) for key, cell in pairs if cell}
    if not kind.typed:
        return EntryContent(kind, LogContent(facts), b"", None)
    hashed, salt, text = cells[len(kind.keys) :]
    if not HASH.fullmatch(hashed) or (salt and not SALT.fullmatch(salt)):
        raise damaged_package()
    typed = unguarded(text) if salt else None
    return EntryContent(kind, LogContent(facts, hashed), bytes.fromhex(salt), typed)
