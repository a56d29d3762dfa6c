"""The rules of authorship: a revision counts only from a desk of the unit that keeps its record.

A revision that does not count waits in its author's log, with the reason: it is part of the chain,
and of a desk's holding, but of no record.
"""

import json
from collections.abc import Container, Sequence
from functools import cached_property
from typing import NamedTuple

from borderdesk.base.i18n import N_
from borderdesk.exchange.desks.desk_units import DeskUnit, DeskUnits
from borderdesk.exchange.format.package_revisions import PackageRevision
from borderdesk.exchange.format.record_places import post_column, post_of
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.session import Session
from borderdesk.store.records.logs import former_ids, refused_ids
from borderdesk.store.records.revision_batches import local_revisions, revision_authors

LATER = N_("The version it follows has not come yet.")
OWNER = N_("Only the post that keeps a record may change it.")
AREA = N_("It is of another post than the desk that wrote it.")
TAKEN = N_("A record of another post has its id.")
NEITHER = N_("Neither record is of the post that decided, or of one below it.")
UNKNOWN_TYPE = N_("This program does not know its type.")
SET_ASIDE = N_("It was set aside here when its file was taken out.")
"""Why a revision waits; the first ends by itself, the fourth when it is entered again, the last
when a person takes it back."""
ELSEWHERE = N_("It came without its content, in a file for another desk.")
"""Why a stub does not count as held: the next file for this desk brings it, whole where it is
meant for this desk."""


class RecordOwner(NamedTuple):
    """Whose a record is: its post, where it names one, and the unit of the desk that made it."""

    post: str | None
    maker: str | None


class AuthorRules:
    """Validates the authors of a package's revisions, record after record."""

    def __init__(self, session: Session) -> None:
        self._store = session.store
        self._units = session.part(DeskUnits)
        self._areas: dict[DeskUnit, frozenset[str]] = {}
        self._of: dict[str, DeskUnit | None] = {}
        self._mover = frozenset[str]()
        self._ids: dict[str, frozenset[str]] = {}
        self._sound: set[bytes] = set()

    @cached_property
    def _aside(self) -> frozenset[bytes]:
        """The ids of the revisions set aside on this desk: their successors wait with them."""
        return refused_ids(self._store, SET_ASIDE)

    def owners(self, records: Sequence[str]) -> dict[str, RecordOwner]:
        """{record: its owner} of the existing ones."""
        owners: dict[str, RecordOwner] = {}
        for record, type_name, desk, body in revision_authors(self._store, records):
            before = owners.get(record)
            post = _post_in(type_name, body) or (before and before.post)
            maker = before.maker if before is not None else self._unit_name(desk)
            owners[record] = RecordOwner(post, maker)
        return owners

    def judged(
        self,
        versions: list[PackageRevision],
        owner: RecordOwner | None,
        stored: Container[bytes] = (),
        along: Sequence[PackageRevision] = (),
    ) -> list[PackageRevision]:
        """The versions of a record, by number; those that their author may not write have `refused`
        set.

        owner: the owner of the record by the stored versions; stored: ids of those stored here;
        along: versions that wait, which may say that the record was transferred.
        """
        # The desk that moved a record is found for each record again: it may not have moved the
        # next one.
        self._mover, self._sound = frozenset(), set()
        if len(versions) == 1 and (
            versions[0].id in stored or not self._is_refused(versions[0], owner)
        ):
            return versions
        judged, versions = [], list(versions)
        self._mover = self._moved_by(
            sorted([*versions, *along], key=lambda version: version.number)
        )
        for version in versions:
            if version.id not in stored and version.lacking is None and version.refused is None:
                version = version._replace(refused=self._refusal(version, owner))
            if version.lacking is None and version.refused is None:
                self._sound.add(version.id)
                post = self._post(version) or (owner and owner.post)
                maker = owner.maker if owner else self._unit_name(version.stamp.desk)
                owner = RecordOwner(post, maker)
            judged.append(version)
        return judged

    def refusal_to_decide(self, desk: str, records: Sequence[str]) -> str | None:
        """The reason why a desk may not decide whether records are the same, as an English key:
        neither its unit nor one below it kept any of them at any time, whatever arrived first; None
        if it may."""
        author = self._unit(desk)
        units = frozenset[str]() if author is None else self._units.decides_about(author)
        if units is None:
            return None
        keepers = self._keepers(records)
        if any(not units.isdisjoint(record_keepers) for record_keepers in keepers.values()):
            return None
        return NEITHER if len(keepers) == len({*records}) else LATER

    def _keepers(self, records: Sequence[str]) -> dict[str, set[str | None]]:
        """{record: the unit that made it and every post that it belonged to} of the existing
        ones."""
        keepers: dict[str, set[str | None]] = {}
        for record, type_name, desk, body in revision_authors(self._store, records):
            if record not in keepers:
                keepers[record] = {self._unit_name(desk)}
            keepers[record].add(_post_in(type_name, body))
        return keepers

    def _is_refused(self, version: PackageRevision, owner: RecordOwner | None) -> bool:
        lacks = version.lacking is not None or version.refused is not None
        return not lacks and self._refusal(version, owner) is not None

    def _refusal(self, version: PackageRevision, owner: RecordOwner | None) -> str | None:
        author = self._unit(version.stamp.desk)
        if version.type not in ALL_TYPES:
            return UNKNOWN_TYPE
        if author is None:
            return OWNER
        if version.id in self._aside:
            return SET_ASIDE
        if not self._aside.isdisjoint(version.parents):
            return LATER
        post = self._post(version)
        is_moved = version.stamp.desk in self._mover
        if post is not None and post not in self._area(author) and not is_moved:
            return AREA
        if owner is None:
            return LATER if version.parents else None
        if self._keeps(author, owner):
            return None
        return OWNER if self._follows(version, owner) else TAKEN

    def _follows(self, version: PackageRevision, owner: RecordOwner) -> bool:
        """Whether a version follows one of the record that counts under its id."""
        if not version.parents:
            return False
        if not self._sound.isdisjoint(version.parents):
            return True
        stored = {row[1] for row in local_revisions(self._store, [version.record])}
        return not stored.isdisjoint(version.parents)

    def _moved_by(self, versions: Sequence[PackageRevision]) -> frozenset[str]:
        """The ids of the desk that transferred the record when the desk was handed over to another
        post, or had deleted it before: its earlier revisions were written for the record's former
        post."""
        last = versions[-1] if versions else None
        author = None if last is None else self._unit(last.stamp.desk)
        if last is None or author is None or author.role != "post":
            return frozenset()
        ids = self._ids_of(last.stamp.desk)
        posts = [post for version in versions if (post := self._post(version))]
        if last.deleted and all(version.stamp.desk in ids for version in versions):
            return ids
        return ids if posts and posts[-1] in self._area(author) else frozenset()

    def _ids_of(self, desk: str) -> frozenset[str]:
        """The id of a desk and those it had before."""
        if desk not in self._ids:
            self._ids[desk] = frozenset((desk, *former_ids(self._store, desk)))
        return self._ids[desk]

    def _keeps(self, author: DeskUnit, owner: RecordOwner) -> bool:
        """Whether a unit keeps a record: its own post's, that of a post that became it, or one made
        by its own desks."""
        if author.unit in (owner.post, owner.maker):
            return True
        return author.role == "post" and owner.post in self._area(author)

    @staticmethod
    def _post(version: PackageRevision) -> str | None:
        """The post that a version names."""
        if version.values is None:
            return _post_in(version.type, version.body)
        return post_of(ALL_TYPES[version.type], version.values)

    def _unit(self, desk: str) -> DeskUnit | None:
        if desk not in self._of:
            self._of[desk] = self._units.of(desk)
        return self._of[desk]

    def _unit_name(self, desk: str) -> str | None:
        unit = self._unit(desk)
        return None if unit is None else unit.unit

    def _area(self, unit: DeskUnit) -> frozenset[str]:
        if unit not in self._areas:
            self._areas[unit] = self._units.posts(unit)
        return self._areas[unit]


def _post_in(type_name: str, body: str | None) -> str | None:
    """The post that the text of a revision names."""
    model = ALL_TYPES.get(type_name)
    column = None if model is None or body is None else post_column(model)
    if column is None or body is None:
        return None
    post: str | None = json.loads(body)["fields"].get(column)
    return post
