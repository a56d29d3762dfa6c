"""The six tasks of a practice desk, and which of them are done, mostly derived from the desk's
content."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from peewee import fn

from borderdesk.base.i18n import N_, _
from borderdesk.schema.records.clearing import Clearing
from borderdesk.session.audit import AuditFilter, AuditLog
from borderdesk.session.preferences import Preferences
from borderdesk.session.session import Session
from borderdesk.store.models.closing import EditionRow
from borderdesk.store.models.records import RevisionRow

FOUND, SENT = "practised_find", "practised_send"
"""Preferences: actions without a trace in the records, recorded by the window."""
FIRST_TYPE = Clearing.type_name
"""The records that the tasks lead to."""


class PracticeTask(NamedTuple):
    """A task: its title and how it is done, in words; the page where, with what opens it."""

    key: str
    title: str
    how: str
    page: str
    intent: Mapping[str, Any]
    is_done: Callable[[Session], bool]


class PracticeProgress(NamedTuple):
    """How far the tasks are: those that are done, in order, and the next, None after the last."""

    done: tuple[PracticeTask, ...]
    following: PracticeTask | None


def _entered(session: Session) -> bool:
    return _newest_number(session) >= 1


def _corrected(session: Session) -> bool:
    return _newest_number(session) > 1


def _newest_number(session: Session) -> int:
    row = RevisionRow
    query = row.select(fn.COALESCE(fn.MAX(row.number), 0)).where(row.deleted == 0)
    return int(session.store.scalar(query))


def _closed(session: Session) -> bool:
    return bool(session.store.scalar(EditionRow.select(fn.COUNT(EditionRow.id))))


def _restored(session: Session) -> bool:
    lines = session.part(AuditLog).lines(AuditFilter(kind="backup.restored"), limit=1)
    return bool(lines)


def _noted(key: str) -> Callable[[Session], bool]:
    return lambda session: bool(session.part(Preferences).preferred(key))


TASKS: tuple[PracticeTask, ...] = (
    PracticeTask(
        "enter",
        N_("Enter a record"),
        N_("Fill in what has a *, Enter goes on to the next field; Ctrl+Enter saves."),
        FIRST_TYPE,
        {"new": True},
        _entered,
    ),
    PracticeTask(
        "correct",
        N_("Correct it"),
        N_("Choose its row in the list, change a value in the form, Ctrl+Enter."),
        FIRST_TYPE,
        {},
        _corrected,
    ),
    PracticeTask(
        "find",
        N_("Find it again"),
        N_("Ctrl+F, then a word of it without tone marks: the commune, the kind of work."),
        FIRST_TYPE,
        {},
        _noted(FOUND),
    ),
    PracticeTask(
        "close",
        N_("Close the month"),
        N_("Choose the month above the report, then “Close the period”: sign with any name."),
        "report",
        {"own": True, "close": True},
        _closed,
    ),
    PracticeTask(
        "send",
        N_("Send it"),
        N_("Choose the month, then “Write the file”; a practice desk writes none, and says so."),
        "exchange",
        {"tab": "send"},
        _noted(SENT),
    ),
    PracticeTask(
        "restore",
        N_("Restore a backup"),
        N_("“Back up now”, then choose the backup in the list and restore it into a new folder."),
        "settings",
        {"ledger": "backups"},
        _restored,
    ),
)


def practice_progress(session: Session) -> PracticeProgress:
    """Which of the tasks are done, each once whatever its order."""
    done = tuple(task for task in TASKS if task.is_done(session))
    following = next((task for task in TASKS if task not in done), None)
    return PracticeProgress(done, following)


def task_words(progress: PracticeProgress, newly: PracticeTask | None) -> str:
    """The text of the window: the task just done, the progress, and the next task."""
    following = progress.following
    sentences = [] if newly is None else [_("✓ Done: {task}.").format(task=_(newly.title))]
    if following is None:
        sentences.append(
            _(
                "All {count} tasks are done: the true desk works the same way, and nothing of this"
                " one counts."
            ).format(count=len(TASKS))
        )
    else:
        words = _("Task {number} of {count}: {task}. {how}")
        sentences.append(
            words.format(
                number=TASKS.index(following) + 1,
                count=len(TASKS),
                task=_(following.title),
                how=_(following.how),
            )
        )
    return " ".join(sentences)
