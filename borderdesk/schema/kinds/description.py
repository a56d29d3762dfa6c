"""How a record describes a household instead of giving its id."""

from typing import NamedTuple


class DescriptionKeys(NamedTuple):
    """The parts of a description: `name` says who it is, `commune` and `hamlet` where it lives,
    `identity` decides alone."""

    name: str
    commune: str
    hamlet: str
    identity: str


DESCRIBED_BY = DescriptionKeys("head", "commune", "hamlet", "citizen_id")
"""The keys of the parts, which are fields of the household too."""
