"""The fonts of the cells of an .ods file: the reading library does not report them, and old lists
saved again as .ods keep the fonts that determine their encoding."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from borderdesk.base.legacy_text import encoding_of_font
from borderdesk.sheets.sources.cells import CellFont, FontRun
from borderdesk.sheets.sources.file_formats import damaged
from borderdesk.sheets.sources.workbook_scan import BROKEN, WorkbookFile, small_part

_NAMED = re.compile(rb"(?:font-family|font-name)=[\"']([^\"']{1,80})[\"']")
_BODY = b"<office:body"
_MOST_COLUMNS = 1_024
_MOST_DEPTH = 16

Attributes = dict[str, str]


def has_legacy_fonts(file: WorkbookFile) -> bool:
    """Whether the styles of the file name a font of TCVN3 or VNI. Raises UserError."""
    try:
        with zipfile.ZipFile(file) as archive:
            styles = small_part(archive, "styles.xml") or b""
            with archive.open("content.xml") as content:
                styles += content.read(1024 * 1024).partition(_BODY)[0]
    except BROKEN:
        raise damaged() from None
    return any(
        encoding_of_font(name.decode("utf-8", "replace").replace("&apos;", "").strip("'"))
        for name in set(_NAMED.findall(styles))
    )


def ods_fonts(file: WorkbookFile, sheet: int) -> Iterator[Sequence[CellFont]]:
    """The font of each cell of the sheet with this number from 0, a row each. Raises UserError."""
    stream = file.open("rb") if isinstance(file, Path) else file
    try:
        with zipfile.ZipFile(stream) as archive:
            fonts = _StyleFonts()
            # `small_part` and the scan before refuse entities.
            styles = small_part(archive, "styles.xml") or b"<x/>"
            fonts.add(ElementTree.fromstring(styles))  # noqa: S314
            with archive.open("content.xml") as content:
                yield from _SheetFonts(fonts, sheet).rows(content)
    except BROKEN:
        raise damaged() from None
    finally:
        if isinstance(file, Path):
            stream.close()


def _attributes(element: ElementTree.Element) -> Attributes:
    """The attributes of an element without their name spaces."""
    return {key.rpartition("}")[2]: value for key, value in element.items()}


def _tag(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


class _StyleFonts:
    """The fonts of styles, with their parents and the default."""

    def __init__(self) -> None:
        self._faces: dict[str, str] = {}
        self._fonts: dict[tuple[str, str], str] = {}
        self._parents: dict[tuple[str, str], str] = {}
        self._found: dict[tuple[str, str], str] = {}

    def add(self, tree: ElementTree.Element) -> None:
        """Take the fonts and styles inside an element."""
        for element in tree.iter():
            self.add_element(element)

    def add_element(self, element: ElementTree.Element) -> None:
        """Take a font or a style that was read whole."""
        tag = _tag(element)
        if tag == "font-face":
            element_attributes = _attributes(element)
            self._faces[element_attributes.get("name", "")] = element_attributes.get(
                "font-family", ""
            ).strip("'")
        elif tag in ("style", "default-style"):
            element_attributes = _attributes(element)
            key = (element_attributes.get("family", ""), element_attributes.get("name", ""))
            self._parents[key] = element_attributes.get("parent-style-name", "")
            for inside in element:
                if _tag(inside) == "text-properties":
                    attributes = _attributes(inside)
                    self._fonts[key] = attributes.get("font-name") or attributes.get(
                        "font-family", ""
                    )

    def font(self, family: str, style: str) -> str:
        """The name of the font of a style; "" if none is declared."""
        key = (family, style)
        if key not in self._found:
            self._found[key] = self._looked_up(family, style)
        return self._found[key]

    def _looked_up(self, family: str, style: str) -> str:
        names = [style]
        while names[-1] and len(names) < _MOST_DEPTH:
            names.append(self._parents.get((family, names[-1]), ""))
        if family == "table-cell":
            # Cells without a style use the one called Default.
            names = [*names[:-1], "Default", ""]
        font_name = next((font for name in names if (font := self._fonts.get((family, name)))), "")
        return self._faces.get(font_name, font_name).strip("'")


class _SheetFonts:
    """Goes through the content of a file for the rows of one sheet."""

    def __init__(self, fonts: _StyleFonts, sheet: int) -> None:
        self._fonts = fonts
        self._sheet = sheet
        self._place = -1
        self._depth = 0
        self._columns: list[str] = []

    def rows(self, content: IO[bytes]) -> Iterator[Sequence[CellFont]]:
        """The fonts of each row."""
        elements = ElementTree.iterparse(content, events=("start", "end"))  # noqa: S314
        for event, element in elements:
            tag = _tag(element)
            if tag == "table":
                self._begin_or_end(event)
                if event == "end" and self._place == self._sheet and not self._depth:
                    return
            elif event == "start":
                continue
            elif not self._depth:
                self._fonts.add_element(element)
            elif self._place == self._sheet and tag == "table-column":
                self._add_column(_attributes(element))
            elif tag == "table-row":
                if self._place == self._sheet:
                    attributes = _attributes(element)
                    row = self._row(element, attributes)
                    for _n in range(_times(attributes, "number-rows-repeated", 1_048_576)):
                        yield row
                element.clear()

    def _begin_or_end(self, event: str) -> None:
        if event == "start":
            self._place += not self._depth
            self._depth += 1
        else:
            self._depth -= 1

    def _add_column(self, attributes: Attributes) -> None:
        room = _MOST_COLUMNS - len(self._columns)
        times = _times(attributes, "number-columns-repeated", max(room, 0))
        self._columns += [attributes.get("default-cell-style-name", "")] * times

    def _row(self, row: ElementTree.Element, row_attributes: Attributes) -> Sequence[CellFont]:
        of_row = row_attributes.get("default-cell-style-name", "")
        fonts: list[CellFont] = []
        for cell in row:
            if _tag(cell) not in ("table-cell", "covered-table-cell"):
                continue
            attributes = _attributes(cell)
            place = len(fonts)
            of_column = self._columns[place] if place < len(self._columns) else ""
            style = attributes.get("style-name") or of_row or of_column
            font = self._inside(cell, self._fonts.font("table-cell", style))
            room = _MOST_COLUMNS - place
            fonts += [font] * _times(attributes, "number-columns-repeated", max(room, 0))
        return fonts

    def _inside(self, cell: ElementTree.Element, font: str) -> CellFont:
        """The font of a cell's text, or its parts where they have several."""
        paragraphs = [paragraph for paragraph in cell if _tag(paragraph) == "p"]
        runs: list[FontRun] = []
        for number, paragraph in enumerate(paragraphs):
            style = _attributes(paragraph).get("style-name", "")
            usual = self._fonts.font("paragraph", style) or font
            runs.append(FontRun(usual, ("\n" if number else "") + (paragraph.text or "")))
            for span in paragraph:
                style = _attributes(span).get("style-name", "") if _tag(span) == "span" else ""
                of_span = self._fonts.font("text", style) if style else ""
                runs.append(FontRun(of_span or usual, "".join(span.itertext())))
                runs.append(FontRun(usual, span.tail or ""))
        runs = [run for run in runs if run.text]
        several = len({run.font for run in runs}) > 1
        return tuple(runs) if several else runs[0].font if runs else font


def _times(attributes: Attributes, name: str, most: int) -> int:
    text = attributes.get(name, "1")
    return min(int(text), most) if text.isascii() and text.isdecimal() else 1
