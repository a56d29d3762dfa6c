"""Reading records from JSON, JSON lines or CSV, one at a time, each with its line number."""

import csv
import io
import json
import json.scanner
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from decimal import Decimal
from itertools import chain
from typing import IO, Any, BinaryIO, cast

from borderdesk.base.csv_text import (
    BYTES,
    SAMPLE_BYTES,
    UTF8,
    charset_of,
    declared_separator,
    marked_charset,
    separator_of,
)
from borderdesk.base.errors import InvalidRecord, UserError
from borderdesk.base.i18n import _, in_every_language
from borderdesk.entry.cell_record import CellRecord
from borderdesk.entry.day_order import MONTH_FIRST, DayOrder, day_orders, has_numbers
from borderdesk.schema.kinds import FieldError
from borderdesk.schema.kinds.sheet_cell import CellReading
from borderdesk.schema.record import Record, RevisionedModel

Line = tuple[int, Mapping[str, Any] | InvalidRecord]
LONGEST_LINE = 8 * 1024 * 1024
_LINE_ENDS = frozenset({"", "\n", "\r\n"})
_UNREADABLE = re.compile("[\x00\udc80-\udcff]")
RECORD = "record"
"""The key of the problem of a line that cannot be read at all."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        twice = next(key for n, (key, _value) in enumerate(pairs) if key in dict(pairs[:n]))
        raise _RepeatedKeyError(twice)
    return record


class _RepeatedKeyError(ValueError):
    """A key repeated in one object, where a plain decoder would silently use the last value."""


_DECODER = json.JSONDecoder(parse_float=Decimal, object_pairs_hook=_object)
_TOLERANT_DECODER = json.JSONDecoder(parse_float=Decimal)
"""Decodes a value whose keys may be repeated: only to find where it ends."""
# The types of the standard library name the wrong class for the reader of these settings.
_SCAN: Callable[[str, int], tuple[Any, int]] = json.scanner.make_scanner(_DECODER)  # type: ignore[arg-type]


def read_json(text: str) -> Any:
    """The value of a JSON text, decimals exact. Raises InvalidRecord."""
    try:
        value = _DECODER.decode(text)
    except _RepeatedKeyError as error:
        raise InvalidRecord({str(error)[:60]: _("Stands twice.")}) from None
    except (ValueError, RecursionError, ArithmeticError):
        raise InvalidRecord({RECORD: _("Not readable JSON.")}) from None
    return value


def json_records(file: IO[bytes]) -> Iterator[Line]:
    """The records of a JSON file: an object, an array, or one object a line.

    The number is the line (in an array: the record's place, from 1). A part that cannot be
    read is yielded as an InvalidRecord; reading resumes where the next record can be recognised.
    """
    lines = enumerate(file, start=1)
    for number, raw in lines:
        text = _decoded(raw, first=number == 1)
        if isinstance(text, InvalidRecord):
            yield number, text
            yield from _each_line(lines)
            return
        if not text.strip():
            continue
        start = text.lstrip()
        if start.startswith("["):
            yield from _array(text + _rest(lines))
        elif start.startswith("{") and not start.rstrip().endswith("}"):
            yield from _over_lines(number, start, lines)
        else:
            yield number, _one(text)
            yield from _each_line(lines)
        return


def _over_lines(number: int, text: str, lines: Iterator[tuple[int, bytes]]) -> Iterator[Line]:
    """A record pretty-printed over several lines; or the broken first line of a file with one
    record a line, in which case the lines after it are records of their own."""
    behind: list[tuple[int, bytes]] = []
    for line in lines:
        if _whole_object(line[1].strip()) is not None and not _goes_on(text, line[1]):
            whole = _whole_object(text.strip().encode("utf-8", "surrogatepass"))
            yield number, whole or InvalidRecord({RECORD: _("Not readable JSON.")})
            yield from _each_line((*(() if whole else behind), line))
            yield from _each_line(lines)
            return
        behind.append(line)
        text += _rest([line])
    yield number, _one(text)


def _goes_on(text: str, line: bytes) -> bool:
    """Whether `line`, an object, may be a part of the object that `text` began."""
    try:
        _DECODER.decode(text + line.decode())
    except json.JSONDecodeError as error:
        return error.pos > len(text)
    except (ValueError, RecursionError, ArithmeticError):
        return False
    return True


def _each_line(lines: Iterable[tuple[int, bytes]]) -> Iterator[Line]:
    for number, raw in lines:
        whole_object = _whole_object(raw)
        if whole_object is not None:
            yield number, whole_object
            continue
        text = _decoded(raw, first=False)
        if isinstance(text, InvalidRecord):
            yield number, text
        elif text.strip():
            yield number, _one(text)


def _whole_object(raw: bytes) -> dict[str, Any] | None:
    """The fast path for a line that is one JSON object and nothing else; None for any other, which
    takes the slow path with its error messages."""
    if len(raw) > LONGEST_LINE:
        return None
    try:
        text = raw.decode()
        value, end = _SCAN(text, 0)
    except (ValueError, StopIteration, RecursionError, ArithmeticError):
        return None
    return value if type(value) is dict and text[end:] in _LINE_ENDS else None


def _rest(lines: Iterable[tuple[int, bytes]]) -> str:
    parts = []
    for _number, raw in lines:
        text = _decoded(raw, first=False)
        # An undecodable line must spoil the record that contains it, not those before it.
        parts.append("\0\n" if isinstance(text, InvalidRecord) else text)
    return "".join(parts)


def _decoded(raw: bytes, *, first: bool) -> str | InvalidRecord:
    if len(raw) > LONGEST_LINE and raw[:1] == b"{":
        return InvalidRecord({RECORD: _("The line is too long.")})
    try:
        return raw.decode("utf-8-sig" if first else "utf-8")
    except UnicodeDecodeError:
        return InvalidRecord({RECORD: _("Not UTF-8 text.")})


def _one(text: str) -> Mapping[str, Any] | InvalidRecord:
    try:
        value = read_json(text)
    except InvalidRecord as problem:
        return problem
    return value if isinstance(value, dict) else InvalidRecord({RECORD: _("Must be an object.")})


def _array(text: str) -> Iterator[Line]:
    """The objects of a JSON array. After one that cannot be read, reading resumes at the next line
    that begins, indented alike, as the first object's did."""
    at = _blank(text, text.index("[") + 1)
    begins = f"\n{_margin(text, at)}{{"
    number = 0
    if text[at : at + 1] == "]":
        yield from _after_end(text, at, number)
        return
    while at >= 0:
        number += 1
        try:
            element, at = _element(text, at)
        except (ValueError, RecursionError, ArithmeticError):
            yield number, InvalidRecord({RECORD: _("Not readable JSON.")})
            at = _blank(text, text.find(begins, at))
            continue
        yield number, element
        at = _blank(text, at)
        if text[at : at + 1] == "]":
            yield from _after_end(text, at, number)
            return
        if text[at : at + 1] == ",":
            at = _blank(text, at + 1)
        else:
            number += 1
            yield number, InvalidRecord({RECORD: _("Not readable JSON.")})
            at = _blank(text, text.find(begins, at))


def _element(text: str, at: int) -> tuple[Mapping[str, Any] | InvalidRecord, int]:
    """The value of an array that begins at `at`, and where it ends. Raises ValueError,
    RecursionError, ArithmeticError."""
    try:
        value, end = _DECODER.raw_decode(text, at)
    except _RepeatedKeyError as error:
        _value, end = _TOLERANT_DECODER.raw_decode(text, at)
        return InvalidRecord({str(error)[:60]: _("Stands twice.")}), end
    return (
        value if isinstance(value, dict) else InvalidRecord({RECORD: _("Must be an object.")})
    ), end


def _after_end(text: str, at: int, number: int) -> Iterator[Line]:
    """A problem when anything follows the end of an array, which is at `at`."""
    if text[at + 1 :].strip():
        yield number + 1, InvalidRecord({RECORD: _("Not readable JSON.")})


def _margin(text: str, at: int) -> str:
    """The indentation before `at`; "" when anything else precedes it on its line."""
    margin = text[text.rfind("\n", 0, at) + 1 : at]
    return margin if margin.isspace() else ""


def _blank(text: str, at: int) -> int:
    while 0 <= at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def csv_charset(file: IO[bytes]) -> str:
    """The encoding of a CSV file at its start; of a pipe by its buffered bytes."""
    if file.seekable():
        start = file.tell()
        charset = charset_of(iter(lambda: file.read(SAMPLE_BYTES), b""))
        file.seek(start)
        return charset
    peek: Callable[[int], bytes] | None = getattr(file, "peek", None)
    return marked_charset(peek(2) if peek else b"") or UTF8


def opened_csv(file: IO[bytes]) -> io.TextIOWrapper:
    """A CSV file as text, in the encoding found."""
    charset = csv_charset(file)
    if charset == BYTES:
        # Letters of an old font: the command “sheet” reads those.
        charset = UTF8
    errors = "replace" if charset.startswith("utf-16") else "surrogateescape"
    return io.TextIOWrapper(cast(BinaryIO, file), encoding=charset, errors=errors, newline="")


def csv_records(model: type[RevisionedModel], file: IO[str]) -> Iterator[Line]:
    """The records of a CSV that `list --format csv` wrote, or that a spreadsheet saved of it, as
    texts; the number is the line.

    file: decoded with errors="surrogateescape", so that an undecodable byte spoils its own
    line only.
    """
    csv.field_size_limit(LONGEST_LINE)
    first = file.readline(LONGEST_LINE)
    declared = declared_separator(first)
    lines_read = 1 if declared else 0
    separator = declared or separator_of([first])
    month_first = _month_first(model, file, "" if declared else first, separator)
    lines = _RereadableLines(file if declared else chain([first], file), lines_read)
    reader = csv.reader(lines, strict=True, delimiter=separator)
    header = _header(model, reader)
    while True:
        number = lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # An unclosed quotation mark swallows the lines up to the next one: read them again.
            yield number, InvalidRecord({RECORD: _("Not readable CSV.")})
            lines.go_back()
            reader = csv.reader(lines, strict=True, delimiter=separator)
            continue
        if any(map(str.strip, cells)):
            yield number, _csv_record(model, header, cells, month_first)


def _month_first(
    model: type[RevisionedModel], file: IO[str], first: str, separator: str
) -> frozenset[str]:
    """The keys of the columns whose days have the month first, from the whole file, whose position
    is restored; first: the line with the keys if it was read already. Empty for a pipe: the
    commands read one whole before calling this."""
    if not file.seekable():
        return frozenset()
    start = file.tell()
    rows = csv.reader(chain([first] if first else [], file), delimiter=separator)
    fields = model.columns()
    try:
        header = [key.strip().lower() for key in next(rows, [])]
        days = [n for n, key in enumerate(header) if key in fields and fields[key].is_date]
        orders = day_orders(days, rows)
    except csv.Error:  # reported where the records are read
        return frozenset()
    finally:
        file.seek(start)
    return frozenset(header[n] for n, order in orders.items() if order is DayOrder.MONTH_FIRST)


class _RereadableLines:
    """The lines of a file; those of a record that could not be read can be pushed back."""

    def __init__(self, file: Iterable[str], read: int = 0) -> None:
        """read: how many lines were read before."""
        self._lines = iter(file)
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._read = read

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self._taken.append(line)
        return line

    def begin(self) -> int:
        """Begin a record; the number of its first line."""
        self._read += len(self._taken)
        self._taken.clear()
        return self._read + 1

    def go_back(self) -> None:
        """Push back all lines of the record but its first."""
        self._again.extendleft(reversed(self._taken[1:]))
        del self._taken[1:]


def _header(model: type[RevisionedModel], reader: Iterator[list[str]]) -> list[str]:
    """The keys that the first line names. Raises UserError."""
    try:
        header = next(reader, None)
    except csv.Error:
        raise UserError(_("Not readable CSV.")) from None
    if not header:
        raise UserError(_("The file is empty."))
    if _UNREADABLE.search("".join(header)):
        raise UserError(_("Not UTF-8 text."))
    known_keys = {*model.fields(), *Record.head_keys}
    header = [key.strip().lower() for key in header]
    while header and not header[-1]:
        header.pop()
    wrong = [key for n, key in enumerate(header) if key not in known_keys or key in header[:n]]
    if wrong:
        message = _(
            "The first line must name fields of the type, each once. Not so: {keys}"
        ).format(keys=", ".join(wrong)[:200])
        labels = {
            label.lower() for f in model.fields().values() for label in in_every_language(f.label)
        }
        if labels.intersection(wrong):
            # In words numbers and dates are as on the screen, which this would read otherwise.
            message = f"{message} " + _(
                "A list with its headings in words is read by the command sheet."
            )
        raise UserError(message)
    return header


def _csv_record(
    model: type[RevisionedModel], header: list[str], cells: list[str], month_first: Set[str]
) -> Mapping[str, Any] | InvalidRecord:
    while len(cells) > len(header) and not cells[-1].strip():
        cells.pop()
    if len(cells) != len(header):
        return InvalidRecord(
            {
                RECORD: _("Has {count} cells, not {expected}.").format(
                    count=len(cells), expected=len(header)
                )
            }
        )
    if _UNREADABLE.search("".join(cells)):
        return InvalidRecord({RECORD: _("Not UTF-8 text.")})
    fields = model.fields()
    record, reading = CellRecord(), CellReading()
    problems: dict[str, str] = {}
    for key, cell in zip(header, cells, strict=True):
        if key not in fields or not cell:
            record[key] = cell
            continue
        try:
            if key in month_first and has_numbers(cell):
                raise FieldError(_(MONTH_FIRST))
            record[key] = fields[key].from_csv(cell, reading)
        except FieldError as error:
            problems[key] = str(error)
        if reading.doubts:
            record.doubts += reading.take_doubts(key)
    return InvalidRecord(problems) if problems else record
