"""Personal and internal parts of records that are on another desk, which wrote them."""

from borderdesk.session.session import Session
from borderdesk.store.records.history import StoredRevision, revisions_of
from borderdesk.store.records.logs import is_in_use


def stays_elsewhere(session: Session, version: StoredRevision) -> bool:
    """Whether the part of a version is on another desk that is in use, which alone may go on from
    it: elsewhere it would be lost. What stayed on a lost machine may be typed again.

    A version may be written on by a desk that has no part of it (a deletion taken back, a choice
    reopened); the part is where the same one was written first.
    """
    if version.is_whole():
        return False
    wanted = version.private_hash()
    same = [one for one in revisions_of(session.store, version.record) if one.body is not None]
    first = next((one for one in same if one.private_hash() == wanted), version)
    author = first.stamp.desk
    return author != session.identity.id and is_in_use(session.store, author)
