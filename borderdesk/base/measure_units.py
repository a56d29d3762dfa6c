"""Units of measure in the form used beside a figure."""

from collections.abc import Mapping
from typing import Any

_OF_ONE: Mapping[str, str] = {
    "collectives": "collective",
    "communes": "commune",
    "hamlets": "hamlet",
    "households": "household",
    "incidents": "incident",
    "inspections": "inspection",
    "leaflets": "leaflet",
    "markers": "marker",
    "participant-turns": "participant-turn",
    "persons": "person",
    "sessions": "session",
    "sets": "set",
    "signatures": "signature",
    "times": "time",
    "tips": "tip",
    "tracks": "track",
    "work-days": "work-day",
}
"""{plural unit in English: its singular}; units in Vietnamese have a single form."""


def unit_beside(value: Any, unit: str) -> str:
    """A unit in the language in use, in the form that agrees with its value (singular for 1)."""
    return _OF_ONE.get(unit, unit) if value in (1, -1) else unit


def value_and_unit(text: str, value: Any, unit: str) -> str:
    """A value as `text` shows it, with its unit behind it if it has one."""
    return f"{text} {unit_beside(value, unit)}" if text and unit else text
