"""The checks of `doctor`: versions, fonts, system libraries, the state of the desk."""

import ctypes
import datetime
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from sqlcipher3 import dbapi2

from borderdesk import __version__
from borderdesk.base.disk import MEBIBYTE
from borderdesk.base.errors import CannotOpen, UserError
from borderdesk.base.formats import format_date, format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.input_methods import session_input_method
from borderdesk.base.paths import RESOURCES, database_file, default_desk, existing_part
from borderdesk.base.versions import is_installed
from borderdesk.cli.failures import explanation
from borderdesk.cli.unlocking import open_desk
from borderdesk.desk import Desk
from borderdesk.reports.paper.faces import faces, han_face
from borderdesk.schema.revisions import moment_of
from borderdesk.session.clock import clock_doubt
from borderdesk.store.connection.database import SCHEMA_VERSION
from borderdesk.updates.update_file import trusted_key

OLDEST_WINDOWS = 17_763
"""Windows 10 of 1809, as Windows numbers itself."""
ROOM_WANTED = 500 * MEBIBYTE


class HealthFinding(NamedTuple):
    """A finding: what was checked, its state in words, whether it is well, and the exit status if
    not: 0 for advice, 3 for a desk that cannot be opened."""

    what: str
    how: str
    well: bool
    status: int = 1


def health(folder: Path | None) -> Iterator[HealthFinding]:
    """Check everything; without a folder the default desk."""

    yield HealthFinding("BorderDesk", f"{__version__} (schema {SCHEMA_VERSION})", True)
    yield HealthFinding(
        "Python", f"{platform.python_version()} {platform.system()} {platform.machine()}", True
    )
    yield from system_findings(place_of(folder))
    for package in ("peewee", "sqlcipher3", "PySide6_Essentials", "reportlab", "pypdfium2"):
        try:
            yield HealthFinding(package, version(package), True)
        except PackageNotFoundError:
            yield HealthFinding(package, _("not installed"), False)

    yield HealthFinding("SQLite", dbapi2.sqlite_version, True)
    try:
        faces()
        han_face()
        yield HealthFinding(_("Fonts"), str(RESOURCES / "fonts"), True)
    except Exception as error:
        yield HealthFinding(_("Fonts"), str(error), False)
    for library, is_there in missing_libraries():
        yield HealthFinding(
            library, _("there") if is_there else _("missing (needed by the window)"), is_there
        )
    yield from _input_method()
    yield _update_key()
    place = place_of(folder)
    yield HealthFinding(_("Desk's folder"), str(place), True)
    if database_file(place).exists():
        yield from _desk_health(place)
    else:
        yield HealthFinding(_("Desk"), _("none there yet"), True)


def _update_key() -> HealthFinding:
    """Whether updates from a stick can be taken: signed for the key that is built in."""
    if trusted_key() is None:
        words = _("this program was built without a key for updates: it takes none from a stick")
    elif not is_installed():
        words = _("none: this BorderDesk runs from its source")
    else:
        words = _("signed ones from a stick or the shared folder")
    return HealthFinding(_("Updates"), words, True)


def place_of(folder: Path | None) -> Path:
    """The folder of the desk for the health check."""
    return folder or default_desk()


def system_findings(place: Path) -> Iterator[HealthFinding]:
    """Whether the computer is one that the program runs on: its Windows, its disk."""
    if sys.platform == "win32":
        yield windows_finding(sys.getwindowsversion().build, sys.maxsize > 2**32)
    yield disk_finding(shutil.disk_usage(existing_part(place)).free)


def windows_finding(build: int, wide: bool) -> HealthFinding:
    """Of a Windows by its number; wide: of 64 bits."""
    if build >= OLDEST_WINDOWS and wide:
        return HealthFinding("Windows", f"{build}, 64 bit", True)
    words = _("{build}: BorderDesk needs Windows 10 (1809, {oldest}) or newer, of 64 bits")
    return HealthFinding("Windows", words.format(build=build, oldest=OLDEST_WINDOWS), False)


def disk_finding(free: int) -> HealthFinding:
    """Of so many bytes that are free where the desk is."""
    megabytes = format_number(free // MEBIBYTE, language())
    if free >= ROOM_WANTED:
        return HealthFinding(_("Disk"), _("{free} MB free").format(free=megabytes), True)
    words = _("{free} MB free: too little for backups and updates, {wanted} MB are wanted")
    least = format_number(ROOM_WANTED // MEBIBYTE, language())
    return HealthFinding(_("Disk"), words.format(free=megabytes, wanted=least), False, 0)


def missing_libraries() -> Iterator[tuple[str, bool]]:
    """The system libraries that Qt needs on Linux, and whether each is installed."""
    if sys.platform != "linux":
        return

    for name in ("libGL.so.1", "libEGL.so.1", "libfontconfig.so.1", "libxkbcommon.so.0"):
        try:
            ctypes.CDLL(name)
            yield name, True
        except OSError:
            yield name, False


def _input_method() -> Iterator[HealthFinding]:
    """The input method of the window, if the session requests one."""
    if sys.platform != "linux":
        return
    method = session_input_method()
    if not method.asked:
        words = _("none named by the session; QT_IM_MODULE=ibus makes the window use ibus or fcitx")
        yield HealthFinding(_("Input method"), words, True)
    elif not method.given:
        words = _("{asked}: the window has none for it, no Vietnamese can be typed")
        yield HealthFinding(_("Input method"), words.format(asked=method.asked), False, 0)
    elif method.replaced:
        words = _("{given} in the place of {asked}, which the window has none for")
        text = words.format(given=method.given, asked=method.asked)
        yield HealthFinding(_("Input method"), text, True)
    else:
        yield HealthFinding(_("Input method"), method.given, True)


def _desk_health(place: Path) -> Iterator[HealthFinding]:

    try:
        with open_desk(place, tell_age=False) as desk:
            yield HealthFinding(
                _("Desk"), f"{desk.title()} ({desk.identity.role}, {desk.identity.id[:8]})", True
            )
            damage = desk.store.damage()
            yield HealthFinding(
                _("Desk's file"), "; ".join(damage) or _("sound"), not damage, CannotOpen.exit_code
            )
            yield HealthFinding(_("Newest proven backup"), *_backup_health(desk), status=0)
            older = desk.last.older()
            if older is not None:
                yield HealthFinding(_("Age of the folder"), older.text, False, status=0)
            doubt = clock_doubt(desk)
            yield HealthFinding(
                _("Clock"),
                doubt.text if doubt else format_date(desk.today()),
                doubt is None,
                status=0,
            )
            log = desk.store.durability()
            yield HealthFinding(
                _("Durability"), f"journal {log[0]}, synchronous {log[1]}", log == ("wal", 2)
            )
    except UserError as error:
        yield HealthFinding(_("Desk"), str(error), False, error.exit_code)
    except Exception as error:
        user_error = explanation(error, database_file(place))
        if user_error is None:
            raise
        yield HealthFinding(_("Desk"), str(user_error), False, user_error.exit_code)


def _backup_health(desk: Desk) -> tuple[str, bool]:
    """The newest proven backup in words, and whether it is recent enough; practice and empty desks
    need none."""

    now = datetime.datetime.now().astimezone()
    status = desk.backups.status(now)
    since = ngettext(
        "{count} revision written since",
        "{count} revisions written since",
        status.written_since,
    ).format(count=format_number(status.written_since, language()))
    newest = status.newest
    if newest is None:
        none = _("none there yet")
        return f"{none}; {since}", desk.identity.practice or status.written_since == 0
    moment = moment_of(newest.made)
    text = f"{moment:%d/%m/%Y %H:%M} {newest.file}; {since}"
    failed = _("the last one that was tried failed")
    return f"{text}; {failed}" if status.state == "failed" else text, status.state == "good"
