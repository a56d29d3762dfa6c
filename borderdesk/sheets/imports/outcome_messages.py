"""Messages about a sheet that was read, beyond the counts."""

from collections.abc import Iterator, Sequence

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.entry.place_doubts import UNKNOWN_HAMLET
from borderdesk.schema.book import ReferenceBook
from borderdesk.sheets.columns.child_columns import is_below
from borderdesk.sheets.columns.month_columns import MONTHS_ACROSS, months_across
from borderdesk.sheets.columns.shared_columns import is_shared
from borderdesk.sheets.columns.table import SheetTable
from borderdesk.sheets.imports.sheet_outcome import SheetOutcome
from borderdesk.sheets.sources.cells import column_letters
from borderdesk.sheets.sources.file_formats import format_name
from borderdesk.sheets.values.hamlets import UnknownHamlet

MOST_MESSAGES = 20
MOST_HAMLETS = 40


def messages(outcome: SheetOutcome) -> list[str]:
    """Messages about the file, its columns and its rows, except the refused ones."""
    return [
        *_file_messages(outcome),
        *_unseen_messages(outcome.table),
        *_column_messages(outcome.table),
        *_row_messages(outcome),
    ]


def hamlet_messages(book: ReferenceBook, outcomes: Sequence[SheetOutcome]) -> list[str]:
    """Messages about the unknown hamlets, each once, those with the most rows first."""
    unknown = [hamlet for outcome in outcomes for hamlet in outcome.unknown_hamlets]
    unknown.sort(key=lambda hamlet: -hamlet.rows)
    shown = [_hamlet_words(book, hamlet) for hamlet in unknown[:MOST_HAMLETS]]
    more = len(unknown) - len(shown)
    words = ngettext("… and {count} other hamlet.", "… and {count} other hamlets.", more)
    return [*shown, *([words.format(count=format_number(more, language()))] if more else [])]


def _hamlet_words(book: ReferenceBook, hamlet: UnknownHamlet) -> str:
    words = ngettext(
        "New hamlet: {name}, {commune} ({count} row)",
        "New hamlet: {name}, {commune} ({count} rows)",
        hamlet.rows,
    ).format(
        name=hamlet.name[:60],
        commune=book.unit_name(hamlet.commune),
        count=format_number(hamlet.rows, language()),
    )
    if not hamlet.near:
        return f"{words}."
    return _("{hamlet}; known is: {names}.").format(hamlet=words, names="; ".join(hamlet.near))


def _file_messages(outcome: SheetOutcome) -> Iterator[str]:
    table = outcome.table
    source = table.text.source
    if source.renamed:
        text = _("The file is called {ending}, but it is {format} and was read as such.")
        yield text.format(ending=source.renamed, format=format_name(source.kind))
    if source.macros:
        yield _("The file carries macros; they were not run.")
    if outcome.skipped:
        text = _("Sheets without such a list: {names}.")
        yield text.format(names=", ".join(outcome.skipped)[:500])
    if len(source.names) > 1 and not outcome.of_all_sheets:
        text = _("Read was the sheet “{name}” of: {names}.")
        yield text.format(name=source.name, names=", ".join(source.names)[:500])
    if source.name in source.unseen:
        yield _("The sheet “{name}” is a hidden one.").format(name=source.name)
    if table.recalled:
        yield _("Columns were read as somebody confirmed them for a list with these headings.")
    if table.text.encodings:
        names = ", ".join(sorted(encoding.upper() for encoding in table.text.encodings))
        yield _("Old fonts were converted to Unicode: {names}.").format(names=names)


def _unseen_messages(table: SheetTable) -> Iterator[str]:
    hidden = [
        column.heading[:40] or column_letters(column.place + 1)
        for column in table.columns
        if column.key and column.place + 1 in table.text.source.hidden_columns
    ]
    if hidden:
        yield _("Hidden columns were read too: {names}.").format(names=", ".join(hidden))
    if table.text.source.comments:
        yield _("The file has comments on cells; they were not read.")


def _column_messages(table: SheetTable) -> Iterator[str]:
    if table.beside is not None:
        text = _("Tables side by side were read one after the other: columns {spans}.")
        yield text.format(spans=", ".join(table.beside.spans()))
    if table.by_cells:
        names = ", ".join(
            f"{column.heading[:40] or column_letters(column.place + 1)}"
            f" → {table.label_of(column.key)}"
            for column in table.columns
            if column.key and column.place in table.by_cells
        )
        yield _("Columns read as what their cells hold: {names}.").format(names=names)
    for heading, unit in table.without_unit():
        text = _("“{heading}” names no unit, so its figures were read in: {unit}.")
        yield text.format(heading=heading[:40], unit=_(unit))
    for place, rivals in table.rivals.items():
        read = table.columns[place]
        yield _(
            "Several columns may be “{field}”: read was “{heading}”, not “{others}”. If that is"
            " wrong, say which column it is."
        ).format(
            field=table.label_of(read.key or ""),
            heading=read.heading[:40] or column_letters(place + 1),
            others="”, “".join(table.columns[rival].heading[:40] for rival in rivals),
        )
    for key, headings in _alternatives(table).items():
        text = _("Several columns are “{field}”, and the first filled one was read: {names}.")
        yield text.format(field=table.label_of(key), names=", ".join(headings))
    if months := months_across(table.ignored()):
        yield _(MONTHS_ACROSS).format(names=", ".join(months[:3]))
    if table.ignored():
        names = ", ".join(text[:40] for text in table.ignored())
        yield _("Columns that were not read: {names}.").format(names=names)
    if table.unheaded:
        names = ", ".join(column_letters(place + 1) for place in table.unheaded)
        text = _("Columns without a heading hold words or days and were not read: {names}.")
        yield text.format(names=names)
    if table.missing_mappings():
        names = ", ".join(table.missing_mappings())
        yield _("No column is headed: {names}.").format(names=names)


def _alternatives(table: SheetTable) -> dict[str, list[str]]:
    """{key: headings} of the values taken from the first filled of several columns."""
    read: dict[str, list[str]] = {}
    for column in table.columns:
        key = column.key
        if key and not is_shared(key) and not is_below(key) and not table.fields[key].renumbered:
            name = column.heading[:40] or column_letters(column.place + 1)
            read.setdefault(key, []).append(name)
    return {key: headings for key, headings in read.items() if len(headings) > 1}


def _row_messages(outcome: SheetOutcome) -> Iterator[str]:
    if outcome.hidden:
        yield _("Hidden or filtered rows were read too: {rows}.").format(
            rows=_folded_rows(outcome.hidden)
        )
    if not outcome.rows and not outcome.examples:
        yield _("Below the headings (row {row}) there is no row of a record.").format(
            row=outcome.table.last
        )
    yield from _left_out_messages(outcome)
    if outcome.examples:
        yield _("Example rows of the template were left out: {rows}.").format(
            rows=_folded_rows(outcome.examples)
        )
    if outcome.continued:
        yield _("Rows that belong to the record above them: {rows}.").format(
            rows=_folded_rows(outcome.continued)
        )
    yield from _unattached_messages(outcome)
    if outcome.others:
        shown = "; ".join(f"{n} “{text}”" for n, text in outcome.others[:MOST_MESSAGES])
        more = "; …" if len(outcome.others) > MOST_MESSAGES else ""
        yield _("Rows that are no records: {rows}.").format(rows=shown + more)
    if outcome.same_rows:
        yield _("Rows that are here already: {rows}.").format(rows=_folded_rows(outcome.same_rows))
    if outcome.repeated:
        yield _repeated_words(outcome)
    yield from _doubt_messages(outcome)


def _repeated_words(outcome: SheetOutcome) -> str:
    pairs = [f"{row} (= {first})" for row, first in outcome.repeated.items()]
    more = ["…"] if len(pairs) > MOST_MESSAGES else []
    words = _(
        "Rows that say the same as a row above in this list were left out: {rows}. If both are"
        " meant, write what differs into the note of one of them, and read the list again."
    )
    return words.format(rows=", ".join([*pairs[:MOST_MESSAGES], *more]))


def _doubt_messages(outcome: SheetOutcome) -> Iterator[str]:
    for message, numbers in outcome.doubts.items():
        if message == UNKNOWN_HAMLET:
            # Said once a hamlet, with its rows counted.
            continue
        yield ngettext(
            "{count} row ({rows}): {doubt}", "{count} rows ({rows}): {doubt}", len(numbers)
        ).format(
            count=format_number(len(numbers), language()),
            rows=_folded_rows(numbers),
            doubt=_without_value(_(message)),
        )


def _left_out_messages(outcome: SheetOutcome) -> Iterator[str]:
    if outcome.members:
        yield _("Rows of members of a household, not of its head, were left out: {rows}.").format(
            rows=_folded_rows(outcome.members)
        )
    for heading, numbers in outcome.unused.items():
        yield _("Rows that have no use for “{column}”, which was left out: {rows}.").format(
            column=heading[:40], rows=_folded_rows(numbers)
        )


def _unattached_messages(outcome: SheetOutcome) -> Iterator[str]:
    by_sheet: dict[str, list[int]] = {}
    for name, number in outcome.table.unattached():
        by_sheet.setdefault(name, []).append(number)
    for name, numbers in by_sheet.items():
        text = _("Not read of the sheet “{name}”, for the list has no such id: rows {rows}.")
        yield text.format(name=name, rows=_folded_rows(sorted(numbers)))


def _without_value(text: str) -> str:
    """A doubt of many rows, each with a value of its own: left out behind a colon, else …"""
    before, colon, behind = text.partition(": {value}")
    return before + behind if colon else text.replace("{value}", "…")


def _folded_rows(numbers: Sequence[int], most: int = 20) -> str:
    """Row numbers in words: 12, 15–18, …"""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    shown = [str(a) if a == b else f"{a}–{b}" for a, b in spans[:most]]
    return ", ".join([*shown, *(["…"] if len(spans) > most else [])])
