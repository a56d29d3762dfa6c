"""The characters that the fonts of the papers contain; look-alikes and substitutes for all others.

The set is written out in this module, because every text entered is checked against it and entry
must not read font files; a test compares it with the files.
"""

import re
import unicodedata
from collections.abc import Iterator

_SERIF = """
    A 20-7E A0-AC AE-36F 374-375 37A-37E 384-38A 38C 38E-3A1 3A3-3CE 3D0-513 51A-51D 591-5C7
    5D0-5EA 5F0-5F4 1D00-1DCA 1DFE-1E9B 1E9E 1EA0-1EF9 1F00-1F15 1F18-1F1D 1F20-1F45 1F48-1F4D
    1F50-1F57 1F59 1F5B 1F5D 1F5F-1F7D 1F80-1FB4 1FB6-1FC4 1FC6-1FD3 1FD6-1FDB 1FDD-1FEF 1FF2-1FF4
    1FF6-1FFE 2000-200A 2010 2012-2022 2026 202F-2030 2032-2034 2039-203A 203C 203E 2044 205E
    2074-2079 207F-2089 2090-2094 20A0-20B5 20BF 20F0 2105 2113 2116-2117 2122 2126 212E 214D-214E
    2153-2154 215B-215E 2184 2190-2195 21A8 21D4 2202 2206 220F 2211-2212 2215 2219-221A 221E-221F
    2229 222B 2248 2260-2262 2264-2265 2302 2310 2320-2321 2500 2502 250C 2510 2514 2518 251C 2524
    252C 2534 253C 2550-256C 2580 2584 2588 258C 2590-2593 25A0-25A1 25AA-25AC 25B2 25BA 25BC 25C4
    25CA-25CC 25CF-25D9 25E6 263A-263C 2640 2642 2660 2663 2665-2666 2669-266C 266F 2C60-2C6D
    2C71-2C77 2E17 A717-A721 A788-A78C FB01-FB02 FB1D-FB36 FB38-FB3C FB3E FB40-FB41 FB43-FB44
    FB46-FB4F FE20-FE23 FFFC
"""
"""The characters in all four styles of the serif face, as hexadecimal ranges, and the line's
end."""

HAN_SIGNS = "、。〃々〇〈〉《》「」『』【】〔〕"
"""The characters of the Han face besides the Chinese characters of GB 2312."""

_ELSE_THAN_SERIF = re.compile(
    "[^{}]".format(
        "".join(
            "-".join(re.escape(chr(int(end, 16))) for end in span.split("-"))
            for span in _SERIF.split()
        )
    )
)
HAN = re.compile(f"[{HAN_SIGNS}\u4e00-\u9fff]+")
"""Runs of letters that are set in the Han face."""

_LOOKS = {
    "\t": " ", "\v": "\n", "\f": "\n", "\r": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n",
    "\u2011": "-", "\u2043": "-", "\uf02d": "-", "\u2023": "•", "\uf0b7": "•", "\uf0a7": "▪",
    "\uf0d8": "►", "▶": "►", "\uf0e0": "→", "⇒": "→", "➔": "→", "➜": "→", "⇐": "←",
    "✓": "√", "✔": "√", "☑": "√", "\uf0fc": "√", "✗": "×", "✘": "×", "☒": "×", "✕": "×",
    "★": "*", "☆": "*", "✱": "*", "☐": "□", "◆": "◊", "◇": "◊", "⬤": "●", "\ufffd": "?",
    "≒": "≈", "≦": "≤", "≧": "≥",
}  # fmt: skip
"""{letter: the look-alike in the serif face that replaces it}."""


def is_han(letter: str) -> bool:
    """Whether the Han face has the letter."""
    if letter in HAN_SIGNS:
        return True
    if not "\u4e00" <= letter <= "\u9fff":
        return False
    try:
        letter.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def stand_in(letter: str) -> str:
    """The text printed for a character without a look-alike in the fonts: [U+1F600]."""
    return f"[U+{ord(letter):04X}]"


def on_paper(text: str, *, han: bool = True) -> str:
    """A text in NFC as paper shows it, every letter of it in a face; `han`: the second face too."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if _ELSE_THAN_SERIF.search(text) is None:
        return text
    return _ELSE_THAN_SERIF.sub(lambda match: _shown(match[0], han), text)


def _shown(letter: str, han: bool) -> str:
    if letter in _LOOKS:
        return _LOOKS[letter]
    if is_han(letter):
        return letter if han else stand_in(letter)
    if "\u2460" <= letter <= "\u2473":
        return f"({ord(letter) - 0x245F})"
    if _unseen(letter):
        return ""
    plain_letter = unicodedata.normalize("NFKC", letter)
    if plain_letter != letter and all(map(_in_a_face, plain_letter)):
        return plain_letter
    return stand_in(letter)


def _unseen(letter: str) -> bool:
    """Whether nothing would be seen of the letter: marks of direction, joiners, variants."""
    category = unicodedata.category(letter)
    return category in ("Cc", "Cf") or "\ufe00" <= letter <= "\ufe0f"


def _in_a_face(letter: str) -> bool:
    return _ELSE_THAN_SERIF.match(letter) is None or is_han(letter)


def _others(text: str) -> Iterator[str]:
    """The letters of a text that no face has, each once."""
    for letter in dict.fromkeys(_ELSE_THAN_SERIF.findall(text)):
        if not is_han(letter):
            yield letter


def lacking(text: str) -> list[str]:
    """The letters of a text that are printed as substitutes."""
    if text.isascii() or _ELSE_THAN_SERIF.search(text) is None:
        return []
    return [letter for letter in _others(text) if _shown(letter, True) == stand_in(letter)]


def changed_on_paper(text: str) -> list[tuple[str, str]]:
    """(letter, its printed substitute) of every visible letter that no face contains."""
    if text.isascii() or _ELSE_THAN_SERIF.search(text) is None:
        return []
    return [
        (letter, _shown(letter, True))
        for letter in _others(text)
        if not _unseen(letter) and not letter.isspace()
    ]
