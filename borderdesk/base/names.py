"""Names of people and hamlets as clerks and lists write them, and the keys they are compared by.

Three degrees: the tone key counts accents but not where in its syllable a tone is; the like
keys count no accents and no word in front (Ông, Bà; Thôn, Bản, Khu), and are only a reason to ask.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import takewhile

from borderdesk.base.text import LOOK_ALIKES, fold

_TONE = re.compile("[\u0300\u0309\u0303\u0301\u0323]")
_HAMLET_WORD = re.compile(
    r"(thôn|thon|bản|ban|khu phố|khu dân cư|khu|khối phố|khối|khoi|tổ dân phố|tổ|xóm|xom)"
    r"[ .:]+(?=\S)"
    r"|(?P<short>(?:th|t|b|k)(?=\.)|(?:kp|kdc|tdp)(?![^\W\d]))[ .:]*(?=\w)"
    r"|(?P<number>k)(?=\d)",
    re.IGNORECASE,
)
_SHORT_WORDS = {
    "th": "Thôn",
    "t": "Thôn",
    "b": "Bản",
    "k": "Khu",
    "kp": "Khu phố",
    "kdc": "Khu dân cư",
    "tdp": "Tổ dân phố",
}
_TITLE = re.compile(r"(?:ông|bà|hộ ông|hộ bà|hộ)[ .:]+(?=\S)", re.IGNORECASE)
_FOLDED_HAMLET_WORD = re.compile(
    r"(?:thon|ban|khu pho|khu dan cu|khu|khoi pho|khoi|to dan pho|to|xom|lang|kp|kdc|tdp"
    r"|(?:th|t|b|x)(?=\.))[ .:]+(?=\S)"
)
_FOLDED_TITLE = re.compile(
    r"\A(?:(?:ho )?(?:gia dinh )?(?:ong|ba|anh|chi|cu|co|chu|bac)|ho)[ .:]+(?=\S+ \S)"
)
_Y_FOR_I = re.compile(r"(?<=[bcdghklmnprstvx])y(?![^\W_])|(?<=\bqu)y(?![^\W_])")
"""Lý and Lí, Quý and Quí are the same name; Thúy and Thúi are two."""


_FAMILIES = frozenset(
    (
        "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý nông vi triệu chu"
        " lương lâm hứa đinh đàm bế mạc ma lục lộc lăng la hà tô tống trịnh trương đoàn đào cao mai"
        " tạ thân phùng chúng giáp linh long liễu mông mã nình sầm thạch thi tăng vy vương"
    ).split()
)
"""Family names of the province's people: Kinh, Tày, Nùng, Dao, Hoa."""
_FOLDED_FAMILIES = frozenset(map(fold, _FAMILIES))
_BETWEEN_NAMES = re.compile(r"\s*[,;/&+\n()]\s*|\s[-–]\s|\s(?:và|va|với|voi)\s", re.IGNORECASE)
_SPOUSE = re.compile(r"(?:vợ|chồng|vo|chong)[ .:]+(?:là |la )?(?=\S+ \S)", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)*")
MOST_OF_A_NAME = 4
_ADDRESSES = frozenset("ông bà anh chị em cháu cô chú bác cụ hộ".split())


def is_family(folded: str) -> bool:
    """Whether a folded word is a family name of the province."""
    return folded in _FOLDED_FAMILIES


def _is_capital(word: str) -> bool:
    return word[0].isupper()


def person_named(text: str) -> str | None:
    """The first words of a text that look like the name of a person, None for none: a family name
    and two more in capitals, or after Ông, Bà, hộ … two words in capitals."""
    for run in _WORDS.findall(text):
        words = run.split(" ")
        for place, word in enumerate(words):
            titled = place > 0 and words[place - 1].casefold() in _ADDRESSES
            length = 2 if titled else 3
            name_words = words[place : place + length]
            is_known_name = titled or word.casefold() in _FAMILIES
            if is_known_name and len(name_words) == length and all(map(_is_capital, name_words)):
                return " ".join(takewhile(_is_capital, words[place : place + MOST_OF_A_NAME]))
    return None


@lru_cache(maxsize=20_000)
def names_several(text: str) -> bool:
    """Whether a text names two people or more: Nông Văn Bình, Lý Thị Hoa; … và vợ Lý Thị Hoa."""
    parts = _BETWEEN_NAMES.split(text)
    return len(parts) > 1 and sum(map(_is_whole_name, parts)) > 1


def _is_whole_name(text: str) -> bool:
    words = fold(head_name(_SPOUSE.sub("", text.strip()))).split()
    return 1 < len(words) <= MOST_OF_A_NAME + 1 and is_family(words[0])


@lru_cache(maxsize=50_000)
def tone_key(text: str) -> str:
    """A key that accents count in, but not where in its syllable a tone is put: hoà, hòa, Hòang."""
    words = unicodedata.normalize("NFD", text.casefold()).translate(LOOK_ALIKES).split()
    return " ".join([_TONE.sub("", word) + "".join(_TONE.findall(word)) for word in words])


@lru_cache(maxsize=20_000)
def hamlet_word(name: str) -> tuple[str, str]:
    """The word, folded, before a hamlet's name (thôn, bản…; "" for none), and the name without
    it."""
    word, bare = _word_apart(name)
    return fold(word), bare


def hamlet_in_full(name: str) -> str:
    """A hamlet's name with the word before it spelt out: T. Pò Mã, K1."""
    word, bare = _word_apart(name)
    return f"{word} {bare}" if word and not name.startswith(word) else name


def _word_apart(name: str) -> tuple[str, str]:
    """The word before a hamlet's name as written, one in short (T., KP) in full, and the rest."""
    word = _HAMLET_WORD.match(name)
    if word is None:
        return "", name
    short = word["short"] or word["number"]
    return (_SHORT_WORDS[short.lower()] if short else word[1]), name[word.end() :]


def head_name(name: str) -> str:
    """A head of household without Ông, Bà or Hộ in front."""
    short = _TITLE.sub("", name, count=1) if _TITLE.match(name) else name
    # One word left is no name of a person: the family name is Ông.
    return short if " " in short else name


@lru_cache(maxsize=50_000)
def like_head(name: str) -> str:
    """A head's name without accents and title; i and y alike."""
    return _Y_FOR_I.sub("i", _FOLDED_TITLE.sub("", fold(name), count=1))


@lru_cache(maxsize=20_000)
def like_hamlet(name: str) -> str:
    """A hamlet's name without accents and the words in front: Nà Căng, Thôn Na Cang."""
    short = fold(name)
    while word := _FOLDED_HAMLET_WORD.match(short):
        short = short[word.end() :]
    return _Y_FOR_I.sub("i", short)
