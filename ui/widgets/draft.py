"""What stands in a form and is not saved."""

from typing import Any, NamedTuple

Raw = Any


class Draft(NamedTuple):
    """What stands in a form and is not saved: of which record, and every editor's text."""

    record: str
    revision: str
    raws: dict[str, Raw]
    loaded: dict[str, Raw]
