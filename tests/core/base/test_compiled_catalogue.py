"""The lazily read catalogue gives the same texts as Python's gettext."""

import gettext
from io import BytesIO

from borderdesk.base.catalogue import compile_po
from borderdesk.base.compiled_catalogue import CompiledCatalogue
from borderdesk.base.paths import RESOURCES

SOURCE = RESOURCES / "locale" / "vi" / "LC_MESSAGES" / "borderdesk.po"
OF_THREE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=3; plural=n%10==1 ? 0 : n>4 ? 2 : 1;\\n"

msgid "{n} file"
msgid_plural "{n} files"
msgstr[0] "một"
msgstr[1] "vài"
msgstr[2] "nhiều"

msgctxt "menu"
msgid "Open"
msgstr "Mở"
"""


def readers(source: str) -> tuple[gettext.GNUTranslations, CompiledCatalogue]:
    file = compile_po(source)
    return gettext.GNUTranslations(BytesIO(file)), CompiledCatalogue(BytesIO(file))


def test_every_text_is_found_and_what_is_not_there_stays():
    usual, ours = readers(SOURCE.read_text(encoding="utf-8"))
    keys = [key if isinstance(key, str) else key[0] for key in usual._catalog]
    assert len(keys) > 2_000
    for key in [*keys, "not there", "Open", ""]:
        assert ours.gettext(key) == usual.gettext(key)
        for number in (0, 1, 7):
            found = ours.ngettext(key, "many", number)
            known = (key, usual.plural(number)) in usual._catalog
            assert found == (usual.ngettext(key, "many", number) if known else found)


def test_the_form_of_a_number_is_chosen_by_the_language():
    usual, ours = readers(OF_THREE)
    for number in (0, 1, 3, 5, 11, 21, 100):
        about = ("{n} file", "{n} files", number)
        assert ours.ngettext(*about) == usual.ngettext(*about) != "{n} files"
        assert ours.ngettext("{n} box", "{n} boxes", number).endswith("xes") == (number != 1)
    assert ours.gettext("{n} file") == usual.gettext("{n} file") == "một"
    assert ours.gettext("Open") == "Open"
    assert ours.gettext("menu\x04Open") == "Mở"
