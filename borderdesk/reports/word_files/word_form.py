"""Fills a unit's own Word form: everything but the fields stays as it is, byte for byte in parts
without fields."""

import copy
import re
import zipfile
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.broken_zips import BROKEN_ZIP
from borderdesk.base.errors import UserError
from borderdesk.base.files import file_content, write_atomically
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.text import fold
from borderdesk.reports.paper.paper_files import PROPERTIES
from borderdesk.reports.word_files import word_text as w
from borderdesk.reports.word_files.form_fields import FormContent

if TYPE_CHECKING:
    from docx import oxml
    from docx.opc import oxml as package_xml
else:
    oxml = lazy_module("docx.oxml")
    package_xml = lazy_module("docx.opc.oxml")

FIELD = re.compile(r"\{\{\s*([^{}\s][^{}]*?)\s*\}\}")
_BROKEN = re.compile(r"\{\{|\}\}")
_TAG = re.compile(rb"<[^>]*>")
_PARTS = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_MACROS = re.compile(rb"vbaproject|macroenabled", re.IGNORECASE)
_TYPES = "[Content_Types].xml"
_PROPERTIES_TAG = (
    "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}coreProperties"
)
_TEMPLATE, _DOCUMENT = b"wordprocessingml.template.main+xml", b"wordprocessingml.document.main+xml"
"""The content types of a template for new documents (.dotx), and of a document."""
_NAMESPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MOST_PARTS, MOST_BYTES = 2_000, 50_000_000
TOLD = 10
"""Unknown fields that are named at once."""


class FormFile(NamedTuple):
    """A form before it is filled: its name, and the Word file."""

    name: str
    content: bytes


def form_file(path: Path) -> FormFile:
    """The form in a file. Raises UserError."""
    return FormFile(path.name, file_content(path, MOST_BYTES))


def check_form(template: FormFile) -> None:
    """Raise UserError for a file that is no Word document, or has macros."""
    _read(template)


def fill_form(template: FormFile, content: FormContent, target: Path) -> None:
    """Write the template with its fields filled. Raises UserError for a file that is no Word
    document, for macros, and for broken and unknown fields, all of them named; `target` is then as
    it was."""
    parts = _read(template)
    filler = _FormFiller(content)
    for name in filter(_PARTS.fullmatch, parts):
        parts[name] = filler.fill(parts[name])
    filler.check()
    if _TYPES in parts:
        parts[_TYPES] = parts[_TYPES].replace(_TEMPLATE, _DOCUMENT)
    if PROPERTIES in parts:
        parts[PROPERTIES] = _with_code(parts[PROPERTIES], content.code)
    write_atomically(target, _zipped(parts))


def _read(template: FormFile) -> dict[str, bytes]:
    """{name: content} of the parts of a Word file, in its order."""
    try:
        with zipfile.ZipFile(BytesIO(template.content)) as archive:
            entries = archive.infolist()
            size = sum(entry.file_size for entry in entries)
            if len(entries) > MOST_PARTS or size > MOST_BYTES:
                raise UserError(_("{name} is too large for a form.").format(name=template.name))
            parts = {entry.filename: archive.read(entry) for entry in entries}
    except BROKEN_ZIP as error:
        raise _no_form(template) from error
    if "word/document.xml" not in parts:
        raise _no_form(template)
    # Without a field it would be written again unread.
    _parsed(parts["word/document.xml"])
    if any(name.endswith("vbaProject.bin") for name in parts) or _MACROS.search(
        parts.get(_TYPES, b"")
    ):
        raise UserError(
            _("{name} has macros in it; save it as a Word document without them (.docx).").format(
                name=template.name
            )
        )
    return parts


def _no_form(template: FormFile) -> UserError:
    return UserError(_("{name} is no Word document (.docx).").format(name=template.name))


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    """The parts as a file; the same parts give the same bytes."""
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            archive.writestr(entry, content)
    return whole.getvalue()


def _with_code(properties: bytes, code: str) -> bytes:
    """The file's properties with the code of the paper as its identifier."""
    root = _parsed(properties)
    if root.tag != _PROPERTIES_TAG:
        return properties
    root.identifier_text = code
    return package_xml.serialize_part_xml(root)


def _parsed(part: bytes) -> Any:
    try:
        root = oxml.parse_xml(part)
    except SyntaxError as error:
        raise UserError(_("The form cannot be read: {error}").format(error=error)) from error
    if doctype := root.getroottree().docinfo.doctype:  # Word takes none either
        raise UserError(_("The form cannot be read: {error}").format(error=doctype[:40]))
    return root


class _FormFiller:
    """Fills the parts of one form and collects its errors."""

    def __init__(self, content: FormContent) -> None:
        self._rows = content.rows
        self._values = {field.name: field.value for field in content.fields}
        self._near = _near_words(content)
        self._in_rows = {row_field.name for row_field in content.row_fields}
        self._unknown: dict[str, None] = {}
        self._broken: list[str] = []

    def fill(self, part: bytes) -> bytes:
        """A part with its fields filled; the part itself if it has none."""
        words = _TAG.sub(b"", part.replace(b"\0", b""))  # UTF-16 has them between its letters
        if b"{{" not in words and b"}}" not in words:
            return part
        root = _parsed(part)
        if not root.tag.startswith(_NAMESPACE):
            raise UserError(
                _(
                    "The form was saved as “Strict Open XML”; save it as an ordinary Word document"
                    " (.docx)."
                )
            )
        # Not by XPath, which only elements have that the library has a class for.
        for row in list(root.iter(_name("tr"))):
            if next(row.iter(_name("tbl")), None) is None:
                self._repeat(row)
        for paragraph in root.iter(_name("p")):
            self._fill(paragraph, self._values)
        return package_xml.serialize_part_xml(root)

    def _repeat(self, row: Any) -> None:
        """Repeat a row with row fields once for each row of data, and remove it without any."""
        names = {name.partition(".")[0] for name in _fields_of(row)} & self._rows.keys()
        if not names:
            return
        for values in self._rows[min(names)]:
            copied_row = copy.deepcopy(row)
            for paragraph in copied_row.iter(_name("p")):
                self._fill(paragraph, self._values | values)
            row.addprevious(copied_row)
        row.getparent().remove(row)

    def _fill(self, paragraph: Any, values: Mapping[str, str]) -> None:
        """Fill the fields of a paragraph, however Word has cut them into runs."""
        texts = [text for text in paragraph.iter(_name("t")) if _paragraph_of(text) is paragraph]
        whole = "".join(text.text or "" for text in texts)
        if _BROKEN.search(FIELD.sub("", whole)):
            self._broken.append(whole.strip()[:80])
        fields = [*FIELD.finditer(whole)]
        self._unknown |= {field[1]: None for field in fields if field[1].casefold() not in values}
        for match in reversed(fields):
            value = values.get(match[1].casefold())
            if value is not None:
                _put(texts, match.start(), match.end(), value)

    def check(self) -> None:
        """Raise UserError for the errors in the fields."""
        problems = [
            _("“{text}”: a field begins with {begin} and ends with {end}.").format(
                text=text, begin="{{", end="}}"
            )
            for text in self._broken
        ]
        for name in self._unknown:
            if name.casefold() in self._in_rows:
                words = _("“{name}” stands in a row of a table, with others of its kind alone.")
                problems.append(words.format(name=name))
                continue
            near = get_close_matches(fold(name), self._near, n=1, cutoff=0.0)
            problems.append(
                _("“{name}” is no field; the nearest is “{near}”.").format(
                    name=name[:60], near="".join(map(self._near.__getitem__, near))
                )
            )
        if problems:
            more = len(problems) - TOLD
            problems = problems[:TOLD] + ([f"… (+{more})"] if more > 0 else [])
            raise UserError(" ".join(problems))


def _near_words(content: FormContent) -> dict[str, str]:
    """{likely misspelling: the field}: by its name, or by its description."""
    fields = [*content.fields, *content.row_fields]
    near = {fold(field.name): field.name for field in fields}
    for field in fields:
        near.setdefault(fold(field.label.partition(":")[0]), field.name)
    return near


def _name(tag: str) -> str:
    return f"{_NAMESPACE}{tag}"


def _paragraph_of(text: Any) -> Any:
    return next(text.iterancestors(_name("p")))


def _fields_of(row: Any) -> Iterator[str]:
    for paragraph in row.iter(_name("p")):
        whole = "".join(text.text or "" for text in paragraph.iter(_name("t")))
        yield from (match[1].casefold() for match in FIELD.finditer(whole))


def _put(texts: list[Any], first: int, last: int, value: str) -> None:
    """Put a value in the place of the letters first to last, in the run where they begin."""
    at, written = 0, False
    for element in texts:
        text = element.text or ""
        begin, end = max(first - at, 0), min(last - at, len(text))
        at += len(text)
        if begin >= end:
            continue
        element.text = text[:begin] + ("" if written else w.plain(value)) + text[end:]
        element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        written = True
        _break_lines(element)


def _break_lines(text: Any) -> None:
    """A line break in a value is one in the document."""
    first, *more = (text.text or "").split("\n")
    text.text = first
    after = text
    for line in more:
        for tag in ("br", "t"):
            new_element = oxml.OxmlElement(f"w:{tag}")
            after.addnext(new_element)
            after = new_element
        after.text = line
        after.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
