"""Every kind of report, and writing one to a file as PDF, Word, XLSX or JSON by its suffix.

To add a kind: a module with a function from `Request` to `ReportContent`, and an entry in REPORTS,
over which command line, window and batch loop.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.errors import UserError
from borderdesk.base.files import atomic_file
from borderdesk.base.held_files import remove_file
from borderdesk.base.i18n import N_, _, language
from borderdesk.base.lazy import lazy_module
from borderdesk.base.progress import Progress, no_progress
from borderdesk.closing.closing import Closing
from borderdesk.closing.editions import Edition
from borderdesk.reports.blocks import Document, Paragraph
from borderdesk.reports.contents.requests import ReportContent, ReportKind, Request, request_of
from borderdesk.reports.wording import PAPER_LANGUAGE
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.session.session import Session

if TYPE_CHECKING:
    from borderdesk.closing import summary as summary_module
    from borderdesk.figures import scopes
    from borderdesk.reports.contents import (
        amendment,
        briefing,
        completeness,
        coverage_report,
        day_book,
        document_head,
        post_sources,
        register,
        review,
        summary_paper,
        three_years,
    )
    from borderdesk.reports.paper import pdf
    from borderdesk.reports.word_files import form_fields, own_forms, word, word_form
    from borderdesk.reports.workbooks import xlsx
else:
    amendment = lazy_module("borderdesk.reports.contents.amendment")
    briefing = lazy_module("borderdesk.reports.contents.briefing")
    completeness = lazy_module("borderdesk.reports.contents.completeness")
    coverage_report = lazy_module("borderdesk.reports.contents.coverage_report")
    day_book = lazy_module("borderdesk.reports.contents.day_book")
    document_head = lazy_module("borderdesk.reports.contents.document_head")
    form_fields = lazy_module("borderdesk.reports.word_files.form_fields")
    own_forms = lazy_module("borderdesk.reports.word_files.own_forms")
    pdf = lazy_module("borderdesk.reports.paper.pdf")
    post_sources = lazy_module("borderdesk.reports.contents.post_sources")
    register = lazy_module("borderdesk.reports.contents.register")
    review = lazy_module("borderdesk.reports.contents.review")
    scopes = lazy_module("borderdesk.figures.scopes")
    summary_module = lazy_module("borderdesk.closing.summary")
    summary_paper = lazy_module("borderdesk.reports.contents.summary_paper")
    three_years = lazy_module("borderdesk.reports.contents.three_years")
    word = lazy_module("borderdesk.reports.word_files.word")
    word_form = lazy_module("borderdesk.reports.word_files.word_form")
    xlsx = lazy_module("borderdesk.reports.workbooks.xlsx")


FORMATS = (".pdf", ".docx", ".xlsx", ".json")
FORM_SUFFIX = ".docx"
FINAL = (".pdf", ".docx")
"""Formats of a paper that can be signed: writing a paper of a closed period makes the edition
final."""


def _summary(session: Session, request: Request, progress: Progress) -> ReportContent:
    summary = summary_module.make_summary(
        session,
        request.period,
        request.scope,
        geography=request.geography,
        with_ids=request.with_ids,
    )
    return ReportContent(
        lambda: summary_paper.as_document(summary, session, language(), request, progress),
        lambda: [document_head.json_line(summary_module.as_json(summary))],
        summary,
        summary.edition,
    )


REPORTS: Mapping[str, ReportKind] = {
    "summary": ReportKind(
        N_("Summary of figures"), N_("Every indicator of a period."), _summary, annexed=True
    ),
    "briefing": ReportKind(
        N_("Briefing on one page"),
        N_("One page across: six large figures, two charts, three risks."),
        lambda *asked: briefing.make_briefing(*asked),
        sourced=False,  # one page, whose risks name the posts that are missing
    ),
    "years": ReportKind(
        N_("Three years side by side"),
        N_("Every indicator in the same period of three years."),
        lambda *asked: three_years.make_three_years(*asked),
    ),
    "register": ReportKind(
        N_("Register of records"),
        N_("Every record of a type in a period."),
        lambda *asked: register.make_register(*asked),
        typed=True,
    ),
    "daybook": ReportKind(
        N_("Day book"),
        N_("What was done each day, of every type, in one list."),
        lambda *asked: day_book.make_day_book(*asked),
    ),
    "coverage": ReportKind(
        N_("Coverage of the border markers"),
        N_("Markers: last inspected, condition, never visited, month by month."),
        lambda *asked: coverage_report.make_coverage(*asked),
    ),
    "completeness": ReportKind(
        N_("Completeness of the records"),
        N_("Which post has what for which month, and what was typed late."),
        lambda *asked: completeness.make_completeness(*asked),
    ),
    "review": ReportKind(
        N_("Review against the targets"),
        N_("The clauses of the year's regulations, by unit and as a whole."),
        lambda *asked: review.make_review(*asked),
        answered=True,
    ),
    "amendment": ReportKind(
        N_("Amendment"),
        N_("What was corrected of a signed report, and why."),
        lambda *asked: amendment.make_amendment(*asked),
    ),
}
"""Every kind of report by its name on the command line; a lambda, since the module of a
report is imported when the first one of its kind is made."""


def carried_request(text: str) -> Request | None:
    """The request embedded in a paper (`Request.as_text`); None for a missing one, or one that this
    version cannot answer: the field can be edited by whoever has the file."""
    request = request_of(text)
    kind = REPORTS.get(request.kind) if request is not None else None
    if request is None or kind is None:
        return None
    types = (*request.annex_registers, *filter(None, (request.type,)))
    geographies = (None, scopes.OLD, scopes.NEW)
    if not RECORD_TYPES.keys() >= {*types} or request.geography not in geographies:
        return None
    return None if kind.typed and request.type is None else request


def make_report(
    session: Session, request: Request, progress: Progress = no_progress
) -> ReportContent:
    """The content of the requested report. Raises UserError."""
    kind = REPORTS[request.kind]
    if kind.typed and request.type is None:
        raise UserError(_("Say which type of record the report is of."))
    content = kind.make(session, request, progress)
    return content._replace(document=lambda: _whole(session, request, content))


def _whole(session: Session, request: Request, content: ReportContent) -> Document:
    """The document with its sources; a letter in another language has a note on its Vietnamese
    parts."""
    with_sources = replace(_with_sources(session, request, content), made_of=request.as_text())
    if with_sources.letter is None or with_sources.lang == PAPER_LANGUAGE:
        return with_sources
    note = Paragraph(
        _(
            "A working translation: the paper to be signed is the Vietnamese one. What the decree"
            " words (heads, addressees, annexes, recipients), names of places and units of"
            " programmes stay Vietnamese."
        ),
        "note",
    )
    return replace(with_sources, blocks=chain((note,), with_sources.blocks))


def _with_sources(session: Session, request: Request, content: ReportContent) -> Document:
    """The document with the state of every post it rests on: of a signed edition as it was then."""
    if not REPORTS[request.kind].sourced:
        return content.document()
    edition = content.edition
    if edition is not None:
        return post_sources.with_sources(content.document(), post_sources.kept_sources(edition))
    view = scopes.make_view(session, request.period, request.scope, request.geography)
    return post_sources.with_sources(content.document(), post_sources.post_sources(session, view))


def write_report(
    session: Session, request: Request, target: Path, progress: Progress = no_progress
) -> None:
    """Write the requested report as PDF, Word, XLSX or JSON, atomically.

    A paper of a closed period is final once it is in a file. Raises UserError, and
    OperationStopped when `progress` does; `target` is then as it was.
    """
    suffix = target.suffix.lower()
    if suffix not in FORMATS:
        raise UserError(_("A report is written as {formats}.").format(formats=", ".join(FORMATS)))
    with session.store.snapshot():
        content = make_report(session, request, progress)
        edition = _allowed(session, content.edition if suffix in FINAL else None)
        _write(content, target, suffix)
    _note_written(session, edition, target, REPORTS[request.kind].title, request)


def write_form(session: Session, form: Path | str, request: Request, target: Path) -> None:
    """Fill a unit's own Word form, a file or the name of one stored in the desk, with the summary
    of a request. The paper of a closed period is final once it is in a file. Raises UserError;
    `target` is then unchanged."""
    if target.suffix.lower() != FORM_SUFFIX:
        raise UserError(_("A form is a Word document: write {suffix}.").format(suffix=FORM_SUFFIX))
    with session.store.snapshot():
        summary = summary_module.make_summary(
            session, request.period, request.scope, geography=request.geography
        )
        content = form_fields.form_content(session, summary, hide_empty=request.hide_empty)
        template = own_forms.find_form(session, form)
    edition = _allowed(session, summary.edition)
    word_form.fill_form(template, content, target)
    _note_written(session, edition, target, template.name, request)


def _allowed(session: Session, edition: Edition | None) -> Edition | None:
    """The edition, if this person may write its paper, which makes it final. Raises NotAllowed."""
    if edition is not None:
        session.require("exchange.write")
    return edition


def _note_written(
    session: Session, edition: Edition | None, target: Path, name: str, request: Request
) -> None:
    """Note a written file in the audit log, and of the edition whose paper it is."""
    if edition is not None:
        _make_final(session, edition, target)
    about = " ".join(filter(None, (request.period, request.scope)))
    # The name is a message id, translated when the log is read.
    session.audit_notes.note_anyway("paper.written", target.name, **{"as": name, "for": about})


def _write(content: ReportContent, target: Path, suffix: str) -> None:
    if suffix == ".json":
        with atomic_file(target) as file:
            for piece in content.json():
                file.write(piece.encode())
            file.write(b"\n")
    elif suffix == ".pdf":
        pdf.write_pdf(content.document(), target)
    elif suffix == ".docx":
        word.write_docx(content.document(), target)
    else:
        xlsx.write_xlsx(content.document(), target)


def _make_final(session: Session, edition: Edition, target: Path) -> None:
    """Record that the paper of the edition in force was written to a file; the file is removed if
    that fails."""
    try:
        session.part(Closing).note_saved(edition.id)
    except Exception:
        remove_file(target)
        raise
