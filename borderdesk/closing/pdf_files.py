"""PDF files read with PDFium, by one thread at a time.

PDFium is not thread-safe, not even for different files, and pypdfium2 calls it without the GIL: two
threads in it ended in a segmentation fault, such as a preview during printing.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.lazy import lazy_module

if TYPE_CHECKING:
    import pypdfium2
else:
    pypdfium2 = lazy_module("pypdfium2")

_PDFIUM = threading.Lock()


@contextmanager
def opened_pdf(source: Path | bytes) -> Iterator["pypdfium2.PdfDocument"]:
    """A PDF, which other threads wait for; its pages and their texts are closed with it, bitmaps
    have to be closed inside. Raises pypdfium2.PdfiumError for no PDF or a locked one."""
    with _PDFIUM, pypdfium2.PdfDocument(source) as document:
        yield document


def has_pages(content: bytes) -> bool:
    """Whether the content is a PDF with a page."""
    try:
        with opened_pdf(content) as document:
            return len(document) > 0
    except pypdfium2.PdfiumError:
        return False
