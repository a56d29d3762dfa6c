"""Vietnamese text of the 1990s: TCVN3 (ABC) and VNI, stored as Latin-1 letters that a font redrew.

TCVN3: TCVN 5712:1993, third table (VN3), the code chart of the .Vn fonts. VNI: the chart of VNI for
Windows, a base letter followed by the sign of its mark and tone. Conversion precedes any cleaning:
the ư of TCVN3 is U+00AD, a soft hyphen.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Literal

from borderdesk.base.syllables import is_syllable, marked_words

Encoding = Literal["unicode", "tcvn3", "vni"]
ENCODINGS: tuple[Encoding, ...] = ("unicode", "tcvn3", "vni")

_TCVN3_LOWER = (
    "µà¶ả·ã¸á¹ạ¨ă»ằ¼ẳ½ẵ¾ắÆặ©âÇầÈẩÉẫÊấËậÌèÎẻÏẽÐéÑẹªêÒềÓểÔễÕếÖệ×ìØỉÜĩÝíÞị"
    "ßòáỏâõãóäọ«ôåồæổçỗèốéộ¬ơêờëởìỡíớîợïùñủòũóúôụ\xadưõừö\u1eed÷ữøứùựúỳûỷüỹýýþỵ®đ"
)
_TCVN3_UPPER = "¡Ă¢Â£Ê¤Ô¥Ơ¦Ư§Đ"
TCVN3: Mapping[int, str] = {
    ord(code): letter
    for chart in (_TCVN3_LOWER, _TCVN3_UPPER)
    for code, letter in zip(chart[::2], chart[1::2], strict=True)
}
"""{code point as stored: letter}."""

_GRAVE, _HOOK, _TILDE, _ACUTE, _DOT = "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"
_BREVE, _CIRCUMFLEX = "\u0306", "\u0302"
_VNI_TONES = {"ø": _GRAVE, "û": _HOOK, "õ": _TILDE, "ù": _ACUTE, "ï": _DOT}
_VNI_BREVES = {
    "ê": _BREVE,
    "è": _BREVE + _GRAVE,
    "ú": _BREVE + _HOOK,
    "ü": _BREVE + _TILDE,
    "é": _BREVE + _ACUTE,
    "ë": _BREVE + _DOT,
}
_VNI_CIRCUMFLEXES = {
    "â": _CIRCUMFLEX,
    "à": _CIRCUMFLEX + _GRAVE,
    "å": _CIRCUMFLEX + _HOOK,
    "ã": _CIRCUMFLEX + _TILDE,
    "á": _CIRCUMFLEX + _ACUTE,
    "ä": _CIRCUMFLEX + _DOT,
}
_VNI_BASES = {
    "a": {**_VNI_TONES, **_VNI_BREVES, **_VNI_CIRCUMFLEXES},
    "e": {**_VNI_TONES, **_VNI_CIRCUMFLEXES},
    "o": {**_VNI_TONES, **_VNI_CIRCUMFLEXES},
    "u": _VNI_TONES,
    "y": _VNI_TONES,
    "ô": _VNI_TONES,
    "ö": _VNI_TONES,
}
_VNI_ALONE = {
    "ô": "ơ",
    "ö": "ư",
    "ñ": "đ",
    "æ": "ỉ",
    "ó": "ĩ",
    "ò": "ị",
    "î": "ỵ",
    "ì": "ì",
    "í": "í",
}


def _vni_chart() -> dict[str, str]:
    """{one or two letters as stored: letter}; the case is that of the first."""
    chart: dict[str, str] = {}
    for code, letter in _VNI_ALONE.items():
        chart |= {code: letter, code.upper(): letter.upper()}
    for base, marks in _VNI_BASES.items():
        for mark, signs in marks.items():
            letter = unicodedata.normalize("NFC", _VNI_ALONE.get(base, base) + signs)
            for after in (mark, mark.upper()):
                chart |= {base + after: letter, base.upper() + after: letter.upper()}
    return chart


VNI: Mapping[str, str] = _vni_chart()
_VNI_CODE = re.compile("|".join(sorted(VNI, key=len, reverse=True)))
_BEYOND = re.compile("[\u0100-\u024f\u0300-\u036f\u1e00-\u1eff\u20ab]")
"""Letters of Unicode Vietnamese that neither old encoding can hold."""


_SMALL_ONLY = "".join(sign for sign in TCVN3.values() if sign.upper() not in TCVN3.values())
_BEGINS_SMALL = re.compile(rf"(?<!\w)[{_SMALL_ONLY}]")
_SMALL = re.compile(f"[{_SMALL_ONLY}]")
_WORD = re.compile(r"[^\W\d_]+")
FEWEST_CAPITALS = 2
"""So many words, or letters of a word, in capitals are no abbreviation or first letter."""
FEWEST_OF_NAME = 3
"""So many words in capitals are a name, and no note of two words."""


def _word_in_capitals(word: str) -> str:
    """A word in capitals where all its other letters are: THị is THỊ."""
    others = [letter for letter in word if letter not in _SMALL_ONLY]
    is_capital = len(others) >= FEWEST_CAPITALS and all(map(str.isupper, others))
    return word.upper() if is_capital else word


def _in_capitals(text: str) -> str:
    """A text in capitals where all its other letters are: Lý THỊ HOA is LÝ THỊ HOA."""
    if any(letter.islower() and letter not in _SMALL_ONLY for letter in text):
        return text
    words = [word for word in _WORD.findall(text) if len(word) > 1 and word.isupper()]
    # CMND, CCCD are abbreviations in whatever text.
    spoken = [word for word in words if is_syllable(word.casefold())]
    return text.upper() if len(spoken) >= FEWEST_CAPITALS else text


def from_tcvn3(text: str) -> str:
    """TCVN3 text as Unicode; the letters for which it has no capitals as such in words of capitals
    (NGUYễN) and in names (Lý Thị ánh)."""
    read = text.translate(TCVN3)
    if _SMALL.search(read) is None:
        return read
    read = _in_capitals(_WORD.sub(lambda word: _word_in_capitals(word[0]), read))
    if _BEGINS_SMALL.search(read) is None:
        return read
    begins = [word[0] for word in _WORD.findall(read)]
    capitals = [letter for letter in begins if letter not in _SMALL_ONLY]
    is_name = len(begins) >= FEWEST_OF_NAME and capitals and all(map(str.isupper, capitals))
    return _BEGINS_SMALL.sub(lambda match: match[0].upper(), read) if is_name else read


def from_vni(text: str) -> str:
    """VNI text as Unicode."""
    return _VNI_CODE.sub(lambda code: VNI[code[0]], text)


CONVERTERS: Mapping[Encoding, Callable[[str], str]] = {
    "unicode": str,
    "tcvn3": from_tcvn3,
    "vni": from_vni,
}


def is_beyond(text: str) -> bool:
    """Whether the text has a letter that only Unicode has, so that no old font redrew it."""
    return _BEYOND.search(text) is not None


def encoding_of_font(font: str) -> Encoding | None:
    """The encoding implied by the name of a font; None for a font of no known encoding."""
    lower = font.strip().casefold()
    if lower.startswith(".vn"):
        return "tcvn3"
    if lower.startswith(("vni-", "vni ")):
        return "vni"
    return None


def is_capital_font(font: str) -> bool:
    """Whether the font shows small letters as capitals (.VnTimeH): TCVN3 has no other accented
    capitals."""
    name = font.strip()
    return name.casefold().startswith(".vn") and name.endswith("H")


LONGEST_WORD = 100
"""Longer runs of letters are not words, and are not cached."""


@lru_cache(maxsize=20_000)
def _sound_in(word: str) -> tuple[Encoding, ...]:
    """The readings that make a word into Vietnamese syllables."""
    beyond = is_beyond(word)
    sound: list[Encoding] = []
    for encoding in ENCODINGS:
        if beyond and encoding != "unicode":
            continue
        read = unicodedata.normalize("NFC", CONVERTERS[encoding](word))
        marked = marked_words(read)
        # Marks that a reading leaves between letters split the word: then it is none.
        clean = read.strip("()[]{}.,;:!?\"'–-/…“”")
        if marked and all(map(is_syllable, re.split(r"[-–/,.]", clean))):
            sound.append(encoding)
    return tuple(sound)


class EncodingVotes:
    """Counts, over the text of a column, how many of its marked words each reading makes into
    Vietnamese syllables."""

    def __init__(self) -> None:
        self.words = 0
        self.sound = dict.fromkeys(ENCODINGS, 0)

    def add(self, text: str, times: int = 1) -> None:
        """Count the words of a text that stands in so many cells."""
        if text.isascii():
            return
        for word in text.split():
            if word.isascii():
                continue
            self.words += times
            for encoding in _sound_in(word) if len(word) <= LONGEST_WORD else ():
                self.sound[encoding] += times

    def merge(self, votes: "EncodingVotes") -> None:
        """Add the counts of another column."""
        self.words += votes.words
        for encoding in ENCODINGS:
            self.sound[encoding] += votes.sound[encoding]

    def decided(self) -> Encoding | None:
        """The encoding that the words speak for; None where they are too few or disagree."""
        old: Encoding = "tcvn3" if self.sound["tcvn3"] >= self.sound["vni"] else "vni"
        unicode_words, old_words = self.sound["unicode"], self.sound[old]
        if old_words >= unicode_words + 2 and old_words * 10 >= self.words * 6:
            return old
        if unicode_words >= old_words + 2:
            return "unicode"
        return None


_MOJIBAKE = re.compile(
    "[\u00c2-\u00c6\u00e1][\u0080-\u00bf\u0152-\u0178\u02c6-\u02dc\u2013-\u2122]"
)
"""Two letters of which the first begins a Vietnamese letter in UTF-8, read as Windows-1252."""


@lru_cache(maxsize=20_000)
def likely_reading(text: str) -> str | None:
    """The likely intended text where `text` was written in an old font or decoded wrongly; None for
    sound text."""
    if text.isascii():
        return None
    if _MOJIBAKE.search(text) and (reading := _from_mojibake(text)) is not None:
        return reading
    if is_beyond(text):
        return None
    votes = EncodingVotes()
    votes.add(text)
    old: Encoding = "tcvn3" if votes.sound["tcvn3"] >= votes.sound["vni"] else "vni"
    all_of_it = votes.words == votes.sound[old] and not votes.sound["unicode"]
    if votes.words and (all_of_it or votes.decided() == old):
        return unicodedata.normalize("NFC", CONVERTERS[old](text))
    return None


def _from_mojibake(text: str) -> str | None:
    """UTF-8 that was read as Windows-1252, read again; None where it is none."""
    try:
        raw = b"".join(map(_byte_of, text))
        return unicodedata.normalize("NFC", raw.decode())
    except ValueError:
        return None


def _byte_of(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")
