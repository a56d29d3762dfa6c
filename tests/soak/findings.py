"""The content of a desk, its full check, and leftover files."""

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from borderdesk.base.errors import CannotOpen
from borderdesk.base.files import is_part_name
from borderdesk.base.paths import database_file, key_file
from borderdesk.desk import Desk
from borderdesk.keys.key_ring import KeyRing
from borderdesk.session.opening import verify_file
from borderdesk.session.rekey_plan import finish_rekeying
from borderdesk.store.connection.cipher import is_encrypted
from tests.soak.operations import HEAD, PASSWORDS

UNCOUNTED = ("audit", "draft", "meta", "sqlite_", "schema_migration", "backup", "preference")
"""Prefixes of internal tables, which do not belong to the operation."""
PLAIN = b"SQLite format 3\0"
UNEXPECTED = ("Traceback", "did not expect", "ngoài dự kiến")
"""The command's message for an unexpected error only."""
DATABASE, BACKUP = "desk.db", ".db"
Facts = Mapping[str, object]


def facts(folder: Path) -> Facts:
    """The content of a trial's folder, for comparing: that of each desk in it, and the number of
    finished files of each kind."""
    found: dict[str, object] = {}
    for name in ("desk", "new"):
        found |= {f"{name}: {key}": value for key, value in desk_facts(folder / name).items()}
    for path in finished_files(folder):
        if path.suffix in {".pdf", ".bdx", ".age", ".xlsx", BACKUP} and path.name != DATABASE:
            key = f"files: {path.suffix}"
            found[key] = int(str(found.get(key, 0))) + 1
    return found


def desk_facts(desk: Path) -> Facts:
    """The row count of each table of a desk and the passwords that open it; under "problems" the
    findings of the full check. Opening it completes what a killed run left to do."""
    if not database_file(desk).exists():
        return {}
    finish_rekeying(desk)
    keys = dict(_keys(desk))
    found: dict[str, object] = {
        "encrypted": is_encrypted(database_file(desk)),
        "opens": sorted(keys),
        "ring": key_file(desk).exists(),
    }
    with Desk.open(desk, next(iter(keys.values()), None)) as opened:
        found["problems"] = opened.maintenance.verify()["problems"]
        for (name,) in list(opened.store.rows("SELECT name FROM sqlite_schema WHERE type='table'")):
            if not name.startswith(UNCOUNTED) and "_search" not in name:
                found[name] = opened.store.value(f"SELECT COUNT(*) FROM {name}")
    return found


def _keys(desk: Path) -> Iterator[tuple[str, bytes]]:
    """The passwords that open a desk, with its key."""
    if is_encrypted(database_file(desk)):
        for name, password in PASSWORDS.items():
            with suppress(CannotOpen):
                yield name, KeyRing(desk).unlock_with_either(None, password)


def unfinished(folder: Path) -> list[Path]:
    """The temporary files that a run left."""
    return [path for path in folder.rglob("*") if _is_part(path.name)]


def finished_files(folder: Path) -> list[Path]:
    """The files with final names."""
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(_is_part(name) for name in path.relative_to(folder).parts)
    ]


def _is_part(name: str) -> bool:
    # The database library keeps files beside a temporary one.
    return is_part_name(name.split(".part")[0] + ".part")


def broken_files(folder: Path) -> list[str]:
    """The files with final names that are incomplete or damaged."""
    found = ((path, _fault(path)) for path in finished_files(folder))
    return [f"{path.name}: {fault}" for path, fault in found if fault]


def _fault(path: Path) -> str:
    if path.suffix == ".pdf":
        content = path.read_bytes()
        return "" if content.startswith(b"%PDF") and b"%%EOF" in content[-64:] else "half a PDF"
    if path.suffix in {".bdx", ".xlsx"}:
        return "" if zipfile.ZipFile(path).testzip() is None else "half a package"
    if path.suffix == BACKUP and path.name != DATABASE:
        with path.open("rb") as file:
            plain = file.read(len(PLAIN)) == PLAIN
        # The copy from before an upgrade is of an older version.
        if plain and not path.name.startswith("before-upgrade"):
            return "; ".join(verify_file(path)["problems"])
    return ""


def readable(desk: Path) -> list[str]:
    """The files of an encrypted desk that contain plain text readable without its password."""
    return [
        path.name
        for path in desk.rglob("*")
        if path.is_file()
        for content in [path.read_bytes()]
        if content.startswith(PLAIN) or HEAD.encode() in content
    ]
