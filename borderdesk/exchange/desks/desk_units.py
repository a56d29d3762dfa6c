"""Units of desks: which desks are of one unit, which unit is above which, whose a record is."""

import json
from typing import NamedTuple

from borderdesk.exchange.format.record_places import post_column
from borderdesk.schema.log_entries import desk_of
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.identity import Identity, deciding_units, writing_area
from borderdesk.session.session import SessionPart
from borderdesk.store.models.exchange import CardRow
from borderdesk.store.models.records import RevisionRow
from borderdesk.store.records.history import first_desk
from borderdesk.store.records.logs import logs, unit_of_desk

LEVELS = {"post": 0, "liaison": 1, "province": 2}
"""{role: the level of its unit above a post}."""


class DeskUnit(NamedTuple):
    """A unit as desks belong to it: post code, district id or the province, and the role."""

    unit: str
    role: str

    @property
    def level(self) -> int:
        """The level of the unit above a post."""
        return LEVELS[self.role]


class DeskUnits(SessionPart):
    """The units of the desks that are known by their cards, this one among them."""

    def own(self) -> DeskUnit:
        """The unit of this desk."""
        identity = self.session.identity
        return DeskUnit(identity.unit, identity.role)

    def of(self, desk: str) -> DeskUnit | None:
        """The unit of a desk, None for one without a known card."""
        if desk == self.session.identity.id:
            return self.own()
        columns = unit_of_desk(self.store, desk)
        return None if columns is None else DeskUnit(*columns)

    def desks(self, unit: str) -> list[str]:
        """The desks of a unit whose cards are accepted, this one among them."""
        row = CardRow
        query = row.select(row.desk).where(row.unit == unit, row.accepted == 1)
        desks = {desk for (desk,) in self.store.fetch(query)}
        if unit == self.session.identity.unit:
            desks.add(self.session.identity.id)
        return sorted(desks)

    def posts_of_desks(self) -> dict[str, str]:
        """{desk: its post} of every desk of a post with a known card, this one included."""
        row = CardRow
        posts = dict(self.store.fetch(row.select(row.desk, row.unit).where(row.role == "post")))
        identity = self.session.identity
        if identity.role == "post":
            posts[identity.id] = identity.unit
        return posts

    def logs_of(self, unit: str) -> list[str]:
        """The stored logs of every desk of a unit, whatever the state of its card."""
        return [log for log in logs(self.store) if self._is_of(desk_of(log), unit)]

    def _is_of(self, desk: str, unit: str) -> bool:
        desk_unit = self.of(desk)
        return desk_unit is not None and desk_unit.unit == unit

    def posts(self, unit: DeskUnit) -> frozenset[str]:
        """The posts of a unit: itself, those of its district, or all."""
        identity = Identity("", unit.role, unit.unit, "", False)
        return writing_area(identity, self.session.book).area

    def decides_about(self, unit: DeskUnit) -> frozenset[str] | None:
        """The units whose records a unit may decide about; None for all."""
        return deciding_units(Identity("", unit.role, unit.unit, "", False), self.session.book)

    def is_above(self, upper: DeskUnit, lower: DeskUnit) -> bool:
        """Whether entries of `lower` are forwarded to `upper`."""
        if upper.level <= lower.level:
            return False
        return upper.role == "province" or lower.unit in self.posts(upper)

    def owner(self, type_name: str, record: str) -> str | None:
        """The unit a record belongs to: its post; without one that of the desk that made it; None
        for an unknown record."""
        model = ALL_TYPES[type_name]
        column = post_column(model)
        if column is not None:
            row = RevisionRow
            query = row.select(row.body).where(row.record == record, row.body.is_null(False))
            body = self.store.scalar(query.order_by(row.number.desc(), row.seq.desc()).limit(1))
            post = json.loads(body)["fields"].get(column) if body else None
            if post is not None:
                return str(post)
        desk = first_desk(self.store, record)
        unit = None if desk is None else self.of(desk)
        return None if unit is None else unit.unit
