"""The state of the desk's backups in words: the indicator light and the lines of the home page.

Only a backup that was restored on trial and whose file can still be found counts as good.
"""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple

from borderdesk.backups.backups import NOT_MADE, Backup, Backups
from borderdesk.base.formats import format_date, format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.overview.todo import Todo
from borderdesk.schema.revisions import moment_of
from borderdesk.session.drafts import Drafts
from borderdesk.session.session import Session
from borderdesk.store.models.desk import MetaRow
from borderdesk.store.models.exchange import PackageOutRow
from borderdesk.store.models.records import RevisionRow

QUIET = datetime.timedelta(minutes=3)
"""The time without typing before an automatic backup may start."""
LONGEST_REASON = 60
MEGABYTE = 1_000_000
SHOW: dict[str, str] = {"ledger": "backups"}
"""The argument by which the settings page shows the backups."""

State = Literal["none", "good", "old", "failed", "gone"]


class BackupLightState(NamedTuple):
    """The state of the desk's backups.

    state: that of the backups, or "gone" if the newest file is no longer in its folder; words: a
    sentence; few: the same in short; more: details; alone: the failed automatic backup that no
    person has seen.
    """

    state: State
    words: str
    few: str
    more: str
    alone: Backup | None = None


class SafetyLines(NamedTuple):
    """Lines of the home page: tasks, and checks without a finding."""

    todos: list[Todo]
    calm: list[Todo]


# ------------------------------------------------------------------------- the light


def light(session: Session, now: datetime.datetime) -> BackupLightState:
    """The state of the desk's backups at a moment (with a time zone)."""
    status, attempts = session.part(Backups).status(now), session.part(Backups).all()
    newest = status.newest
    more = "\n".join(_about(newest, status.written_since)) if newest else _nothing_there()
    if status.state == "failed":
        return _failed(attempts[0], more, now)
    proven = next((backup for backup in attempts if not backup.failed), None)
    if proven is not None and proven != newest:
        words = _("Last backup {time}: the file is no longer there")
        words = words.format(time=moment(proven.made, now))
        if newest is not None:
            more = "\n".join((str(proven.file), _("The newest that is left:"), more))
        return BackupLightState("gone", words, _("The backup file is gone"), more)
    if newest is None:
        return BackupLightState("none", _("Never backed up"), _("Never backed up"), more)
    time = moment(newest.made, now)
    if status.state == "old":
        days = (now.astimezone().date() - moment_of(newest.made).date()).days
        words = ngettext(
            "Last backup {time}, {days} day ago",
            "Last backup {time}, {days} days ago",
            days,
        ).format(time=time, days=days)
        return BackupLightState(
            "old",
            words,
            ngettext("Backup {days} day ago", "Backup {days} days ago", days).format(days=days),
            more,
        )
    words = _("Last backup {time}, restored on trial and good").format(time=time)
    return BackupLightState("good", words, _("Backup {time}, good").format(time=time), more)


def _failed(attempt: Backup, more: str, now: datetime.datetime) -> BackupLightState:
    time = moment(attempt.made, now)
    words = _("The backup of {time} failed: {reason}")
    words = words.format(time=time, reason=_in_few_words(attempt.failed))
    short_words = _("Backup of {time} failed").format(time=time)
    alone = attempt if attempt.automatic else None
    return BackupLightState("failed", words, short_words, f"{attempt.failed}\n{more}", alone)


def _in_few_words(why: str) -> str:
    """The reason of a failed backup, shortened to its first sentence."""
    before, _error, after = _(NOT_MADE).partition("{error}")
    first = why.removeprefix(before).removesuffix(after).partition(". ")[0].rstrip(".")
    long = len(first) > LONGEST_REASON
    return first[: LONGEST_REASON - 1].rstrip() + "…" if long else first


def _nothing_there() -> str:
    return _("There is no copy of this desk yet.")


def _about(backup: Backup, since: int) -> Iterator[str]:
    yield str(backup.file)
    yield ngettext("{count} record, {size}", "{count} records, {size}", backup.records).format(
        count=format_number(backup.records, language()), size=size_text(backup.size)
    )
    if not backup.is_in_place():
        # A file deleted from a present folder would not be the newest any more.
        yield _("Its stick or folder is not there just now.")
    if since:
        words = ngettext(
            "Saved since then, in no backup yet: {count} time",
            "Saved since then, in no backup yet: {count} times",
            since,
        )
        yield words.format(count=format_number(since, language()))
    else:
        yield _("Nothing was saved since then.")


def outlives(backup: Backup, folder: Path) -> bool:
    """Whether a backup is on another device than the desk's folder; true for one on an absent
    stick."""
    return not backup.is_in_place() or backup.file.stat().st_dev != folder.stat().st_dev


# ----------------------------------------------------------------------- in few words


def moment(stamp: str, now: datetime.datetime) -> str:
    """Format a time of the store: 07:40 for today, else 04/12/2023 07:40."""
    local = moment_of(stamp)
    clock = f"{local:%H:%M}"
    same = local.date() == now.astimezone().date()
    return clock if same else f"{format_date(local.date())} {clock}"


def size_text(size: int) -> str:
    """Format a number of bytes: 12.3 MB, at least 0.1 MB."""
    tenths = max(round(size * 10 / MEGABYTE), 1)
    return f"{format_number(Decimal(tenths) / 10, language())} MB"


# ------------------------------------------------------------------------ the first page


def safety(session: Session, now: datetime.datetime) -> SafetyLines:
    """The lines of the home page on backups and on the last package that was sent."""
    backup_light = light(session, now)
    line = Todo("", backup_light.words, "settings", SHOW)
    todos: list[Todo] = []
    calm = [line] if backup_light.state == "good" else []
    if backup_light.state != "good" and _matters(session, backup_light, now):
        todos = [line]
    elif backup_light.state == "old":
        calm = [line]
    return SafetyLines(todos, calm + list(_sent(session)))


def _matters(session: Session, backup_light: BackupLightState, now: datetime.datetime) -> bool:
    """Whether a backup is needed: a practice desk and an empty one need none."""
    if session.identity.practice or not session.store.first(
        RevisionRow.select(RevisionRow.seq).limit(1)
    ):
        return False
    return backup_light.state != "old" or session.part(Backups).status(now).written_since > 0


def _sent(session: Session) -> Iterator[Todo]:
    """The last package that was sent."""
    packages = PackageOutRow.select(PackageOutRow.period, PackageOutRow.made)
    newest = session.store.first(packages.order_by(PackageOutRow.number.desc()).limit(1))
    if newest is None:
        return
    period, day_sent = session.calendar().parse(newest[0]), moment_of(newest[1]).date()
    words = _("Last sent: {period}, on {date}")
    text = words.format(period=period.title, date=format_date(day_sent))
    yield Todo("", text, "exchange", {"tab": "send"})


# --------------------------------------------------------------------------- by itself


def quiet(session: Session, now: datetime.datetime) -> bool:
    """Whether no text was typed or saved on the desk for a while."""
    touched = [draft.touched for draft in session.part(Drafts).drafts()]
    newest = session.store.scalar(MetaRow.select(MetaRow.value).where(MetaRow.key == "newest_time"))
    times = [moment_of(stamp) for stamp in (*touched, newest) if stamp]
    # A time in the future was written by a wrong clock.
    return not any(now - QUIET < time <= now for time in times)
