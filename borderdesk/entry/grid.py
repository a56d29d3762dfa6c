"""Records typed or pasted as a table: cleaned by the same fields, saved in one transaction.

A cell is the text a person would type into the form. The rows of a patrol's inspected markers
stand in one cell as markers and stretches (1166; 1168-1170), all found intact; other rows below
a record are left to the form. A household is three cells: its head, commune and hamlet.
"""

import datetime
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.base.periods import Period
from borderdesk.base.progress import Progress, no_progress
from borderdesk.entry.described_parts import judge_described
from borderdesk.entry.editing import BatchRefused, RecordEditor, SavedRecord
from borderdesk.schema.cleaning import CleaningResult, clean
from borderdesk.schema.kinds import (
    ChildrenField,
    Field,
    FieldError,
    day_in_year,
    doubt_text,
)
from borderdesk.schema.kinds.marker import MARKER_FORM
from borderdesk.schema.record import RevisionedModel, active
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.draft_forms import TABLE
from borderdesk.session.drafts import Drafts, Texts
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart

if TYPE_CHECKING:
    from borderdesk.entry.entry_rules import EntryRules
    from borderdesk.schema.book import ReferenceBook
    from borderdesk.session.session import Session

_DAY_AND_MONTH = re.compile(r"([0-9]{1,2})\s*[/.\-]\s*([0-9]{1,2})\Z")
_DAY_ALONE = re.compile(r"[0-9]{1,2}\Z")
_TO = r"\s*(?:[-–]|đến|tới)\s*"
_STRETCH = re.compile(rf"\s*([0-9/]+){_TO}([0-9/]+)\s*\Z", re.IGNORECASE)
_MARKER_ENDS = re.compile(r"\s*(?:[;,\n]|\bvà\b)\s*", re.IGNORECASE)
_MARKER_WORD = re.compile(
    r"(?:\btừ\s+)?(?:cột mốc|mốc giới|mốc số|mốc)\s*(?=[0-9])|\btừ\s+(?=[0-9])", re.IGNORECASE
)
_MARKERS = re.compile(rf"{MARKER_FORM}(?:{_TO}{MARKER_FORM})?\Z", re.IGNORECASE)

Cells = Mapping[str, str]
"""A row: {key of a column: text}; blank cells may be left out."""


def form_of(type_name: str) -> str:
    """The name under which the grid of a type stores its draft."""
    return f"{TABLE}{type_name}"


class GridColumn(NamedTuple):
    """A column: its key (of a household's part `household.head`), label and field.

    usual: whether it is shown until somebody chooses.
    """

    key: str
    label: str
    field: Field
    usual: bool

    @property
    def required(self) -> bool:
        """Whether a row without it cannot be saved."""
        # There is a column of posts only where a post must be chosen.
        return self.field.required or self.field.must_be_chosen

    @property
    def numeric(self) -> bool:
        """Whether it holds figures, which are right-aligned."""
        return self.field.numeric


class RowReading(NamedTuple):
    """The result of reading a row: problems by column, doubts by column in words, the texts as the
    desk would write them, and the columns that do not apply to these values."""

    problems: dict[str, str]
    doubts: dict[str, str]
    texts: dict[str, str]
    inactive: frozenset[str]


class RowsRefused(UserError):
    """Nothing was saved: {row: {column: error}}."""

    def __init__(self, rows: dict[int, dict[str, str]]) -> None:
        super().__init__(_("Nothing was saved: some cells are wrong."))
        self.rows = rows


class RowsDoubtful(UserError):
    """Nothing was saved: {row: {column: doubt in words}} for the person to confirm or to
    correct."""

    def __init__(self, rows: dict[int, dict[str, str]]) -> None:
        super().__init__(_("Nothing was saved yet: some values look doubtful."))
        self.rows = rows


def columns_of(desk: "Session", type_name: str) -> list[GridColumn]:
    """The columns a grid of a type can have, in the order of its form."""
    model = ALL_TYPES[type_name]
    fields, columns = model.fields(), []
    for key in _form_order(model):
        field = fields[key]
        if key == model.own_post() and desk.identity.role == "post":
            continue
        if field.refers_to in ALL_TYPES:
            # Joining a record to another of its type is a decision about a single record, made in
            # its form.
            if field.refers_to != type_name:
                columns += _description_columns(key, field)
        elif key in model.columns():
            usual = field.required or field.listed or field.must_be_chosen
            columns.append(GridColumn(key, _(field.label), field, usual))
        elif model.children()[key].stretch is not None:
            columns.append(GridColumn(key, _(field.label), field, True))
    return columns


def _form_order(model: type[RevisionedModel]) -> list[str]:
    laid_out = [key for _heading, keys in model.layout for key in keys.split()]
    unplaced = [key for key in model.fields() if key not in laid_out]
    post = [key for key in unplaced if key == model.own_post()]
    return [*post, *laid_out, *(key for key in unplaced if key not in post)]


@cache
def _description_cells(type_name: str) -> tuple[str, ...]:
    """The cells that describe a record of a type, the one that names it first."""
    model = ALL_TYPES[type_name]
    assert model.matching is not None
    return tuple(key for key in model.matching.described_by if model.columns()[key].required)


def _description_columns(key: str, field: Field) -> list[GridColumn]:
    """The columns of a record that a row describes; the first has the label of the field."""
    parts, whole = ALL_TYPES[field.refers_to].columns(), _(field.label)
    first, *others = _description_cells(field.refers_to)
    labels = {first: whole, **{k: f"{_(parts[k].label)} ({whole.lower()})" for k in others}}
    return [GridColumn(f"{key}.{part}", label, parts[part], True) for part, label in labels.items()]


# ------------------------------------------------------------------------------- reading


def raw_of(
    model: type[RevisionedModel],
    cells: Cells,
    period: Period | None,
    book: "ReferenceBook",
    today: datetime.date,
) -> dict[str, object]:
    """The raw input of a row: texts by key, a described household as a dict of its parts."""
    raw: dict[str, object] = {}
    fields = model.fields()
    for key, text in cells.items():
        owner, _dot, part = key.partition(".")
        text = text.strip()
        if not text:
            continue
        if part:
            described = raw.setdefault(owner, {})
            assert isinstance(described, dict)
            described[part] = text
            continue
        field = fields[key]
        if field.is_date and period is not None:
            text = in_period(text, period, today)
        if key in model.children():
            raw[key] = stretches(model.children()[key], text, book)
        else:
            raw[key] = text
    return raw


def in_period(text: str, period: Period, today: datetime.date) -> str:
    """A day, or a day and a month, as a date of the chosen period: 4 → 04/12/2023 in December of
    2023, 4/11 → 04/11/2023; a day alone in a year other than today's is of today's month. A day
    outside the period is completed too, to be refused later; other texts are unchanged."""
    text = text.strip()
    if _DAY_ALONE.match(text):
        if period.kind == "month":
            return in_month(text, period)
        if period.first <= today <= period.last:
            return text
        text = f"{text}/{today.month}"
    typed = _DAY_AND_MONTH.match(text)
    if typed is None:
        return text
    day, month = int(typed[1]), int(typed[2])
    for year in dict.fromkeys((period.year, period.first.year)):
        try:
            date = day_in_year(day, month, year, max(today, period.last))
        except FieldError:
            continue
        if year == period.year or period.first <= date <= period.last:
            return format_date(date)
    return f"{day:02}/{month:02}/{period.year}"


def in_month(text: str, period: Period) -> str:
    """A day number as a date of the month: 4 → 04/12/2023; a number the month does not have gives
    an invalid date: 30 → 30/02/2023. Other texts are unchanged."""
    if not _DAY_ALONE.match(text):
        return text
    day, month = int(text), period.last if int(text) <= period.last.day else period.first
    return f"{day:02}/{month.month:02}/{month.year}"


def stretches(field: ChildrenField, text: str, book: "ReferenceBook") -> list[dict[str, str]]:
    """The rows for markers and stretches of markers: 1166; 1168-1170."""
    assert field.stretch is not None
    markers: dict[str, None] = {}
    for part in _marker_parts(text):
        ends = _STRETCH.match(part)
        stretch_markers = book.markers_between(ends[1], ends[2]) if ends else []
        markers |= dict.fromkeys(stretch_markers or [part.strip()])
    return [{field.stretch.marker: marker, **field.stretch.rest} for marker in markers]


def _marker_parts(text: str) -> list[str]:
    return [part for part in _MARKER_ENDS.split(_MARKER_WORD.sub("", text)) if part.strip()]


def names_markers(text: str) -> bool:
    """Whether a text consists of markers and stretches of markers alone."""
    parts = _marker_parts(text)
    return bool(parts) and all(_MARKERS.match(part.strip()) for part in parts)


def check_rows(
    desk: "Session", type_name: str, rows: Sequence[Cells], period: Period | None
) -> list[RowReading]:
    """Problems and doubts of each row alone; rules that query the store run at saving."""
    model = ALL_TYPES[type_name]
    entry = desk.part(RecordEditor).rules()
    return [_checked(model, cells, period, entry) for cells in rows]


def _checked(
    model: type[RevisionedModel], cells: Cells, period: Period | None, entry: "EntryRules"
) -> RowReading:
    entry.on = None
    book = entry.book
    cleaned = clean(model, raw_of(model, cells, period, book, entry.today), entry, typed=True)
    entry.doubt_places(model, cleaned)
    by_path = {**judge_described(model, cleaned, entry), **cleaned.problems}
    problems = {_cell(path, model): message for path, message in by_path.items()}
    doubts = {_cell(d.field, model): doubt_text(d.message) for d in cleaned.doubts}
    texts = {
        key: _text(model, key, cleaned, book, typed)
        for key, typed in cells.items()
        if typed.strip()
    }
    inactive = frozenset(
        key for key, field in model.columns().items() if not active(field, cleaned.values)
    )
    return RowReading(problems, doubts, {k: t for k, t in texts.items() if t}, inactive)


def _text(
    model: type[RevisionedModel],
    key: str,
    cleaned: CleaningResult,
    book: "ReferenceBook",
    typed: str,
) -> str:
    """The cell's text in normal form; "" to leave it as it was typed."""
    field = model.columns().get(key)
    if field is None or key in cleaned.problems or field.masked:
        return ""
    value = cleaned.values.get(key)
    doubted = value is not None and any(field.typed_doubts(typed, value))
    return "" if value is None or doubted else field.as_typed(value, book)


def _cell(path: str, model: type[RevisionedModel]) -> str:
    """The column a problem belongs to: inspected[0].marker → inspected, household → its first
    cell."""
    owner, _dot, part = path.partition(".")
    owner = owner.partition("[")[0]
    field = model.fields().get(owner)
    if field is not None and field.refers_to in ALL_TYPES:
        return f"{owner}.{part or _description_cells(field.refers_to)[0]}"
    return owner


# -------------------------------------------------------------------------------- saving


class Grid(SessionPart):
    """Saves grids."""

    @operation("record.write")
    def save_rows(
        self,
        type_name: str,
        rows: Sequence[tuple[int, Cells]],
        period: Period | None,
        confirmed: Container[int],
        form: str,
        remaining_draft: Texts | None = None,
        progress: Progress = no_progress,
    ) -> list[tuple[int, SavedRecord]]:
        """Save rows (number, cells) in one transaction, and end the draft of the grid.

        confirmed: rows whose doubts a person confirmed; remaining_draft: the rest of the grid,
        stored as its draft. Raises RowsRefused, RowsDoubtful.
        """
        model, book = ALL_TYPES[type_name], self.session.book
        today = self.session.today()

        def lines() -> Iterator[tuple[int, dict[str, object]]]:
            for done, (number, cells) in enumerate(rows):
                progress(done, len(rows))
                yield number, raw_of(model, cells, period, book, today)

        try:
            outcome = self.session.part(RecordEditor).add_batch(type_name, lines(), typed=True)
        except BatchRefused as refused:
            raise RowsRefused(
                {
                    number: {_cell(path, model): text for path, text in invalid.problems.items()}
                    for number, invalid in refused.lines
                }
            ) from refused
        saved = [(number, record) for number, record in outcome if isinstance(record, SavedRecord)]
        doubtful = {
            number: {_cell(path, model): text for path, text in record.warnings.items()}
            for number, record in saved
            if record.warnings and number not in confirmed
        }
        if doubtful:
            raise RowsDoubtful(doubtful)
        self.session.part(Drafts).finish_draft(form, remaining_draft)
        return saved
