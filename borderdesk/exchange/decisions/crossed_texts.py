"""What became of doubles given up for one another in a circle, or for a record of a file that was
undone, in words."""

from borderdesk.base.i18n import _
from borderdesk.entry.head_versions import last_edits
from borderdesk.exchange.decisions.version_comparison import day_and_place
from borderdesk.exchange.merging.batches import UndoneBatch
from borderdesk.exchange.merging.crossed_doubles import KeptDouble, UnreturnedDouble
from borderdesk.exchange.merging.desk_names import desk_names, desk_title
from borderdesk.session.session import Session
from borderdesk.sheets.imports.sheet_batches import kept_words
from borderdesk.store.records.history import revisions_of


def crossed_text(session: Session, double: KeptDouble) -> str:
    """What became of a circle of doubles, and what to do, in words."""
    record = _record_words(session, double)
    if double.counts:
        return _(
            "Records were declared doubles of one another until none was left. By the latest"
            " decision this one counts again: {record}. Where another is to stay, take that one"
            " back and delete this one."
        ).format(record=record)
    if double.why:
        return _(
            "Records were declared doubles of one another until none was left. By the latest"
            " decision this one counts: {record}. It could not be taken back here: {reason} The"
            " next import tries again."
        ).format(record=record, reason=double.why)
    return _(
        "Records were declared doubles of one another until none was left. By the latest decision"
        " this one counts: {record}. It comes back with the next file of {desk}; if that cannot"
        " send, its post takes it back by hand."
    ).format(record=record, desk=desk_title(desk_names(session), double.head.stamp.desk))


def remaining_texts(session: Session, undone: UndoneBatch) -> list[str]:
    """What the undo of a file or list could not do, in words."""
    texts = [kept_words(undone.kept)] if undone.kept else []
    return [*texts, *(unreturned_text(session, double) for double in undone.unreturned)]


def unreturned_text(session: Session, double: UnreturnedDouble) -> str:
    """What became of a record that was given up for one of an undone file, and what to do, in
    words."""
    return _(
        "Deleted as the double of a record that is gone now: {record}. It could not be restored:"
        " {reason} It is kept among the deleted records of its list, from where it can be restored"
        " then."
    ).format(record=_record_words(session, double), reason=double.why)


def _record_words(session: Session, double: KeptDouble | UnreturnedDouble) -> str:
    """The type, day and place of a record as it was last."""
    edits = last_edits(revisions_of(session.store, double.record))
    values = edits[0].values() if edits else None
    return day_and_place(double.type, values or {}, session.book)
