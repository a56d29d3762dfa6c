"""The data stored about one household, on paper or as JSON, for the person concerned."""

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from borderdesk.base.errors import UserError
from borderdesk.base.files import write_atomically
from borderdesk.base.formats import format_date, format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.entry.differences import CHANGED, CHOSEN, DELETED, MADE, TAKEN_BACK
from borderdesk.entry.person_requests import REQUEST_KINDS, PersonRequest, unchecked_note
from borderdesk.exchange.merging.desk_names import desk_names
from borderdesk.exchange.sending.exports import sent_to
from borderdesk.exchange.sending.person_data import HeldHousehold, PersonData, PersonFile
from borderdesk.reports.blocks import Block, Column, Document, Heading, Paragraph, Row, Table
from borderdesk.reports.contents.letterhead import issuing_body
from borderdesk.schema.revisions import moment_of
from borderdesk.session.session import Session

if TYPE_CHECKING:
    from borderdesk.reports.paper import pdf
else:
    pdf = lazy_module("borderdesk.reports.paper.pdf")


def write_person_report(session: Session, household: str, target: Path) -> None:
    """Write the stored data of a household as .pdf or .json, with an entry in the audit log. Raises
    OperationRefused, UserError."""
    suffix = target.suffix.lower()
    if suffix not in (".pdf", ".json"):
        raise UserError(_("This report is written as {formats}.").format(formats=".pdf, .json"))
    person = session.part(PersonFile).gather(household)
    if suffix == ".pdf":
        pdf.write_pdf(person_document(session, person), target)
    else:
        text = json.dumps(person_json(person), ensure_ascii=False, indent=1)
        write_atomically(target, text.encode() + b"\n")
    note_report(session, household)


def note_report(session: Session, household: str) -> None:
    """Note in the audit log that the report of a household was written."""
    session.audit_notes.note_anyway("person.reported", f"household {household.lower()}")


# ------------------------------------------------------------------------------- JSON


def person_json(data: PersonData) -> dict[str, Any]:
    """The stored data as a JSON value."""
    return {
        "households": [_held_json(household) for household in data.households],
        "notes": [note._asdict() for note in data.notes],
        "packages": [
            {**package._asdict(), "personal": package.reason is not None}
            for package in data.packages
        ],
        "backups": [{"file": file, "made": moment} for file, moment in data.backups],
        "requests": [request_json(request) for request in data.requests],
        "erased": data.erased or None,
    }


def _held_json(household: HeldHousehold) -> dict[str, Any]:
    return {
        "id": household.id,
        **household.values,
        "versions": [
            {
                "revision": version.revision,
                "what": version.what,
                "time": version.when.isoformat(),
                "author": version.author,
                "changed": {change.key: change.after for change in version.differences},
            }
            for version in household.versions
        ],
        "named_by": [
            {
                "type": record.type,
                "record": record.record,
                "day": record.day.isoformat() if record.day else None,
                "text": record.text,
            }
            for record in household.naming
        ],
    }


def request_json(request: PersonRequest) -> dict[str, Any]:
    """A request with its days, as commands print it."""
    days = {
        "received": request.received,
        "acknowledge_by": request.acknowledge_by,
        "due": request.due,
        "acknowledged": request.acknowledged,
        "settled": request.settled,
    }
    written = {key: day.isoformat() if day else None for key, day in days.items()}
    return {
        "number": request.number,
        "household": request.household,
        "kind": request.kind,
        **written,
    }


# ------------------------------------------------------------------------------ paper


def person_document(session: Session, data: PersonData) -> Document:
    """The stored data as a document."""
    return Document(
        title=_("What is kept of a household"),
        subtitle=(session.title(), format_date(session.today())),
        blocks=tuple(_blocks(session, data)),
        issuer=issuing_body(session),
        lang=language(),
        author=session.account.full_name,
        subject=_("What is kept of a household"),
        banner=session.banner(),
        footer=_("Contains personal data."),
    )


def _blocks(session: Session, data: PersonData) -> Iterator[Block]:
    for household in data.households:
        yield from _held_blocks(household)
    yield Heading(_("Where it went"), numbered=True)
    yield from _sent(session, data)
    if data.notes:
        yield Heading(_("Notes between desks that speak of it"), numbered=True)
        columns = (
            Column(_("Time"), "text", 1.4),
            Column(_("Full name"), "text", 1.6),
            Column(_("Note or answer"), "text", 4.0),
        )
        rows = (Row((_minute(moment_of(n.time)), n.author, n.text)) for n in data.notes)
        yield Table(columns, tuple(rows))
    if data.requests:
        yield Heading(_("What was asked for"), numbered=True)
        yield requests_table(data.requests)
        note = unchecked_note(data.requests)
        if note:
            yield Paragraph(note)
    if data.erased:
        words = _("What is personal was erased at {time}; counts stay.")
        yield Paragraph(words.format(time=_minute(moment_of(data.erased))), "warning")


def _held_blocks(household: HeldHousehold) -> Iterator[Block]:
    yield Heading(_("What is kept"), numbered=True)
    columns = (Column(_("What"), "text", 1.4), Column(_("Content"), "text", 3.6))
    rows = [Row((_(label), text)) for label, text in household.fields.items()]
    yield Table(columns, (Row((_("Id"), household.id)), *rows))
    yield Heading(_("Who wrote it, and when"), numbered=True)
    version_columns = (
        Column(_("Time"), "text", 1.3),
        Column(_("Full name"), "text", 1.6),
        Column(_("Kind"), "text", 1.0),
        Column(_("Fields"), "text", 3.0),
    )
    yield Table(
        version_columns,
        tuple(
            Row(
                (
                    _minute(version.when),
                    version.author,
                    version_words(version.what),
                    ", ".join(change.label for change in version.differences),
                )
            )
            for version in household.versions
        ),
    )
    yield Heading(_("Records that name it"), numbered=True)
    if not household.naming:
        yield Paragraph(_("None."))
        return
    held_rows = (
        Column(_("Date"), "date", 1.0),
        Column(_("Kind"), "text", 1.6),
        Column(_("Content"), "text", 4.0),
    )
    yield Table(
        held_rows,
        tuple(Row((record.day, record.title, record.text)) for record in household.naming),
    )


def _minute(moment: datetime.datetime) -> str:
    return f"{moment:%d/%m/%Y %H:%M}"


def version_words(change: str) -> str:
    """The change made by a version, in words."""
    return {
        MADE: _("entered"),
        CHANGED: _("changed"),
        DELETED: _("deleted"),
        TAKEN_BACK: _("deletion taken back"),
        CHOSEN: _("chosen of two"),
    }[change]


def _sent(session: Session, data: PersonData) -> Iterator[Block]:
    personal = [package for package in data.packages if package.reason is not None]
    impersonal = len(data.packages) - len(personal)
    if personal:
        names = desk_names(session)
        columns = (
            Column(_("Sent at"), "text", 1.3),
            Column(_("Package"), "text", 2.6),
            Column(_("For"), "text", 1.2),
            Column(_("Reason"), "text", 2.4),
        )
        yield Table(
            columns,
            tuple(
                Row(
                    (
                        _minute(moment_of(package.made)),
                        package.file,
                        sent_to(session, package, names),
                        package.reason,
                    )
                )
                for package in personal
            ),
            title=_("Packages with personal data"),
        )
    else:
        yield Paragraph(_("No package with personal data has left this desk since."))
    words = ngettext(
        "{count} package without personal data: of it, it carries commune and hamlet.",
        "{count} packages without personal data: of it they carry commune and hamlet.",
        impersonal,
    )
    yield Paragraph(words.format(count=format_number(impersonal, language())))
    words = ngettext(
        "{count} backup holds it; restoring it erases what was erased since.",
        "{count} backups hold it; restoring one erases what was erased since.",
        len(data.backups),
    )
    yield Paragraph(words.format(count=format_number(len(data.backups), language())))


def requests_table(requests: list[PersonRequest]) -> Table:
    """Requests with their days."""
    columns = (
        Column(_("No."), "number", 0.5),
        Column(_("Asked for"), "text", 1.8),
        Column(_("Received"), "date", 1.0),
        Column(_("Acknowledge by"), "date", 1.1),
        Column(_("Due"), "date", 1.0),
        Column(_("Acknowledged"), "date", 1.1),
        Column(_("Settled"), "date", 1.0),
    )
    rows = (
        Row(
            (
                request.number,
                _(REQUEST_KINDS[request.kind].title),
                request.received,
                request.acknowledge_by,
                request.due,
                request.acknowledged,
                request.settled,
            )
        )
        for request in requests
    )
    return Table(columns, tuple(rows))
