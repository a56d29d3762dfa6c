"""Translations from a compiled gettext file (.mo), each decoded when it is looked up.

Python's own reader decodes every text of the file before it gives the first: 7 ms of a start that
shows two hundred of three thousand.
"""

import gettext
import struct
from collections.abc import Callable
from functools import cached_property
from typing import Any

_HEADER = struct.Struct("<5I")
"""Magic number, version, count, and where the tables of keys and of translations begin."""
_ENTRY = struct.Struct("<2I")
"""The length and the place of a text."""
_RULE = "plural-forms:"
_RULE_OF_TWO = "n != 1"


class CompiledCatalogue(gettext.NullTranslations):
    """The translations of a .mo file; overrides `_parse`, gettext's hook for reading the file."""

    def _parse(self, fp: Any) -> None:
        self._file = fp.read()
        _magic, _version, count, keys, texts = _HEADER.unpack_from(self._file)
        # A text with plural forms is found by the first of its two keys.
        self._entries = {
            self._file[at : at + length].partition(b"\0")[0]: entry
            for (length, at), entry in zip(
                self._table(keys, count), self._table(texts, count), strict=True
            )
        }
        self._forms: dict[str, tuple[str, ...]] = {}

    def gettext(self, message: str) -> str:
        """A text in the language of the file, or as it is."""
        forms = self._translated(message)
        return forms[0] if forms else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The plural form for the number; one of the two source texts without a translation."""
        forms = self._translated(msgid1)
        if forms:
            return forms[self._plural(n)]
        return msgid1 if n == 1 else msgid2

    @cached_property
    def _plural(self) -> Callable[[int], int]:
        """By which the language chooses a form, from the header of the file."""
        for line in "".join(self._translated("")).splitlines():
            if line.lower().startswith(_RULE):
                return gettext.c2py(line.partition("plural=")[2].rstrip("; "))
        return gettext.c2py(_RULE_OF_TWO)

    def _translated(self, key: str) -> tuple[str, ...]:
        """The forms of a text; none where it is not in the file."""
        forms = self._forms.get(key)
        if forms is None:
            length, at = self._entries.get(key.encode(), (0, 0))
            text = self._file[at : at + length].decode()
            forms = self._forms[key] = tuple(text.split("\0")) if text else ()
        return forms

    def _table(self, start: int, count: int) -> list[tuple[int, int]]:
        return [*_ENTRY.iter_unpack(self._file[start : start + count * _ENTRY.size])]
