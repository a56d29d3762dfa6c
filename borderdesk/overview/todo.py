"""A line of the first page: something to do, and where in the window it is done."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Todo(NamedTuple):
    """A task: `lead` its number, `text` in words, and the page of the window where it is done with
    the arguments to open it by."""

    lead: str
    text: str
    page: str
    intent: Mapping[str, Any]
