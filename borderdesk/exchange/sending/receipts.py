"""Receipts: acknowledgements of the arrived part of another unit's logs, as a file, or as digits
that can be read over the telephone.

The file is a zip of `receipt.json` and its minisign signature, named as a package. The digits are
unsigned: a 1, the receiving desk by five digits, then for each log five digits, the length of a
number and the number of the last stored entry, four digits of its chain; two at the end check the
rest (ISO 7064, mod 97-10).
"""

import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

from borderdesk.base.broken_zips import BROKEN_ZIP
from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.base.formats import format_number
from borderdesk.base.i18n import N_, _, language, ngettext
from borderdesk.exchange.desks.cards import Cards, signed_by
from borderdesk.exchange.desks.desk_units import DeskUnits
from borderdesk.exchange.desks.holdings import Holdings
from borderdesk.exchange.format.package_errors import NEW_KEY, PackageError, damaged_package
from borderdesk.exchange.format.package_tables import RECEIPT
from borderdesk.exchange.format.package_zip import signed_zip
from borderdesk.exchange.format.text_forms import DESK_ID, TIME, UNIT_CODE
from borderdesk.exchange.format.verified_file import write_verified
from borderdesk.exchange.sending.receivers import find_receiver
from borderdesk.schema.log_entries import ChainHead, Holding, desk_of
from borderdesk.schema.revisions import local_date, utc_stamp
from borderdesk.session.desk_log import DeskLog
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.store.records.logs import chain_at, log_number

KIND, FORMAT = "borderdesk-receipt", 1
CONTENT, SIGNATURE = RECEIPT, f"{RECEIPT}.minisig"
MAX_CONTENT, MAX_SIGNATURE = 256 << 10, 4_096
VERSION, CODE_DIGITS, CHAIN_DIGITS, GROUP = 1, 5, 4, 4
"""The first digit, which is no zero, so that none can be left out; the lengths of the others."""
_DIGITS = re.compile(rf"{VERSION}(?P<desk>[0-9]{{{CODE_DIGITS}}})(?P<logs>[0-9]+)")


class Receipt(NamedTuple):
    """The holding that a desk acknowledges of a unit's logs (`unit`), its own number included;
    digits: the same for the telephone, in groups of four."""

    desk: str
    unit: str
    holding: dict[str, ChainHead]
    made: str
    digits: str


class ArrivedReceipt(NamedTuple):
    """A received receipt: the desk it names as its author, that desk's holding; text and
    signature."""

    desk: str
    holding: dict[str, ChainHead]
    text: bytes
    signature: bytes


class LogArrival(NamedTuple):
    """A receiver's acknowledgement of this unit's logs.

    held, here: the number of entries that it has and that exist, over all of the unit's laptops;
    signed: whether it was in a file; noted: when (UTC).
    """

    desk: str
    unit: str
    held: int
    here: int
    signed: bool
    noted: str


class Receipts(SessionPart):
    """Receipts to other desks, and received ones."""

    def make(self, receiver_text: str) -> Receipt:
        """The receipt for a desk or unit (an id, its beginning, a post, a district, 20). Raises
        UserError where nothing arrived from it."""
        receiver = find_receiver(self.session, receiver_text)
        units = self.session.part(DeskUnits)
        assert receiver.unit is not None
        unit, own_desk = receiver.unit.unit, self.session.identity.id
        logs_of_unit = {
            log
            for log in self._holding()
            if (author := units.of(desk_of(log))) is not None
            and (author.unit == unit or units.is_above(receiver.unit, author))
        }
        of_unit = {log: head for log, head in self._holding().items() if log in logs_of_unit}
        if not of_unit:
            raise UserError(_("Nothing came from there yet."))
        holding = {**of_unit, **{k: v for k, v in self._holding().items() if k == own_desk}}
        unit_heads = {log: head for log, head in of_unit.items() if self._is_of(log, unit)}
        return Receipt(own_desk, unit, holding, utc_stamp(), digits_of(own_desk, unit_heads))

    def _is_of(self, log: str, unit: str) -> bool:
        author = self.session.part(DeskUnits).of(desk_of(log))
        return author is not None and author.unit == unit

    def _holding(self) -> Holding:
        return self.session.part(DeskLog).holding()

    def write(self, receipt: Receipt, folder: Path) -> Path:
        """Write a receipt into a folder; its path. Raises UserError."""
        identity = self.session.identity
        if identity.practice:
            raise OperationRefused(_("A practice desk sends nothing to anybody."))
        facts = {
            "kind": KIND,
            "format": FORMAT,
            "desk": identity.id,
            "unit": identity.unit,
            "role": identity.role,
            "made": receipt.made,
            "holding": {log: [h.number, h.chain.hex()] for log, h in receipt.holding.items()},
        }
        text = json.dumps(facts, ensure_ascii=False).encode()
        signature = self.session.part(Cards).sign(text, f"BorderDesk receipt {receipt.made}")
        content = signed_zip(((CONTENT, text), (SIGNATURE, signature)))
        day = local_date(receipt.made).isoformat()
        name = f"BorderDesk_{identity.unit}-{identity.id[:8]}_receipt-{receipt.unit}_{day}.bdx"
        write_verified(folder / name, content)
        return folder / name

    # ------------------------------------------------------------------- received

    def check(self, receipt: ArrivedReceipt) -> None:
        """Raise PackageError unless an accepted desk signed it."""
        desk = receipt.desk
        if desk == self.session.identity.id:
            raise PackageError(N_("This receipt is this desk's own."), mendable=True)
        cards = self.session.part(Cards)
        card_entry = cards.of(desk)
        if card_entry is None or not card_entry.accepted:
            raise PackageError(
                N_("The card of the desk that signed it is not accepted yet."), mendable=True
            )
        keys = [card_entry.card.minisign, *(key for key, _retired in cards.retired_keys(desk))]
        if not any(
            signed_by(card_entry.card._replace(minisign=key), receipt.text, receipt.signature)
            for key in keys
        ):
            if not cards.has_key(card_entry.card, receipt.signature):
                raise PackageError(NEW_KEY, mendable=True)
            raise PackageError(N_("The signature is not that of the desk it says it is from."))

    def take(self, receipt: ArrivedReceipt) -> bool:
        """Store the holding in a receipt; False where the same or a newer one is known."""
        holdings = self.session.part(Holdings)
        before = holdings.newest(receipt.desk)
        return holdings.note(receipt.desk, receipt.holding) and before != receipt.holding

    @operation("exchange.write")
    def read_digits(self, digits: str) -> list[LogArrival]:
        """Store an acknowledgement read over the telephone; returns the known arrivals of that
        receiver. Numbers for entries of another laptop that have not arrived on this desk are
        ignored. Raises UserError for misheard digits, and for those of another post."""
        code, stated_heads = parse_digits(digits)
        desks = [k.card.desk for k in self.session.part(Cards).known() if k.accepted]
        desks_of_code = [desk for desk in desks if desk_code(desk) == code]
        if len(desks_of_code) != 1:
            raise UserError(_("These digits are of no desk whose card is accepted here."))
        wrong = UserError(_("These digits do not fit what this desk has sent."))
        holding = self._holding()
        logs = {desk_code(log): log for log in holding}
        heads: dict[str, ChainHead] = {}
        for log_code, number, check in stated_heads:
            log = logs.get(log_code)
            beyond = 0 if log is None else number - holding[log].number
            if log == self.session.identity.id and beyond > 0:
                raise UserError(self._older(beyond))
            if log is None or beyond > 0:
                continue
            chain = self._chain(log, number)
            if chain is None or chain_code(chain) != check:
                raise wrong
            heads[log] = ChainHead(number, chain)
        if not heads:
            raise wrong
        self.session.part(Holdings).note_from_telephone(desks_of_code[0], heads)
        return [arrival for arrival in self.arrivals() if arrival.desk == desks_of_code[0]]

    @staticmethod
    def _older(missing: int) -> str:
        return ngettext(
            "They have {count} entry of this desk that is not here: this desk's folder is older"
            " than what it has sent. Put the newer folder back, or take in the files it sent last.",
            "They have {count} entries of this desk that are not here: this desk's folder is older"
            " than what it has sent. Put the newer folder back, or take in the files it sent last.",
            missing,
        ).format(count=format_number(missing, language()))

    def _chain(self, log: str, number: int) -> bytes | None:
        stored = log_number(self.store, log)
        return None if stored is None else chain_at(self.store, stored, number)

    def arrivals(self) -> list[LogArrival]:
        """The acknowledgements of this unit's logs by the accepted desks of all other units, by
        unit; desks without an acknowledgement are left out."""
        units, holdings = self.session.part(DeskUnits), self.session.part(Holdings)
        own_unit = units.own().unit
        heads = self._holding()
        logs = {log: heads[log].number for log in units.logs_of(own_unit) if log in heads}
        arrivals = []
        for card_entry in self.session.part(Cards).known():
            card = card_entry.card
            holding = (
                holdings.of(card.desk) if card_entry.accepted and card.unit != own_unit else None
            )
            if holding is None:
                continue
            acknowledged = holdings.acknowledged_by([card.desk])
            total = sum(min(acknowledged.get(log, 0), stored) for log, stored in logs.items())
            arrival = LogArrival(
                card.desk, card.unit, total, sum(logs.values()), holding.signed, holding.noted
            )
            arrivals.append(arrival)
        return arrivals


def read_receipt(file: IO[bytes]) -> ArrivedReceipt | None:
    """The receipt in a file, None for other files. Raises PackageError for a damaged one."""
    try:
        with zipfile.ZipFile(file) as archive:
            if sorted(archive.namelist()) != [CONTENT, SIGNATURE]:
                return None
            text, signature = (
                _entry(archive, name, most)
                for name, most in ((CONTENT, MAX_CONTENT), (SIGNATURE, MAX_SIGNATURE))
            )
    except BROKEN_ZIP:
        return None
    finally:
        file.seek(0)
    try:
        facts = json.loads(text)
        return ArrivedReceipt(facts["desk"], _parsed(facts), text, signature)
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        raise damaged_package() from None


def _entry(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    with archive.open(name) as entry:
        content = entry.read(most + 1)
    if len(content) > most:
        raise damaged_package()
    return content


def _parsed(facts: Mapping[str, Any]) -> dict[str, ChainHead]:
    """The holding in a receipt. Raises ValueError, KeyError or TypeError for an invalid one."""
    sound = facts["kind"] == KIND and facts["format"] == FORMAT and DESK_ID.fullmatch(facts["desk"])
    if not sound or not TIME.fullmatch(facts["made"]) or not UNIT_CODE.fullmatch(facts["unit"]):
        raise ValueError(KIND)
    holding = {}
    for log, (number, chain) in facts["holding"].items():
        if not DESK_ID.fullmatch(log[:32]) or type(number) is not int or number < 0:
            raise ValueError(log)
        holding[log] = ChainHead(number, bytes.fromhex(chain))
    return holding


# -------------------------------------------------------------------------- digits


def desk_code(desk: str) -> int:
    """The number by which digits name a desk or log."""
    return int(int(desk[:32], 16) % 10**CODE_DIGITS)


def chain_code(chain: bytes) -> int:
    """The digits of a chain."""
    return int(int.from_bytes(chain, "big") % 10**CHAIN_DIGITS)


def digits_of(desk: str, holding: Holding) -> str:
    """The holding of a desk for some logs, as digits in groups of four."""
    text = f"{VERSION}{desk_code(desk):0{CODE_DIGITS}d}"
    for log, head in sorted(holding.items()):
        if log == desk_of(log):
            number = str(head.number)
            code = f"{desk_code(log):0{CODE_DIGITS}d}"
            text += f"{code}{len(number)}{number}{chain_code(head.chain):0{CHAIN_DIGITS}d}"
    text += f"{98 - int(text) * 100 % 97:02d}"
    return " ".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def parse_digits(digits: str) -> tuple[int, list[tuple[int, int, int]]]:
    """(code of the receiving desk, [(code of a log, last entry, digits of its chain), …]). Raises
    UserError for digits of which one was misheard, left out or turned round."""
    wrong = UserError(_("One of the digits is wrong. Have them read out once more, four by four."))
    text = "".join(digits.replace("-", " ").replace(".", " ").split())
    if not text.isascii() or not text.isdecimal() or int(text) % 97 != 1:
        raise wrong
    whole = _DIGITS.fullmatch(text[:-2])
    if whole is None:
        raise wrong
    digits_left, heads = whole["logs"], []
    while digits_left:
        log = digits_left[:CODE_DIGITS]
        end = CODE_DIGITS + 1 + int(digits_left[CODE_DIGITS : CODE_DIGITS + 1] or 0)
        number, chain = digits_left[CODE_DIGITS + 1 : end], digits_left[end : end + CHAIN_DIGITS]
        if not number or len(chain) != CHAIN_DIGITS:
            raise wrong
        heads.append((int(log), int(number), int(chain)))
        digits_left = digits_left[end + CHAIN_DIGITS :]
    return int(whole["desk"]), heads
