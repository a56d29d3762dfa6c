"""Whole numbers in Vietnamese words, as some lists have them: mười lăm, hai mươi mốt, một trăm linh
năm. Words that leave a number open (vài, dăm, mươi) are none."""

import re

_DIGITS = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8,
    "chín": 9,
}  # fmt: skip
_UNITS = {**_DIGITS, "mốt": 1, "tư": 4, "lăm": 5, "nhăm": 5}
"""The words of the last digit behind mươi and linh; mốt and tư stand behind nothing else."""
_UNIT = "|".join(_UNITS)
_BELOW_HUNDRED = (
    rf"(?:(?P<tens>{'|'.join(_DIGITS)}) mươi(?: (?P<ones>{_UNIT}))?"
    rf"|(?P<ten>mười)(?: (?P<teens>{'|'.join(_DIGITS)}|lăm|nhăm))?"
    rf"|(?P<digit>{'|'.join(_DIGITS)}))"
)
_NUMBER = re.compile(
    rf"(?:(?P<hundreds>{'|'.join(_DIGITS)}) trăm(?: (?:linh|lẻ) (?P<odd>{_UNIT})|(?= |\Z)))?"
    rf"(?: ?{_BELOW_HUNDRED})?(?P<rest>(?: [^\W\d].*)?)\Z"
)
_GOES_ON = re.compile(
    r"(?:mươi|trăm|nghìn|ngàn|vạn|triệu|tỷ|rưỡi|chục|tá|đôi|cặp|linh|lẻ|mốt|tư|lăm|nhăm|mấy|hơn"
    r"|vài|số|ít|chút|loạt|nửa|phần)\b"
)
"""Words behind a number that make it another one, or none: một vài, một số cây, một nửa."""
LONGEST = 60


def number_in_words(text: str) -> tuple[int, str] | None:
    """The number that a text begins with, in words, and what stands behind it; None for any other
    text and for one that does not end there (ba bốn buổi)."""
    words = " ".join(text.casefold().split())
    match = _NUMBER.match(words) if len(words) <= LONGEST else None
    if match is None:
        return None
    parts = {name: word for name, word in match.groupdict().items() if word and name != "rest"}
    behind = match["rest"].strip()
    if not parts or _GOES_ON.match(behind) or behind.split(" ")[0] in _DIGITS:
        return None
    if "hundreds" in parts and ("digit" in parts or ("odd" in parts and len(parts) > 2)):
        # Một trăm năm is said of 105 and of 150.
        return None
    return sum(_value(name, word) for name, word in parts.items()), behind


def _value(name: str, word: str) -> int:
    if name == "ten":
        return 10
    return _UNITS[word] * {"hundreds": 100, "tens": 10}.get(name, 1)
