"""How a record describes a household instead of giving its id."""

from typing import NamedTuple


class DescriptionKeys(NamedTuple):
    """The fields of a description: `name` of the person or head, `commune` and `hamlet` of the
    home, `identity` is decisive alone."""

    name: str
    commune: str
    hamlet: str
    identity: str


DESCRIBED_BY = DescriptionKeys("head", "commune", "hamlet", "citizen_id")
"""The keys of the parts, which are fields of the household too."""
