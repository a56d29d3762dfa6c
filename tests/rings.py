"""Changes of key rings without their desk, as a person with its key could make."""

from collections.abc import Callable
from typing import Any

from borderdesk.keys import recovery_code
from borderdesk.keys.key_ring import KeyRing
from borderdesk.keys.key_wrap import LEAST_COST, KeyWrap
from borderdesk.keys.wrap_set import WrapSet


def edited(ring: KeyRing, edit: Callable[..., WrapSet], *values: Any) -> None:
    """Rewrite a ring after applying a method of `WrapSet`."""
    ring.put(edit(ring.read(), *values).content)


def renewed_code(ring: KeyRing, key: bytes) -> str:
    """A new recovery code with a key derivation cheap enough for tests."""
    code = recovery_code.new_code()
    wrap = KeyWrap.make("", code, key, made="2026-01-02", cost=LEAST_COST)
    edited(ring, WrapSet.with_wrap, key, wrap)
    return code
