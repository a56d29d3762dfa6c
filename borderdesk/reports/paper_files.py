"""The code of a paper that is a file: read from the text of a PDF or Word document."""

import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module

if TYPE_CHECKING:
    import pypdfium2
else:
    pypdfium2 = lazy_module("pypdfium2")

_CODE = re.compile(
    r"BD1\|[0-9a-f]{8}\|[^|\s]+\|[^|]+?\|\d+\|[0-9a-f]{12}\|[0-9a-f]{12}\|[0-9a-f]{4}"
)
_TAG = re.compile(r"<[^>]+>")
MOST_BYTES = 50_000_000


def code_of(text: str) -> str:
    """The code itself, or that of the PDF or Word file whose path it is. Raises UserError."""
    suffix = Path(text.strip()).suffix.lower()
    if suffix not in _READERS:
        return text
    path = Path(text.strip())
    if not path.is_file():
        raise UserError(_("There is no file {file}.").format(file=path.name))
    try:
        words = _READERS[suffix](path)
    except Exception as error:
        raise UserError(
            _("{name} cannot be read as a paper: {error}").format(name=path.name, error=error)
        ) from error
    found = _CODE.search("".join(words.split()))
    if found is None:
        raise UserError(
            _("{name} has no code of a paper in it (it begins with BD1|).").format(name=path.name)
        )
    return found[0]


def _pdf_words(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return "".join(page.get_textpage().get_text_range() for page in document)


def _word_words(path: Path) -> str:
    with zipfile.ZipFile(path) as archive, archive.open("word/document.xml") as part:
        return _TAG.sub("", part.read(MOST_BYTES).decode())


_READERS = {".pdf": _pdf_words, ".docx": _word_words}
