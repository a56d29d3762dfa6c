"""Key rings that are changed without their desk, as a person with its key could."""

from collections.abc import Callable
from typing import Any

from borderdesk.keys import recovery_code
from borderdesk.keys.key_ring import KeyRing
from borderdesk.keys.key_wrap import LEAST_COST, KeyWrap
from borderdesk.keys.wrap_set import WrapSet


def edited(ring: KeyRing, edit: Callable[..., WrapSet], *values: Any) -> None:
    """Write a ring anew, with what a method of `WrapSet` makes of it."""
    ring.put(edit(ring.read(), *values).content)


def renewed_code(ring: KeyRing, key: bytes) -> str:
    """A new code of the recovery sheet, at a cost fit for tests."""
    code = recovery_code.new_code()
    wrap = KeyWrap.make("", code, key, made="2026-01-02", cost=LEAST_COST)
    edited(ring, WrapSet.with_wrap, key, wrap)
    return code
