"""Vietnamese text: composing, folding, searching and ordering.

Order follows the dictionary: letters a ă â b c d đ e ê … y first, tones second
(ngang, huyền, hỏi, ngã, sắc, nặng), and people by given name, family name, middle names.
"""

import re
import unicodedata
from functools import lru_cache

FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff]"
)
"""Control characters, lone surrogates, and signs that cannot be seen or turn the reading."""

_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_]+(?:/[^\W_]+)*")
_STROKES = str.maketrans({"đ": "d", "ð": "d"})
_TONES = "\u0300\u0309\u0303\u0301\u0323"  # huyền hỏi ngã sắc nặng: the order of dictionaries
_TONE = re.compile(f"[{_TONES}]")
_LETTERS = {
    letter: chr(0x100 + rank)
    for rank, letter in enumerate("0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")
}
# oa, oe and uy at the end of a syllable take the tone on either letter: hoà = hòa, thuỵ = thụy.
_OLD_TONE = re.compile(f"(?<!q)([ou])([aey])([{_TONES}])(?![\\w\u0300-\u036f])")
_MARKER = re.compile(r"(\d{1,4})(?:/(\d{1,2}))?$")


def nfc(text: str) -> str:
    """`text` composed, the only form that is stored or printed."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """`text` without case, marks and doubled spaces: "Đường  Biên" → "duong bien"."""
    lower = text.casefold()
    if not lower.isascii():
        lower = _MARKS.sub("", unicodedata.normalize("NFD", lower).translate(_STROKES))
        lower = unicodedata.normalize("NFC", lower)
    return _SPACES.sub(" ", lower).strip()


@lru_cache(maxsize=20_000)
def accented(text: str) -> str:
    """`text` for comparing with accents counted: case, spaces and the two ways of placing
    a tone (hoà, hòa) do not matter."""
    lower = text.casefold()
    if not lower.isascii():
        lower = unicodedata.normalize("NFD", lower.replace("ð", "đ"))
        lower = _OLD_TONE.sub(r"\1\3\2", lower)
        lower = unicodedata.normalize("NFC", lower)
    return _SPACES.sub(" ", lower).strip()


@lru_cache(maxsize=50_000)
def words(text: str) -> frozenset[str]:
    """The words `text` is found by: each folded, and as it is accented where that differs.

    A number with a stroke (1146/1, 41/12) is a word of its own beside its parts.
    """
    found: set[str] = set()
    for word in _WORD.findall(accented(text)):
        for part in (word, *word.split("/")) if "/" in word else (word,):
            found.add(part)
            if not part.isascii():
                found.add(fold(part))
    return frozenset(found)


def query_words(text: str) -> list[str]:
    """The words of a typed search, in order; an accented one is kept accented."""
    return _WORD.findall(accented(text))


@lru_cache(maxsize=50_000)
def sort_key(text: str) -> str:
    """A string whose plain order is the Vietnamese order of `text`.

    Letters weigh first, tones second, case last; other characters keep their code order
    after the letters.
    """
    return f"{_weights(text)}\x01{text}"


@lru_cache(maxsize=50_000)
def _weights(text: str) -> str:
    """What `text` weighs by its letters, then by its tones."""
    letters: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFC", text.casefold()):
        apart = unicodedata.normalize("NFD", char)
        tone = _TONE.search(apart)
        bare = unicodedata.normalize("NFC", _TONE.sub("", apart)) if tone else char
        if bare.isspace():
            letters.append(" ")
            tones.append("0")
            continue
        letters.append(_LETTERS.get(bare) or "\u0200" + bare)
        tones.append(str(_TONES.index(tone.group()) + 1) if tone else "0")
    return f"{''.join(letters)}\x01{''.join(tones).rstrip('0')}"


def person_key(name: str) -> str:
    """The key that orders people: given name, then family name, then middle names."""
    parts = name.split()
    ordered = (*parts[-1:], *parts[:-1])
    return "\x01".join((*(_weights(part) for part in ordered), name))


def marker_key(marker: str) -> int:
    """The number that orders markers: 962 < 962/1 < 963; unreadable ones come last."""
    match = _MARKER.match(marker)
    if match is None:
        return 10_000 * 100
    return int(match.group(1)) * 100 + int(match.group(2) or 0)
