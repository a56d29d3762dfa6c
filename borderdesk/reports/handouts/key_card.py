"""The printed card of keyboard shortcuts."""

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.reports.blocks import Block, Column, Document, Heading, Row, Table

if TYPE_CHECKING:
    from borderdesk.reports.paper import pdf
else:
    pdf = lazy_module("borderdesk.reports.paper.pdf")


Entry = tuple[str, str, str, str]
"""(place of use, name, keys, effect)."""


def write_key_card(entries: Iterable[Entry], target: Path, lang: str) -> None:
    """Write the shortcuts as a PDF, grouped by place. Raises UserError."""
    pdf.write_pdf(key_card(entries, lang), target)


def key_card(entries: Iterable[Entry], lang: str) -> Document:
    """The card as a document."""
    columns = (
        Column(_("Keys"), "text", 1.6),
        Column(_("Name"), "text", 1.8),
        Column(_("What it does"), "text", 3.4),
    )
    blocks: list[Block] = []
    for place, group in groupby(entries, key=lambda entry: entry[0]):
        blocks.append(Heading(place, 2))
        rows = tuple(Row((keys, name, does)) for _place, name, keys, does in group)
        blocks.append(Table(columns, rows))
    return Document(
        title=_("Keys of BorderDesk"),
        subtitle=(),
        blocks=tuple(blocks),
        issuer="",
        lang=lang,
        author="BorderDesk",
        subject=_("Keys of BorderDesk"),
    )
