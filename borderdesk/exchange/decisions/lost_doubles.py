"""Doubles of which neither record counts: one was deleted as the double of the other, and that one
was deleted by hand at a desk that did not know of it.

Either deletion may be meant, so nothing is restored by itself: every desk that receives both is
told, until a person restores one of the two or says that both stay deleted.
"""

from collections.abc import Container, Iterator, Sequence

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.entry.editing import RecordEditor
from borderdesk.entry.head_versions import head_versions, last_edits
from borderdesk.exchange.decisions.doubles import DoubleChoice, Doubles
from borderdesk.exchange.decisions.version_comparison import day_and_place
from borderdesk.exchange.desks.author_rules import AuthorRules
from borderdesk.exchange.entries.double_verdicts import (
    DIFFERENT,
    OPEN,
    SAME,
    CountingVerdict,
    counting_verdict,
)
from borderdesk.exchange.merging.crossed_doubles import give_up_again, verdict_edge
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.operations import operation
from borderdesk.session.session import Session, SessionPart
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.tables import table_name
from borderdesk.store.matching.double_pairs import BOTH_DELETED, DoublePair
from borderdesk.store.records.history import StoredRevision, revisions_of
from borderdesk.store.records.logs import comes_after, former_ids
from borderdesk.store.records.record_queries import given_up_pairs


class LostDoubles(SessionPart):
    """The pairs that were lost this way, and the decisions on them."""

    def pairs(self, type_name: str = "") -> list[DoublePair]:
        """The lost pairs (of one type) that this desk may decide on."""
        rules, desk = AuthorRules(self.session), self.session.identity.id
        return [
            pair
            for pair in lost_pairs(self.session, type_name)
            if rules.refusal_to_decide(desk, (pair.first, pair.second)) is None
        ]

    def is_waiting(self, record: str, other: str) -> bool:
        """Whether two records are a lost pair."""
        record_pair = sorted((record.lower(), other.lower()))
        return any([pair.first, pair.second] == record_pair for pair in lost_pairs(self.session))

    def _require_waiting(self, choices: Sequence[DoubleChoice]) -> None:
        if not all(self.is_waiting(choice.gone, choice.stays) for choice in choices):
            raise UserError(
                _(
                    "These two are no doubles that are both deleted, so nothing was changed. The"
                    " list of doubles (“inbox”) has those that wait."
                )
            )

    @operation("record.write")
    def restore(self, choices: Sequence[DoubleChoice], *, both: bool = False) -> None:
        """Restore the record of each pair that stays; both: the two are different records. Raises
        UserError for a pair that is not lost."""
        self._require_waiting(choices)
        editor, doubles = self.session.part(RecordEditor), self.session.part(Doubles)
        for choice in choices:
            for record in _restored(choice, both=both):
                editor.undelete(choice.type, record)
            if both:
                doubles.note_verdict(choice.type, choice.gone, choice.stays, DIFFERENT, "")

    @operation("record.write")
    def take_back(self, choices: Sequence[DoubleChoice], *, both: bool = False) -> None:
        """Revert `restore`: what was restored is deleted again, and the pair waits again."""
        for choice in choices:
            for record in _restored(choice, both=both):
                versions = revisions_of(self.store, record)
                tops = head_versions(versions)
                deletion = next(v for v in versions if v.id in tops[0].parents and v.deleted)
                give_up_again(self.session, deletion, tops)
        self.ask_again(choices)

    @operation("record.write")
    def leave_deleted(self, choices: Sequence[DoubleChoice]) -> None:
        """Decide that both records of each pair stay deleted: no desk asks again. Raises UserError
        for a pair that is not lost: its verdict would be reverted."""
        self._require_waiting(choices)
        for choice in choices:
            self.session.part(Doubles).note_verdict(*choice[:3], OPEN, "")

    @operation("record.write")
    def ask_again(self, choices: Sequence[DoubleChoice]) -> None:
        """Revert `leave_deleted`: they are the same, and which one stays is asked."""
        for choice in choices:
            self.session.part(Doubles).note_verdict(*choice[:3], SAME, choice.stays)


def _restored(choice: DoubleChoice, *, both: bool) -> tuple[str, ...]:
    """The records of a pair to restore."""
    return (choice.gone, choice.stays) if both else (choice.stays,)


def lost_pairs(session: Session, type_name: str = "") -> Iterator[DoublePair]:
    """The lost pairs that are here, of one type or of all."""
    own_desks = {session.identity.id, *former_ids(session.store, session.identity.id)}
    for name in [type_name] if type_name else ALL_TYPES:
        if ALL_TYPES[name].matching is None:
            for first, second in given_up_pairs(session.store, table_name(ALL_TYPES[name]), name):
                verdict = counting_verdict(session.store, first, second)
                if verdict is None or verdict.verdict != SAME:
                    continue
                if _is_lost(session.store, verdict, (first, second), own_desks):
                    yield DoublePair(name, first, second, BOTH_DELETED, 0)


def _is_lost(
    store: Store, verdict: CountingVerdict, pair: tuple[str, str], own_desks: Container[str]
) -> bool:
    """Whether one of two deleted records was given up for the other, which was deleted by hand."""
    first, second = (_heads(store, record) for record in pair)
    return any(
        _gave_up(store, gone, stays)
        and any(_asks(store, head, gone, verdict, own_desks) for head in stays)
        for gone, stays in ((first, second), (second, first))
    )


def _heads(store: Store, record: str) -> list[StoredRevision]:
    versions = revisions_of(store, record)
    return head_versions(versions) if versions else []


def _gave_up(
    store: Store, heads: Sequence[StoredRevision], stays: Sequence[StoredRevision]
) -> bool:
    """Whether a record was deleted by verdicts alone, one of them for the other."""
    edges = [verdict_edge(store, head) for head in heads]
    others = {head.record for head in stays}
    return None not in edges and any(edge is not None and edge.stays in others for edge in edges)


def _asks(
    store: Store,
    head: StoredRevision,
    given_up: Sequence[StoredRevision],
    verdict: CountingVerdict,
    own_desks: Container[str],
) -> bool:
    """Whether a head version is a deletion by hand that did not know of the other one, as far as
    this desk can tell: who deletes both one after another means it, unless he said since that they
    are the same."""
    if not head.deleted or verdict_edge(store, head) is not None:
        return False
    if comes_after(store, verdict.entry, head.seq):
        return True
    return not any(
        earlier.seq < head.seq
        and (head.stamp.desk in own_desks or head.stamp.desk == earlier.stamp.desk)
        for earlier in given_up
    )


def lost_text(session: Session, pair: DoublePair) -> str:
    """What became of a lost pair, and what to do, in words."""
    edits = last_edits(revisions_of(session.store, pair.first))
    values = edits[0].values() if edits else None
    return _(
        "Deleted at two places: {record}. One desk deleted it as the double of another record, and"
        " that one was deleted by hand, so neither counts now. Both are kept: “Possible doubles”"
        " restores the one that is to stay, or says that both stay deleted."
    ).format(record=day_and_place(pair.type, values or {}, session.book))
