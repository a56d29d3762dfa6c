"""The styles of a Word document, which a clerk can change in Word: one for each kind of text."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from borderdesk.reports.blocks import Align
from borderdesk.reports.paper import measures as m
from borderdesk.reports.word_files import word_text as w

FONT = "Times New Roman"
LANGUAGES = {"vi": "vi-VN", "en": "en-GB"}
NORMAL = "Normal"
BASED = f'<w:basedOn w:val="{NORMAL}"/>'
_HEADING = re.compile(r"Heading (\d)")

_SCRIPTS = " ".join(f'w:{script}="{FONT}"' for script in ("ascii", "hAnsi", "eastAsia", "cs"))
_FACE = f"<w:rFonts {_SCRIPTS}/>"
_LINES = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_TABLES = (
    '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
    '<w:name w:val="Default Paragraph Font"/><w:semiHidden/></w:style>'
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal">'
    '<w:name w:val="Normal Table"/><w:semiHidden/></w:style>'
    '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/>'
    f'<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>{_LINES}</w:tblBorders></w:tblPr>'
    "</w:style>"
)
"""Built-in styles of Word for letters and tables, and the table style with lines."""


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


def styles_xml(lang: str, cells: Mapping[str, float], *, formal: bool) -> str:
    """The styles of a file in the font of the decree and the language `lang`; cells: the type sizes
    of the styles that cells of tables have."""
    styles = {name: _style(name, style) for name, style in _styles(formal).items()}
    styles |= {name: _style(name, WordStyle(size)) for name, size in cells.items()}
    tag = LANGUAGES[lang]
    return (
        f"<w:styles {w.NAMESPACE}><w:docDefaults><w:rPrDefault><w:rPr>{_FACE}"
        f'<w:sz w:val="22"/><w:szCs w:val="22"/><w:lang w:val="{tag}" w:eastAsia="{tag}"/>'
        f"</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>{''.join(styles.values())}"
        f"{_TABLES}</w:styles>"
    )


def _style(name: str, style: WordStyle) -> str:
    """One style with all its properties."""
    level, is_normal = _HEADING.fullmatch(name), name == NORMAL
    marks = ' w:default="1"' if is_normal else "" if level else ' w:customStyle="1"'
    style_name = name.lower() if level else name  # as Word itself calls its headings
    outline = f'<w:outlineLvl w:val="{int(level[1]) - 1}"/>' if level else ""
    follows = '<w:next w:val="ReportBody"/>' if level else ""
    size = f'<w:sz w:val="{round(style.size * 2)}"/><w:szCs w:val="{round(style.size * 2)}"/>'
    return (
        f'<w:style w:type="paragraph"{marks} w:styleId="{name.replace(" ", "")}">'
        f'<w:name w:val="{style_name}"/>{"" if is_normal else BASED}{follows}<w:qFormat/><w:pPr>'
        f"{'<w:keepNext/><w:keepLines/>' if level else ''}"
        f'<w:spacing w:before="{w.twips(style.before)}" w:after="0" w:line="240"'
        f' w:lineRule="auto"/><w:ind w:firstLine="{w.twips(style.indent)}"/>'
        f'<w:jc w:val="{style.align}"/>{outline}</w:pPr><w:rPr>{_FACE}'
        f"{'<w:b/><w:bCs/>' if style.bold else ''}{'<w:i/><w:iCs/>' if style.italic else ''}"
        f'<w:color w:val="000000"/>{size}</w:rPr></w:style>'
    )
