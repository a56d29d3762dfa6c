"""Output of commands: data on standard output, messages and progress on standard error."""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

from borderdesk.base.errors import InvalidRecord, UserError, reason
from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language
from borderdesk.base.progress import Progress
from borderdesk.entry.record_output import csv_line, json_array

LINES_AT_ONCE = 200
COUNTED_LINES = 1_000
_LINE_ENDS = re.compile("[\x7f-\x9f\u2028\u2029]")

T = TypeVar("T")


def print_message(text: str) -> None:
    """Print a message to standard error."""
    print(text, file=sys.stderr)


def print_error(error: UserError) -> int:
    """Print an error that the user can correct, once; returns its exit status."""
    if isinstance(error, InvalidRecord):
        for problem in error:
            print_message(f"{problem.field}: {problem.message}")
    elif not error.shown:
        print_message(str(error))
        error.shown = True
    return error.exit_code


def json_text(value: Any) -> str:
    """`value` as JSON on one line, also for readers that end a line at any sign of Unicode's."""
    text = json.dumps(value, ensure_ascii=False)
    return _LINE_ENDS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def print_json(value: Any) -> None:
    """Print `value` as one line of JSON on standard output."""
    print_lines([json_text(value) + "\n"])


def print_lines(lines: Iterable[str]) -> None:
    """Write data to standard output, line by line, and flush it. Raises UserError."""
    lines = iter(lines)
    while group := list(islice(lines, LINES_AT_ONCE)):
        with _output_errors():
            sys.stdout.writelines(group)
    with _output_errors():
        sys.stdout.flush()


@contextmanager
def _output_errors() -> Iterator[None]:
    """Turn I/O errors of the output into UserError; BrokenPipeError is left to the caller."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UserError(
            _("What was to be printed cannot be written: {error}").format(error=reason(error))
        ) from None


def tab_separated(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Format rows as tab-separated lines; None is empty."""
    for row in rows:
        yield "\t".join("" if cell is None else str(cell) for cell in row) + "\n"


def print_table(shape: str, heads: Mapping[str, str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows as a table (columns parted by tabs), as CSV, or as one JSON array of objects.

    heads: {key: heading}; JSON and CSV have the keys, people the headings.
    """
    if shape == "json":
        print_lines(json_array(dict(zip(heads, row, strict=True)) for row in rows))
    elif shape == "csv":
        texts = (["" if cell is None else str(cell) for cell in row] for row in rows)
        print_lines(map(csv_line, chain([list(heads)], texts)))
    else:
        print_lines(tab_separated(chain([list(heads.values())], rows)))


def announce_file(target: Path, replaced: bool) -> None:
    """Print the path of the written file, and whether it replaced another one."""
    text = (
        _("Written: {file}, in place of the file that was there.")
        if replaced
        else _("Written: {file}.")
    )
    print_message(text.format(file=target))


def outcome_line(number: int, outcome: Any) -> str:
    """The outcome of an input record (saved, or invalid) as a line of JSON."""
    if isinstance(outcome, InvalidRecord):
        return json_text({"line": number, "errors": outcome.problems}) + "\n"
    return json_text({"id": outcome.id, "warnings": outcome.warnings}) + "\n"


def terminal_progress(label: str) -> Progress:
    """A callback (done, total) that shows a percentage on a terminal; silent elsewhere."""
    if not sys.stderr.isatty():
        return lambda _done, _all: None

    def show(done: int, total: int) -> None:
        sys.stderr.write(f"\r{label}: {100 * done // max(total, 1)} %")
        if done >= total:
            sys.stderr.write("\n")
        sys.stderr.flush()

    return show


def row_progress(label: str) -> Progress:
    """A callback (done, total, 0 while unknown) that shows how many on a terminal."""
    if not sys.stderr.isatty():
        return lambda _done, _all: None

    def show(done: int, _total: int) -> None:
        sys.stderr.write(f"\r{label}: {format_number(done, language())}\x1b[K\r")
        sys.stderr.flush()

    return show


def counted_lines(lines: Iterator[T], label: str) -> Iterator[T]:
    """Yield the lines and show their number so far on a terminal."""
    if not sys.stderr.isatty():
        yield from lines
        return
    for number, line in enumerate(lines, start=1):
        if number % COUNTED_LINES == 0:
            sys.stderr.write(f"\r{label}: {format_number(number, language())}")
            sys.stderr.flush()
        yield line
    sys.stderr.write("\r\x1b[K")
