"""Vietnamese text: normalization, folding, search words and collation.

Order follows the dictionary: letters a ă â b c d đ e ê … y first, tones second
(ngang, huyền, hỏi, ngã, sắc, nặng), and people by given name, family name, middle names.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff]"
)
"""Control characters, lone surrogates, invisible characters and direction marks."""

_LONE_HALVES = re.compile("[\ud800-\udfff]")
_UNSEEN = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Signs of no width: marks of direction, joiners, hyphens between syllables, variants of signs."""
_WIDE_SPACES = re.compile("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_LINE_ENDS = re.compile("[\r\v\f\x1c-\x1e\x85\u2028\u2029]")

_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_]+(?:/[^\W_]+)*")
_STROKES = str.maketrans({"đ": "d", "ð": "d", "ɖ": "d"})
LOOK_ALIKES = str.maketrans({"ð": "đ", "ɖ": "đ"})
"""Small letters of the capitals that look like Đ: Icelandic Ð, African Ɖ."""
_TONES = "\u0300\u0309\u0303\u0301\u0323"  # huyền hỏi ngã sắc nặng: the order of dictionaries
_TONE = re.compile(f"[{_TONES}]")
_LETTERS = {
    letter: chr(0x100 + rank)
    for rank, letter in enumerate("0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")
}
_VOWELS = "aăâeêioôơuưy"
_PLAIN = {
    ord(nfc_letter): plain
    for letter, plain in zip(_VOWELS, "aaaeeiooouuy", strict=True)
    for mark in ("", *_TONES)
    for nfc_letter in (unicodedata.normalize("NFC", letter + mark),)
} | {ord("đ"): "d", ord("ð"): "d", ord("ɖ"): "d"}
"""{accented Vietnamese small letter: its plain letter}."""
# oa, oe and uy at the end of a syllable take the tone on either letter: hoà = hòa, thuỵ = thụy.
_OLD_TONE = re.compile("(?<!q)([ou])([àảãáạèẻẽéẹỳỷỹýỵ])(?![^\\W_])")
_MARKER = re.compile(r"(\d{1,4})(?:/(\d{1,2}))?$")


def nfc(text: str) -> str:
    """`text` in NFC, the only form that is stored or printed."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def without_unseen(text: str, *, lines: bool = False) -> str:
    """`text` normalised: in NFC, without invisible characters, with one kind of space. lines: line
    ends stay, as one kind too; else each becomes a space. Other FORBIDDEN characters are not
    removed, so that they can be refused."""
    if text.isascii() and text.isprintable():
        # The common case in bulk imports: codes, markers, references.
        return text
    text = nfc(text)
    # Nothing unseen and no other space than the plain one is printable.
    if text.isprintable() and not _UNSEEN.search(text):
        return text
    text = _LINE_ENDS.sub("\n" if lines else " ", text.replace("\r\n", "\n"))
    return nfc(_WIDE_SPACES.sub(" ", _UNSEEN.sub("", text)))


def forbidden_signs(text: str, *, lines: bool = False) -> list[str]:
    """The signs of a text that cannot be stored, each once; the ends of `lines` can."""
    return list(dict.fromkeys(FORBIDDEN.findall(text.replace("\n", "") if lines else text)))


def storable_name(name: str) -> str:
    """The name of a file or folder as it can be stored and encoded. On Linux a name may hold bytes
    that are no UTF-8, as sticks of old systems do: each is shown as �."""
    return _LONE_HALVES.sub("\N{REPLACEMENT CHARACTER}", name)


def without_pasted_signs(secret: str) -> str:
    """A password without what a paste brings along and no key types: line ends, invisible and
    control characters."""
    return FORBIDDEN.sub("", _LINE_ENDS.sub("", secret))


def marked_signs(text: str) -> str:
    """The text with every sign that cannot be stored shown by its number: Nà⟨U+0007⟩Mỏ."""
    return FORBIDDEN.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", text)


def _folded(lower: str) -> str:
    """A casefolded text without marks: by table, or by decomposition if that leaves any."""
    plain_letters = lower.translate(_PLAIN)
    if plain_letters.isascii():
        return plain_letters
    apart = unicodedata.normalize("NFD", lower).translate(_STROKES)
    return unicodedata.normalize("NFC", _MARKS.sub("", apart))


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """`text` without case, marks and doubled spaces: "Đường  Biên" → "duong bien"."""
    lower = text.casefold()
    return _SPACES.sub(" ", lower if lower.isascii() else _folded(lower)).strip()


def _tone_moved(match: re.Match[str]) -> str:
    apart = unicodedata.normalize("NFD", match[2])
    return unicodedata.normalize("NFC", match[1] + apart[1:]) + apart[0]


@lru_cache(maxsize=20_000)
def accented(text: str) -> str:
    """`text` for comparing with accents counted: case, spaces and the two ways of placing
    a tone (hoà, hòa) do not matter."""
    lower = text.casefold()
    if not lower.isascii():
        lower = unicodedata.normalize("NFC", lower.translate(LOOK_ALIKES))
        lower = _OLD_TONE.sub(_tone_moved, lower)
    return _SPACES.sub(" ", lower).strip()


def _forms(word: str) -> tuple[str, ...]:
    """The forms that a word is found by: itself, its parts at slashes, and each of these folded."""
    parts = (word, *word.split("/")) if "/" in word else (word,)
    return (*parts, *(_folded(part) for part in parts if not part.isascii()))


@lru_cache(maxsize=50_000)
def _words_between_spaces(text: str) -> frozenset[str]:
    if not text.isascii():
        return frozenset(form for word in _WORD.findall(accented(text)) for form in _forms(word))
    # Numbers and references differ from record to record, so that no cache helps with them.
    lower = text.lower()
    if lower.isalnum():
        return frozenset((lower,))
    number, _slash, year = lower.partition("/")
    if number.isalnum() and year.isalnum():
        return frozenset((lower, number, year))
    words_of_text = _WORD.findall(lower)
    if "/" in lower:
        words_of_text += [part for word in words_of_text if "/" in word for part in word.split("/")]
    return frozenset(words_of_text)


@lru_cache(maxsize=20_000)
def words(text: str) -> frozenset[str]:
    """The words `text` is found by: each as it is accented, and folded where that differs.

    A number with a slash (1146/1, 41/12) is a word of its own beside its parts.
    """
    # Nothing composes across a space, and Vietnamese has few syllables, so the cache hits.
    return frozenset().union(*map(_words_between_spaces, text.split()))


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """The search words of several texts; the texts of a record are looked up in the cache in one
    call."""
    return frozenset().union(*map(_words_between_spaces, " ".join(texts).split()))


def query_words(text: str) -> list[str]:
    """The words of a typed search, in order; accents are preserved."""
    return _WORD.findall(accented(text))


@lru_cache(maxsize=50_000)
def sort_key(text: str) -> str:
    """A string whose code point order is the Vietnamese order of `text`.

    Letters weigh first, tones second, case last; other characters sort by code point after the
    letters.
    """
    return f"{_weights(text)}\x01{text}"


@lru_cache(maxsize=50_000)
def _weights(text: str) -> str:
    """The collation weights of `text`: those of its letters, then of its tones."""
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
    return "\x01".join((*map(_weights, ordered), name))


def marker_key(marker: str) -> int:
    """The number that orders markers: 962 < 962/1 < 963; unreadable ones come last."""
    match = _MARKER.match(marker)
    if match is None:
        return 10_000 * 100
    return int(match.group(1)) * 100 + int(match.group(2) or 0)
