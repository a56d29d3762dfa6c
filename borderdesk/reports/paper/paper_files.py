"""A paper in a file: its code, the request it was made of, and its words with their positions."""

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from borderdesk.base.errors import UserError, reason
from borderdesk.base.files import require_file
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import is_there
from borderdesk.base.text import nfc
from borderdesk.closing.pdf_files import opened_pdf

if TYPE_CHECKING:
    from docx import oxml
else:
    oxml = lazy_module("docx.oxml")

_CODE = re.compile(
    r"BD1\|[0-9a-f]{8}\|[^|\s]+\|[^|]+?\|\d+\|[0-9a-f]{12}\|[0-9a-f]{12}\|[0-9a-f]{4}"
)
_RECIPE = re.compile(r"<cp:keywords>([^<]*)</cp:keywords>")
_TITLES = re.compile(r"Heading\d|Report(Annex|AnnexTitle|TableTitle)")
PROPERTIES = "docProps/core.xml"
ANNEX_STYLE = "ReportAnnex"
MOST_BYTES = 50_000_000


class PaperWord(NamedTuple):
    """A word of a paper and its position.

    where: the heading above, or the page of a PDF; row, column: of a table, by its first text and
    its title, "" outside; beside: the paragraph or row it is in, a number of the file.
    """

    text: str
    where: str
    row: str
    column: str
    beside: int


class FileText(NamedTuple):
    """The text of a file: its words, and from its properties the request it was made of and, for a
    Word file, all properties (with the code)."""

    words: list[PaperWord]
    made_of: str
    properties: str = ""


class PaperFile(NamedTuple):
    """A PDF or Word file with the code of a paper; made_of: the request, "" in older files."""

    path: Path
    code: str
    made_of: str
    words: list[PaperWord]


def paper_file(text: str) -> PaperFile | None:
    """The PDF or Word file whose path `text` is; None for a text that is no file's path. Raises
    UserError."""
    path = Path(text.strip())
    reader = _READERS.get(path.suffix.lower())
    if reader is None and not (path.suffix and is_there(path)):
        return None
    if reader is None:
        raise UserError(
            _(
                "{name} is no PDF or Word document. Of a scan or a photograph, read the QR code and"
                " give its text."
            ).format(name=path.name)
        )
    require_file(path)
    try:
        text_of_file = reader(path)
    except UserError:
        raise
    except OSError as error:
        raise UserError(
            _("{name} cannot be read as a paper: {error}").format(
                name=path.name, error=reason(error)
            )
        ) from error
    except Exception as error:  # hostile ones fail in more ways than the libraries document
        raise UserError(
            _("{name} is damaged, locked by a password, or no PDF or Word document.").format(
                name=path.name
            )
        ) from error
    words, made_of, properties = text_of_file
    match = _CODE.search("".join(word.text for word in words)) or _CODE.search(properties)
    if match is None:
        raise UserError(
            _("{name} has no code of a paper in it (it begins with BD1|).").format(name=path.name)
        )
    return PaperFile(path, match[0], made_of, words)


# --------------------------------------------------------------------------------- PDF


def _pdf_text(path: Path) -> FileText:
    with opened_pdf(path) as document:
        words = []
        for number, page in enumerate(document, start=1):
            where = _("page {number}").format(number=number)
            text = nfc(page.get_textpage().get_text_range())
            words += [PaperWord(word, where, "", "", number) for word in text.split()]
        return FileText(words, document.get_metadata_value("Keywords"))


def pdf_author(path: Path) -> str:
    """Whom the properties of a PDF name as its author."""
    with opened_pdf(path) as document:
        return str(document.get_metadata_value("Author"))


# -------------------------------------------------------------------------------- Word


def docx_text(file: Path | BinaryIO) -> FileText:
    """The text of a Word file. Raises the errors of the libraries for a broken one."""
    with zipfile.ZipFile(file) as archive:
        body = oxml.parse_xml(_part(archive, "word/document.xml"))
        has_properties = PROPERTIES in archive.namelist()
        about = _part(archive, PROPERTIES).decode() if has_properties else ""
    recipe = _RECIPE.search(about)
    return FileText([*_WordReader().words(body)], recipe[1] if recipe else "", about)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > MOST_BYTES:
        raise UserError(_("{name} is too large for a paper.").format(name=name))
    with archive.open(name) as part:
        return part.read(MOST_BYTES)


class _WordReader:
    """Reads the words of a document's body, in its order, once."""

    def __init__(self) -> None:
        self._where = ""
        self._annex = ""
        self._beside = 0

    def words(self, body: Any) -> Iterator[PaperWord]:
        """Every word, without those deleted with tracked changes."""
        for element in body.xpath("//w:body//*[self::w:p or self::w:tbl][not(ancestor::w:tbl)]"):
            if element.tag.endswith("}tbl"):
                yield from self._table(element)
                continue
            text = _text_of(element)
            style = "".join(element.xpath("./w:pPr/w:pStyle/@w:val"))
            self._beside += 1
            for word in text.split():
                yield PaperWord(word, self._where, "", "", self._beside)
            if _TITLES.fullmatch(style) and text.strip():
                self._title(style, " ".join(text.split()))

    def _title(self, style: str, text: str) -> None:
        if style == ANNEX_STYLE:
            self._annex = text
            self._where = text
        else:
            self._where = " › ".join(filter(None, (self._annex, text)))

    def _table(self, table: Any) -> Iterator[PaperWord]:
        titles: dict[int, list[str]] = {}
        for row in table.xpath("./w:tr | ./w:sdt/w:sdtContent/w:tr"):
            cells = [*_cells_of(row)]
            self._beside += 1
            head = bool(row.xpath("./w:trPr/w:tblHeader"))
            if head:
                for text, first, span in cells:
                    for column in range(first, first + span):
                        titles.setdefault(column, []).append(text)
            row_label = "" if head else next((t for t, _f, _s in cells if _is_words(t)), "")
            for text, first, _span in cells:
                title = "" if head else " ".join(filter(None, titles.get(first, ())))
                for word in text.split():
                    yield PaperWord(word, self._where, row_label, title, self._beside)


def _cells_of(row: Any) -> Iterator[tuple[str, int, int]]:
    """The text of each cell, its first column and how many it spans."""
    at = 0
    for cell in row.xpath("./w:tc | ./w:sdt/w:sdtContent/w:tc"):
        span = int("".join(cell.xpath("./w:tcPr/w:gridSpan/@w:val")) or 1)
        texts = (_text_of(paragraph) for paragraph in cell.xpath(".//w:p"))
        yield " ".join(" ".join(texts).split()), at, span
        at += span


def _text_of(paragraph: Any) -> str:
    # With tracked changes, moved words are at their old position too.
    parts = paragraph.xpath("(.//w:t | .//w:br | .//w:tab)[not(ancestor::w:moveFrom)]")
    return nfc("".join(part.text or "" if part.tag.endswith("}t") else " " for part in parts))


def _is_words(text: str) -> bool:
    return any(letter.isalpha() for letter in text)


_READERS: dict[str, Callable[[Path], FileText]] = {".pdf": _pdf_text, ".docx": docx_text}
