"""Texts in cells that a spreadsheet might take for formulas."""

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "'")
GUARD = "'"
"""Put before a text that a spreadsheet would take for a formula; `unguarded` takes it off."""


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return GUARD + text if text.startswith(FORMULA_SIGNS) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given."""
    return text[1:] if text.startswith(GUARD) and text[1:].startswith(FORMULA_SIGNS) else text
