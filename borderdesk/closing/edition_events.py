"""Events of editions, in the order in which they happened, and the states of editions."""

from peewee import fn

from borderdesk.closing.editions import E, EditionEvent
from borderdesk.schema.revisions import stamp_after, utc_stamp
from borderdesk.store.connection.database import Store
from borderdesk.store.models.closing import EditionEventRow


def set_state(store: Store, edition: str, state: str) -> None:
    """Change the state of an edition."""
    store.execute(E.update(state=state).where(E.id == edition))


def make_final(store: Store, edition: str) -> None:
    """From now on an edition cannot be reopened; when it became so first stays."""
    store.execute(E.update(final=utc_stamp()).where((E.id == edition) & E.final.is_null()))


def add_event(store: Store, edition: str, what: str, author: str, reason: str | None = None) -> str:
    """Record an event of an edition, at the present time, but after what is known of its period,
    whatever clocks say. Returns the time."""
    time = _next_time(store, edition)
    store.execute(
        EditionEventRow.insert(edition=edition, what=what, author=author, time=time, reason=reason)
    )
    return time


def _next_time(store: Store, edition: str) -> str:
    """The present time (UTC), or one just after the newest event of an edition's period and
    scope."""
    row, own_event = EditionEventRow, E.alias()
    is_same = (E.period == own_event.period) & (E.scope == own_event.scope)
    of_period = E.select(E.id).join(own_event, on=is_same).where(own_event.id == edition)
    newest = store.scalar(row.select(fn.MAX(row.time)).where(row.edition.in_(of_period)))
    return utc_stamp() if newest is None else stamp_after(newest)


def read_events(store: Store, edition: str) -> list[EditionEvent]:
    """The events of an edition, oldest first."""
    row = EditionEventRow
    query = row.select(row.edition, row.what, row.author, row.time, row.reason)
    query = query.where(row.edition == edition).order_by(row.time, row.id)
    return [EditionEvent(*cells) for cells in store.fetch(query)]


def last_reason(store: Store, edition: str, what: str) -> str | None:
    """The reason given when something happened to an edition, the last time."""
    row = EditionEventRow
    query = row.select(row.reason).where((row.edition == edition) & (row.what == what))
    reason: str | None = store.scalar(query.order_by(row.time.desc(), row.id.desc()).limit(1))
    return reason
