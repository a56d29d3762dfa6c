"""A stored message is shown in the language of its later reader."""

import pickle

import pytest

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import LANGUAGES, _, in_every_language, ngettext, set_language
from borderdesk.base.stored_words import stored_words, words_of_stored

PLAIN = "The disk is full. Nothing was changed; free some space and try again."
OUTER = "The backup could not be made: {error}. Former backups are untouched."
ROWS = ("{count} row saved.", "{count} rows saved.")
INNER = "“{value}” is not a known post."


@pytest.fixture(autouse=True)
def _vietnamese_again():
    yield
    set_language("vi")


CASES = {
    "plain": lambda: _(PLAIN),
    "a value of a person": lambda: _(INNER).format(value="{Đồn} 100% \t“x”"),
    "a number": lambda: _(INNER).format(value=5),
    "a sentence in a sentence": lambda: _(OUTER).format(error=_(INNER).format(value="Bo Sơn")),
    "a word of the catalogue in a sentence": lambda: _(OUTER).format(error=_("Not allowed.")),
    "one row": lambda: ngettext(*ROWS, 1).format(count=1),
    "some rows": lambda: ngettext(*ROWS, 6).format(count=6),
    "some rows in a sentence": lambda: _(OUTER).format(error=ngettext(*ROWS, 2).format(count=2)),
    "an error": lambda: UserError(_(OUTER).format(error=_(PLAIN))),
}


@pytest.mark.parametrize("made", CASES.values(), ids=CASES)
@pytest.mark.parametrize("written", LANGUAGES)
@pytest.mark.parametrize("read", LANGUAGES)
def test_it_is_read_as_it_would_be_said_now(made, written, read):
    set_language(written)
    stored = stored_words(made())
    set_language(read)
    assert words_of_stored(stored) == str(made())


def test_what_is_read_can_be_stored_again():
    stored = stored_words(CASES["a sentence in a sentence"]())
    set_language("en")
    assert stored_words(words_of_stored(stored)) == stored


@pytest.mark.parametrize("former", ["Tệp bị hỏng {…}.", "No space left on device", ""])
def test_what_a_former_version_wrote_stays(former):
    assert words_of_stored(former) == former
    assert stored_words(former) == former


@pytest.mark.parametrize(
    "values",
    ["b", "[]", "1", "null", "{", '{"x": 1}', '{"value": []}', '{"value": [1]}',
     '{"": 1}', '{"": []}', '{"": ["x", "y"]}', '{"": [1, 2]}', '{"": ["x", 1.5]}', "[" * 9_000],
)  # fmt: skip
@pytest.mark.parametrize("message", [INNER, "An old sentence", "{", "{0}", "{value.x}"])
def test_whatever_stands_behind_a_tab_is_shown_and_never_fails(message, values):
    stored = f"{message}\t{values}"
    assert words_of_stored(stored) in (stored, message)


def test_a_sentence_that_is_translated_twice_keeps_what_it_was_made_of():
    said = _(INNER).format(value="Bo Sơn")
    stored = stored_words(_(said))
    set_language("en")
    assert words_of_stored(stored) == INNER.format(value="Bo Sơn")


def test_a_value_of_a_person_is_no_key_of_the_catalogue():
    """A name may be spelt like a text of the program."""
    vietnamese, english = in_every_language("Close")
    assert vietnamese != english
    stored = stored_words(_(INNER).format(value=english))
    assert words_of_stored(stored) == _(INNER).format(value=english)


def test_a_translation_is_a_text_like_any_other():
    said = _(INNER).format(value="x")
    assert pickle.loads(pickle.dumps(said)) == said == f"{said}"
    assert type(said.upper()) is type(said + "") is str
    assert _(INNER).format(value="y") != said
    assert "{value}" in _(INNER)
