"""Invented data: how it is recognised, its traces in a desk's log, and values in words."""

import hashlib
import json
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderdesk.desk import Desk
from borderdesk.schema.invented import (
    INVENTED,
    INVENTED_FROM,
    MARK,
    invented_hamlets,
    invented_texts,
    is_invented_hamlet,
    is_invented_name,
    is_marked,
    marked,
    minutes,
)
from borderdesk.schema.log_entries import (
    NOTHING,
    START,
    ChainHead,
    LogContent,
    desk_of,
    head_text,
    next_chain,
    ranges_text,
    text_hash,
)
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.value_words import short_value_words, value_words

ID = "018c0000-0000-7000-8000-0123456789ab"


@given(st.uuids().map(str), st.integers(0, 11), st.sampled_from("0123456789abcdef"))
def test_a_marked_id_is_known_and_no_other(plain, place, digit):
    found = marked(plain)
    assert found == marked(found) == plain[:24] + hashlib.sha256(
        f"invented {plain[:24]}".encode()
    ).hexdigest()[:12]  # fmt: skip
    assert len(found) == 36
    assert is_marked(found)
    assert is_marked(plain) == (plain == found)
    other = found[: 24 + place] + digit + found[25 + place :]
    assert is_marked(other) == (other == found)


def test_the_texts_of_a_demonstration_say_so_whole():
    assert minutes(7, 3) == f"BB 7/03 {MARK}"
    values = {
        "a": INVENTED, "b": minutes(12, 10), "c": f"{INVENTED}.", "d": f"x {minutes(1, 1)}",
        "e": [INVENTED], "f": 5, "g": "giả định", "h": "", "i": "BB 1/1 (giả định)",
        "j": f"{minutes(1, 1)} x",
    }  # fmt: skip
    assert [*invented_texts(values)] == ["a", "b"]


def test_hamlets_of_the_demonstration_are_known_by_commune_name_and_first_day():
    one = invented_hamlets()[0]
    other = next(h for h in invented_hamlets() if h.commune != one.commune)
    assert {type(h.is_border) for h in invented_hamlets()} == {bool}
    assert len({(h.commune, h.name) for h in invented_hamlets()}) == len(invented_hamlets())
    bare = one.name.split(" ", 1)[-1] if one.name.startswith(("Thôn", "Bản")) else one.name
    for name in (one.name, one.name.upper(), f"Thôn {bare}"):
        assert is_invented_name([one.commune], name)
        assert is_invented_name(["x", one.commune], name)
    assert not is_invented_name([other.commune], one.name)
    assert not is_invented_name([], one.name)
    assert not is_invented_name([one.commune], "Bản Không Có")
    assert is_invented_hamlet(one.commune, one.name, INVENTED_FROM)
    assert not is_invented_hamlet(one.commune, one.name, "2000-01-02")
    assert not is_invented_hamlet(other.commune, one.name, INVENTED_FROM)


# -------------------------------------------------------------------- the log of a desk


def test_an_entry_is_known_by_all_that_it_says():
    content = LogContent({"b": "2", "a": "ế"})
    assert content.text() == '{"content":{"a":"ế","b":"2"}}'
    hashed = LogContent({"a": "1"}, text_hash(b"salt", "chữ"))
    digest = hashlib.sha256(b"salt" + "chữ".encode()).hexdigest()
    assert json.loads(hashed.text()) == {"content": {"a": "1"}, "text": digest}
    said = f'{{"content":{{"a":"1"}},"desk":"d","kind":"k","text":"{digest}"}}'
    assert hashed.entry_id("d", "k") == hashlib.sha256(said.encode()).digest()
    ids = {
        one.entry_id(desk, kind)
        for one in (content, hashed, LogContent({"a": "1"}), LogContent({}))
        for desk in "de"
        for kind in "kl"
    }
    assert len(ids) == 16


def test_a_chain_binds_kind_and_entry_to_what_was_before():
    assert ChainHead(0, START) == NOTHING
    first = next_chain(START, "k", b"entry")
    assert first == hashlib.sha256(b"kentry").digest()
    assert next_chain(first, "k", b"entry") == hashlib.sha256(first + b"kentry").digest()
    desk = "0123456789abcdef" * 2
    assert desk_of(desk) == desk_of(f"{desk}~89abcdef") == desk
    assert json.loads(head_text(f"{desk}~89abcdef", ChainHead(5, b"\x01\xff"))) == {
        "chain": "01ff", "desk": desk, "number": 5
    }  # fmt: skip


@pytest.mark.parametrize(
    ("ranges", "text"), [([], ""), ([(6, 10), (14, 14)], "6–10, 14"), ([(1, 2)], "1–2")]
)
def test_ranges_of_entries_as_people_read_them(ranges, text):
    assert ranges_text(ranges) == text


# ----------------------------------------------------------------------- values in words


@pytest.fixture(scope="module")
def desk(post_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("words") / "desk"
    with Desk.open(shutil.copytree(post_template, folder)) as desk:
        yield desk


def test_a_value_is_told_in_words_and_shorter_ones(desk):
    pledge, patrol = ALL_TYPES["pledge"], ALL_TYPES["patrol"]
    home = {"head": "Lý A", "commune": "06196", "hamlet": "Pò Mã"}
    raw = {"post": "BS", "signed_on": "2023-10-05", "programme": "phao", "household": home}
    values = desk.records.read("pledge", desk.records.add("pledge", raw).id)[0]
    for key in ("count", "note", "nothing"):
        assert value_words(pledge, key, {}, desk.book) == ""
        assert short_value_words(pledge, key, {}, desk.book) == ""
    assert value_words(pledge, "signed_on", values, desk.book) == "05/10/2023"
    name = value_words(pledge, "household", values, desk.book)
    assert name == short_value_words(pledge, "household", values, desk.book)
    assert "Lý A" in name
    assert "Pò Mã" in name
    # The hamlet stored with the record is shown, wherever the household lives now.
    moved = {**values, "hamlet": "Nà Mỏ"}
    assert value_words(pledge, "household", moved, desk.book) == name.replace("Pò Mã", "Nà Mỏ")
    for told in (value_words, short_value_words):
        assert "Nà Mỏ" in told(pledge, "household", moved, desk.book)
        assert "Pò Mã" in told(pledge, "household", {**values, "hamlet": None}, desk.book)
    assert value_words(pledge, "post", values, desk.book) == "Đồn Biên phòng Ba Sơn"
    assert short_value_words(pledge, "post", values, desk.book) == "Ba Sơn"
    two = {"communes": ["06196-2023", "06202-2023"]}
    names = [desk.book.unit_short(one) for one in two["communes"]]
    assert short_value_words(patrol, "communes", two, desk.book) == "; ".join(names)
    assert short_value_words(patrol, "communes", two, desk.book, ", ") == ", ".join(names)
