"""The handbook: a page for each page of the window, in either language, for screen and print.

Its text is resources/handbook/LANGUAGE/NAME.md with `# ` and `## ` headings, paragraphs, `- ` items
and `![caption](file.png)` pictures from resources/pictures.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.i18n import _, language
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import RESOURCES
from borderdesk.reports.blocks import Block, Document, Heading, Paragraph, Picture

if TYPE_CHECKING:
    from borderdesk.reports.paper import pdf
else:
    pdf = lazy_module("borderdesk.reports.paper.pdf")


FOLDER = RESOURCES / "handbook"
PICTURES = RESOURCES / "pictures"
PAGES: Sequence[str] = (
    "start", "home", "records", "grid", "strip", "targets", "report", "exchange", "household",
    "settings", "backup", "people",
)  # fmt: skip
"""The pages of the handbook in order; see `topic_of` for the pages of the window."""

_PICTURE = re.compile(r"!\[(?P<caption>[^]]*)\]\((?P<file>[\w.-]+)\)\Z")


def topic_of(page: str) -> str:
    """The handbook page for a page of the window: that of the same name, else `records`."""
    return page if page in PAGES else "records"


def text_of(page: str) -> str:
    """The text of a page of the handbook, in Markdown, in the language in use."""
    return (FOLDER / language() / f"{page}.md").read_text(encoding="utf-8")


def picture_of(name: str) -> Path:
    """The picture of this name, of a window in the language in use."""
    return PICTURES / language() / name


def blocks_of(page: str) -> Iterator[Block]:
    """A page of the handbook as blocks."""
    for part in re.split(r"\n\s*\n", text_of(page).strip()):
        yield from _blocks(part.strip())


def _blocks(part: str) -> Iterator[Block]:
    picture = _PICTURE.match(part)
    if picture is not None:
        yield Picture(picture_of(picture["file"]), picture["caption"])
    elif part.startswith("#"):
        marks, _blank, words = part.partition(" ")
        yield Heading(words, len(marks))
    elif part.startswith("- "):
        for point in re.split(r"\n(?=- )", part):
            yield Paragraph("• " + " ".join(point[2:].split()).replace("**", ""))
    else:
        yield Paragraph(" ".join(part.split()).replace("**", ""))


def write_handbook(target: Path) -> None:
    """Write the whole handbook as a PDF. Raises UserError."""
    blocks = tuple(block for page in PAGES for block in blocks_of(page))
    title = _("Handbook of BorderDesk")
    pdf.write_pdf(
        Document(
            title=title,
            subtitle=(),
            blocks=blocks,
            issuer="",
            lang=language(),
            author="BorderDesk",
            subject=title,
            footer=_("Not for classified content."),
        ),
        target,
    )
