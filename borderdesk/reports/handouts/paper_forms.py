"""Paper for the field: a blank form of a type, a slip of a record, a list, the round of a hamlet.

Forms and slips have the fields in the order of the screen, so that what was written by hand is
typed without searching.
"""

import datetime
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _, language
from borderdesk.base.lazy import lazy_module
from borderdesk.base.measure_units import value_and_unit
from borderdesk.closing.explanations import short_id
from borderdesk.entry.editing import RecordEditor
from borderdesk.entry.hamlet_round import RoundHousehold
from borderdesk.entry.lists import RecordLists
from borderdesk.figures.coverage import standing
from borderdesk.reports.blocks import Block, Cell, Column, Document, Heading, Paragraph, Row, Table
from borderdesk.reports.contents.letterhead import issuing_body
from borderdesk.reports.contents.list_selection import selection_words
from borderdesk.schema.kinds import AT_LEAST_TWO, MARKER, ChildrenField, ColumnField
from borderdesk.schema.kinds.field import labelled
from borderdesk.schema.record import RevisionedModel, Values, form_groups
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.session import Session
from borderdesk.store.lists.listing import Filter

if TYPE_CHECKING:
    from borderdesk.reports.paper import pdf
else:
    pdf = lazy_module("borderdesk.reports.paper.pdf")

DOTS = "." * 60
BOX = "□"
MOST_OFFERED = 8
"""A choice of more entries is left to be written."""
ROWS_TO_FILL, MOST_MARKERS = 6, 24
"""Empty rows below a record on a blank form; more where markers are due, at most so many."""


def write_blank_form(
    session: Session, type_name: str, known_values: Mapping[str, Any], target: Path
) -> None:
    """Write a blank form of a type as a PDF; `known_values`: {key: value} of prefilled fields."""
    pdf.write_pdf(blank_form(session, type_name, known_values), target)


def blank_form(session: Session, type_name: str, known_values: Mapping[str, Any]) -> Document:
    """The form, with the post, the known values, and the due markers."""
    model = ALL_TYPES[type_name]
    title = _("{type}: form to fill in by hand").format(type=_(model.title))
    return _document(session, title, tuple(_blank_blocks(session, model, known_values)))


def _blank_blocks(
    session: Session, model: type[RevisionedModel], known_values: Mapping[str, Any]
) -> Iterator[Block]:
    due = _due_markers(session) if model.children() else []
    for heading, keys in form_groups(model, session.identity.role):
        yield Heading(_(heading), 2)
        columns = {key: model.columns()[key] for key in keys if key in model.columns()}
        rows = [
            Row((_line_label(session, model, field), _blank(session, field, known_values.get(key))))
            for key, field in columns.items()
        ]
        if rows:
            yield _two_columns(rows)
        for key in keys:
            if key in model.children():
                yield _rows_to_fill(model.children()[key], due)
    words = _("“*”: needed, where the line applies. Filled in by: {dots}")
    yield Paragraph(words.format(dots=DOTS), "note")


def _two_columns(rows: Iterable[Row]) -> Table:
    return Table((Column(_("Field"), "text", 1.6), Column(_("Content"), "text", 4.0)), tuple(rows))


def _line_label(session: Session, model: type[RevisionedModel], field: ColumnField) -> str:
    """The caption of a field on a form, with the choices it applies to or is required for: paper
    cannot hide inapplicable fields, as the screen does."""
    conditions = [(_("only when {field} is: {values}"), *field.when)] if field.when else []
    conditions += [
        (_("required when {field} is: {values}"), rule.other, rule.values)
        for rule in model.required_when
        if rule.field == field.name
    ]
    words = [
        text.format(
            field=_(model.columns()[condition_key].label),
            values=_in_words(session, model.columns()[condition_key], values),
        )
        for text, condition_key, values in conditions
    ]
    return " ".join([labelled(field), *(f"({phrase})" for phrase in words)])


def _in_words(session: Session, field: ColumnField, values: Container[Any]) -> str:
    """The values of a condition as the form calls them."""
    if values is AT_LEAST_TWO:
        return _("2 or more")
    listed_codes = [code for code in field.options if code in values]
    codes = listed_codes or sorted(values)  # type: ignore[call-overload]
    return ", ".join(field.show(code, session.book) for code in codes)


def _blank(session: Session, field: ColumnField, value: Any) -> str:
    """The text in place of a field: its known value, boxes to tick, or room to write."""
    if value is not None:
        return field.show(value, session.book)
    offered: Sequence[tuple[str, str]] = ()
    if field.options or field.pick_list:
        offered = field.offered(session.book, session.today(), session.identity.post)
    if 0 < len(offered) <= MOST_OFFERED:
        # No line ends between a box and its words.
        return "   ".join(f"{BOX}\u00a0{label}" for _code, label in offered)
    return "…… / …… / …………" if field.is_date else DOTS


def _rows_to_fill(field: ChildrenField, due: Sequence[str]) -> Table:
    """The rows below a record, one for each marker that is due, the rest empty."""
    columns = field.child.fields()
    of_markers = [key for key, column in columns.items() if column.refers_to == MARKER]
    named_markers = due if field.stretch is not None and of_markers else ()
    rows = [
        Row(tuple(marker if key in of_markers else "" for key in columns))
        for marker in [
            *named_markers,
            *[""] * (ROWS_TO_FILL - min(len(named_markers), ROWS_TO_FILL - 2)),
        ]
    ]
    heads = tuple(Column(labelled(column), "text", 1.5) for column in columns.values())
    return Table(heads, tuple(rows), title=_(field.label))


def _due_markers(session: Session) -> list[str]:
    """The markers of the desk's own post, the longest without an inspection first."""
    home = session.identity.post
    if not home:
        return []
    markers = standing(session.store, session.book, session.today(), home)
    long_ago = sorted(markers, key=lambda marker: marker.inspected or datetime.date.min)
    return [marker.marker for marker in long_ago[:MOST_MARKERS]]


# ------------------------------------------------------------------------------ slip


def write_slip(session: Session, type_name: str, record: str, target: Path) -> None:
    """Write a record as a PDF. Raises UserError."""
    pdf.write_pdf(slip(session, type_name, record), target)


def slip(session: Session, type_name: str, record: str) -> Document:
    """A record with every field that it has."""
    model = ALL_TYPES[type_name]
    values, _revision, doubts = session.part(RecordEditor).read(type_name, record)
    blocks = [*_slip_blocks(session, model, values)]
    blocks += [Paragraph(sentence, "note") for _field, sentence in doubts]
    blocks.append(Paragraph(_("Record {id}").format(id=short_id(record)), "note"))
    return _document(session, _(model.title), tuple(blocks))


def _slip_blocks(session: Session, model: type[RevisionedModel], values: Values) -> Iterator[Block]:
    shown = [key for key in model.fields() if key in values]
    # The post's field is first at a post too: a slip is read elsewhere.
    groups = form_groups(model, role="")
    grouped = {key for _heading, keys in groups for key in keys}
    for heading, keys in (*groups, ("", [key for key in shown if key not in grouped])):
        shown_keys = [key for key in keys if key in shown]
        columns = {key: model.columns()[key] for key in shown_keys if key in model.columns()}
        rows = [
            Row((_(field.label), _with_unit(field, values[key], session)))
            for key, field in columns.items()
        ]
        if heading and shown_keys:
            yield Heading(_(heading), 2)
        if rows:
            yield _two_columns(rows)
        for key in shown_keys:
            if key in model.children():
                yield _rows_below(model.children()[key], values[key], session)


def _with_unit(field: ColumnField, value: Any, session: Session) -> str:
    text = field.show(value, session.book)
    return value_and_unit(text, value, _(field.unit))


def _rows_below(field: ChildrenField, rows: Sequence[Values], session: Session) -> Table:
    columns = field.child.fields()
    return Table(
        tuple(Column(_(column.label), "text", 1.5) for column in columns.values()),
        tuple(
            Row(tuple(column.show(row.get(key), session.book) for key, column in columns.items()))
            for row in rows
        ),
        title=_(field.label),
    )


# ------------------------------------------------------------------------------ list


def write_list_paper(
    session: Session, type_name: str, list_filter: Filter, keys: Sequence[str], target: Path
) -> int:
    """Write a list as a PDF with these columns; the number of rows."""
    model = ALL_TYPES[type_name]
    columns = {key: model.columns()[key] for key in keys}
    records = list(session.part(RecordLists).stream(type_name, list_filter))
    rows = tuple(
        Row(
            (
                number,
                *(_cell(field, record.values.get(key), session) for key, field in columns.items()),
            )
        )
        for number, record in enumerate(records, start=1)
    )
    heads = tuple(
        Column(_(field.label), field.cell_kind, field.register_width) for field in columns.values()
    )
    table = Table((Column(_("No."), "number", 0.5), *heads), rows)
    listed = selection_words(model, list_filter, session.book)
    wide = len(columns) > 6
    pdf.write_pdf(_document(session, _(model.title), (table,), listed, landscape=wide), target)
    return len(rows)


def _cell(field: ColumnField, value: Any, session: Session) -> Cell:
    if value is None or field.cell_kind != "text":
        plain_value: Cell = value
        return plain_value
    return field.show_short(value, session.book, ", ")


# ------------------------------------------------------------------------------ round


def write_round(
    session: Session,
    place: str,
    programme: str,
    households: Sequence[RoundHousehold],
    target: Path,
) -> None:
    """Write the households of a hamlet as a PDF with room to sign.

    place: hamlet and commune in words; programme: what is signed, in words.
    """
    columns = (
        Column(_("No."), "number", 0.5),
        Column(_("Head of household"), "text", 2.4),
        Column(_("Signed last"), "date", 1.1),
        Column(_("This year"), "text", 1.0),
        Column(_("Date"), "text", 1.1),
        Column(_("Signature"), "text", 2.0),
    )
    rows = tuple(
        Row(
            (
                number,
                household.name,
                household.signed_on,
                _("signed") if household.this_year else "",
                "",
                "\n ",
            )
        )
        for number, household in enumerate(households, start=1)
    )
    title = _("Round of a hamlet: {place}").format(place=place)
    blocks = (
        Paragraph(_("Pledge: {programme}").format(programme=programme)),
        Table(columns, rows),
        Paragraph(
            _("{place}, day …… month …… year …………      Person collecting: {dots}").format(
                place=place, dots=DOTS[:30]
            ),
            "note",
        ),
    )
    pdf.write_pdf(_document(session, title, blocks), target)


def _document(
    session: Session,
    title: str,
    blocks: tuple[Block, ...],
    below: tuple[str, ...] = (),
    *,
    landscape: bool = False,
) -> Document:
    return Document(
        title=title,
        subtitle=(session.title(), *below, format_date(session.today())),
        blocks=blocks,
        issuer=issuing_body(session),
        lang=language(),
        author=session.account.full_name,
        subject=title,
        banner=session.banner(),
        footer=_("Not for classified content."),
        landscape=landscape,
    )
