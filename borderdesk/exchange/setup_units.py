"""The units of a set-up file that a new desk may be made for."""

from typing import NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.exchange.setup_file import SetupFile

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
        posts = [(str(row["name"]), str(row["code"])) for row in reference["posts"]]
        units = reference["units"]
        districts = [(str(r["name"]), str(r["id"])) for r in units if r["kind"] == "district"]
        taken = frozenset(str(one["card"]["unit"]) for one in sections["cards"])
    except (KeyError, TypeError, AttributeError):
        raise UserError(
            _("{file} is damaged or is not a set-up file.").format(file=setup.file)
        ) from None
    return SetupUnits(posts, districts, taken)
