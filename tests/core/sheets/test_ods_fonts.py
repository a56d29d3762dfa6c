"""Fonts in .ods files: each row, cell and part of a cell may have its own."""

import zipfile
from itertools import islice
from pathlib import Path

import pytest

from borderdesk.sheets.imports.sheet_import import SheetImport
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.sheets.sources.ods_fonts import has_legacy_fonts, ods_fonts
from borderdesk.store.lists.listing import Filter
from tests.core.sheets import sheet_files as files

DATA = Path(__file__).resolve().parents[2] / "data" / "sheets"
STYLE = (
    '<style:style style:name="{}" style:family="{}" style:parent-style-name="{}">'
    '<style:text-properties style:font-name="{}"/></style:style>'
)


def test_a_list_in_four_fonts_is_read_by_the_font_of_each_cell(post_desk):
    request = SheetRequest(fixed={"programme": "Khu vực biên giới"})
    path = DATA / "calc_mixed_fonts.ods"
    outcome = post_desk.part(SheetImport).import_sheet("pledge", path, request)
    assert (outcome.accepted, outcome.refused) == (4, [])
    found = {one.values["head"] for one in post_desk.lists.stream("household", Filter())}
    assert found == {"Nông Văn Hòa", "Lương Thế Ước", "Đàm Thị Hường", "HỨA NGỌC THỦY"}


def written(tmp_path, rows, styles="", columns=""):
    """A file with the fonts N (Times New Roman), T (.VnTime) and V (VNI-Times)."""
    path = files.write_ods_content(tmp_path / "f.ods", columns + rows)
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name).decode() for name in old.namelist()}
    face = '<style:font-face style:name="{}" svg:font-family="{}"/>'
    names = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = f' xmlns:style="{names}:style:1.0" xmlns:svg="{names}:svg-compatible:1.0"'
    faces = [("N", "&apos;Times New Roman&apos;"), ("T", ".VnTime"), ("V", "VNI-Times")]
    head = (
        "<office:font-face-decls>"
        + "".join(face.format(*one) for one in faces)
        + f"</office:font-face-decls><office:automatic-styles>{styles}</office:automatic-styles>"
    )
    content = parts["content.xml"].replace("<office:body>", head + "<office:body>")
    content = content.replace("<office:document-content", f"<office:document-content{spaces}")
    with zipfile.ZipFile(path, "w") as new:
        for name, part in parts.items():
            new.writestr(name, content if name == "content.xml" else part)
    return path


def cell(text, style="", repeated=1):
    named = f' table:style-name="{style}"' if style else ""
    return (
        f'<table:table-cell{named} office:value-type="string"'
        f' table:number-columns-repeated="{repeated}"><text:p>{text}</text:p></table:table-cell>'
    )


def row(*cells, more=""):
    return f"<table:table-row{more}>{''.join(cells)}</table:table-row>"


def test_a_cell_without_a_style_has_that_of_its_row_its_column_or_the_default(tmp_path):
    styles = (
        STYLE.format("Default", "table-cell", "", "N")
        + STYLE.format("c1", "table-cell", "Default", "T")
        + STYLE.format("r1", "table-cell", "Default", "V")
        + '<style:style style:name="c2" style:family="table-cell" style:parent-style-name="c1"/>'
    )
    columns = (
        '<table:table-column table:default-cell-style-name="c1"/>'
        '<table:table-column table:number-columns-repeated="2"/>'
    )
    rows = row(cell("a"), cell("b"), cell("c", "c2")) + row(
        cell("a", repeated=2), more=' table:default-cell-style-name="r1"'
    )
    path = written(tmp_path, rows, styles, columns)
    assert has_legacy_fonts(path)
    assert list(islice(ods_fonts(path, 0), 9)) == [
        [".VnTime", "Times New Roman", ".VnTime"],
        ["VNI-Times", "VNI-Times"],
    ]


def test_each_part_of_a_cell_has_its_own_font(tmp_path):
    styles = STYLE.format("s1", "text", "", "T") + STYLE.format("s2", "text", "", "N")
    rows = row(
        cell('<text:span text:style-name="s1">N«ng V¨n</text:span>'),
        cell('a <text:span text:style-name="s1">N«ng V¨n</text:span> b'),
        cell('<text:span text:style-name="s2">abc</text:span>'),
        more=' table:number-rows-repeated="3"',
    )
    fonts = list(ods_fonts(written(tmp_path, rows, styles), 0))
    parts = (("", "a "), (".VnTime", "N«ng V¨n"), ("", " b"))
    assert fonts == [[".VnTime", parts, "Times New Roman"]] * 3


@pytest.mark.parametrize("name", ["calc.ods", "pledges_odfpy.ods"])
def test_a_file_in_modern_fonts_alone_is_not_looked_through(name):
    assert not has_legacy_fonts(DATA / name)
