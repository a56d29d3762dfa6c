"""PDFium is asked by one thread at a time, whatever it is asked for."""

import ast
from io import BytesIO
from pathlib import Path

import pypdfium2
import pypdfium2.raw
import pytest
from reportlab.pdfgen.canvas import Canvas

from borderdesk.base.errors import UserError
from borderdesk.closing import pdf_files
from borderdesk.closing.attachments import kind_of
from borderdesk.reports.paper.pages import chart_image, page_image, page_sizes
from borderdesk.reports.paper.paper_files import paper_file, pdf_author
from tests import papers

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def content():
    made = BytesIO()
    canvas = Canvas(made)
    canvas.setAuthor("BS")
    canvas.drawString(72, 72, "BD1|0")
    canvas.save()
    return made.getvalue()


@pytest.fixture
def asked(monkeypatch):
    """Of each call of PDFium, whether other threads waited."""
    calls = []

    def watched(function):
        def call(*arguments):
            calls.append((function.__name__, pdf_files._PDFIUM.locked()))
            return function(*arguments)

        return call

    assert pypdfium2.PdfDocument
    for name, function in list(vars(pypdfium2.raw).items()):
        if name.startswith("FPDF") and callable(function) and hasattr(function, "argtypes"):
            monkeypatch.setattr(pypdfium2.raw, name, watched(function))
    return calls


def test_other_threads_wait_until_the_last_call_of_pdfium(asked, content, tmp_path):
    pdf = tmp_path / "paper.pdf"
    pdf.write_bytes(content)
    ways = (
        lambda: page_sizes(pdf),
        lambda: page_image(pdf, 0, 1.0),
        lambda: pdf_author(pdf),
        lambda: kind_of(content),
        lambda: kind_of(b"%PDF-1.4 nothing %%EOF"),
        lambda: chart_image(papers.charts()[0], 400, 1.0, "vi"),
    )
    for way in ways:
        before = len(asked)
        way()
        assert {name for name, alone in asked[before:] if not alone} == set()
        assert len(asked) > before
        assert not pdf_files._PDFIUM.locked()
    before = len(asked)
    with pytest.raises(UserError, match="BD1"):
        paper_file(str(pdf))
    assert {name for name, alone in asked[before:] if not alone} == set()
    assert "FPDFText_LoadPage" in {name for name, _alone in asked[before:]}
    assert "FPDFBitmap_Destroy" in {name for name, _alone in asked}


def test_no_other_module_opens_pdfium():
    files = [file for folder in ("borderdesk", "ui") for file in (ROOT / folder).rglob("*.py")]
    texts = {file: file.read_text(encoding="utf-8") for file in files}
    users = {
        file.relative_to(ROOT).as_posix()
        for file, text in texts.items()
        if "pypdfium2" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "pypdfium2"
    }
    assert users == {"borderdesk/closing/pdf_files.py"}
