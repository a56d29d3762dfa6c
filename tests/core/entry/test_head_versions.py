"""The versions of a record that a deletion replaced."""

from borderdesk.entry.head_versions import last_edits
from borderdesk.schema.revisions import RevisionStamp
from borderdesk.store.records.history import StoredRevision

RUNGS = 10


class CountedParents(tuple):
    """Parents of a revision that count how often they are iterated."""

    __slots__ = ()
    reads = 0

    def __iter__(self):
        CountedParents.reads += 1
        return super().__iter__()


def revision(name, number, *parents, deleted=True):
    stamp = RevisionStamp("A", "1" * 32, f"2023-01-01T00:00:00.{number:03}Z")
    body = None if deleted else "{}"
    made = (number, name.encode(), "clearing", "r", number, CountedParents(parents), stamp)
    return StoredRevision(*made, None, deleted, body, None, None, None)


def test_deletions_that_follow_two_others_each_are_gone_through_once():
    """Each pair doubles the paths to earlier versions."""
    versions = [revision("a0", 1, deleted=False), revision("b0", 2, deleted=False)]
    for rung in range(1, RUNGS + 1):
        before = f"a{rung - 1}".encode(), f"b{rung - 1}".encode()
        versions += [revision(f"{side}{rung}", rung + 2, *before) for side in "ab"]
    before = CountedParents.reads
    assert [one.id for one in last_edits(versions)] == [b"b0", b"a0"]
    assert CountedParents.reads - before < 10 * len(versions)
