"""The same report for many scopes in one run ("mọi đồn, tháng này"), one file for each scope."""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from borderdesk.base.errors import OperationStopped, UserError
from borderdesk.base.i18n import _
from borderdesk.base.progress import Progress, no_progress
from borderdesk.base.text import fold
from borderdesk.figures.post_presence import posts_at_work
from borderdesk.figures.scopes import make_view
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.report_kinds import REPORTS, write_report
from borderdesk.session.session import Session

PART_LIMIT = 60
_UNSAFE = re.compile(r"[^a-z0-9]+")


class ReportFailure(NamedTuple):
    """A report that could not be written: its scope, and the message of the error."""

    scope: str
    why: str


class BatchResult(NamedTuple):
    """The outcome of a batch; stopped: whether it was cancelled before the last report."""

    written: list[Path]
    failed: list[ReportFailure]
    stopped: bool


def for_every_post(session: Session, request: Request) -> list[Request]:
    """The same request for each post in the desk's area that existed or worked in the period: a
    post merged whole into another by its end counts in that one. Raises UserError."""
    book, period = session.book, session.calendar().parse(request.period)
    area = session.writable().area
    posts = {book.post_became(post, period.last) for post in posts_at_work(session, period)}
    return [
        request._replace(scope=f"post:{code}")
        for code in book.posts
        if code in posts and code in area
    ]


def write_batch(
    session: Session,
    requests: Sequence[Request],
    folder: Path,
    suffix: str,
    progress: Progress = no_progress,
) -> BatchResult:
    """Write each report into the folder; a failed one does not end the batch.

    Each file is written atomically. `progress` may raise OperationStopped; the reports written by
    then are not removed. Raises UserError for a missing folder.
    """
    if not folder.is_dir():
        raise UserError(_("There is no folder {folder}.").format(folder=folder))
    written: list[Path] = []
    failed: list[ReportFailure] = []
    used_names: set[str] = set()
    whole = len(requests)
    for done, request in enumerate(requests):
        report = partial(_report, progress, done, whole)
        target = folder / file_name(session, request, suffix, used_names)
        used_names.add(target.name)
        try:
            report()
            write_report(session, request, target, report)
        except OperationStopped:
            return BatchResult(written, failed, stopped=True)
        except UserError as error:
            failed.append(ReportFailure(request.scope or "", str(error)))
        else:
            written.append(target)
    with suppress(OperationStopped):
        progress(whole, whole)
    return BatchResult(written, failed, stopped=False)


def _report(progress: Progress, done: int, whole: int, *_of_this_one: int) -> None:
    """Report how many reports are done, and take the chance to cancel within one of them."""
    progress(done, whole)


def file_name(session: Session, request: Request, suffix: str, taken: Iterable[str] = ()) -> str:
    """An ASCII file name of kind, scope and period that is not among those taken."""
    parts = [_(REPORTS[request.kind].title), _whose(session, request), request.period]
    if request.type:
        parts.insert(1, request.type)
    name = "_".join(filter(None, map(_safe, parts)))
    number, free = 1, f"{name}{suffix}"
    while free in taken:
        number += 1
        free = f"{name}-{number}{suffix}"
    return free


def _whose(session: Session, request: Request) -> str:
    if request.scope is None:
        return session.title()
    try:
        scope = make_view(session, request.period, request.scope, request.geography).scope
    except UserError:
        return request.scope
    return f"{scope.post or ''} {scope.name}"


def _safe(text: str) -> str:
    return _UNSAFE.sub("-", fold(text)).strip("-")[:PART_LIMIT].rstrip("-")
