"""Cards: the public keys that desks identify each other by, and the secret keys of this one.

Signatures are minisign's and encryption is age's, so that the programs minisign and
age read what this one writes. The secret keys never leave the desk's database.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from borderdesk.base.errors import OperationRefused, UserError, unreadable
from borderdesk.base.files import readable_file
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.exchange.desks.unit_names import unit_order
from borderdesk.exchange.format.entry_kinds import CardDecision
from borderdesk.schema.revisions import canonical, utc_stamp
from borderdesk.session.desk_log import DeskLog
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.store.models.exchange import CardRow, OwnKeyRow, RetiredKeyRow
from borderdesk.store.models.logs import RetiredCardKeyRow
from borderdesk.store.records.logs import first_decision

if TYPE_CHECKING:
    import minisign
    import pyrage
else:
    minisign = lazy_module("minisign")
    pyrage = lazy_module("pyrage")


CARD_BYTES = 4_096
KIND = "borderdesk-card"
CONTINUES = "continues"
"""The decision by which a desk continues under another id."""
Facts = Mapping[str, str]
KEY_ID = slice(2, 10)
"""The position of minisign's key id in a public key and in a signature."""


class Card(NamedTuple):
    """The public identity of a desk: its permanent id, unit, role, and its two public keys."""

    desk: str
    unit: str
    role: str
    minisign: str
    age: str

    @property
    def fingerprint(self) -> str:
        """The fingerprint that two people compare by telephone: the first 20 hex digits of the
        SHA-256 of id and keys, in groups of four."""
        digest = hashlib.sha256(f"{self.desk} {self.minisign} {self.age}".encode()).hexdigest()
        return " ".join(digest[at : at + 4].upper() for at in range(0, 20, 4))

    def text(self) -> str:
        """The card as the JSON of a .bdcard file and of its QR code, one line."""
        return json.dumps({"kind": KIND, **self._asdict()}, ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> Self:
        """The card in the text of a .bdcard file or of its QR code. Raises UserError."""
        wrong = UserError(_("This is not a card. Ask for the .bdcard file again."))
        try:
            facts: Any = json.loads(text)
        except (ValueError, RecursionError):
            raise wrong from None
        if not isinstance(facts, dict) or facts.get("kind") != KIND:
            raise wrong
        return cls.of(facts, wrong)

    @classmethod
    def of(cls, facts: Mapping[str, Any], wrong: UserError) -> Self:
        """The card in an object of JSON. Raises `wrong`."""
        if not all(isinstance(facts.get(key), str) for key in cls._fields):
            raise wrong
        card = cls(*(facts[key] for key in cls._fields))
        card.require_sound(wrong)
        return card

    def require_sound(self, wrong: UserError) -> None:
        """Raise `wrong` unless ids and keys have the form they must have."""
        hexadecimal = len(self.desk) == 32 and set(self.desk) <= set("0123456789abcdef")
        has_sound_unit = re.fullmatch(r"[0-9A-Za-z-]{1,20}", self.unit) is not None
        try:
            minisign.PublicKey.from_base64(self.minisign)
            pyrage.x25519.Recipient.from_str(self.age)
        except (minisign.Error, pyrage.RecipientError, ValueError):
            raise wrong from None
        if (
            not hexadecimal
            or not has_sound_unit
            or self.role not in ("post", "liaison", "province")
        ):
            raise wrong


class CardEntry(NamedTuple):
    """A card with the decision on it: `accepted` until it is revoked; `noted`: when that was
    decided (UTC); `vouched`: the person who vouched for it, or the desk (32 hex digits) whose
    set-up file contained it."""

    card: Card
    accepted: bool
    noted: str
    vouched: str


class Cards(SessionPart):
    """The cards a desk knows, and its own."""

    def own(self) -> Card:
        """This desk's card; its keys are made at the first call."""
        signing, opening = self._secrets()
        return self._card(self.session.identity.id, signing, opening)

    def _card(self, desk: str, signing: str, opening: str) -> Card:
        key, identity = _public_key(signing), self.session.identity
        recipient = str(pyrage.x25519.Identity.from_str(opening).to_public())
        return Card(desk, identity.unit, identity.role, key, recipient)

    def _secrets(self) -> tuple[str, str]:
        if self._stored_keys() is None:
            self.make_keys()
        keys = self._stored_keys()
        assert keys is not None
        return keys

    def _stored_keys(self) -> tuple[str, str] | None:
        key = OwnKeyRow
        row = self.store.first(
            key.select(key.signing, key.opening).where(key.desk == self.session.identity.id)
        )
        return (row[0], row[1]) if row else None

    @operation("exchange.write")
    def make_keys(self) -> None:
        """Make this desk's keys, if it has none yet."""
        if self._stored_keys() is not None:
            return
        secret, opening = _new_secrets()
        self.store.execute(
            OwnKeyRow.insert(
                desk=self.session.identity.id, signing=secret, opening=opening, made=utc_stamp()
            )
        )

    def make_card(self, desk: str) -> Card:
        """Make keys for a new id of this desk, within the open transaction; returns its card. Data
        encrypted to the old key can still be opened."""
        _signing, opening = self._secrets()
        signing, new_opening = _new_secrets()
        self.store.execute(RetiredKeyRow.insert(opening=opening, retired=utc_stamp()))
        row = {"desk": desk, "signing": signing, "opening": new_opening, "made": utc_stamp()}
        self.store.execute(OwnKeyRow.insert(**row))
        return self._card(desk, signing, new_opening)

    def sign(self, content: bytes, comment: str, *, desk: str | None = None) -> bytes:
        """A minisign signature of `content` by this desk, as the content of the signature file.

        desk: an earlier id of this desk, whose key is stored.
        """
        signing = self._secrets()[0] if desk is None else self._key_of(desk)
        assert signing is not None
        secret = minisign.SecretKey.from_base64(signing)
        return bytes(secret.sign(content, trusted_comment=comment))

    def _key_of(self, desk: str) -> str | None:
        row = OwnKeyRow
        key: str | None = self.store.scalar(row.select(row.signing).where(row.desk == desk))
        return key

    def own_keys(self) -> list[tuple[str, str]]:
        """(id, public signing key) of this desk and of the ids it had before."""
        row = OwnKeyRow
        self.own()
        rows = list(self.store.fetch(row.select(row.desk, row.signing).order_by(row.made)))
        return [(desk, _public_key(signing)) for desk, signing in rows]

    def signs_for(self, desk: str) -> bool:
        """Whether the secret key for a desk id is stored: this desk's own, or that of its earlier
        id."""
        return desk == self.session.identity.id or self._key_of(desk) is not None

    def opening_keys(self) -> list[str]:
        """The secret age keys of this desk, for decrypting data encrypted to its cards."""
        key = RetiredKeyRow
        retired = self.store.fetch(key.select(key.opening).order_by(key.retired))
        return [self._secrets()[1], *(row[0] for row in retired)]

    @operation("exchange.trust")
    def renew_keys(self) -> Card:
        """Make new keys after the old were lost or copied; returns the new card, which other desks
        have to accept before they import this desk's packages again."""
        before, (_signing, opening) = self.own(), self._secrets()
        self.store.execute(RetiredKeyRow.insert(opening=opening, retired=utc_stamp()))
        self.store.execute(OwnKeyRow.delete().where(OwnKeyRow.desk == self.session.identity.id))
        self.make_keys()
        self.session.audit_notes.note("card.renewed", self.session.identity.id)
        self._retire_key(before, self.own())
        return self.own()

    # ---------------------------------------------------------------------- other desks

    def has_key(self, card: Card, signature: bytes) -> bool:
        """Whether a signature names a known key: the current or a former one of a card's desk, or
        that of another desk, in whose name nobody signs."""
        retired = (key for key, _until in self.retired_keys(card.desk))
        other_keys = (entry.card.minisign for entry in self.known())
        keys = (card.minisign, self.own().minisign, *retired, *other_keys)
        return any(names_key(key, signature) for key in keys)

    def known(self) -> list[CardEntry]:
        """Every card, accepted or revoked, by the names of their units."""
        row = CardRow
        columns = [getattr(row, name) for name in Card._fields]
        query = row.select(*columns, row.accepted, row.noted, row.vouched)
        cards = [
            CardEntry(Card(*card), bool(accepted), noted, vouched)
            for *card, accepted, noted, vouched in self.store.fetch(query)
        ]
        return sorted(cards, key=lambda card_entry: self.order_of(card_entry.card))

    def order_of(self, card: Card) -> tuple[str, str]:
        """The sort key of cards in lists: their unit's name, then their desk."""
        return unit_order(self.session.book, card.role, card.unit), card.desk

    def of(self, desk: str) -> CardEntry | None:
        """The card of a desk, None without one."""
        return next(
            (card_entry for card_entry in self.known() if card_entry.card.desk == desk), None
        )

    @operation("exchange.trust")
    def accept_card(self, card: Card, *, vouched: str = "", instead_of: str = "") -> Card | None:
        """Trust a card from now on; returns the card it replaces, if that had other keys.

        The person who accepts vouches that the card is that desk's: it was handed over in person,
        or is in a set-up file of a desk already trusted (`vouched`: that desk's id). instead_of:
        the id of a desk whose key was lost; its card is revoked.
        """
        if card.desk == self.session.identity.id:
            raise OperationRefused(_("This is this desk's own card."))
        before = self.of(card.desk)
        by = vouched or self.session.account.full_name
        self._write_card(card, accepted=True, noted=utc_stamp(), vouched=by)
        self.follow_unit(card.desk)
        if before is None or before.card != card or not before.accepted or instead_of:
            self._note_decision("accepted", card, instead_of)
        if before is not None and before.accepted:
            self._retire_key(before.card, card)
        if instead_of and instead_of != card.desk:
            self.revoke_card(instead_of, vouched=vouched)
        return before.card if before is not None and before.card != card else None

    @operation("exchange.trust")
    def accept_cards(self, cards: Iterable[Card]) -> None:
        """Trust several cards from now on, all or none."""
        for card in cards:
            self.accept_card(card)

    @operation("exchange.trust")
    def adopt_decision(self, card: Card, *, accepted: bool, decided: str, vouched: str) -> bool:
        """Adopt the decision of another desk (`vouched`: its id) on a card at a moment (UTC),
        unless a later decision is known; False where that later decision differs."""
        before = self.of(card.desk)
        if before is not None and before.noted >= decided:
            return (before.card, before.accepted) == (card, accepted)
        self._write_card(card, accepted=accepted, noted=decided, vouched=vouched)
        self.follow_unit(card.desk)
        if before is None or (before.card, before.accepted) != (card, accepted):
            self._note_decision("accepted" if accepted else "revoked", card)
        if before is not None and before.accepted:
            self._retire_key(before.card, card)
        return True

    @operation("exchange.write")
    def note_continued(self, card: Card, *, vouched: str) -> None:
        """Store the card of a desk's other id: the new id is trusted because the log of the old one
        declares it its successor, the old one stays trusted (`vouched`: the other id)."""
        if self.of(card.desk) is None:
            self._write_card(card, accepted=True, noted=utc_stamp(), vouched=vouched)

    def _write_card(self, card: Card, *, accepted: bool, noted: str, vouched: str) -> None:
        row = CardRow
        columns = [
            getattr(row, name) for name in (*Card._fields[1:], "accepted", "noted", "vouched")
        ]
        cells = {**card._asdict(), "accepted": int(accepted), "noted": noted, "vouched": vouched}
        query = row.insert(**cells)
        self.store.execute(query.on_conflict(conflict_target=[row.desk], preserve=columns))

    @operation("exchange.trust")
    def revoke_card(self, desk: str, *, vouched: str = "") -> None:
        """Revoke a card; records imported from its desk stay. desk: its id or the start of it."""
        begin = desk.lower()
        desks = [k.card.desk for k in self.known() if begin and k.card.desk.startswith(begin)]
        if len(desks) != 1:
            raise UserError(_("No card of one desk begins with “{id}”.").format(id=desk[:40]))
        by = vouched or self.session.account.full_name
        changed = CardRow.update(accepted=0, noted=utc_stamp(), vouched=by)
        self.store.execute(changed.where(CardRow.desk == desks[0]))
        revoked = self.of(desks[0])
        assert revoked is not None
        self._note_decision("revoked", revoked.card)

    def _note_decision(self, decision: str, card: Card, instead_of: str = "") -> None:
        """Note a decision in this desk's log."""
        facts = {"decision": decision, **card._asdict(), "instead_of": instead_of}
        self.session.audit_notes.note(f"card.{decision}", f"{card.unit} {card.desk}")
        self.session.part(DeskLog).append(CardDecision.name, {**facts, "time": utc_stamp()})

    def _retire_key(self, before: Card, now: Card) -> None:
        """Store the signing key that a renewed card replaces: its earlier signatures count."""
        if before.minisign == now.minisign:
            return
        row = RetiredCardKeyRow
        old = {"desk": before.desk, "minisign": before.minisign, "retired": utc_stamp()}
        self.store.execute(
            row.insert(**old).on_conflict(
                action="NOTHING", conflict_target=[row.desk, row.minisign]
            )
        )

    def was_of(self, desk: str, unit: str, role: str) -> bool:
        """Whether this desk once accepted a card that puts the desk, or a former id of it, in a
        unit."""
        entries = self.session.part(DeskLog).entries(kind=CardDecision.name)
        facts = (json.loads(entry.content or "{}").get("content", {}) for entry in entries)
        was = {"decision": "accepted", "unit": unit, "role": role}
        accepted = {fact["desk"] for fact in facts if was.items() <= fact.items()}
        visited = {desk}
        while desk not in accepted:
            decision = first_decision(self.store, desk) or {}
            old = self.of(decision.get("instead_of", ""))
            if old is None or old.card.desk in visited or decision.get("unit") != unit:
                return False
            desk = old.card.desk
            earlier = old.card._replace(unit=unit)
            if continuing_card(decision, earlier, self.retired_keys(desk)) is None:
                return False
            visited.add(desk)
        return True

    def follow_unit(self, desk: str) -> None:
        """Assign the former ids of a desk to its present unit: the records made under them were
        transferred when the desk was handed over to another post."""
        card, visited = self._card_of(desk), {desk}
        while card is not None and (facts := first_decision(self.store, desk)) is not None:
            old = self.of(facts.get("instead_of", ""))
            if old is None or old.card.desk in visited or old.card.role != card.role:
                return
            desk = old.card.desk
            earlier = old.card._replace(unit=facts.get("unit", ""))
            if continuing_card(facts, earlier, self.retired_keys(desk)) is None:
                return
            if old.card.unit == earlier.unit:
                row = CardRow
                self.store.execute(row.update(unit=card.unit).where(row.desk == desk))
            visited.add(desk)

    def _card_of(self, desk: str) -> Card | None:
        """The card of a desk that is trusted, this one among them."""
        if desk == self.session.identity.id:
            return self.own()
        card_entry = self.of(desk)
        return card_entry.card if card_entry is not None and card_entry.accepted else None

    def retired_keys(self, desk: str) -> list[tuple[str, str]]:
        """(signing key, time of the renewal on this desk) of the former keys of a desk."""
        row = RetiredCardKeyRow
        query = row.select(row.minisign, row.retired).where(row.desk == desk)
        return [(key, retired) for key, retired in self.store.fetch(query)]


def _new_secrets() -> tuple[str, str]:
    """New secret keys: minisign's (base64) and age's."""
    secret = bytes(minisign.KeyPair.generate().secret_key).decode("ascii").splitlines()[-1]
    return secret, str(pyrage.x25519.Identity.generate())


def signed_before_renewal(
    card: Card, retired: Iterable[tuple[str, str]], content: bytes, signature: bytes, time: str
) -> bool:
    """Whether a desk signed `content` with a key it had before, at a time before that was renewed.

    retired: (key, when it was renewed) of its earlier keys; time: when it was signed, as stated.
    """
    return any(
        time <= until and signed_by(card._replace(minisign=key), content, signature)
        for key, until in retired
    )


def read_card(path: Path) -> Card:
    """The card in a .bdcard file. Raises UserError."""
    try:
        with readable_file(path) as file:
            content = file.read(CARD_BYTES + 1)
        if len(content) > CARD_BYTES:
            raise UserError(_("This is not a card. Ask for the .bdcard file again."))
        return Card.read(content.decode("utf-8-sig"))
    except OSError as error:
        raise unreadable(path.name, error) from None
    except UnicodeDecodeError:
        raise UserError(_("This is not a card. Ask for the .bdcard file again.")) from None


def signed_by(card: Card, content: bytes, signature: bytes) -> bool:
    """Whether `signature` is the card's desk's over `content`."""
    return key_signed(card.minisign, content, signature)


def _public_key(signing: str) -> str:
    """The public key of a secret signing key, as a card has it."""
    public = minisign.SecretKey.from_base64(signing).get_public_key()
    # The bytes of a key file are a comment line and the key.
    return bytes(public).decode("ascii").splitlines()[-1]


def is_key(text: str) -> bool:
    """Whether a text is a public signing key."""
    try:
        minisign.PublicKey.from_base64(text)
    except (minisign.Error, ValueError):
        return False
    return True


def names_key(public: str, signature: bytes) -> bool:
    """Whether a signature names a public key: the eight bytes of the key id in minisign are equal.
    This alone proves nothing."""
    try:
        decoded = base64.b64decode(signature.splitlines()[1], validate=True)
        key = base64.b64decode(public, validate=True)
    except (IndexError, ValueError):
        return True
    return decoded[KEY_ID] == key[KEY_ID]


def key_signed(public: str, content: bytes, signature: bytes) -> bool:
    """Whether `signature` is over `content`, by the secret of a public key."""
    try:
        key = minisign.PublicKey.from_base64(public)
        key.verify(content, minisign.Signature.from_bytes(signature))
    except (minisign.Error, ValueError):
        return False
    return True


def continuing_card(facts: Facts, old: Card, retired: Iterable[tuple[str, str]]) -> Card | None:
    """The card in such a decision; None if the old desk did not sign it, or it is of another
    unit."""
    try:
        card = Card.of(facts, UserError(""))
        signature = base64.b64decode(facts.get("signature", ""), validate=True)
    except (UserError, binascii.Error):
        return None
    if (card.unit, card.role) != (old.unit, old.role):
        return None
    content = continuation_text(facts)
    is_signed = signed_by(old, content, signature) or signed_before_renewal(
        old, retired, content, signature, facts.get("time", "9999")
    )
    return card if is_signed else None


def continuation_text(facts: Facts) -> bytes:
    """The bytes of a decision that the old key signs."""
    return canonical({key: cell for key, cell in facts.items() if key != "signature"}).encode()
