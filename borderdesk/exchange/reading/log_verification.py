"""Verification of the logs in a package: which entries may be merged, and into which branch.

An entry is accepted only under a head signed by its own desk, and only when every entry before it
is stored: a desk's holding of a log is one number. Entries left out arrive again with the next
file.
"""

from collections.abc import Iterator
from typing import NamedTuple

from borderdesk.base.i18n import N_, _
from borderdesk.exchange.desks.signed_heads import (
    ACCEPTED,
    FOREIGN,
    RENEWED,
    REVOKED,
    UNKNOWN,
    SignedHeads,
)
from borderdesk.exchange.format.package_errors import PackageError
from borderdesk.exchange.reading.package_entries import CarriedLog
from borderdesk.schema.log_entries import (
    NOTHING,
    START,
    ChainHead,
    desk_of,
    next_chain,
    ranges_text,
)
from borderdesk.session.session import Session
from borderdesk.store.records.logs import chain_at, entry_ids, head_of, logs, unread_entries


class VerifiedLog(NamedTuple):
    """A log of a package that may be merged.

    name: the stored log that it continues, or that begins with it; copied: the log from which the
    entries before `taken` are copied first, where it is another branch of a copied desk. taken: the
    first new entry (after the head if there is none); chains: {number: chain} from it on. unread:
    numbers of stored stubs; known: {number: id} of stored entries.
    """

    carried: CarriedLog
    name: str
    copied: int | None
    taken: int
    chains: dict[int, bytes]
    unread: frozenset[int]
    known: dict[int, bytes]

    def is_new(self, number: int) -> bool:
        """Whether an entry is not stored yet."""
        return number >= self.taken

    def is_read(self, number: int, entry: bytes) -> bool:
        """Whether what the package has of an entry may be looked at: it is new, or the same."""
        return self.is_new(number) or self.known.get(number) == entry


class LogVerdict(NamedTuple):
    """The result of verifying a package's logs.

    taken: by name, those that may be merged; left_out: (desk, the reason why its log is not);
    unknown: desks whose cards have to be accepted first; copied: desks with two different entries
    of one number.
    """

    taken: dict[str, VerifiedLog]
    left_out: list[tuple[str, str]]
    unknown: list[str]
    copied: list[str]
    early: list[str]


class _Line(NamedTuple):
    """A stored branch of a desk's log: its number in the store, its head."""

    name: str
    log: int | None
    head: ChainHead


class LogVerification:
    """Verifies the logs of one package against the stored ones."""

    def __init__(self, session: Session, sender: str) -> None:
        self._session = session
        self._store = session.store
        self._sender = sender
        self._here = logs(session.store)
        self._verdict = LogVerdict({}, [], [], [], [])

    def run(self, carried: dict[str, CarriedLog]) -> LogVerdict:
        """Verify every log. Raises PackageError for content that can only be forged."""
        for log in carried.values():
            self._verify(log)
        return self._verdict

    def _verify(self, carried: CarriedLog) -> None:
        desk = desk_of(carried.name)
        judged = self._session.part(SignedHeads).judge(
            carried.name, carried.head, carried.signature
        )
        if judged != ACCEPTED:
            if desk == self._sender and judged in (FOREIGN, RENEWED):
                raise PackageError(N_("The signature is not that of the desk it says it is from."))
            if judged in (UNKNOWN, RENEWED):
                self._verdict.unknown.append(desk)
            self._leave_out(desk, _(_SIGNATURES[judged]))
            return
        lines = [*self._lines(carried)]
        if not lines:
            self._note_unconnected(carried)
            return
        line, chains = max(lines, key=lambda pair: self._common(carried, pair[0]))
        self._take(carried, line, chains)

    def _lines(self, carried: CarriedLog) -> Iterator[tuple[_Line, dict[int, bytes]]]:
        """The stored branches that the log continues, each with {number: chain} of the entries."""
        desk, before = desk_of(carried.name), carried.first - 1
        logs_of_desk = [name for name in self._here if desk_of(name) == desk]
        lines = [
            _Line(name, self._here[name], head_of(self._store, self._here[name]))
            for name in logs_of_desk
        ]
        for line in lines or [_Line(desk, None, NOTHING)]:
            base = START if before == 0 else None
            if base is None and line.log is not None:
                base = chain_at(self._store, line.log, before)
            if base is None:
                continue
            chains = self._chains(carried, before, base)
            if chains[carried.head.number] == carried.head.chain:
                yield line, chains

    @staticmethod
    def _chains(carried: CarriedLog, before: int, base: bytes) -> dict[int, bytes]:
        """{number: chain after it} from `before` to the head."""
        chain, chains = base, {before: base}
        for number in range(before + 1, carried.head.number + 1):
            chain = chains[number] = next_chain(chain, *carried.entries[number])
        return chains

    def _common(self, carried: CarriedLog, line: _Line) -> int:
        """The last entry that is equal in the package and in a stored branch."""
        last = carried.first - 1
        if line.log is None:
            return last
        for number, entry in entry_ids(self._store, line.log, last, carried.head.number):
            if carried.entries[number][1] != entry:
                break
            last = number
        return last

    def _take(self, carried: CarriedLog, line: _Line, chains: dict[int, bytes]) -> None:
        last = self._common(carried, line)
        name, copied = line.name, None
        if last < min(line.head.number, carried.head.number):
            # Two different entries with one number: the desk was copied.
            copied = line.log
            name = f"{desk_of(name)}~{carried.entries[last + 1][1].hex()[:8]}"
            self._verdict.copied.append(desk_of(name))
        known_entries: dict[int, bytes] = {}
        unread: set[int] = set()
        if line.log is not None and carried.entries:
            lowest = min(carried.entries)
            known_entries = dict(entry_ids(self._store, line.log, lowest - 1, last))
            unread = unread_entries(self._store, line.log, lowest, last)
        self._verdict.taken[carried.name] = VerifiedLog(
            carried, name, copied, last + 1, chains, frozenset(unread), known_entries
        )

    def _note_unconnected(self, carried: CarriedLog) -> None:
        """Record the reason why a log does not continue any stored branch."""
        desk, before = desk_of(carried.name), carried.first - 1
        heads = [head_of(self._store, log) for name, log in self._here.items() if name == desk]
        own_last = heads[0].number if heads else 0
        if before == 0:
            raise PackageError(N_("The entries of a desk are not those that it signed for."))
        if own_last >= before:
            self._verdict.copied.append(desk)
            self._leave_out(desk, _("they do not go on from what is here; the next file will."))
            return
        self._verdict.early.append(desk)
        missing = ranges_text([(own_last + 1, before)])
        self._leave_out(
            desk, _("entries {numbers} before them are missing.").format(numbers=missing)
        )

    def _leave_out(self, desk: str, why: str) -> None:
        self._verdict.left_out.append((desk, why))


_SIGNATURES = {
    UNKNOWN: N_("its card is not accepted yet."),
    REVOKED: N_("its card was revoked."),
    RENEWED: N_("they are signed with a key of which no card is accepted yet."),
    FOREIGN: N_("they are signed with another key than that of its card."),
}
"""{verdict on a signature: the reason why its entries are refused}."""
