"""Formats names and figures for use in a sentence of a paper."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from borderdesk.base.formats import format_number, format_percent
from borderdesk.base.i18n import N_, _, language, ngettext
from borderdesk.base.text import fold
from borderdesk.figures.quantities import Value
from borderdesk.figures.shown_figures import ShownFigure

THIS = {
    "month": N_("In the month"),
    "quarter": N_("In the quarter"),
    "half": N_("In the half-year"),
    "year": N_("In the year"),
    "range": N_("In the period"),
}
"""{kind of period: words for it}."""

COMPARED = {
    "month": N_("Same month last year"),
    "quarter": N_("Same quarter last year"),
    "half": N_("Same half last year"),
    "year": N_("Last year"),
    "range": N_("Same days last year"),
}
"""{kind of period: the words for its comparison}."""

MINUS = "−"
NO_BREAK = "\u00a0"

_KINDS = {
    "Tỉnh ": N_("{name} province"),
    "Huyện ": N_("{name} district"),
    "Xã ": N_("{name} commune"),
    "Thị trấn ": N_("{name} township"),
    "Phường ": N_("{name} ward"),
    "Thành phố ": N_("{name} city"),
    "Thị xã ": N_("{name} town"),
}
"""{how the names of a kind of unit begin: such a unit within a sentence}: tỉnh Lạng Sơn."""

_PHRASES = (
    "Bộ Tư lệnh", "Bộ Chỉ huy", "Ban Chỉ huy", "Bộ đội Biên phòng", "Đồn Biên phòng", "Biên phòng",
    "cửa khẩu", "quốc tế", "tỉnh", "huyện", "xã", "thành phố", "thị xã", "thị trấn", "phường",
    "Đảng ủy", "Đảng bộ", "Chi bộ", "Ủy ban nhân dân", "Hội đồng nhân dân", "Công an", "Hải quan",
    "Mặt trận Tổ quốc", "Ủy ban", "Hội Liên hiệp Phụ nữ", "Hội Nông dân", "Hội Cựu chiến binh",
    "Đoàn Thanh niên", "Đội Vận động quần chúng", "Đội Vũ trang", "Văn phòng", "Phòng", "Trạm",
    "Tham mưu", "Chính trị", "Hậu cần", "kiểm soát", "Quân sự",
)  # fmt: skip
_BY_FOLD = {fold(phrase): phrase for phrase in _PHRASES}
_LONGEST = max(len(phrase.split()) for phrase in _PHRASES)
_SHORT = re.compile(r"[^aeiouy]{2,}$|ubnd$")
"""Abbreviations (folded), which stay as they are: BĐBP."""

_TIED = re.compile(
    r"\b((?:ngày|tháng|quý|năm|số|mốc|kỳ|lần|trên|dưới|điều|khoản) (?=[\dIVX])"
    r"|\d(?:[\d.,]*\d)? (?=%|tháng\b))",
    re.IGNORECASE,
)
"""Words that stay on the line of the number beside them: tháng 6/2023, 72,5 %, 6 tháng."""

PAPER_LANGUAGE = "vi"
"""The language of papers that are signed."""


def in_sentence(name: str) -> str:
    """A unit or body as it is written within a sentence: tỉnh Lạng Sơn; Bộ Chỉ huy BĐBP tỉnh Lạng
    Sơn for a name in capitals."""
    if name.isupper():
        return _small(name)
    return name[:1].lower() + name[1:] if name.startswith(tuple(_KINDS)) else name


def scope_in_sentence(name: str) -> str:
    """A unit within a sentence in the language in use: tỉnh Lạng Sơn, Lạng Sơn province."""
    kind = next((kind for kind in _KINDS if name.startswith(kind)), None)
    return in_sentence(name) if kind is None else _(_KINDS[kind]).format(name=name[len(kind) :])


def _small(name: str) -> str:
    """A name in capitals as it is written in small letters."""
    words, written = name.split(), []
    while words:
        for length in range(min(_LONGEST, len(words)), 0, -1):
            phrase = _BY_FOLD.get(fold(" ".join(words[:length])))
            if phrase is not None:
                written.append(phrase)
                words = words[length:]
                break
        else:
            word = words.pop(0)
            written.append(word if _SHORT.match(fold(word)) else word.capitalize())
    text = " ".join(written)
    return text[:1].upper() + text[1:]


def tied(text: str) -> str:
    """A text in which words stay with their numbers, by no-break spaces."""
    return _TIED.sub(lambda match: match[0].replace(" ", NO_BREAK), text)


def paper_number(value: int | Decimal) -> str:
    """A figure as it is written on paper, with a minus for a minus, in the language in use."""
    return with_minus(format_number(value, language()))


def figure_words(figure: ShownFigure) -> str:
    """A figure with its sign and mark as it is written on paper; "–" without one."""
    if figure.value is None:
        return "–"
    return f"{figure.sign}{paper_number(figure.value)}{figure.mark}"


def paper_notes(figures: Iterable[ShownFigure]) -> Iterator[str]:
    """The notes that explain the signs and marks of the figures that are shown."""
    listed = list(figures)
    if any(figure.mark for figure in listed):
        yield _("* from paper reports of before the desk began.")
    if any(figure.sign for figure in listed):
        yield _(
            "“>”, “<”: no more than a bound, and nothing to compare with: a paper only says"
            " “over” or “under”, or the same things may be in several papers."
        )


def beyond_all(shares: Iterable[tuple[str, Value]]) -> Iterator[str]:
    """A note for each of some shares (label, in percent) that is more than the whole it is of."""
    for label, share in shares:
        if share is not None and share > 100:
            yield _(
                "{label}: {share}, more than all there are: households sign that the numbers of"
                " the hamlets do not count."
            ).format(label=label, share=format_percent(share, language()))


def corrected_since(count: int) -> Iterator[str]:
    """The note on a part of a signed paper that is made of records as they are now."""
    if count:
        yield ngettext(
            "{count} record was corrected or deleted after signing and is here as it is now: sums"
            " may differ from the signed figures.",
            "{count} records were corrected or deleted after signing and are here as they are now:"
            " sums may differ from the signed figures.",
            count,
        ).format(count=format_number(count, language()))


def with_minus(figure: str) -> str:
    """A formatted figure with the sign − in place of a hyphen before it."""
    return MINUS + figure[1:] if figure.startswith("-") else figure


def sentence(text: str) -> str:
    """A text that a person typed, with a full stop where it ends without a sign."""
    return text if text.endswith((".", "!", "?", "…", ";", ":")) else f"{text}."


def capital(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]
