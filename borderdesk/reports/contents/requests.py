"""The types that every kind of report shares: request, content, description."""

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from borderdesk.base.progress import Progress
from borderdesk.closing.calculation import Summary
from borderdesk.closing.editions import Edition
from borderdesk.reports.blocks import Document
from borderdesk.session.session import Session


class Request(NamedTuple):
    """The parameters of a report.

    period: as the command line writes it; scope: as typed, None for the desk's own; type: the
    record type of a register; geography: old or new, None for that of the period's last day;
    with_ids: JSON with the ids of the records behind each figure; hide_empty: rows with nothing
    anywhere are left out on paper; annex_registers: types whose registers are annexed, so that
    figures lead to their records; by_commune, charts, methods: with these annexes; short: rows with
    something in the period and the signature alone, on one page where it holds them; millions:
    money in millions of đồng.
    """

    kind: str
    period: str
    scope: str | None = None
    type: str | None = None
    geography: str | None = None
    with_ids: bool = False
    hide_empty: bool = False
    annex_registers: tuple[str, ...] = ()
    by_commune: bool = True
    charts: bool = True
    methods: bool = False
    short: bool = False
    millions: bool = False

    def as_text(self) -> str:
        """The request in one line, as papers carry it: "summary 2023-12 post:BS short=True"."""
        more = (
            f"{name}={','.join(value) if isinstance(value, tuple) else value}"
            for name, value in zip(self._fields, self, strict=True)
            if name in OPTIONS and value != self._field_defaults[name]
        )
        return " ".join((self.kind, _joined(self.period), _joined(self.scope or "-"), *more))


PLAIN = Request("summary", "")
"""A request without any option."""

OPTIONS = (
    *("type", "geography", "hide_empty", "annex_registers", "by_commune", "charts", "methods"),
    *("short", "millions"),
)
"""The options of a request that a paper shows, besides kind, period and scope."""

BLANK = "\u00a0"
"""Stands for a blank within a part: district:Cao\u00a0Lộc."""


def _joined(part: str) -> str:
    return BLANK.join(part.split())


_SEPARATORS = re.compile(r"[ ,;\t\r\n]+")
"""Between the parts: other programs write keywords with commas or semicolons, and LibreOffice parts
them at colons too."""


def request_of(text: str) -> Request | None:
    """The request embedded in a paper; None for a missing or unknown one."""
    kind, *parts = _SEPARATORS.split(text.strip())
    if len(parts) < 2:
        return None
    period, scope, *more = (part.replace(BLANK, " ") for part in parts)
    while more and "=" not in more[0]:
        scope += (" " if ":" in scope else ":") + more.pop(0)
    options: dict[str, Any] = {}
    last = ""
    for part in more:
        name, equals, value = part.partition("=")
        if not equals and isinstance(options.get(last), tuple):
            options[last] += (part,)
            continue
        if name not in OPTIONS:
            return None
        default = Request._field_defaults[name]
        options[name] = value == "True" if isinstance(default, bool) else value
        if isinstance(default, tuple):
            options[name] = (value,)
        last = name
    return Request(kind, period, None if scope == "-" else scope, **options)


class ReportContent(NamedTuple):
    """The content of a report, generated when it is written.

    document: the blocks for PDF, Word and XLSX, in the language in use; json: pieces of one line of
    JSON. Each call reads the records again. summary: the figures of a summary, so that the records
    behind one of them can be found; edition: the one whose signed figures it has.
    """

    document: Callable[[], Document]
    json: Callable[[], Iterable[str]]
    summary: Summary | None = None
    edition: Edition | None = None


ReportMaker = Callable[[Session, Request, Progress], ReportContent]


class ReportKind(NamedTuple):
    """A kind of report.

    title, hint: message ids; typed: whether it is of one record type; annexed: whether the figures
    by commune and registers can be annexed to it; answered: whether it includes written answers to
    the clauses without an indicator; sourced: whether it ends with the submissions of each post.
    """

    title: str
    hint: str
    make: ReportMaker
    typed: bool = False
    annexed: bool = False
    answered: bool = False
    sourced: bool = True
