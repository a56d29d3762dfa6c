"""The units of a set-up file that a new desk may be made for."""

from typing import NamedTuple

from borderdesk.exchange.desks.setup_file import SetupFile, damaged_setup
from borderdesk.schema.post_areas import POSTS
from borderdesk.schema.unit_history import UNITS

UnitNames = list[tuple[str, str]]


class SetupUnits(NamedTuple):
    """The units for a new desk as (name, code that `Desk.create` takes); taken: the units of desks
    that have a card already."""

    posts: UnitNames
    districts: UnitNames
    taken: frozenset[str]


def setup_units(setup: SetupFile) -> SetupUnits:
    """The units of a set-up file. Raises UserError for a file whose tables are no tables."""
    sections = setup.sections
    try:
        reference = sections["reference"]
        posts = [(str(row["name"]), str(row["code"])) for row in reference[POSTS]]
        units = reference[UNITS]
        districts = [(str(r["name"]), str(r["id"])) for r in units if r["kind"] == "district"]
        of_cards = frozenset(str(card["card"]["unit"]) for card in sections["cards"])
    except (KeyError, TypeError, AttributeError):
        raise damaged_setup(setup.file) from None
    return SetupUnits(posts, districts, of_cards)
