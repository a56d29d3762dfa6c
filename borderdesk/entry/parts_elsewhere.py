"""Personal and internal parts of records that are stored on another desk, which wrote them."""

from borderdesk.session.session import Session
from borderdesk.store.records.history import StoredRevision, revisions_of
from borderdesk.store.records.logs import is_in_use


def stays_elsewhere(session: Session, version: StoredRevision) -> bool:
    """Whether the part of a version is on another desk that is in use, which alone may write the
    next version: elsewhere the part would be lost. A part on a lost machine may be typed again.

    A version may be followed by one of a desk without its part (a deletion reverted, a choice
    reopened); the part is where the same hash was written first.
    """
    if version.is_whole():
        return False
    private_hash = version.private_hash()
    same = [
        revision
        for revision in revisions_of(session.store, version.record)
        if revision.body is not None
    ]
    first = next(
        (revision for revision in same if revision.private_hash() == private_hash), version
    )
    author = first.stamp.desk
    return author != session.identity.id and is_in_use(session.store, author)
