"""Reference data described by packages, learned with a batch and forgotten with it.

A row of another package, or one that an undo would remove, stays as it is where the change would
alter signed figures.
"""

from collections.abc import Iterable, Sequence

from borderdesk.closing.reference_guard import SignedFiguresError
from borderdesk.entry.reference import ReferenceEditor
from borderdesk.exchange.reading.provisional import (
    described_places,
    has_described_places,
    learn_places,
    renews_places,
    unlearn_places,
)
from borderdesk.session.session import Session
from borderdesk.store.records.record_queries import savepoint


def learn_described(
    session: Session, batch: str, places: Iterable[Sequence[str]], time: str
) -> None:
    """Store unknown reference data of a package, made at that time (UTC), as provisional rows."""
    if not renews_places(session.store, places, time):
        _store_places(session, batch, places, time)
        return
    try:
        with savepoint(session.store, SignedFiguresError), session.judging_reference():
            _store_places(session, batch, places, time)
    except SignedFiguresError:
        session.touch_reference()
        _store_places(session, batch, places, time, renew=False)


def _store_places(
    session: Session,
    batch: str,
    places: Iterable[Sequence[str]],
    time: str,
    *,
    renew: bool = True,
) -> None:
    editor = session.part(ReferenceEditor)
    before = editor.names()
    if learn_places(session.store, session.book, batch, places, time, renew=renew):
        editor.follow_names(before)


def learn_again(session: Session, batch: str) -> None:
    """Store again what a batch described that was set aside."""
    for time, places in described_places(session.store, batch).items():
        learn_described(session, batch, places, time)


def forget_described(session: Session, batches: Iterable[str], *, aside: bool) -> None:
    """Revert what undone batches described; aside: it waits with them for `learn_again`."""
    store, batches = session.store, [*batches]
    if not has_described_places(store, batches):
        return
    editor = session.part(ReferenceEditor)
    before = editor.names()
    try:
        with savepoint(store, SignedFiguresError), session.judging_reference():
            if unlearn_places(store, batches, aside=aside):
                editor.follow_names(before)
    except SignedFiguresError:
        session.touch_reference()
        unlearn_places(store, batches, aside=aside, set_back=False)
