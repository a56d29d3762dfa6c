"""What the full check of a database asks of the floors above the store."""

from collections.abc import Callable, Iterator

from borderdesk.store.database import Store

FURTHER_CHECKS: dict[str, Callable[[Store], Iterator[str]]] = {}
"""{name: check}: yields a text for each problem; filled where the parts of a desk are named."""
