"""Heads of logs: this desk's signed by it, those of others verified by their cards."""

import re

from borderdesk.exchange.cards import Cards, signed_before_renewal, signed_by
from borderdesk.schema.log_entries import ChainHead, desk_of, head_text
from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.operations import operation
from borderdesk.session.session import Part
from borderdesk.store.logs import head_of, logs, note_head, signature_of

ACCEPTED, UNKNOWN, REVOKED, FOREIGN = "accepted", "unknown", "revoked", "foreign"
"""What a signature is: by an accepted key; by a desk without a card, or with a revoked one; by
another key than that of the card."""

TIME_AT_END = re.compile(r"^trusted comment: BorderDesk log .* ([-0-9T:.]{23}Z)\r?$", re.MULTILINE)
"""The line of a head's signature that says when it was made."""


class SignedHeads(Part):
    """Signing and verifying of heads."""

    @operation("exchange.write")
    def sign_own(self) -> None:
        """Sign the heads of the logs whose secret keys are here, where they are not signed yet."""
        cards = self.session.part(Cards)
        cards.own()
        for name, log in logs(self.store).items():
            desk = desk_of(name)
            if name != desk or not cards.signs_for(desk):
                continue
            head = head_of(self.store, log)
            if not head.number or signature_of(self.store, log, head.number) is not None:
                continue
            comment = f"BorderDesk log {desk} {head.number} {utc_stamp()}"
            own = desk == self.session.identity.id
            signature = cards.sign(head_text(desk, head), comment, desk=None if own else desk)
            note_head(self.store, log, head.number, signature.decode())

    def judge(self, name: str, head: ChainHead, signature: str) -> str:
        """What the signature of a head is: `ACCEPTED` …; what was signed before a key was renewed
        or a card revoked counts."""
        cards, desk = self.session.part(Cards), desk_of(name)
        content, made = head_text(name, head), signature.encode()
        if desk == self.session.identity.id:
            return ACCEPTED if signed_by(cards.own(), content, made) else FOREIGN
        entry = cards.of(desk)
        if entry is None:
            return UNKNOWN
        if not entry.accepted and _stated_time(signature) > entry.noted:
            return REVOKED
        if signed_by(entry.card, content, made):
            return ACCEPTED
        retired, stated = cards.retired_keys(desk), _stated_time(signature)
        before = signed_before_renewal(entry.card, retired, content, made, stated)
        return ACCEPTED if before else FOREIGN


def _stated_time(signature: str) -> str:
    """When a head was signed, as its trusted comment says; after everything where it says not."""
    found = TIME_AT_END.search(signature)
    return found[1] if found else "9999"
