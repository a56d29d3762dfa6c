"""The summary of a period as an administrative document: letter, text, table, annexes."""

from collections.abc import Iterable, Iterator
from itertools import zip_longest

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_date, format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.periods import Period
from borderdesk.base.progress import Progress, no_progress
from borderdesk.closing.calculation import Summary
from borderdesk.closing.closing import Closing
from borderdesk.closing.lines import (
    PAPER_COLUMNS,
    SummaryLine,
    YearToDateParts,
    carried_figures,
)
from borderdesk.closing.narratives import (
    DIFFICULTIES,
    PARTS,
    RESULTS,
    SITUATION,
    Narratives,
    narrative_of,
)
from borderdesk.reports.blocks import (
    Annex,
    Block,
    Cell,
    Column,
    Document,
    Heading,
    Letter,
    LinkedValue,
    PaperSeal,
    Paragraph,
    Row,
    Table,
    figure_cell,
)
from borderdesk.reports.contents.document_head import unsigned_note
from borderdesk.reports.contents.letterhead import letterhead, signed_letterhead, wide_paper
from borderdesk.reports.contents.plan import plan_blocks
from borderdesk.reports.contents.register import register_anchor
from borderdesk.reports.contents.requests import PLAIN, Request
from borderdesk.reports.contents.summary_parts import SummaryParts
from borderdesk.reports.money import MILLIONS_UNIT, is_money, millions
from borderdesk.reports.paper.letter import citation
from borderdesk.reports.wording import (
    COMPARED,
    THIS,
    figure_words,
    paper_notes,
    paper_number,
    scope_in_sentence,
    sentence,
)
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.schema.settings import Paper
from borderdesk.session.session import Session

LATE, DOUBLE = "†", "‡"
"""Marks behind figures: with late additions, with double versions."""

ROOMY_HALF = 16
"""Rows side by side of the short form that its page holds in an easy type size."""


def as_document(
    summary: Summary,
    session: Session,
    lang: str,
    request: Request = PLAIN,
    progress: Progress = no_progress,
) -> Document:
    """The document of a summary. Its blocks are generated while they are rendered, so that the
    first page does not wait for the last. Raises UserError."""
    unknown = [name for name in request.annex_registers if name not in RECORD_TYPES]
    if unknown:
        raise UserError(_("“{value}” is not a type of record.").format(value=unknown[0][:40]))
    period, edition = summary.period, summary.edition
    wide = wide_paper(session, edition.signed_on if edition else session.today())
    paper = SummaryPaper(summary, session, request, progress, wide)
    head = signed_letterhead(session, edition) if edition else letterhead(session, period.last)
    if edition is not None:
        letter = head.letter_of(edition, paper.subject())
    else:
        letter = draft_letter(session, summary)
    code = session.part(Closing).paper_text(summary)
    return Document(
        title=_("Summary of figures, {period}").format(period=period.title),
        subtitle=(summary.scope.name, _from_to(summary)),
        blocks=paper.blocks(),
        issuer=head.issuer,
        lang=lang,
        author=session.account.full_name,
        subject=f"{summary.scope.text} {period.text}",
        banner=session.banner(),
        footer=f"{_('Not for classified content.')} {_short(code)}",
        wide_paper=wide,
        letter=letter,
        annexes=paper.annexes(),
        seal=PaperSeal(
            code, _("To check this paper: read the code, or type {text}").format(text=code)
        ),
    )


def draft_letter(session: Session, summary: Summary) -> Letter:
    """The letter of a paper that is not signed: without number and day."""
    period = summary.period
    return letterhead(session, period.last).unsigned_letter(_subject(period), period.last)


def _subject(period: Period) -> str:
    return _("Results of border work, {period}").format(period=period.title)


def _short(code: str) -> str:
    """The footer that identifies the figures of a page: desk, period, hash."""
    _version, desk, period, _scope, _edition, _values, figures, _check = code.split("|")
    return _("Desk {desk}, period {period}, figures {hash}.").format(
        desk=desk, period=period, hash=figures
    )


def _from_to(summary: Summary) -> str:
    return _("From {first} to {last}").format(
        first=format_date(summary.period.first), last=format_date(summary.period.last)
    )


class SummaryPaper:
    """Generates the blocks of one summary's document."""

    def __init__(
        self, summary: Summary, session: Session, request: Request, progress: Progress, wide: Paper
    ) -> None:
        self._summary = summary
        self._session = session
        self._request = request
        self._parts = SummaryParts(summary, session, progress, wide)
        self._written = (
            narrative_of(summary.edition)
            if summary.edition
            else session.part(Narratives).typed(summary.period, summary.scope)
        )
        self._lines = [line for line in summary.lines if not self._is_left_out(line)]

    def _is_left_out(self, line: SummaryLine) -> bool:
        if self._request.short:
            return not line.value
        return self._request.hide_empty and _is_empty(line)

    def subject(self) -> str:
        """The subject of the document."""
        return _subject(self._summary.period)

    # ------------------------------------------------------------------------- text

    def blocks(self) -> Iterator[Block]:
        """The text of the document before its signature."""
        summary = self._summary
        yield Paragraph(
            _("Report on {scope} from {first} to {last}:").format(
                scope=scope_in_sentence(summary.scope.name),
                first=format_date(summary.period.first),
                last=format_date(summary.period.last),
            )
        )
        yield from self._parts.posts()
        yield from self._replaces()
        if self._request.short:
            yield from self._short_table()
            return
        yield from self._part(SITUATION)
        yield Heading(_(PARTS[RESULTS]), 1, numbered=True)
        if RESULTS in self._written.parts:
            yield Paragraph(self._written.parts[RESULTS])
        yield from self._table()
        yield from self._parts.stocks()
        yield from self._parts.coverage()
        yield from self._parts.open_incidents()
        yield from self._part(DIFFICULTIES)
        yield from self._tasks()

    def _replaces(self) -> Iterator[Block]:
        edition = self._summary.edition
        if edition is not None and edition.replaces:
            yield Paragraph(replaces(self._session, edition.replaces, edition.reason))

    def _part(self, key: str) -> Iterator[Block]:
        """A part of the narrative, if it was written."""
        if key in self._written.parts:
            yield Heading(_(PARTS[key]), 1, numbered=True)
            yield Paragraph(self._written.parts[key])

    def _tasks(self) -> Iterator[Block]:
        yield from plan_blocks(self._written)

    def _table(self) -> Iterator[Block]:
        if not self._lines:
            yield Paragraph(self._nothing_text())
            return
        if self._nothing():
            empty_message = _("Nothing was recorded in the period; the table says so row by row.")
            yield Paragraph(self._nothing_text() if self._parts.presence.missing else empty_message)
        yield Table(_columns(self._summary), tuple(self._rows()))
        yield from (Paragraph(text, "note") for text in self._notes())

    def _short_table(self) -> Iterator[Block]:
        """The figures of the period and the year so far, in two columns of rows."""
        if not self._lines:
            yield Paragraph(self._nothing_text())
            return
        columns = _short_columns(self._summary)
        cells = [
            (number, line.label, line.unit, self._value(line), *[*self._figures(line)][4:5])
            for number, line in enumerate(map(self._shown, self._lines), start=1)
        ]
        half = (len(cells) + 1) // 2
        blank = ("",) * len(columns)
        pairs = zip_longest(cells[:half], cells[half:], fillvalue=blank)
        rows = tuple(Row((*left, *right)) for left, right in pairs)
        yield Table((*columns, *columns), rows, dense=True, tight=half > ROOMY_HALF)
        state = unsigned_note(self._session, self._summary)
        notes = self._paper_notes(("value", "year_to_date"))
        marks = (*self._late_notes(), *self._double_notes())
        for note in (*state, *notes, *self._parts.beyond_all(self._lines), *marks):
            yield Paragraph(note, "note")

    def _double_notes(self) -> Iterator[str]:
        """The note on records in two versions. Rows may share them or not: their counts are not to
        be added up."""
        counts = [line.doubles for line in self._lines if line.doubles]
        if not counts:
            return
        words = ngettext(
            "‡ {count} record has two versions that wait for a choice.",
            "‡ {count} records have two versions that wait for a choice.",
            counts[0],
        )
        if len(counts) > 1:
            words = _(
                "‡ Records of these figures have two versions that wait for a choice: {count} in a"
                " row at most."
            )
        yield words.format(count=format_number(max(counts), language()))

    def _late_notes(self) -> Iterator[str]:
        for line in map(self._shown, self._lines):
            yield from _late_notes(line)

    def _paper_notes(self, columns: Iterable[str]) -> Iterator[str]:
        figures = [line.shown(column) for line in self._lines for column in columns]
        return paper_notes(figures)

    def _nothing_text(self) -> str:
        if self._parts.presence.missing:
            return _("What has come in so far has nothing in the period.")
        return _("Nothing was recorded in the period.")

    def _nothing(self) -> bool:
        return not any(line.value for line in self._lines)

    def _rows(self) -> Iterator[Row]:
        group, number = "", 0
        for line in map(self._shown, self._lines):
            if line.group != group:
                group, number = line.group, 0
                yield Row((group,), "group")
            number += 1
            yield Row((number, line.label, line.unit, *self._figures(line)))

    def _shown(self, line: SummaryLine) -> SummaryLine:
        """A line in display form: money in millions on request."""
        in_millions = self._request.millions or self._request.short
        if not in_millions or not is_money(line.unit):
            return line
        return line.rescaled(_(MILLIONS_UNIT), millions)

    def _figures(self, line: SummaryLine) -> Iterator[Cell]:
        yield self._value(line)
        yield _asking(line, "previous", figure_cell(line.shown("previous")))
        yield line.change
        yield line.change_pct
        late = LATE if any(_late_notes(line)) else ""
        yield _asking(line, "year_to_date", figure_cell(line.shown("year_to_date"), late))
        yield line.target
        yield figure_cell(line.shown("target_pct"))

    def _value(self, line: SummaryLine) -> Cell:
        """The figure, linked to the annexed register of its records if there is one."""
        anchor = self._parts.register_of(line.key, self._request.annex_registers)
        shown = figure_cell(line.shown("value"), DOUBLE if line.doubles else "")
        return _asking(line, "value", shown, anchor if line.value else "")

    def _notes(self) -> Iterator[str]:
        summary = self._summary
        scope = summary.scope
        yield from summary.remarks
        if scope.kind == "province":
            yield _(
                "A patrol through several communes counts once here and in each of them: figures"
                " of communes are not to be added up."
            )
        if scope.units is not None:
            yield _("Records without a place count for post and province only.")
        yield from self._paper_notes(PAPER_COLUMNS)
        yield from self._parts.beyond_all(summary.lines)
        yield from self._late_notes()
        yield from self._double_notes()
        if summary.joint:
            joint = "; ".join(f"{title}: {number}" for title, number in summary.joint)
            yield _("Together with other posts, counted by the post that led: {list}.").format(
                list=joint
            )
        if self._request.hide_empty and len(self._lines) < len(summary.lines):
            yield _("Rows without any figure are left out.")
        yield _("“–”: nothing to compare with.")
        yield from unsigned_note(self._session, summary)

    # ----------------------------------------------------------------------- annexes

    def annexes(self) -> Iterator[Annex]:
        """The annexes in order: communes, registers, charts, methods."""
        if self._request.short:
            return
        if self._request.by_commune and self._parts.has_communes and not self._nothing():
            across = self._parts.communes_across
            yield Annex(_("Figures by commune"), self._parts.communes(), landscape=across)
        if self._request.by_commune and self._parts.has_posts and not self._nothing():
            yield Annex(_("Figures by post"), self._parts.by_post(), landscape=True)
        for name in self._request.annex_registers:
            of_type = _(RECORD_TYPES[name].title)
            title = _("Register of records: {type}").format(type=of_type)
            blocks, anchor = self._parts.register(name), register_anchor(name)
            yield Annex(title, blocks, landscape=True, anchor=anchor, sheet=of_type)
        charts = tuple(self._parts.charts()) if self._request.charts else ()
        if charts:
            yield Annex(_("Charts"), charts)
        if self._lines and self._request.methods:
            yield Annex(_("How the figures are worked out"), self._how())

    def _how(self) -> Iterable[Block]:
        shown = {line.key for line in self._lines}
        return self._parts.how(shown)


def _is_empty(line: SummaryLine) -> bool:
    """Whether every figure of a row is zero or absent."""
    figures = (line.value, line.previous, line.year_to_date, line.target, line.late)
    return not any(figures)


def _asking(line: SummaryLine, column: str, shown: Cell, to: str = "") -> Cell:
    """A figure that shows its records when it is clicked on the screen."""
    if isinstance(shown, LinkedValue):
        return shown
    return LinkedValue(shown, to, f"{line.key} {column}")


def _late_notes(line: SummaryLine) -> Iterator[str]:
    """The notes that explain the mark of late additions in a year to date: the sum that makes it up
    after an earlier paper, and what is in no such sum (papers of parts of the period, stocks)."""
    carry = line.carry
    summed = 0 if carry is None else carry.late
    if carry is not None and summed:
        yield _carried(line, carry)
    if line.late is not None and line.late != summed:
        yield _("† {label}: additions, corrections to signed figures: {late}.").format(
            label=line.label, late=paper_number(line.late - summed)
        )


def _carried(line: SummaryLine, carry: YearToDateParts) -> str:
    """The sum that makes up a year to date with late additions, as a note."""
    if carry.unsigned:
        text = _(
            "† {label}: signed to date {signed} + not signed {unsigned} + this period {value}"
            " + additions, corrections {late} = {total}."
        )
    else:
        text = _(
            "† {label}: signed to date {signed} + this period {value} + additions, corrections"
            " {late} = {total}."
        )
    signed, value, total = map(figure_words, carried_figures(line, carry))
    return text.format(
        label=line.label,
        signed=signed,
        unsigned=paper_number(carry.unsigned),
        value=value,
        late=paper_number(carry.late),
        total=total,
    )


def replaces(session: Session, edition: str, reason: str | None) -> str:
    """The first sentence of an amendment: which document (the edition's id) it replaces, and
    why."""
    before = session.part(Closing).edition(edition)
    letter = signed_letterhead(session, before).letter_of(before, "")
    text = _("This replaces {document}.").format(document=citation(letter))
    return f"{text} {sentence(_('Reason: {reason}').format(reason=reason))}" if reason else text


def _short_columns(summary: Summary) -> tuple[Column, ...]:
    """One half of the columns of the short form."""
    return (
        Column(_("No."), "number", 0.55, "center"),
        Column(_("Indicator"), "text", 5.0),
        Column(_("Unit"), "text", 1.65, "center"),
        Column(_(THIS[summary.period.kind]), "number", 1.1),
        Column(_("Since the year began"), "number", 1.3),
    )


def _columns(summary: Summary) -> tuple[Column, ...]:
    kind = summary.period.kind
    # English units are long single words, which cannot be broken as Vietnamese ones are.
    label, unit = (3.55, 1.35) if language() == "vi" else (2.45, 2.08)
    change = _("Increase, decrease")
    return (
        Column(_("No."), "number", 0.62, "center"),
        Column(_("Indicator"), "text", label),
        Column(_("Unit"), "text", unit, "center"),
        Column(_(THIS[kind]), "number", 1.3),
        Column(_(COMPARED[kind]), "number", 1.15),
        Column("+/−", "number", 1.1, over=change),
        Column("%", "percent", 1.12, over=change),
        Column(_("Since the year began"), "number", 1.35),
        Column(_("Year's target"), "number", 1.15),
        Column(_("Target reached (%)"), "percent", 1.12),
    )
