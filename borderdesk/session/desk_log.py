"""The log of this desk, and its holding of the logs of other desks."""

import os
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from borderdesk.schema.log_entries import NOTHING, ChainHead, LogContent, text_hash
from borderdesk.schema.revisions import SALT_BYTES
from borderdesk.session.session import SessionPart
from borderdesk.store.models.logs import LogTextRow
from borderdesk.store.records import logs
from borderdesk.store.records.logs import StoredEntry


class LogEntry(NamedTuple):
    """An entry that this desk has written: its number in the log, its kind, its id."""

    number: int
    kind: str
    id: bytes


class DeskLog(SessionPart):
    """The log of this desk, numbered without gaps, and the holding.

    Revisions enter it by themselves, in the transaction that writes them.
    """

    def append(self, kind: str, facts: Mapping[str, str], *, text: str | None = None) -> LogEntry:
        """Append an entry within the open transaction.

        kind: a name of `exchange.format.entry_kinds`; facts: its content, absent values left out;
        text: what a person typed, which enters the id only as a salted hash and can be erased.
        """
        desk, hashed = self.session.identity.id, None
        content = LogContent({key: value for key, value in facts.items() if value})
        if text is not None:
            salt = os.urandom(SALT_BYTES)
            hashed = text_hash(salt, text)
            content = content._replace(hashed=hashed)
        entry = content.entry_id(desk, kind)
        number, _chain = logs.append_entry(self.store, desk, kind, entry, content.text())
        if text is not None:
            self.store.execute(LogTextRow.insert(entry=entry, salt=salt, text=text))
        return LogEntry(number, kind, entry)

    def head(self) -> ChainHead:
        """How many entries this desk has written, and the chain over them."""
        log = logs.log_number(self.store, self.session.identity.id)
        return NOTHING if log is None else logs.head_of(self.store, log)

    def holding(self) -> dict[str, ChainHead]:
        """{log: the head of its stored part}, this desk's own log included."""
        return logs.holding(self.store)

    def entries(
        self, desk: str | None = None, *, after: int = 0, kind: str | None = None
    ) -> Iterator[StoredEntry]:
        """The entries of a log (this desk's own without `desk`) from `after` (left out) on."""
        return logs.entries(self.store, desk or self.session.identity.id, after=after, kind=kind)

    def text_of(self, entry: bytes) -> tuple[bytes, str] | None:
        """(salt, text) of the typed text of an entry; None for an entry without, where it was
        erased or did not arrive."""
        row = self.store.first(
            LogTextRow.select(LogTextRow.salt, LogTextRow.text).where(LogTextRow.entry == entry)
        )
        return None if row is None else (bytes(row[0]), row[1])
