"""The compiler of the catalogue, compared with Babel's."""

import gettext
import re
from collections import Counter
from io import BytesIO

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from borderdesk.base.catalogue import CatalogueError, compile_file, compile_po
from borderdesk.base.paths import RESOURCES

PO = RESOURCES / "locale" / "vi" / "LC_MESSAGES" / "borderdesk.po"
HEADER = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"""


def ours(text):
    return gettext.GNUTranslations(BytesIO(compile_po(text)))


def babels(text):
    file = BytesIO()
    write_mo(file, read_po(BytesIO(text.encode()), locale="vi"))
    file.seek(0)
    return gettext.GNUTranslations(file)


def test_the_program_says_what_babel_would_compile():
    text = PO.read_text(encoding="utf-8")
    one, two = ours(text), babels(text)
    known = {key for key in two._catalog if key}
    assert {key: one._catalog.get(key) for key in known} == {
        key: two._catalog[key] for key in known
    }
    assert set(one._catalog) - {""} == known


def test_escapes_and_long_texts_are_joined():
    text = (
        HEADER
        + r"""
msgid "a\tb"
"\n\"c\" \\ {d}"
msgstr "Một\t"
"hai\nba \"bốn\" \\"
"""
    )
    assert ours(text).gettext('a\tb\n"c" \\ {d}') == 'Một\thai\nba "bốn" \\'


def test_plural_forms_and_contexts():
    text = (
        HEADER
        + r"""
msgid "one record"
msgid_plural "{n} records"
msgstr[0] "một"
msgstr[1] "nhiều"
msgctxt "menu"
msgid "Open"
msgstr "Mở"

msgid "Open"
msgstr "Đang mở"
"""
    )
    told = ours(text)
    assert [told.ngettext("one record", "{n} records", n) for n in (1, 2)] == ["một", "nhiều"]
    assert (told.pgettext("menu", "Open"), told.gettext("Open")) == ("Mở", "Đang mở")


def test_fuzzy_obsolete_and_empty_entries_are_left_out():
    text = (
        HEADER
        + r"""
#, python-format, fuzzy
msgid "doubtful"
msgstr "ngờ"

#: borderdesk/x.py:1
msgid "sound"
msgstr "chắc"

msgid "untranslated"
msgstr ""

#~ msgid "gone"
#~ msgstr "đã bỏ"
"""
    )
    told = ours(text)
    said = {text: told.gettext(text) for text in ("doubtful", "sound", "untranslated", "gone")}
    assert said == {
        "doubtful": "doubtful", "sound": "chắc", "untranslated": "untranslated", "gone": "gone",
    }  # fmt: skip


@pytest.mark.parametrize("line", ["msgid unquoted", '"alone"', 'msgid "open', "msgid 12"])
def test_a_broken_source_is_refused_with_its_line(line):
    with pytest.raises(CatalogueError, match=r"^1: "):
        compile_po(line)


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    source, target = tmp_path / "a.po", tmp_path / "a.mo"
    source.write_text(HEADER, encoding="utf-8")
    compile_file(source, target)
    before = target.read_bytes()
    source.write_text("msgid broken", encoding="utf-8")
    with pytest.raises(CatalogueError):
        compile_file(source, target)
    assert target.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mo", "a.po"]


def test_no_message_stands_twice():
    """The first of two would win, so one of two meanings would be translated wrongly."""
    ids = Counter(re.findall(r'^((?:msgctxt .*\n)?msgid (?:".*"\n)+)', PO.read_text("utf-8"), re.M))
    assert [text for text, times in ids.items() if times > 1] == []
