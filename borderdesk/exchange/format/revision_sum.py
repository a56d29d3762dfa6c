"""A checksum of a set of revisions, to compare the written ones with the intended ones."""

from collections.abc import Iterable


class RevisionSum:
    """The checksum of a set of revisions, whatever the order they are added in."""

    def __init__(self, revisions: Iterable[bytes] = ()) -> None:
        self.count = 0
        self.total = 0
        for revision in revisions:
            self.add(revision)

    def add(self, revision: bytes) -> None:
        """Add the id of a revision."""
        self.count += 1
        self.total ^= int.from_bytes(revision, "big")

    def same_as(self, other: "RevisionSum") -> bool:
        """Whether both are of the same set."""
        return (self.count, self.total) == (other.count, other.total)
