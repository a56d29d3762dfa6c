"""Formats numbers, percentages, dates and times for people, on paper and on screen."""

import datetime
from decimal import ROUND_HALF_UP, Decimal

_SEPARATORS = {"vi": (".", ","), "en": (",", ".")}
_TENTH = Decimal("0.1")


def _grouped(plain_digits: str, lang: str) -> str:
    """`plain_digits` ("-1234.5") with the language's thousands and decimal marks."""
    thousands, point = _SEPARATORS[lang]
    whole, _, fraction = plain_digits.lstrip("-").partition(".")
    shown = f"{int(whole):,}".replace(",", thousands)
    if fraction:
        shown = f"{shown}{point}{fraction}"
    negative = plain_digits.startswith("-") and any(digit in "123456789" for digit in plain_digits)
    return f"-{shown}" if negative else shown


def _finite(value: int | Decimal) -> Decimal:
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(f"{value} is not a figure that can be shown")
    return number


def format_number(value: int | Decimal, lang: str = "vi") -> str:
    """3848 → "3.848", 12.50 → "12,5": all decimals without final zeros.

    Raises ValueError for NaN and infinity, KeyError for a language without rules.
    """
    plain_digits = f"{_finite(value):f}"
    return _grouped(
        plain_digits.rstrip("0").rstrip(".") if "." in plain_digits else plain_digits, lang
    )


def format_figure(value: int | Decimal | None, lang: str = "vi") -> str:
    """A number as `format_number` formats it; "–" for None."""
    return "–" if value is None else format_number(value, lang)


def format_percent(value: int | Decimal, lang: str = "vi") -> str:
    """12.45, in percent, → "12,5 %": always one decimal, halves away from zero.

    Raises ValueError for NaN and infinity, KeyError for a language without rules.
    """
    return f"{_grouped(f'{_finite(value).quantize(_TENTH, ROUND_HALF_UP):f}', lang)} %"


def format_moment(moment: datetime.datetime, today: datetime.date) -> str:
    """A local time: 14:05 for today, else 14:05 04/12/2023."""
    clock = f"{moment:%H:%M}"
    return clock if moment.date() == today else f"{clock} {format_date(moment.date())}"


def format_date(day: datetime.date) -> str:
    """5 January 2024 → "05/01/2024", the same in both languages."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"
