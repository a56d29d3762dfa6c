"""Names of people and hamlets as clerks and lists write them, and the keys they are compared by.

Three degrees: the tone key counts accents but not where in its syllable a tone stands; the like
keys count no accents and no word in front (Ông, Bà; Thôn, Bản, Khu), and are only a reason to ask.
"""

import re
import unicodedata
from functools import lru_cache

from borderdesk.base.text import LOOK_ALIKES, fold

_TONES = "\u0300\u0309\u0303\u0301\u0323"
_HAMLET_WORD = re.compile(
    r"(thôn|thon|bản|ban|khu phố|khu dân cư|khu|khối phố|khối|khoi|tổ dân phố|tổ|xóm|xom)"
    r"[ .:]+(?=\S)",
    re.IGNORECASE,
)
_TITLE = re.compile(r"(?:ông|bà|hộ ông|hộ bà|hộ)[ .:]+(?=\S)", re.IGNORECASE)
_FOLDED_HAMLET_WORD = re.compile(
    r"(?:thon|ban|khu pho|khu dan cu|khu|khoi pho|khoi|to dan pho|to|xom)[ .:]+(?=\S)"
)
_FOLDED_TITLE = re.compile(r"\A(?:(?:ho )?(?:gia dinh )?(?:ong|ba)|ho)[ .:]+(?=\S+ \S)")
_Y_FOR_I = re.compile(r"(?<=[bcdghklmnprstvx])y(?![^\W_])|(?<=\bqu)y(?![^\W_])")
"""Lý and Lí, Quý and Quí are one name; Thúy and Thúi are two."""


@lru_cache(maxsize=50_000)
def tone_key(text: str) -> str:
    """A key that accents count in, but not where in its syllable a tone is put: hoà, hòa, Hòang."""
    keys = []
    for word in unicodedata.normalize("NFD", text.casefold()).translate(LOOK_ALIKES).split():
        tone = "".join(mark for mark in word if mark in _TONES)
        keys.append("".join(mark for mark in word if mark not in _TONES) + tone)
    return " ".join(keys)


def hamlet_word(name: str) -> tuple[str, str]:
    """The word before a hamlet's name (thôn, bản…; "" for none), and the name without it."""
    word = _HAMLET_WORD.match(name)
    return (fold(word[1]), name[word.end() :]) if word else ("", name)


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
