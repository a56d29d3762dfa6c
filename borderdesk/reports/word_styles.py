"""The styles of a Word document, which a clerk can change there: one for each kind of text."""

from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.lazy import lazy_module
from borderdesk.reports import measures as m
from borderdesk.reports.blocks import Align

if TYPE_CHECKING:
    from docx import shared
    from docx.enum import text as kinds
    from docx.oxml import ns
else:
    kinds = lazy_module("docx.enum.text")
    ns = lazy_module("docx.oxml.ns")
    shared = lazy_module("docx.shared")

FONT = "Times New Roman"
LANGUAGES = {"vi": "vi-VN", "en": "en-GB"}
_PARAGRAPH_STYLE = 1


class WordStyle(NamedTuple):
    """Type size, alignment ("both": both edges straight), space above, first indent, in points."""

    size: float
    align: Align | str = "left"
    before: float = 0.0
    bold: bool = False
    italic: bool = False
    indent: float = 0.0


def _styles(formal: bool) -> dict[str, WordStyle]:
    """{name: style}; formal: of an administrative document, as the decree has it."""
    body = m.BODY_SIZE if formal else 12.0
    heading, indent = (m.HEADING_SIZE, m.INDENT) if formal else (12.0, 0.0)
    return {
        "Normal": WordStyle(body),
        "Heading 1": WordStyle(m.HEADING_SIZE, "left", 8, True, indent=indent),
        "Heading 2": WordStyle(heading, "left", 6, True, indent=indent),
        "Heading 3": WordStyle(heading, "left", 6, True, True, indent=indent),
        "Report Body": WordStyle(
            body, "both" if formal else "left", m.PARAGRAPH_GAP, indent=indent
        ),
        "Report Note": WordStyle(m.NOTE_SIZE, "left", 3, italic=True),
        "Report Warning": WordStyle(body, "left", 8, True),
        "Report Left": WordStyle(body),
        "Report Centred": WordStyle(body, "center"),
        "Report Head": WordStyle(m.SIGNER_SIZE, "center"),
        "Report Title": WordStyle(m.NAME_SIZE, "center", 18, True),
        "Report Subject": WordStyle(m.SUBJECT_SIZE, "center", 0, True),
        "Report Annex": WordStyle(m.ANNEX_SIZE, "center", 0, True),
        "Report Annex Title": WordStyle(m.ANNEX_TITLE_SIZE, "center", 0, True),
        "Report Table Title": WordStyle(12.0, "center", 8, True),
        "Report Banner": WordStyle(10.0, "center", 0, True),
        "Report Footer": WordStyle(9.5, "left", 0, italic=True),
        "Report Page Number": WordStyle(m.PAGE_NUMBER_SIZE, "center"),
    }


def add_styles(file: Any, lang: str, *, formal: bool) -> None:
    """Give an empty file the styles of a report, the font of the decree and its language."""
    defaults = file.styles.element.find(ns.qn("w:docDefaults"))
    for spoken in defaults.iter(ns.qn("w:lang")):
        spoken.set(ns.qn("w:val"), LANGUAGES[lang])
    for fonts in defaults.iter(ns.qn("w:rFonts")):
        _name_font(fonts)
    for name, style in _styles(formal).items():
        _set(file, name, style)


def table_style(file: Any, style: str, size: float) -> None:
    """The style of the cells of tables in one type size."""
    if not any(one.style_id == style for one in file.styles):
        _set(file, style, WordStyle(size))


def _set(file: Any, name: str, style: WordStyle) -> None:
    there = name in file.styles
    made = file.styles[name] if there else file.styles.add_style(name, _PARAGRAPH_STYLE)
    made.quick_style = True
    made.font.size = shared.Pt(style.size)
    made.font.bold, made.font.italic = style.bold, style.italic
    made.font.color.rgb = shared.RGBColor(0, 0, 0)
    _name_font(made.element.get_or_add_rPr().get_or_add_rFonts())
    shape = made.paragraph_format
    shape.space_before, shape.space_after = shared.Pt(style.before), shared.Pt(0)
    shape.line_spacing = 1.0
    shape.first_line_indent = shared.Pt(style.indent)
    shape.alignment = kinds.WD_ALIGN_PARAGRAPH.from_xml(style.align)


def _name_font(fonts: Any) -> None:
    """Times New Roman for every script, instead of the theme's."""
    for key in [*fonts.attrib]:
        del fonts.attrib[key]
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(ns.qn(f"w:{script}"), FONT)
