"""Signed heads of logs: this desk's are signed, those of other desks verified by their cards."""

import re

from borderdesk.exchange.desks.cards import Cards, names_key, signed_before_renewal, signed_by
from borderdesk.schema.log_entries import ChainHead, desk_of, head_text
from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.store.records.logs import head_of, logs, note_head, signature_of

ACCEPTED, UNKNOWN, REVOKED, FOREIGN = "accepted", "unknown", "revoked", "foreign"
RENEWED = "renewed"
"""Verdicts on a signature: by an accepted key; by a desk without a card, or with a revoked one; not
by the key that it names; by a key without a card of the desk, which may be its new one."""

TIME_AT_END = re.compile(r"^trusted comment: BorderDesk log .* ([-0-9T:.]{23}Z)\r?$", re.MULTILINE)
"""The line of a head's signature with its time."""


class SignedHeads(SessionPart):
    """Signing and verifying of heads."""

    @operation("exchange.write")
    def sign_own(self) -> None:
        """Sign the unsigned heads of the logs whose secret keys are stored on this desk."""
        cards = self.session.part(Cards)
        cards.own()
        for name, log in logs(self.store).items():
            desk = desk_of(name)
            if name != desk or not cards.signs_for(desk):
                continue
            head = head_of(self.store, log)
            if not head.number or self._is_signed(desk, log, head):
                continue
            comment = f"BorderDesk log {desk} {head.number} {utc_stamp()}"
            is_own = desk == self.session.identity.id
            signature = cards.sign(head_text(desk, head), comment, desk=None if is_own else desk)
            note_head(self.store, log, head.number, signature.decode())

    def _is_signed(self, desk: str, log: int, head: ChainHead) -> bool:
        """Whether this desk has signed a head, and with the key it has now: who got to know it
        after a renewal knows no other."""
        signature = signature_of(self.store, log, head.number)
        if signature is None:
            return False
        own_card = self.session.part(Cards).own()
        return desk != own_card.desk or names_key(own_card.minisign, signature.encode())

    def judge(self, name: str, head: ChainHead, signature: str) -> str:
        """The verdict on the signature of a head: `ACCEPTED` …; signatures made before a key was
        renewed or a card revoked count."""
        cards, desk = self.session.part(Cards), desk_of(name)
        content, signed = head_text(name, head), signature.encode()
        retired, stated = cards.retired_keys(desk), _stated_time(signature)
        if desk == self.session.identity.id:
            own_card = cards.own()
            is_own = signed_by(own_card, content, signed) or signed_before_renewal(
                own_card, retired, content, signed, stated
            )
            return ACCEPTED if is_own else FOREIGN
        entry = cards.of(desk)
        if entry is None:
            return UNKNOWN
        if not entry.accepted and stated > entry.noted:
            return REVOKED
        if signed_by(entry.card, content, signed):
            return ACCEPTED
        before = signed_before_renewal(entry.card, retired, content, signed, stated)
        if before:
            return ACCEPTED
        return FOREIGN if cards.has_key(entry.card, signed) else RENEWED


def _stated_time(signature: str) -> str:
    """The time of signing in the trusted comment of a signature; later than any other if it is
    missing."""
    match = TIME_AT_END.search(signature)
    return match[1] if match else "9999"
