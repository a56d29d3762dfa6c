"""Sending: one package of a period, written to a stick, read back, and noted in the log."""

import hashlib
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from borderdesk import __version__
from borderdesk.db.store import SCHEMA_VERSION
from borderdesk.errors import Refused, UserError
from borderdesk.exchange.cards import Card
from borderdesk.exchange.contents import Contents, choose
from borderdesk.exchange.packing import Facts, encrypted, write_whole, zipped
from borderdesk.exchange.reading import read_package
from borderdesk.i18n import _
from borderdesk.operations import Part, operation
from borderdesk.periods import Period
from borderdesk.revisions import utc_stamp
from borderdesk.text import FORBIDDEN, nfc

Say = Callable[[int, int], None]
"""Told how many records are done, of how many."""


class Wish(NamedTuple):
    """How a package is to be made.

    cards: whose desks alone may open it; passphrase: who knows it may; neither: anybody.
    reason: why personal and internal fields go too; None when they stay at home.
    """

    cards: Sequence[Card] = ()
    passphrase: str | None = None
    reason: str | None = None


class Sent(NamedTuple):
    """A package that went out: `recipients` desk ids, or what it was locked with."""

    number: int
    period: str
    file: str
    digest: str
    records: int
    recipients: str
    reason: str | None
    made: str


class Exports(Part):
    """The packages a desk has sent."""

    def export(
        self, period_text: str, folder: Path, wish: Wish, say: Say = lambda _done, _all: None
    ) -> Path:
        """Write the package of a period into a folder; its path. Raises UserError."""
        self.require("exchange.write")
        reason = self._permitted(wish)
        period = self.desk.calendar().parse(period_text)
        cards = self.desk.exchange.cards
        cards.own()
        with self.store.snapshot():
            number = self._next_number()
            last_seq = int(self.store.value("SELECT COALESCE(MAX(seq), 0) FROM revision"))
            records = choose(self.store, period, self._sent_until())
            contents = Contents(
                self.store, self.desk.book, with_private=reason is not None,
                say=lambda done: say(done, records),
            )  # fmt: skip
            facts = self._facts(period, number, records, reason is not None)
            name = self._name(facts)
            plain = zipped(facts, contents.sheets(), cards.sign, name)
        _compare(plain, contents, name)
        locked = wish.cards or wish.passphrase is not None
        content = plain
        if locked:
            content = encrypted(plain, [card.age for card in wish.cards], wish.passphrase)
        target = folder / (f"{name}.bdx.age" if locked else f"{name}.bdx")
        write_whole(target, content)
        recipients = " ".join(card.desk for card in wish.cards)
        self.note_export(
            Sent(
                number, period.text, target.name, hashlib.sha256(content).hexdigest(), records,
                recipients or ("passphrase" if locked else ""), reason, facts.made,
            ),
            last_seq,
        )  # fmt: skip
        return target

    def _permitted(self, wish: Wish) -> str | None:
        """The reason given for sending personal fields, checked. Raises Refused, UserError."""
        if self.desk.identity.practice:
            raise Refused(_("A practice desk sends nothing to anybody."))
        if wish.cards and wish.passphrase is not None:
            raise UserError(_("Lock a package either for cards or with a passphrase, not both."))
        if wish.passphrase is not None and len(wish.passphrase) < 8:
            raise UserError(_("A passphrase has at least 8 characters."))
        if wish.reason is None:
            return None
        text = nfc(wish.reason).strip()
        if not text or len(text) > 500 or FORBIDDEN.search(text):
            raise UserError(_("Say in one line why personal fields have to go too."))
        if not wish.cards and wish.passphrase is None:
            raise Refused(_("Personal fields leave only in a locked package: choose whose card."))
        return text

    def _next_number(self) -> int:
        return int(self.store.value("SELECT COALESCE(MAX(number), 0) FROM package_out")) + 1

    def _sent_until(self) -> int:
        return int(self.store.value("SELECT COALESCE(MAX(last_seq), 0) FROM package_out"))

    def _facts(self, period: Period, number: int, records: int, private: bool) -> Facts:
        from borderdesk.reports.summary import as_json, make_summary

        summary = make_summary(self.desk, period.text)
        identity = self.desk.identity
        return Facts(
            identity.id, identity.unit, identity.role, self.desk.title(), period.text,
            period.first.isoformat(), period.last.isoformat(), number, SCHEMA_VERSION,
            __version__, utc_stamp(), summary.scope.text,
            {row["key"]: row["value"] for row in as_json(summary)["rows"]}, records, private,
            identity.demo,
        )  # fmt: skip

    def _name(self, facts: Facts) -> str:
        return f"BorderDesk_{facts.unit}-{facts.desk[:8]}_{facts.period}_{facts.number}"

    @operation("exchange.write")
    def note_export(self, sent: Sent, last_seq: int) -> None:
        """Note in the log what went; `last_seq` is the newest revision it was made from."""
        self.store.run(
            "INSERT INTO package_out (number, period, file, digest, records, recipients, reason,"
            " made, last_seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*sent, last_seq),
        )

    def sent(self) -> list[Sent]:
        """Every package that went out, the newest first."""
        rows = self.store.rows(
            f"SELECT {', '.join(Sent._fields)} FROM package_out ORDER BY number DESC"
        )
        return [Sent(*row) for row in rows]

    def sent_before(self, period_text: str) -> Sent | None:
        """The newest package that went out for this very period."""
        period = self.desk.calendar().parse(period_text).text
        return next((sent for sent in self.sent() if sent.period == period), None)

    def changed_since(self, number: int) -> int:
        """How many records have changed since package `number` was made."""
        return int(
            self.store.value(
                "SELECT COUNT(DISTINCT record) FROM revision WHERE seq >"
                " (SELECT last_seq FROM package_out WHERE number = ?)",
                (number,),
            )
        )


def _compare(plain: bytes, contents: Contents, name: str) -> None:
    """Read the package as a receiver would and compare it with what was in the desk."""
    package = read_package(io.BytesIO(plain))
    if set(package.tops()) != contents.heads or package.refused:
        raise AssertionError(f"{name} does not hold what the desk holds: {package.refused[:3]}")
