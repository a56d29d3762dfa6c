"""Vietnamese text: composing, folding, comparing, searching, sorting."""

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderdesk.base.text import (
    FORBIDDEN,
    _forms,
    accented,
    fold,
    marker_key,
    nfc,
    person_key,
    query_words,
    sort_key,
    words,
)

ALPHABET = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
VIETNAMESE = sorted(
    {
        unicodedata.normalize("NFC", letter + tone)
        for letter in ALPHABET
        for tone in (["", *TONES] if letter in "aăâeêioôơuưy" else [""])
    }
)
vietnamese = st.text([*VIETNAMESE, " "], max_size=8)


# ------------------------------------------------------------------------------- composing


def test_text_is_composed():
    assert nfc("Đô\u0300n") == "Đồn"
    assert nfc("plain") == "plain"


@pytest.mark.parametrize(
    "sign", ["\x00", "\t", "\x7f", "\x85", "\u200b", "\u202e", "\ufeff", "\ud800"]
)
def test_unseen_signs_are_forbidden(sign):
    assert FORBIDDEN.search(f"a{sign}b")


@pytest.mark.parametrize("text", ["Đường biên", "1146/1", "“trích”", "a\u0323", "–", "北京"])
def test_readable_text_is_not_forbidden(text):
    assert not FORBIDDEN.search(text)


# --------------------------------------------------------------------------------- folding


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đường Biên", "duong bien"),
        ("  Đường \t  Biên\n", "duong bien"),
        ("ðường", "duong"),
        ("ĐỒNG ĐĂNG", "dong dang"),
        (unicodedata.normalize("NFD", "Xuất Lễ"), "xuat le"),
        ("ưƯơƠ", "uuoo"),
        ("Mốc 1146/1", "moc 1146/1"),
        ("", ""),
    ],
)
def test_fold_forgets_case_marks_and_doubled_spaces(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text([*VIETNAMESE, *(c.upper() for c in VIETNAMESE), " ", "7"]))
def test_folded_vietnamese_is_plain_ascii(text):
    assert fold(text).isascii()
    assert fold(text) == fold(unicodedata.normalize("NFD", text))
    assert fold(text) == fold(text.upper())


# -------------------------------------------------------------------- accents that count


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"), ("Thuỵ Hùng", "Thụy  hùng"), ("khoẻ", "khỏe"), ("UỶ ban", "ủy ban"),
        ("Loã", "lõa"), ("ðồn", "Đồn"), (unicodedata.normalize("NFD", "hoà"), "hòa"),
    ],
)  # fmt: skip
def test_the_two_ways_of_placing_a_tone_are_one(one, other):
    assert accented(one) == accented(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("quý", "quỷ"),
        ("hoà", "hoa"),
        ("hoà", "hoá"),
        ("bàn", "bạn"),
        ("dong", "đong"),
        ("quà", "qua"),
    ],
)
def test_different_accents_stay_different(one, other):
    assert accented(one) != accented(other)


@pytest.mark.parametrize(
    "text", ["toán", "hoàn", "quý", "quà", "huệ", "huề", "thuở", "xoáy", "tuệ"]
)
def test_other_syllables_keep_their_tone_where_it_is(text):
    assert accented(text) == text


@given(vietnamese)
def test_comparing_form_is_composed_and_stable(text):
    assert accented(accented(text)) == accented(text) == nfc(accented(text))
    assert fold(accented(text)) == fold(text)


# ------------------------------------------------------------------------------- searching


def test_a_word_is_found_with_and_without_accents():
    assert words("Nông Thị Hoà") == {"nông", "nong", "thị", "thi", "hòa", "hoa"}


def test_a_number_with_a_stroke_is_a_word_and_so_are_its_parts():
    assert words("mốc 1146/1.") == {"mốc", "moc", "1146/1", "1146", "1"}
    assert words("BB-41/12 (2023)") == {"bb", "41/12", "41", "12", "2023"}


@given(st.text(st.sampled_from("aoàạ\u0300\u0323 \u00a0\u2003\nquyB12/-.đð")) | st.text())
def test_words_are_those_of_the_whole_text(text):
    assert words(text) == {form for word in query_words(text) for form in _forms(word)}


def test_punctuation_gives_no_words():
    assert words(" – _ / . ") == frozenset()


def test_a_search_keeps_order_accents_and_strokes():
    assert query_words(' Hoà  "1146/1" pha') == ["hòa", "1146/1", "pha"]


@given(vietnamese)
def test_every_typed_word_of_a_text_finds_it(text):
    assert set(query_words(text)) <= words(text)
    assert set(query_words(fold(text))) <= words(text)


# -------------------------------------------------------------------------------- ordering

DICTIONARY = """
a à ả ã á ạ ai ải ái an án ao áo ă ằ ẳ ẵ ắ ặ ăn ắp â ầ ẩ ẫ ấ ậ ấm ân ấp
ba bà bả bã bá bạ bai bãi ban bàn bản bán bạn bang bảng bằng bẫy bê bia ca cha chà chả chợ cọ
da dạ dương đa đá đường e è ẻ ẽ é ẹ em ê ề ể ễ ế ệ êm ga già giá ha hoa hoán hoang hồ
i ì ỉ ĩ í ị ích kim la lả lý ma mà mả mã má mạ mai mãi mái mang măng mâm mốc na nga ngã nghe nha nhà
o ò ỏ õ ó ọ oan ô ồ ổ ỗ ố ộ ông ơ ờ ở ỡ ớ ợ phà phố qua quà quá quê ra rừng sa song sông
ta tà tha thà tra trà trạm trong trông u ù ủ ũ ú ụ ui ư ừ ử ữ ứ ự ưng va vợ xa xã
y ỳ ỷ ỹ ý ỵ yên
""".split()


def test_words_stand_as_in_the_dictionary():
    assert len(DICTIONARY) == len(set(DICTIONARY)) >= 40
    assert sorted(sorted(DICTIONARY), key=sort_key) == DICTIONARY


def test_names_of_several_words_stand_as_in_a_list():
    names = [
        "Ba Sơn",
        "Bà Lâm",
        "Bắc Xa",
        "Bính Xá",
        "Hoa",
        "Hoa Hồng",
        "Hoàng An",
        "Hoang Bình",
        "Đ-1",
    ]
    ordered = [
        "Bà Lâm",
        "Ba Sơn",
        "Bắc Xa",
        "Bính Xá",
        "Đ-1",
        "Hoa",
        "Hoa Hồng",
        "Hoàng An",
        "Hoang Bình",
    ]
    assert sorted(names, key=sort_key) == ordered


def test_case_weighs_last_and_signs_come_after_letters():
    assert sort_key("Bàn") < sort_key("bàn") < sort_key("Bản")
    assert sort_key("x9") < sort_key("xa") < sort_key("xy") < sort_key("x-")


def oracle(text):
    """The sort key by definition: letters by the alphabet (space first), then tones, then the
    text."""
    letters, tones = [], []
    for char in text:
        apart = unicodedata.normalize("NFD", char)
        tone = next((t for t in apart if t in TONES), "")
        letter = unicodedata.normalize("NFC", apart.replace(tone, ""))
        letters.append(-1 if letter == " " else ALPHABET.index(letter))
        tones.append(TONES.get(tone, 0))
    return letters, tones, text


@given(st.lists(vietnamese, max_size=6))
def test_the_order_is_letters_then_tones(texts):
    assert sorted(texts, key=sort_key) == sorted(texts, key=oracle)


@given(st.text().map(nfc), st.text().map(nfc))
def test_only_equal_texts_share_a_place(one, other):
    assert (sort_key(one) == sort_key(other)) == (one == other)


def test_people_stand_by_given_name_then_family_then_middle_names():
    people = [
        "Hoàng Văn An", "Nông Thị An", "Nông Văn An", "Vi An", "Lý Thị Anh",
        "Bế Thị Bình", "Vi Văn Bình", "An Văn Bính", "Bình", "Đặng A Cường", "Hoàng Văn Đức",
    ]  # fmt: skip
    ordered = [*people[:5], "Bình", *people[5:8], *people[9:]]
    assert sorted(people, key=person_key) == ordered


def test_a_person_without_family_name_has_a_place():
    assert person_key("") < person_key("An") < person_key("Lý An") < person_key("Anh")


def test_markers_are_ordered_as_numbers():
    ordered = ["962", "962/1", "962/2", "962/10", "963", "1000", "1146", "1146/1", "1300"]
    assert sorted(sorted(ordered), key=marker_key) == ordered


def test_unreadable_markers_come_last_and_distinct_markers_never_tie():
    assert marker_key("mốc") == marker_key("") > marker_key("9999/99")
    every = [f"{n}{part}" for n, part in itertools.product((962, 963, 1300), ("", "/1", "/99"))]
    assert len({marker_key(m) for m in every}) == len(every)
