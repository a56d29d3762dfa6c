"""Handover: this desk becomes another post's, and transfers its records from a day on.

A desk created for the wrong post transfers all of them; a desk of a post that was merged into
another those from the day of the merger, so that earlier papers do not change.
"""

import datetime
from typing import NamedTuple

from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.base.i18n import _
from borderdesk.entry.editing import RecordEditor
from borderdesk.exchange.desks.cards import Cards
from borderdesk.schema.kinds import POST
from borderdesk.schema.record import RevisionedModel, Values
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.store.connection.meta import write_meta
from borderdesk.store.lists import listing
from borderdesk.store.lists.listing import Filter
from borderdesk.store.records.history import NewVersion


class HandoverOutcome(NamedTuple):
    """The result of a handover: from and to which post, and the number of transferred records."""

    post: str
    to: str
    records: int


class Handovers(SessionPart):
    """The operation of handing this desk over to another post."""

    @operation("exchange.trust")
    def hand_over(self, unit_text: str, since: datetime.date | None = None) -> HandoverOutcome:
        """Hand this desk over to a post, named by its code or name, with the records from a day on
        (all without one). The desk's id, log and keys stay; other desks have to accept its new
        card.

        Raises OperationRefused on a desk of no post, UserError for an unknown post.
        """
        identity = self.session.identity
        if identity.role != "post":
            raise OperationRefused(_("Only a post's desk goes over to another post."))
        to = self.session.book.post_code(unit_text)
        if to is None:
            raise UserError(_("There is no post “{name}”.").format(name=unit_text[:60]))
        if to == identity.unit:
            raise UserError(_("This desk is of that post already."))
        changes = [
            change for model in ALL_TYPES.values() for change in self._changes(model, to, since)
        ]
        write_meta(self.store, {"unit": to})
        self.session.identity = identity._replace(unit=to)
        try:
            self.session.part(Cards).follow_unit(identity.id)
            self.session.part(RecordEditor).write(changes)
        except BaseException:
            self.session.identity = identity
            raise
        return HandoverOutcome(identity.unit, to, len(changes))

    def count(self, since: datetime.date | None = None) -> int:
        """How many records would go along from a day on."""
        list_filter = Filter(first=since, post=self.session.identity.unit)
        models = [model for model in ALL_TYPES.values() if model.own_post()]
        return sum(listing.count(self.store, model, list_filter) for model in models)

    def _changes(
        self, model: type[RevisionedModel], to: str, since: datetime.date | None
    ) -> list[NewVersion]:
        """The edits that transfer records of a type to another post."""
        key, post = model.own_post(), self.session.identity.unit
        if not key:
            return []
        reason = _("Handed over to {post}").format(post=self.session.book.post_name(to))
        editor, changes = self.session.part(RecordEditor), []
        for record in listing.ids(self.store, model, Filter(first=since, post=post)):
            values, head = editor.current(model, record)
            if editor.owns(model.type_name, record, values):
                moved = _moved(model, values, to)
                change = NewVersion(model, record, moved, (head.id,), head.number + 1, reason, None)
                changes.append(change._replace(away=head.away()))
        return changes


def _moved(model: type[RevisionedModel], values: Values, to: str) -> Values:
    """The values of a record transferred to another post, which is removed from the
    participants."""
    moved = {**values, model.own_post(): to}
    for key in model.referring(POST, several=True):
        posts = [post for post in moved.pop(key, ()) if post != to]
        if posts:
            moved[key] = posts
    return moved
