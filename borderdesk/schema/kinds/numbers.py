"""Parsing shared by the numeric kinds: digits grouped by threes, and bounds."""

import datetime
import re
from decimal import Decimal

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import N_, _, in_every_language, language
from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.base.text import fold, without_unseen
from borderdesk.schema.kinds.field import FieldError
from borderdesk.schema.kinds.number_words import number_in_words
from borderdesk.schema.kinds.sheet_cell import CellReading
from borderdesk.schema.kinds.unit_scales import SAME, metres_in, scale_of, scaled

COUNT_MOST, MONEY_MOST = 2 * 10**9, 10**12
LONGEST_CELL = 200
"""The limit of characters of a number with its unit; every position is tried as the start of the
unit."""
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+|(?: [0-9]{3})+)\Z")
_FIGURE = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,9})?\Z")


def without_groups(digits: str) -> str:
    """The digits without the marks of one kind that group them by threes: 1.200 is 1200; no
    grouping begins with 0."""
    return re.sub("[. ]", "", digits) if _GROUPED.match(digits) else digits


def typed_digits(text: str) -> str:
    """A typed number with its separators replaced by plain spaces."""
    return without_unseen(text).strip()


def typed_decimal(text: str) -> Decimal | None:
    """The number typed as 3848, 3.848, 3 848, 12,5, 12.5 or 0.500, exactly; None for any other
    text, such as one with marks of two kinds between its groups."""
    whole, mark, decimals = typed_digits(text).partition(",")
    number = without_groups(whole) + ("." + decimals if mark else "")
    return Decimal(number) if _FIGURE.match(number) else None


_AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}\Z")
_MIXED = re.compile(r"\d\.\d+ \d|\d \d+\.\d")
_ZERO_DECIMALS = re.compile(r"(-?\d+(?=\.)|-?\d{1,3}(?:\.\d{3})*(?=,)|-?\d+(?=,))[.,]0{1,2}\Z")
_AROUND = re.compile(r"\A['’‘`]+|[.,;]+\Z")
"""The mark of a text before a number, and the point of a sentence behind it."""
_REMARK = re.compile(r"(?P<figure>\d[^()]*?)\s*\([^()]*\)\Z")
WITHOUT_WORDS = N_("Read without the words behind the number: {value}.")
IN_WORDS = N_("A number in words was read as: {value}.")
_VAGUE = re.compile(
    r"(?:khoảng|chừng|độ|gần|trên|hơn|dưới|ước|tầm|[~≈<>±])|[\d.]+\s*(?:-|–|/|đến|tới)\s*\d"
    r"|[\d.]+\s*\+\Z",
    re.IGNORECASE,
)
"""A number that is not exact, or several: khoảng 40, trên 100, 40-50, 40/50."""
_WORDS_BEHIND = re.compile(r"\s*(?:[^\W\d_]+(?: [^\W\d_]+)*\.?|[đd]/c)\Z", re.IGNORECASE)


def words_behind(text: str) -> str:
    """The words behind a number (1.500 gốc), with the space before them; "" for none."""
    match = _WORDS_BEHIND.search(text[:LONGEST_CELL])
    return match[0] if match and text[:1].isdigit() else ""


def figure_alone(cell: CellValue, reading: CellReading) -> CellValue:
    """A cell of a number without what people write around it: '12, 12., and 12 (4 nữ), with a
    doubt about the words; a number in words in figures, with a doubt too."""
    if not isinstance(cell, str) or len(cell) > LONGEST_CELL:
        return cell
    text = _AROUND.sub("", cell.strip())
    remark = _REMARK.match(text)
    if remark is not None:
        reading.doubt(WITHOUT_WORDS, text)
        return remark["figure"]
    in_words = number_in_words(text)
    if in_words is None:
        return text
    number, behind = in_words
    reading.doubt(IN_WORDS, f"{text} → {number}")
    return f"{number} {behind}".strip()


def number_text(cell: CellValue, unit: str, wrong: FieldError) -> str:
    """A cell's number as it would be typed: 40.0 is 40, 0.5 is 0,5; the unit behind it is dropped.

    unit: English key; raises `wrong` for marks of two kinds, FieldError for a date.
    """
    if isinstance(cell, datetime.date | datetime.time | datetime.timedelta):
        raise FieldError(_("The cell holds a date or a time, not a number."))
    text = cell_text(cell)
    if not isinstance(cell, str):
        return text
    if len(text) > LONGEST_CELL:
        raise wrong
    text = _in_unit(text, unit, wrong) if unit else text
    if _MIXED.search(text):
        raise wrong
    whole = _ZERO_DECIMALS.match(text)
    if whole:
        return whole[1].replace(".", "")
    return text.replace(".", ",", 1) if re.match(r"-?0\.\d+\Z", text) else text


def _in_unit(text: str, unit: str, wrong: FieldError) -> str:
    """A number in the unit of a field, without the unit that the text names; raises `wrong` for an
    ambiguous one in another unit."""
    metres = metres_in(unit, text)
    if metres is not None:
        return metres
    behind = _WORDS_BEHIND.search(text)
    if behind is None:
        return text
    number, word = text[: behind.start()], fold(behind[0]).strip(" .")
    if word in SAME.get(unit, ()) or word in map(fold, in_every_language(unit)):
        return number
    factor = scale_of(unit, word)
    if not factor:
        return text
    exact = typed_decimal(number)
    if exact is None or _AMBIGUOUS.match(number):
        raise no_number(number, wrong)
    return scaled(exact, factor)


def no_number(text: str, wrong: FieldError) -> FieldError:
    """The error for a text in place of a number: `wrong`, or what to write instead of a number that
    is not exact."""
    if len(text) > LONGEST_CELL or not _VAGUE.match(text):
        return wrong
    return FieldError(_("“{text}” is no exact number: write the one to count.").format(text=text))


def refuse_ambiguous(text: str) -> None:
    """Raise FieldError for a number whose one point may part thousands or decimals."""
    if _AMBIGUOUS.match(text):
        raise FieldError(
            _("{value}: write {decimal} if the point parts decimals, {whole} if not.").format(
                value=text, decimal=text.replace(".", ","), whole=text.replace(".", "")
            )
        )


def out_of_range(least: int, most: int) -> FieldError:
    """The error for a number beyond its bounds."""
    return FieldError(
        _("Must be from {least} to {most}.").format(
            least=format_number(least, language()), most=format_number(most, language())
        )
    )
