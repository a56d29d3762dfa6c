"""The Vietnamese catalogue: complete, with matching placeholders, and free of English."""

import re
from functools import cache
from pathlib import Path

import click
import pytest
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po

from borderdesk.base.paths import RESOURCES

ROOT = RESOURCES.parent
PO = RESOURCES / "locale" / "vi" / "LC_MESSAGES" / "borderdesk.po"
HANDBOOK = "resources/handbook/vi"
SAME = {
    "BorderDesk", "PDF", "Excel", "XLSX", "CSV", "JSON", "km", "m", "%", "Email", "Enter", "F1",
    "QR", "UUID", "SQLite", "Python",
}  # fmt: skip
"""Texts that are equal in both languages."""
ENGLISH = set(
    "the of and or is are was were be been not no must can cannot will this that these there with"
    " without from for into record records save saved file files desk post household list print"
    " report month year day date open close delete edit search settings unknown error please"
    " choose which what when where who its it they have has had does do done new old".split()
)
# Words that are also Vietnamese when written without tones.
ENGLISH -= {"do", "is", "can", "no", "be", "of"} - {"is", "of", "be"}
SAYS = re.compile(r"\b(_|N_|ngettext)\(")
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"(?<!\{)\{[a-z_0-9]*[^{}]*\}(?!\})")


COUNTED = re.compile(
    r"\{(?:count|good|read)\} (?!as\b|of its\b)(?:(?:are|were|wait|have)\b|(?:[a-z]+ )?[a-z]+s\b)"
)
"""What is wrong beside the number one."""
OF_SEVERAL = {
    "{count} invented records are in {folder}. They are not real figures.",
    "{file} is damaged: the full check found {count} faults. Use another one.",
    "Has {count} cells, not {expected}.",
    "{count} pairs are chosen; what you say holds for all of them.",
    "Take the two of {count} pairs as one? In each, record {number} stays.",
    "{count} pairs are one now.",
    "{count} pairs are different things.",
    "The recovery code has {groups} groups of {signs} signs; {count} were typed.",
    "{count} versions of this desk are in no log.",
    "✓ Restored and checked: {count} records in {folder}.",
    "The newest {count} lines; a paper has them all",
    "All {count} tasks are done: the true desk works the same way, and nothing of this one counts.",
    "it has more than {count} letters",
}
"""Texts for several things only, or where one is next to impossible."""


@cache
def catalogue():
    with PO.open("rb") as file:
        return read_po(file, locale="vi")


@cache
def messages():
    return {message.id: message for message in catalogue() if message.id}


def pairs():
    """(English, Vietnamese) of every message; for a plural the last English form."""
    for text, message in messages().items():
        plural = isinstance(text, tuple)
        yield (text[-1], message.string[0]) if plural else (text, message.string)


@cache
def of_the_library():
    """Texts of the command-line library that use the same catalogue."""
    folder = Path(click.__file__).parent
    found = extract_from_dir(folder, [("**.py", "python")], keywords=KEYWORDS)
    return {text for _file, _line, text, _comments, _context in found}


@cache
def used():
    """{text: its first place in the program}."""
    found = {}
    for folder in ("borderdesk", "ui"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            # Parsing a file without texts takes as long as with texts.
            if not SAYS.search(path.read_text(encoding="utf-8")):
                continue
            for line, text, _comments, _context in extract_from_file("python", path, KEYWORDS):
                # A plural is a pair, as in the catalogue.
                found.setdefault(text, f"{path.relative_to(ROOT)}:{line}")
    return found


def test_the_program_uses_hundreds_of_messages():
    assert len(used()) > 300


def test_one_thing_is_spoken_of_as_one():
    """“1 files taken in”, “1 notes wait”: counted texts need a singular."""
    single = {text for text in messages() if not isinstance(text, tuple)}
    wrong = {text for text in single if COUNTED.search(text)}
    assert wrong == OF_SEVERAL


def test_every_text_of_the_program_is_in_the_catalogue():
    missing = {text: place for text, place in used().items() if text not in messages()}
    assert missing == {}


def test_no_translation_is_empty_or_doubtful():
    assert [m.id for m in messages().values() if not m.string or m.string == ("",)] == []
    assert [m.id for m in messages().values() if m.fuzzy] == []


def test_the_catalogue_has_nothing_the_program_does_not_say():
    known = used().keys() | of_the_library()
    assert [text for text in messages() if text not in known] == []


def test_placeholders_are_the_same_on_both_sides():
    wrong = [
        text
        for text, told in pairs()
        if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(told))
    ]
    assert wrong == []


def test_spaces_at_the_ends_and_line_breaks_are_kept():
    def shape(text):
        return text[:1].isspace(), text[-1:].isspace(), text.count("\n")

    assert [text for text, told in pairs() if shape(text) != shape(told)] == []


OTHER_NAMES = {
    r"\bgói (?:số liệu|dữ liệu|tin)\b": "tệp số liệu",
    r"\b(?:đổi cài đặt|cài đặt của)\b": "thiết lập",
    r"\bbàn tập\b": "sổ tập",
    r"\b(?:đợt nhận|lô (?:số liệu|đã))\b": "lần nhận",
    r"\brút ra (?:cùng|những|\{)|\bđang rút ra\b": "lấy ra",
    r"\bsổ tính\b": "bảng tính",
    r"\bbáo cáo (?:thay thế|bổ sung)\b": "báo cáo đính chính",
    r"\bbản quét\b(?! hoặc ảnh chụp)": "bản chụp",
    r"\bdanh sách chọn\b": "danh mục chọn",
    r"\bkhôi phục bản sao lưu\b": "phục hồi bản sao lưu",
    r"\b(?:bạn|(?<!chúng )tôi)\b": "đồng chí",
}
"""{what a thing was called besides: its name}."""


def test_a_thing_has_one_name_in_window_commands_and_handbook():
    told = [told for _text, told in pairs()]
    told += [page.read_text(encoding="utf-8") for page in (ROOT / HANDBOOK).glob("*.md")]
    found = {
        (other.group(), name)
        for text in told
        for pattern, name in OTHER_NAMES.items()
        for other in re.finditer(pattern, text, re.IGNORECASE)
    }
    assert found == set()


def english(text):
    """The English words of a Vietnamese text, without typed words, keys and placeholders."""
    typed = r"“[^”]*”|--[a-z-]+|\([A-Za-z]+\)|[a-z]+:\S+"
    bare = PLACEHOLDER.sub(" ", re.sub(typed, " ", text))
    return {word for word in re.findall(r"[^\W\d_]+", bare.lower()) if word in ENGLISH}


def test_no_text_is_left_in_english():
    same = [text for text, told in pairs() if told == text and text not in SAME]
    assert [text for text in same if re.search("[a-z]{2}", PLACEHOLDER.sub("", text))] == []
    assert {told: english(told) for _text, told in pairs() if english(told)} == {}


@pytest.mark.parametrize("text", ["Ngày", "Không ghi được vào {file}.", "Chữ “list” là lệnh"])
def test_the_search_for_english_passes_vietnamese(text):
    assert not english(text)
