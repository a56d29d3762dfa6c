"""The names of desks: those of batches and cards, and this one."""

from collections import Counter
from collections.abc import Mapping

from borderdesk.base.i18n import _
from borderdesk.exchange.desks.cards import Cards
from borderdesk.exchange.desks.desk_units import DeskUnits
from borderdesk.exchange.desks.unit_names import unit_short
from borderdesk.exchange.format.record_places import post_of
from borderdesk.exchange.merging.batches import Batches
from borderdesk.exchange.merging.request_texts import unit_title
from borderdesk.schema.record import Values
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.session import Session

SHORT_ID = 8


def desk_names(session: Session) -> dict[str, str]:
    """{desk: the short name of its unit} of every desk that this one has a batch or a card of,
    and of itself; the beginning of the desk's id too where several are of that unit."""
    identity, book = session.identity, session.book
    desks = [(b.desk, b.role, b.unit) for b in session.part(Batches).all()]
    desks += [(k.card.desk, k.card.role, k.card.unit) for k in session.part(Cards).known()]
    desks.append((identity.id, identity.role, identity.unit))
    unit_names = {desk: unit_short(book, role, unit) or unit for desk, role, unit in desks}
    desks_of_name = Counter(unit_names.values())
    return {
        desk: f"{name} {desk[:SHORT_ID]}" if desks_of_name[name] > 1 else name
        for desk, name in unit_names.items()
    }


def desk_title(names: Mapping[str, str], desk: str) -> str:
    """The name of a desk, or the beginning of its id."""
    return names.get(desk) or _("desk {id}").format(id=desk[:SHORT_ID])


def owner_title(
    session: Session, type_name: str, values: Values, names: dict[str, str], author: str
) -> str:
    """Whose a record is: its post, or the unit of the desk that wrote it (`author`: that desk's
    id), by its whole name either way."""
    post = post_of(ALL_TYPES[type_name], values)
    if post:
        return session.book.post_name(post)
    unit = session.part(DeskUnits).of(author)
    return desk_title(names, author) if unit is None else unit_title(session, unit.unit)
