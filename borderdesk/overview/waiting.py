"""Items that wait for a person at this desk: two versions, doubles, notes, files without a card."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from peewee import SQL, fn

from borderdesk.base.formats import format_date, format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.text import sort_key
from borderdesk.entry.person_requests import PersonRequests
from borderdesk.exchange.decisions.doubles import Doubles
from borderdesk.exchange.decisions.lost_doubles import LostDoubles
from borderdesk.exchange.desks.cards import Cards
from borderdesk.exchange.entries.retention import Retention
from borderdesk.exchange.entries.review_notes import ReviewNotes
from borderdesk.exchange.merging.quarantine import Quarantine
from borderdesk.exchange.merging.request_texts import parse_file_name
from borderdesk.overview.todo import Todo
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.permissions import holds
from borderdesk.session.session import Session
from borderdesk.store.models.exchange import ReviewNoteRow
from borderdesk.store.models.records import DoubleVersionRow

MOST_NAMED = 4
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
"""A period that the board has a column for."""


def waiting(session: Session) -> Iterator[Todo]:
    """Everything that waits, each line with the thing it opens."""
    yield from _two_versions(session)
    yield from _pairs(session)
    yield from _notes(session)
    yield from _without_card(session)
    yield from _refused(session)
    yield from _persons(session)
    if session.identity.role != "post" and not session.identity.demo:
        yield from _unknown_posts(session)


def _counted(number: int, text: str, intent: Mapping[str, Any]) -> Todo:
    return Todo(format_number(number, language()), text, "exchange", intent)


def _named(names: list[str]) -> str:
    more = "\u00a0…" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _two_versions(session: Session) -> Iterator[Todo]:
    kind, row = DoubleVersionRow.type, DoubleVersionRow
    query = row.select(kind, fn.COUNT(SQL("*")), fn.MIN(row.record)).group_by(kind).order_by(kind)
    for type_name, number, record in session.store.fetch(query):
        words = _("{title}: two versions differ, waiting for a choice")
        text = words.format(title=_(ALL_TYPES[type_name].title))
        yield _counted(number, text, {"tab": "doubles", "record": record})


def _pairs(session: Session) -> Iterator[Todo]:
    for type_name, number in session.part(Doubles).counts().items():
        words = _("{title}: perhaps logged twice, to look at")
        text = words.format(title=_(ALL_TYPES[type_name].title))
        yield _counted(number, text, {"tab": "pairs", "type": type_name})
    lost = Counter(pair.type for pair in session.part(LostDoubles).pairs())
    for type_name, number in lost.items():
        words = _("{title}: both of two doubles are deleted, one may have to come back")
        text = words.format(title=_(ALL_TYPES[type_name].title))
        yield _counted(number, text, {"tab": "pairs", "type": type_name})


def _notes(session: Session) -> Iterator[Todo]:
    """Questions of other units that wait for an answer, and received answers: each opens the first
    of its threads."""
    # Most desks have none, so the queries below would be paid for nothing.
    any_there = session.store.first(ReviewNoteRow.select(ReviewNoteRow.id).limit(1))
    if not any_there:
        return
    notes = session.part(ReviewNotes)
    questions = {note.record: note for note in notes.unanswered()}
    answers = {note.record: note for note in notes.arrived() if note.record not in questions}
    for by_record, words in (
        (
            questions,
            ngettext(
                "note of another desk waits for an answer",
                "notes of other desks wait for an answer",
                len(questions),
            ),
        ),
        (answers, ngettext("answer or note came", "answers and notes came", len(answers))),
    ):
        if by_record:
            first = next(iter(by_record.values()))
            intent = {"tab": "notes", "type": first.type, "record": first.record}
            yield _counted(len(by_record), words, intent)


def _without_card(session: Session) -> Iterator[Todo]:
    packages = session.part(Quarantine).waiting()
    if packages:
        book = session.book
        units = list(dict.fromkeys(book.post_short(package.unit) for package in packages))
        words = ngettext(
            "file came and waits for a card: {units}",
            "files came and wait for a card: {units}",
            len(packages),
        ).format(units=_named(units))
        yield _counted(len(packages), words, {"tab": "receive", "held": packages[0].key})


def _refused(session: Session) -> Iterator[Todo]:
    """Refused files without a complete replacement since, until a person dismisses them."""
    files = [refused.file for refused in session.part(Quarantine).refused_files()]
    if files:
        words = ngettext(
            "file was refused: {files}", "files were refused: {files}", len(files)
        ).format(files=_named(files))
        yield _counted(len(files), words, _place_of(session, files[0]))


def _place_of(session: Session, file: str) -> dict[str, str]:
    """Where a refused file is to be seen: in its cell of the board, where it has one."""
    name = parse_file_name(file)
    if name is not None and session.identity.role != "post":
        has_cell = name.unit in session.writable().area and _MONTH.fullmatch(name.period)
        if has_cell:
            return {"tab": "board", "unit": name.unit, "month": name.period}
    return {"tab": "receive", "held": file}


def _persons(session: Session) -> Iterator[Todo]:
    """Requests of persons with the next day they are due by, and households stored past their
    review."""
    if not holds(session.account.role, "person.report"):
        return
    intent = {"ledger": "persons"}
    open_requests = session.part(PersonRequests).all(open_only=True)
    if open_requests:
        soonest = min(open_requests, key=lambda open_request: open_request.next_due)
        first = soonest.next_due
        count = len(open_requests)
        words = (
            ngettext(
                "request about personal data: it was due on {date}",
                "requests about personal data: the first was due on {date}",
                count,
            )
            if first < session.today()
            else ngettext(
                "request about personal data: it is due on {date}",
                "requests about personal data: the first is due on {date}",
                count,
            )
        )
        number, text = format_number(count, language()), words.format(date=format_date(first))
        if soonest.unchecked and soonest.acknowledged is None:
            text = _("{text} (by days off that nobody has checked)").format(text=text)
        yield Todo(number, text, "settings", intent)
    outdated = session.part(Retention).count_outdated()
    if outdated:
        words = ngettext(
            "household is kept past its day of review",
            "households are kept past their day of review",
            outdated,
        )
        yield Todo(format_number(outdated, language()), words, "settings", intent)


def _unknown_posts(session: Session) -> Iterator[Todo]:
    """The posts of the area of which no card is accepted: their files would have to wait."""
    known_posts = {
        known_card.card.unit for known_card in session.part(Cards).known() if known_card.accepted
    }
    missing = session.writable().area - known_posts
    if missing:
        names = sorted(map(session.book.post_short, missing), key=sort_key)
        words = ngettext(
            "post whose card is not accepted yet: {units}",
            "posts whose card is not accepted yet: {units}",
            len(names),
        ).format(units=_named(names))
        yield _counted(len(names), words, {"tab": "cards"})
