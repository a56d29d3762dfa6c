"""Binding values to the parameters of statements.

For every value but texts and numbers sqlcipher3 looks up an adapter, and without one queries the
class of parameters and the value itself for one. Most values of a row are NULL or hashes: with
identity adapters for these, a bulk insert takes two thirds of the time.
"""

from sqlcipher3 import dbapi2 as sqlcipher

AS_THEY_ARE = {bytes: bytes, type(None): {}.get}
"""{class: a function that returns its values unchanged}: implemented in C, since a call of Python
would cost as much as the lookup it saves."""


def bind_as_they_are() -> None:
    """Register identity adapters for NULL and bytes, for the whole process."""
    for kind, unchanged in AS_THEY_ARE.items():
        sqlcipher.register_adapter(kind, unchanged)
