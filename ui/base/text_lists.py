"""Lists of names within a sentence."""

from collections.abc import Sequence

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language


def list_label(texts: Sequence[str], most: int) -> str:
    """The first `most` texts separated by commas; the rest is counted."""
    label = ", ".join(texts[:most])
    if len(texts) > most:
        count = format_number(len(texts) - most, language())
        label += _(" and {count} more").format(count=count)
    return label
