"""Compares a paper's file with this desk figure by figure: which figures were changed, and where.

Each sentence and table row of the same report, as this desk makes it, is looked for in the file
by its words, whatever its numbers are there: so a number that was typed over still stands beside
the one it replaced.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_figure
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.base.text import fold
from borderdesk.closing.closing import Closing
from borderdesk.closing.editions import counted_in
from borderdesk.closing.lines import SummaryLine
from borderdesk.closing.paper_check import DIFFERENT, FileDifference, PaperVerdict
from borderdesk.figures.changes import added_since
from borderdesk.reports.blocks import Document
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.paper import measures as m
from borderdesk.reports.paper.paper_files import PaperFile, PaperWord, paper_file
from borderdesk.reports.wording import with_minus
from borderdesk.session.session import Session

if TYPE_CHECKING:
    from borderdesk.reports import preview, report_kinds
    from borderdesk.reports.paper import paper_files
    from borderdesk.reports.word_files import word
else:
    paper_files = lazy_module("borderdesk.reports.paper.paper_files")
    preview = lazy_module("borderdesk.reports.preview")
    report_kinds = lazy_module("borderdesk.reports.report_kinds")
    word = lazy_module("borderdesk.reports.word_files.word")

LEAST_ALIKE = 0.5
"""A file with fewer of the report's rows and sentences is another layout or language."""

AROUND = 80
"""Letters of the sentence around a figure that are shown."""

SIZES = (1, 2, 3)
"""Into how many lines a narrow cell of a PDF may break one number."""

AHEAD = 3
"""Entries that must not stand before one which is found with other figures."""

CLAUSE_ENDS = (".", ",", ";", ":")
LEAST_LETTERS = 2
MASK, DASH = "\0", "–"
_NUMBER = re.compile(r"\d[\d.,/]*|–")


def check_file(session: Session, text: str, typed: Mapping[str, str] | None = None) -> PaperVerdict:
    """A paper's text, or the PDF or Word file whose path it is, against this desk; typed: as in
    `check_paper`. Raises UserError."""
    closing = session.part(Closing)
    file = paper_file(text)
    if file is None:
        return closing.check(text, typed)
    return _with_file(session, closing.check(file.code, typed), file)


class _Alignment(NamedTuple):
    """The differences of a file; alike: the share of the report's rows and sentences that it has;
    gone: how many rows under each heading it does not have; there: the headings of which it has
    rows, and those that no annex has; later: the differences in the annexes."""

    alike: float
    altered: list[FileDifference]
    later: list[FileDifference]
    gone: Counter[str]
    there: set[str]


def _with_file(session: Session, verdict: PaperVerdict, file: PaperFile) -> PaperVerdict:
    own = verdict.paper.desk == session.identity.id[:8]
    try:
        document = _document(session, verdict, file) if own else None
    except UserError as error:
        reason = _("The file cannot be compared figure by figure: {why}").format(why=error)
        return verdict._replace(reasons=[*verdict.reasons, reason])
    if document is None:
        return _altered(verdict, [*_by_label(verdict, file.words)] if verdict.known else [])
    expected = paper_files.docx_text(BytesIO(word.docx_content(document))).words
    found = _Comparison(expected, file, verdict.lines).alignment()
    if found.alike < LEAST_ALIKE:
        reason = _(
            "The file is in another language or has a new layout: only figures behind the name and"
            " unit of an indicator were compared. Compare the others with those below by eye."
        )
        verdict = _altered(verdict, [*_by_label(verdict, file.words)])
        return verdict._replace(reasons=[*verdict.reasons, reason])
    return _with_annexes(session, _with_gone(_altered(verdict, found.altered), found), found)


def _with_gone(verdict: PaperVerdict, found: _Alignment) -> PaperVerdict:
    """The verdict with the rows that are not in the file, counted by table. Rows taken out of a
    table make it another paper; an annex that was left out as a whole does not."""
    reasons = [
        ngettext(
            "{count} row of “{where}” is not in the file.",
            "{count} rows of “{where}” are not in the file.",
            count,
        ).format(count=count, where=where)
        for where, count in found.gone.items()
    ]
    result = DIFFERENT if found.gone.keys() & found.there else verdict.result
    return verdict._replace(result=result, reasons=[*verdict.reasons, *reasons])


def _with_annexes(session: Session, verdict: PaperVerdict, found: _Alignment) -> PaperVerdict:
    """The verdict with the annexes: what changed here since they were signed is not blamed on the
    file."""
    edition = verdict.made_from
    changed = edition is not None and (
        verdict.moved or added_since(session.store, counted_in(session.store, edition))
    )
    if not found.later or not changed:
        return _altered(verdict, found.later)
    reason = _("Its annexes were compared with the records as they are now, which changed since:")
    reasons = [*verdict.reasons, reason, *map(_words, found.later)]
    return verdict._replace(altered=[*verdict.altered, *found.later], reasons=reasons)


def _document(session: Session, verdict: PaperVerdict, file: PaperFile) -> Document:
    """The same report as this desk makes it: of an edition as it was signed."""
    paper = verdict.paper
    carried = report_kinds.carried_request(file.made_of)
    request = carried or Request("summary", paper.period, paper.scope)
    if verdict.made_from is not None and request.kind == "summary":
        summary = session.part(Closing).summary(verdict.made_from.id)
        return preview.edition_document(session, summary, request, draft=not paper.edition)
    return report_kinds.make_report(session, request).document()


def _altered(verdict: PaperVerdict, altered: Sequence[FileDifference]) -> PaperVerdict:
    if not altered:
        return verdict
    reasons = [*verdict.reasons, *map(_words, altered)]
    return verdict._replace(result=DIFFERENT, altered=[*verdict.altered, *altered], reasons=reasons)


def _words(one: FileDifference) -> str:
    place = " › ".join(filter(None, (one.where, one.row, one.column)))
    if not one.signed:
        words = _("{place}: the file says {paper}, this desk has no such figure.")
    elif not one.paper:
        words = _("{place}: this desk says {signed}, the file nothing.")
    else:
        words = _("{place}: the file says {paper}, this desk {signed}.")
    return words.format(place=place, paper=one.paper, signed=one.signed)


# ---------------------------------------------------------------------------- one's own papers


class _Text:
    """Words as one text without spaces, each number in it masked, and what the numbers are.

    Letters with accents are left out: a PDF whose font lacks them has them from another, behind
    the line.
    """

    def __init__(self, words: Iterable[PaperWord]) -> None:
        parts: list[str] = []
        self.numbers: list[str] = []
        self.words: list[PaperWord] = []
        self.ends: list[int] = []
        """Of every number: itself, its word, its place in the text."""
        length = 0
        for word in words:
            begin = 0
            for found in _NUMBER.finditer(word.text):
                letters = _plain(word.text[begin : found.start()]) + MASK
                parts.append(letters)
                length += len(letters)
                self.numbers.append(found[0])
                self.words.append(word)
                self.ends.append(length)
                begin = found.end()
            parts.append(_plain(word.text[begin:]))
            length += len(parts[-1])
        self.text = "".join(parts)

    def first_number(self, place: int) -> int:
        """The first number at or behind a place of the text."""
        return bisect_right(self.ends, place)


class _Comparison:
    """Looks for each sentence and row of the report in a file, once; numbers are free."""

    def __init__(
        self, expected: list[PaperWord], file: PaperFile, lines: Iterable[SummaryLine]
    ) -> None:
        self._entries = [one for one in _entries(expected) if one.can_be_found]
        self._file = _Text(file.words)
        self._is_word = file.path.suffix.lower() == ".docx"
        self._file_words = file.words
        self._titles = _titles_beside(file.words) if self._is_word else {}
        self._renamed: dict[tuple[str, str], FileDifference] = {}
        self._keys = {line.label: line.key for line in lines}
        self._cursor = 0
        self._seen: set[int] = set()

    def alignment(self) -> _Alignment:
        """The differences, in the order of the report."""
        altered: list[FileDifference] = []
        later: list[FileDifference] = []
        gone, there, found, annexed = Counter[str](), set[str](), 0, False
        for at, entry in enumerate(self._entries):
            where = entry.words[0].where
            annexed = annexed or where.startswith(m.ANNEX)
            before, match = self._cursor, self._match(at)
            if (entry.is_row and self._cursor > before) or not annexed:
                there.add(where)
            if match is None:
                gone.update([where] if entry.is_row else [])
                continue
            found += 1
            into = later if annexed else altered
            into += [one._replace(key="") if annexed else one for one in match]
        altered += [*self._renamed.values(), *self._added()]
        return _Alignment(found / max(len(self._entries), 1), altered, later, gone, there)

    def _match(self, at: int) -> list[FileDifference] | None:
        """What the file says otherwise in an entry; None where it does not have its words."""
        entry, text = self._entries[at], self._file.text
        found = entry.pattern.search(text, self._cursor)
        if found is not None:
            differences = [*self._differences(entry, found)]
            ahead = self._entries[at + 1 : at + 1 + AHEAD] if differences else []
            if not any(one.pattern.search(text, self._cursor, found.start()) for one in ahead):
                self._cursor = found.end() - len(found[found.re.groups] or "")
                self._note_seen(entry, found)
                return differences
        # Moved, or with the words of another place.
        moved = entry.pattern.search(text)
        if moved is not None and not [*self._differences(entry, moved)]:
            self._note_seen(entry, moved)
            return []
        return None

    def _note_seen(self, entry: "_Entry", found: re.Match[str]) -> None:
        for _at, first, count, _last in self._runs(entry, found):
            rows = {one.beside for one in self._file.words[first : first + count]}
            self._seen |= rows
            for row in rows:
                self._note_titles(entry, self._titles.get(row, ()))

    def _note_titles(self, entry: "_Entry", theirs: Sequence[str]) -> None:
        """Note the columns of a row that the file calls otherwise, once for each table."""
        ours, where = [*_titles(entry.words)], entry.words[0].where
        if len(ours) != len(theirs) or not all(theirs):
            return  # The row has cells without a word, or the file has no heads.
        for own, their in zip(ours, theirs, strict=True):
            if own != their:
                renamed = FileDifference(where, "", own, "", their, own)
                self._renamed.setdefault((where, own), renamed)

    def _differences(self, entry: "_Entry", found: re.Match[str]) -> Iterator[FileDifference]:
        wanted = entry.text
        for at, first, count, last in self._runs(entry, found):
            for signed, paper, place in self._pairs(wanted, at, count, first, last):
                word = wanted.words[signed]
                yield FileDifference(
                    " › ".join(filter(None, ("" if self._is_word else place.where, word.where))),
                    word.row or entry.sentence,
                    word.column,
                    self._keys.get(word.row, ""),
                    paper,
                    wanted.numbers[signed],
                )

    def _runs(self, entry: "_Entry", found: re.Match[str]) -> Iterator[tuple[int, int, int, int]]:
        """For every run of numbers of an entry: its first there and in the file, how many they
        are, and the end of those in the file."""
        at = 0
        for group, run in enumerate(re.findall(f"{MASK}+", entry.text.text), start=1):
            first, last = map(self._file.first_number, found.span(group))
            if group == 1 and found.start(1) == found.start():
                first = self._start(entry.text, len(run), first, last)
            yield at, first, len(run), last
            at += len(run)

    def _start(self, wanted: _Text, count: int, first: int, last: int) -> int:
        """Where the figures before the first words begin: those of the row before stand in front
        of them."""
        starts = range(last - min(count, last - first), max(first - 1, last - 3 * count - 1), -1)
        return min(starts, key=lambda at: len([*self._pairs(wanted, 0, count, at, last)]))

    def _pairs(
        self, wanted: _Text, at: int, count: int, first: int, last: int
    ) -> Iterator[tuple[int, str, PaperWord]]:
        """The expected numbers that the file has otherwise: which, what stands there, where."""
        file, place = self._file, first
        for signed in range(at, at + count):
            number = wanted.numbers[signed]
            if number == DASH and not wanted.words[signed].column:
                place += 1  # in a sentence it is no figure
                continue
            broken = ("".join(file.numbers[place : min(place + n, last)]) for n in SIZES)
            taken = next((n for n, text in zip(SIZES, broken, strict=True) if text == number), 0)
            if not taken:
                paper = file.numbers[place] if place < last else ""
                word = file.words[min(place, len(file.words) - 1)]
                yield signed, paper, word
            place += max(taken, 1)

    def _added(self) -> Iterator[FileDifference]:
        """The figures of rows that the report does not have; PDF files do not tell rows."""
        for word in self._file_words if self._is_word else ():
            if word.column and word.beside not in self._seen and _NUMBER.search(word.text):
                yield FileDifference(word.where, word.row, word.column, "", word.text, "")


def _titles(words: Iterable[PaperWord]) -> dict[str, None]:
    """The titles of the columns that words stand in, in their order."""
    return {word.column: None for word in words}


def _titles_beside(words: Iterable[PaperWord]) -> dict[int, list[str]]:
    """{a row of a Word file: the titles of its columns that have a word}."""
    return {beside: [*_titles(row)] for beside, row in groupby(words, key=lambda word: word.beside)}


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isascii())


class _Entry:
    """A row of a table or a clause of a sentence: its words, and how they are found, whatever its
    numbers are."""

    def __init__(self, words: list[PaperWord]) -> None:
        self.words = words
        self.text = _Text(words)
        runs = re.findall(f"{MASK}+|[^{MASK}]+", self.text.text)
        pattern = "".join(f"({MASK}*)" if run[0] == MASK else re.escape(run) for run in runs)
        self.pattern = re.compile(pattern)

    @property
    def is_row(self) -> bool:
        """Whether it is a row under titles."""
        return any(word.column for word in self.words)

    @property
    def can_be_found(self) -> bool:
        """Whether it has figures, and letters to be found by."""
        letters = sum(map(str.isalpha, self.text.text))
        return bool(self.text.numbers) and letters >= LEAST_LETTERS

    @property
    def sentence(self) -> str:
        """The words around a figure, for people."""
        return " ".join(word.text for word in self.words).rstrip(".:;,")[:AROUND]


def _entries(words: Iterable[PaperWord]) -> Iterator[_Entry]:
    entry: list[PaperWord] = []
    for word in words:
        clause = bool(entry) and not entry[-1].column and entry[-1].text.endswith(CLAUSE_ENDS)
        if entry and (word.beside != entry[-1].beside or clause):
            yield _Entry(entry)
            entry = []
        if not word.text.startswith("BD1|"):
            entry.append(word)
    yield _Entry(entry)


# --------------------------------------------------------------- papers of another desk or layout


def _by_label(verdict: PaperVerdict, words: Sequence[PaperWord]) -> Iterator[FileDifference]:
    """The period's own figures of a paper, found by label and unit, that are not those of the
    verdict. On another desk's paper the other columns are that desk's own."""
    texts = [fold(one.text) for one in words]
    for line in verdict.lines:
        label = f"{line.label} {line.unit}".split()
        at = _place_of([fold(text) for text in label], texts)
        if at is None or at >= len(words) or line.value is None:
            continue
        signed = with_minus(format_figure(line.value, language()))
        paper = words[at].text
        shown = paper.lstrip("<>").rstrip("*†‡")
        if _NUMBER.search(paper) and shown != signed and line.bound("value") is None:
            where, column = words[at].where, words[at].column
            yield FileDifference(where, line.label, column, line.key, paper, signed)


def _place_of(label: Sequence[str], texts: Sequence[str]) -> int | None:
    """Where a figure follows the label: the place after it, or None."""
    size = len(label)
    ends = (at + size for at in range(len(texts) - size) if texts[at : at + size] == label)
    return next((end for end in ends if any(c.isdigit() or c == "–" for c in texts[end])), None)
