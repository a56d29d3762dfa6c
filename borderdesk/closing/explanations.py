"""Explains why figures differ from a signed paper: which records changed since, by whom, when."""

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from borderdesk.base.formats import format_date, format_number
from borderdesk.base.i18n import _, language
from borderdesk.closing.editions import Edition, SignedDifference, counted_in
from borderdesk.figures.changes import FigureChanges
from borderdesk.figures.quantities import DateRange
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import local_date
from borderdesk.session.session import Session
from borderdesk.store.records.counted_revisions import CountedRevisions, counted_places
from borderdesk.store.records.history import StoredRevision, revisions_of

MOST_RECORDS = 3
"""How many records are named for a figure; the others are counted."""


class RecordChange(NamedTuple):
    """The changes of one record after a paper was signed: in words, and the recorded reasons."""

    text: str
    reasons: tuple[str, ...]


def explained(
    session: Session, edition: Edition, moved: Sequence[SignedDifference], otherwise: str
) -> list[SignedDifference]:
    """Figures that differ from an edition with the records behind the difference, what was done to
    them, and the reasons given.

    otherwise: the reason of a figure that no record explains.
    """
    if not moved:
        return []
    counted = counted_in(session.store, edition)
    changes = FigureChanges(session, edition.scope, edition.view.day, counted)
    year = session.calendar().year_of(edition.period.last).first
    behind = {
        "value": changes.records_behind(DateRange(edition.period.first, edition.period.last)),
        "year_to_date": changes.records_behind(DateRange(year, edition.period.last)),
    }
    by_record: dict[str, RecordChange] = {}
    return [
        _explained(
            session,
            edition,
            difference,
            behind[difference.column].get(difference.key, []),
            by_record,
            otherwise,
        )
        for difference in moved
    ]


def _explained(
    session: Session,
    edition: Edition,
    difference: SignedDifference,
    records: Sequence[str],
    by_record: dict[str, RecordChange],
    otherwise: str,
) -> SignedDifference:
    for record in records:
        if record not in by_record:
            by_record[record] = _change(session, record, counted_in(session.store, edition))
    changes = [by_record[record] for record in records]
    reasons = [reason for change in changes for reason in change.reasons]
    reasons += [change.text for change in changes[:MOST_RECORDS]]
    if len(changes) > MOST_RECORDS:
        reasons.append(
            _("and {count} more").format(
                count=format_number(len(changes) - MOST_RECORDS, language())
            )
        )
    return difference._replace(
        reasons=tuple(dict.fromkeys(reasons)) or (otherwise,), records=tuple(records)
    )


def _change(session: Session, record: str, counted: CountedRevisions) -> RecordChange:
    """The changes of a record besides the counted revisions."""
    revisions = revisions_of(session.store, record)
    signed = counted_places(session.store, counted, [revision.seq for revision in revisions])
    since = [revision for revision in revisions if revision.seq not in signed]
    if not since:  # a household that the record names was changed or joined
        return RecordChange(
            _("{record}: its household was changed").format(record=_name(record, revisions)), ()
        )
    newest = since[-1]
    if newest.deleted:
        text = _("{record}: deleted by {author} on {date}")
    elif len(since) == len(revisions):
        text = _("{record}: entered by {author} on {date}")
    else:
        text = _("{record}: changed by {author} on {date}")
    day = local_date(newest.stamp.time)
    return RecordChange(
        text.format(
            record=_name(record, revisions), author=newest.stamp.author, date=format_date(day)
        ),
        tuple(dict.fromkeys(revision.reason for revision in since if revision.reason)),
    )


def _name(record: str, revisions: Sequence[StoredRevision]) -> str:
    model = ALL_TYPES[revisions[0].type]
    event = model.event()
    values = (
        next((written for revision in reversed(revisions) if (written := revision.values())), None)
        or {}
    )
    day = values.get(event.name) if event is not None else None
    return record_name(model, record, datetime.date.fromisoformat(str(day)) if day else None)


def record_name(model: type[RevisionedModel], record: str, day: datetime.date | None) -> str:
    """A record as papers name it: its type, its day if it has one, the end of its id."""
    name = _("{type}, {day}, id {id}") if day else _("{type}, id {id}")
    return name.format(
        type=_(model.title), day=format_date(day) if day else "", id=short_id(record)
    )


def short_id(record: str) -> str:
    """The last eight digits of a record's id, which are random: short enough to print and type."""
    return record.replace("-", "")[-8:]
