"""Compares figures in the text of a report with its table.

A figure is read where the text names an indicator and gives a number in its unit, after the name
or right before it, or a percentage of its target or on the same period; numbers of anything else
are left alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from borderdesk.base.i18n import N_, _, language
from borderdesk.base.measure_units import unit_beside
from borderdesk.base.text import fold
from borderdesk.closing.calculation import Summary
from borderdesk.closing.closing import Closing
from borderdesk.closing.lines import SummaryLine
from borderdesk.closing.narratives import PARTS, Narrative, Narratives
from borderdesk.closing.summary import make_summary
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.quantities import STOCK
from borderdesk.figures.targets import AT_MOST, targets_of_figures
from borderdesk.reports.contents.sentences import FigureSentence, SentenceRules, figure_sentences
from borderdesk.reports.money import MILLION, MILLIONS_UNIT, is_money
from borderdesk.reports.wording import figure_words, with_minus
from borderdesk.session.session import Session

AMOUNTS = ("value", "year_to_date", "previous", "target")
"""The columns that a number without further words in the text may belong to."""

WHICH = {
    "value": N_("in the period"),
    "year_to_date": N_("since the year began"),
    "previous": N_("same period last year"),
    "target": N_("year's target"),
    "target_pct": N_("part of the target"),
    "change_pct": N_("against the same period"),
}
"""{column: its words}."""

LEAST_BLANKS = 2
"""A name without its unit has three words at least: fewer would be any words."""

_MARKS = {"vi": (".", ","), "en": (",", ".")}
_CUES: tuple[tuple[str, str], ...] = (
    ("year_to_date", r"luy ke|tu dau nam|den nay|year to date|since the year began"),
    ("previous", r"cung ky|same period|last year"),
    ("target", r"ke hoach|chi tieu nam|target|plan\b"),
    ("value", r"\bdat\b|reached"),
)
"""(column, folded words before a number that name it), the first match counts."""

_OF_TARGET = re.compile(
    r"\s*(?:cua |of the year's |of the )?(?:ke hoach|chi tieu|han muc|target|plan|limit)"
)
_UP = re.compile(r"\b(?:tang|up)(?: \w+)?\s*$")
_DOWN = re.compile(r"\b(?:giam|down)(?: \w+)?\s*$")
_NONE = re.compile(r"[\s:,]*(?:trong \w+(?: \w+)?\s*)?(?:khong co|none)\b")
_END = re.compile(r"\n|[.!?](?=\s|$)")


class ProseDoubt(NamedTuple):
    """A figure in a text that differs from the table: its part (a key of PARTS), the indicator's
    key and label, the column ("value" if the text does not name it), the figure in the text and in
    the table, both in words."""

    part: str
    key: str
    label: str
    column: str
    said: str
    table: str

    @property
    def words(self) -> str:
        """The doubt for a person."""
        words = _("{part}, {label} ({column}): the text says “{said}”, the table has {table}.")
        return words.format(
            part=_(PARTS[self.part]),
            label=self.label,
            column=_(WHICH[self.column]),
            said=self.said,
            table=self.table,
        )


class ProseFigure(NamedTuple):
    """A number of a text: the columns it may be of, its value and decimals, by how much its unit
    is larger than the table's, and the words."""

    columns: tuple[str, ...]
    number: Decimal
    places: int
    scale: int
    words: str


def prose_doubts(narrative: Narrative, lines: Iterable[SummaryLine]) -> list[ProseDoubt]:
    """The figures of the text that the table has otherwise."""
    known_lines = list(lines)
    return [
        doubt
        for part in PARTS
        if part in narrative.parts
        for doubt in _of_part(part, narrative.parts[part], known_lines)
    ]


def period_prose_doubts(session: Session, period: str, scope: str | None = None) -> list[str]:
    """The doubts about the figures in the text typed for a period, in words. Raises UserError."""
    parsed, whose = session.part(Closing).meant(period, scope)
    narrative = session.part(Narratives).typed(parsed, whose)
    if not narrative.parts:
        return []
    lines = make_summary(session, period, scope).lines
    return [doubt.words for doubt in prose_doubts(narrative, lines)]


def period_sentences(
    session: Session, period: str, scope: str | None = None
) -> list[FigureSentence]:
    """The sentences that the figures of a period make. Raises UserError."""
    summary = make_summary(session, period, scope)
    return figure_sentences(summary, sentence_rules(session, summary))


def sentence_rules(session: Session, summary: Summary) -> SentenceRules:
    """The facts about targets and indicators that the sentences of a summary need."""
    year, last = session.calendar().year_of(summary.period.last), summary.period.last
    aims = targets_of_figures(session.store, session.book, year.year, last, summary.scope)
    limits = (key for key, aim in aims.items() if aim.rule == AT_MOST)
    so_far = (row.key for row in all_rows(session.book) if row.part is not None)
    begins = year.first == summary.period.first
    return SentenceRules(begins, frozenset(limits), frozenset(so_far))


# ------------------------------------------------------------------------------ reading


def _of_part(part: str, text: str, lines: list[SummaryLine]) -> Iterator[ProseDoubt]:
    plain_text = _plain(text)
    named_lines = sorted(_named(plain_text, lines))
    ahead = [_number_ahead(text, plain_text, place) for place in named_lines]
    for at, (start, end, line) in enumerate(named_lines):
        stop = _END.search(plain_text, end)
        until = stop.start() if stop is not None else len(text)
        if at + 1 < len(named_lines):
            number = ahead[at + 1]
            until = min(until, named_lines[at + 1][0] if number is None else number[0])
        number = ahead[at]
        if number is not None:
            begin = named_lines[at - 1][1] if at else 0
            yield from _of_figure(
                part, line, _ahead_said(line, text, plain_text, begin, start, number)
            )
        yield from _of_line(part, line, text[end:until], plain_text[end:until])
        kin = [
            sibling
            for sibling in lines
            if sibling.group == line.group and sibling.unit != line.unit
        ]
        yield from _of_kin(part, kin, text[end:until], plain_text[end:until])


def _of_kin(part: str, kin: list[SummaryLine], text: str, plain_text: str) -> Iterator[ProseDoubt]:
    """Figures in the units of other rows of the group: “phát quang 31 lần, 307 lượt người”."""
    by_unit: dict[str, list[SummaryLine]] = {}
    for line in kin:
        by_unit.setdefault(line.unit, []).append(line)
    for lines in by_unit.values():
        first = lines[0]
        for figure in _figures_behind(first, text, plain_text):
            column = figure.columns[0]
            if column in AMOUNTS and not any(
                _states(line, candidate, figure) for line in lines for candidate in figure.columns
            ):
                yield ProseDoubt(
                    part, first.key, first.label, column, figure.words, _column_words(first, column)
                )


def _of_line(part: str, line: SummaryLine, text: str, plain_text: str) -> Iterator[ProseDoubt]:
    if line.value and _NONE.match(plain_text):
        yield ProseDoubt(
            part, line.key, line.label, "value", _("none"), _column_words(line, "value")
        )
    for figure in _figures_behind(line, text, plain_text):
        yield from _of_figure(part, line, figure)


def _of_figure(part: str, line: SummaryLine, figure: ProseFigure) -> Iterator[ProseDoubt]:
    if not any(_states(line, column, figure) for column in figure.columns):
        column = figure.columns[0]
        yield ProseDoubt(
            part, line.key, line.label, column, figure.words, _column_words(line, column)
        )


def _number_ahead(
    text: str, plain_text: str, place: tuple[int, int, SummaryLine]
) -> tuple[int, int, int] | None:
    """The position of a number that directly precedes a name, and the scale of its unit: “5 buổi
    tuyên truyền tập trung”, whose name begins with the unit, “31 lần phát quang”."""
    start, end, line = place
    for unit, scale in _units(line):
        before = plain_text[:start].rstrip(" ")
        if not plain_text[start:end].startswith(f"{unit} "):
            if not before.endswith(f" {unit}"):
                continue
            before = before[: -len(unit)].rstrip(" ")
        match = re.search(rf"(?:{_number()})$", text[: len(before)])
        if match is not None:
            return match.start(), match.end(), scale
    return None


def _ahead_said(
    line: SummaryLine,
    text: str,
    plain_text: str,
    begin: int,
    name: int,
    number: tuple[int, int, int],
) -> ProseFigure:
    """The number before a name; begin: where the name before it ends."""
    start, end, scale = number
    sentence = max((stop.end() for stop in _END.finditer(plain_text, begin, start)), default=begin)
    unit = text[end:name].strip() or text[name : name + len(line.unit)]
    value, places = _value(text[start:end])
    columns = _columns(line, plain_text[sentence:start])
    return ProseFigure(columns, value, places, scale, f"{text[start:end]} {unit}")


def _plain(text: str) -> str:
    """The text without case and marks, as long as it was."""
    return "".join(fold(letter) or (letter if letter == "\n" else " ") for letter in text)


def _named(plain_text: str, lines: list[SummaryLine]) -> Iterator[tuple[int, int, SummaryLine]]:
    """(start, end, line) of every place that names an indicator, the longest name at each."""
    names = _names(lines)
    if not names:
        return
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")
    for place in pattern.finditer(plain_text):
        yield place.start(), place.end(), names[place[0]]


def _names(lines: list[SummaryLine]) -> Mapping[str, SummaryLine]:
    """{folded name: line}: each label, and what is before its comma or after its unit where that is
    no other's."""
    names: dict[str, SummaryLine | None] = {}
    for line in lines:
        whole = fold(line.label)
        bare = whole.removeprefix(f"{fold(line.unit)} ")
        shorter = [whole.partition(",")[0], *([bare] if bare.count(" ") >= LEAST_BLANKS else [])]
        for short in shorter:
            if " " in short and short != whole:
                names[short] = None if short in names else line
    names |= {fold(line.label): line for line in lines}
    return {name: line for name, line in names.items() if line is not None and name}


def _figures_behind(line: SummaryLine, text: str, plain_text: str) -> Iterator[ProseFigure]:
    """The numbers of the words after an indicator's name that are figures of it."""
    before = 0
    for match in re.finditer(_number(), text):
        cue, following = plain_text[before : match.start()], plain_text[match.end() :]
        columns, scale, length = _role(line, cue, following)
        if columns:
            before = match.end() + length
            sign = -1 if columns == ("change_pct",) and _DOWN.search(cue.rstrip()) else 1
            value, places = _value(match[0])
            words = text[match.start() : before].strip()
            yield ProseFigure(columns, sign * value, places, scale, words)


def _number() -> str:
    """A pattern of numbers as they are written in the language in use."""
    thousands, point = map(re.escape, _MARKS[language()])
    return (
        rf"(?<![\w/.,])\d{{1,3}}(?:{thousands}\d{{3}})+(?:{point}\d+)?(?![\d/])"
        rf"|(?<![\w/.,])\d+(?:{point}\d+)?(?![\d/])"
    )


def _value(digits: str) -> tuple[Decimal, int]:
    """A number as it is written, and how many decimals it has."""
    thousands, point = _MARKS[language()]
    plain_digits = digits.replace(thousands, "").replace(point, ".")
    return Decimal(plain_digits), len(plain_digits.partition(".")[2])


def _role(line: SummaryLine, cue: str, following: str) -> tuple[tuple[str, ...], int, int]:
    """The columns a number may be of, by the words before and after it; by how much its unit is
    larger than the line's; and how long its unit is. No columns: no figure of the line."""
    percent = re.match(r"\s*%", following)
    if percent is not None:
        if _OF_TARGET.match(following[percent.end() :]):
            return ("target_pct",), 1, percent.end()
        if _UP.search(cue.rstrip()) or _DOWN.search(cue.rstrip()):
            return ("change_pct",), 1, percent.end()
    for unit, scale in _units(line):
        after = re.match(r"\s*" + re.escape(unit) + r"(?!\w)", following)
        if after is not None:
            return _columns(line, cue), scale, after.end()
    return (), 1, 0


def _columns(line: SummaryLine, cue: str) -> tuple[str, ...]:
    """The columns that an amount may be of, by the words before it."""
    column = next((column for column, words in _CUES if re.search(words, cue)), None)
    unsaid = ("value",) if line.kind == STOCK else AMOUNTS
    return (column,) if column else unsaid


def _units(line: SummaryLine) -> Iterator[tuple[str, int]]:
    """The folded units in which a figure of the line may be given, with their scales."""
    if is_money(line.unit):
        yield fold(_(MILLIONS_UNIT)), MILLION
    yield fold(line.unit), 1
    singular = unit_beside(1, line.unit)
    if singular != line.unit:
        yield fold(singular), 1


def _states(line: SummaryLine, column: str, figure: ProseFigure) -> bool:
    """Whether a column has the figure of the text, to the precision of the text."""
    value = line.shown(column).value
    if value is None:
        return False
    step = Decimal(1).scaleb(-figure.places)
    return (Decimal(value) / figure.scale).quantize(step, ROUND_HALF_UP) == figure.number


def _column_words(line: SummaryLine, column: str) -> str:
    """A figure of the table in words."""
    figure = line.shown(column)
    if figure.value is None:
        return _("no such figure")
    if column in ("target_pct", "change_pct"):
        return with_minus(figure.percent_text(language()))
    return f"{figure_words(figure)} {unit_beside(figure.value, line.unit)}"
