"""What became of doubles given up for one another in a circle, in words."""

from borderdesk.base.i18n import _
from borderdesk.entry.head_versions import last_edits
from borderdesk.exchange.decisions.version_comparison import day_and_place
from borderdesk.exchange.merging.crossed_doubles import KeptDouble
from borderdesk.exchange.merging.desk_names import desk_names, desk_title
from borderdesk.session.session import Session
from borderdesk.store.records.history import revisions_of


def crossed_text(session: Session, double: KeptDouble) -> str:
    """What became of a circle of doubles, and what to do, in words."""
    edits = last_edits(revisions_of(session.store, double.record))
    values = edits[0].values() if edits else None
    record = day_and_place(double.type, values or {}, session.book)
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
