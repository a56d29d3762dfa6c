"""Word forms of a desk: names, sizes and number, and those that a set-up file adds and removes."""

import base64
import hashlib

import pytest

from borderdesk.base.errors import UserError
from borderdesk.closing import word_forms
from borderdesk.closing.word_forms import MOST_FORMS, NAME_LIMIT, form_name

HERE, THERE = "1" * 32, "2" * 32


def row(form, content, /, **changes):
    digest, coded = hashlib.sha256(content).hexdigest(), base64.b64encode(content).decode()
    return {"name": form, "sha256": digest, "content": coded, **changes}


def bring(desk, *rows, origin=HERE):
    problems = {}
    with desk.writing():
        gone = desk.word_forms.replace(origin, {origin}, rows, problems)
    return gone, problems


def kept(desk):
    forms = desk.word_forms
    return {one.name: (forms.content(one.name), one.brought) for one in forms.all()}


def test_the_shortest_and_the_longest_name():
    assert form_name(" a.DOCX ") == "a.DOCX"
    assert form_name("x" * (NAME_LIMIT - 5) + ".docx")
    for wrong in ("x" * (NAME_LIMIT - 4) + ".docx", ".docx", "", "a.doc", "a/b.docx", "a\\b.docx",
                  "a.docx.pdf", "a\nb.docx"):  # fmt: skip
        with pytest.raises(UserError):
            form_name(wrong)


def test_a_form_is_kept_with_its_sum_and_replaced_by_one_of_its_name(post_desk):
    forms = post_desk.word_forms
    forms.keep_form("b.docx", b"1")
    form = forms.keep_form(" a.docx", b"22")
    assert form[:4] == ("a.docx", 2, hashlib.sha256(b"22").hexdigest(), "Người thử")
    assert [one.name for one in forms.all()] == ["a.docx", "b.docx"]
    assert forms.all()[0] == form
    forms.keep_form("b.docx", b"3")
    assert kept(post_desk) == {"a.docx": (b"22", ""), "b.docx": (b"3", "")}
    forms.remove_form("a.docx")
    assert (forms.content("a.docx"), [*kept(post_desk)]) == (None, ["b.docx"])
    with pytest.raises(UserError, match=r"“a\.docx”"):
        forms.remove_form("a.docx")


def test_the_largest_form_and_the_last_one_that_has_room(post_desk, monkeypatch):
    monkeypatch.setattr(word_forms, "MOST_BYTES", 3)
    forms = post_desk.word_forms
    for n in range(MOST_FORMS):
        forms.keep_form(f"{n}.docx", b"123")
    with pytest.raises(UserError, match=str(MOST_FORMS)):
        forms.keep_form("x.docx", b"1")
    assert forms.keep_form("0.docx", b"1").size == 1
    with pytest.raises(UserError, match=r"1\.docx"):
        forms.keep_form("1.docx", b"1234")
    assert len(forms.all()) == MOST_FORMS


def test_a_set_up_file_takes_away_what_itself_had_brought(post_desk):
    post_desk.word_forms.keep_form("own.docx", b"own")
    assert bring(post_desk, row("a.docx", b"1"), row("b.docx", b"2"), row("own.docx", b"x")) == (
        0,
        {},
    )
    assert bring(post_desk, row("c.docx", b"3"), origin=THERE) == (0, {})
    assert kept(post_desk) == {"a.docx": (b"1", HERE), "b.docx": (b"2", HERE),
                               "c.docx": (b"3", THERE), "own.docx": (b"own", "")}  # fmt: skip
    assert bring(post_desk, row("a.docx", b"4")) == (1, {})
    assert kept(post_desk) == {"a.docx": (b"4", HERE), "c.docx": (b"3", THERE),
                               "own.docx": (b"own", "")}  # fmt: skip
    handed = post_desk.word_forms.handed_on()
    assert handed == [row("a.docx", b"4"), row("c.docx", b"3"), row("own.docx", b"own")]


def test_what_is_wrong_in_a_set_up_file_is_named_and_nothing_is_taken(post_desk, monkeypatch):
    monkeypatch.setattr(word_forms, "MOST_BYTES", 3)
    bring(post_desk, row("a.docx", b"123"))
    before = kept(post_desk)
    wrong = [
        "x", {}, row("a.docx", b"1", name=1), row("a.docx", b"1", sha256=None),
        row("a.docx", b"1", content=None), row("a.docx", b"1", content="?"),
        row("a.docx", b"1", sha256="0" * 64), row("a.docx", b"1234"), row("a.pdf", b"1"),
    ]  # fmt: skip
    gone, problems = bring(post_desk, row("b.docx", b"1"), *wrong)
    assert (gone, [*problems]) == (0, [f"forms[{n}]" for n in range(1, len(wrong) + 1)])
    assert all(problems.values())
    assert kept(post_desk) == before
