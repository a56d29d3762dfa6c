"""The kinds of lines of the audit log, each with its text."""

from collections.abc import Mapping

from borderdesk.base.i18n import N_, _
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.reference import REFERENCE_TYPES
from borderdesk.schema.settings import SETTINGS, SettingTable
from borderdesk.session.permissions import ACCOUNT_ROLES, PERMISSIONS

RECORD_KINDS = {
    "record.added": N_("Record added"),
    "record.changed": N_("Record changed"),
    "record.deleted": N_("Record deleted"),
}
"""Kinds without lines in the log: they are derived from the revisions."""

KINDS: Mapping[str, str] = {
    **RECORD_KINDS,
    "login.ok": N_("Logged in"),
    "login.failed": N_("Wrong password"),
    "login.locked": N_("Window locked"),
    "denied": N_("Refused: not permitted"),
    "personal.viewed": N_("Personal data shown in full"),
    "personal.written": N_("Personal data written out"),
    "person.reported": N_("Report of a household written"),
    "person.requested": N_("Request of a household noted"),
    "person.acknowledged": N_("Request of a household acknowledged"),
    "person.settled": N_("Request of a household settled"),
    "household.erased": N_("Household erased"),
    "package.sent": N_("Package written"),
    "package.sent_personal": N_("Package with personal data written"),
    "package.taken": N_("Package taken in"),
    "package.waiting": N_("Package put in quarantine"),
    "package.refused": N_("Package refused"),
    "package.put_away": N_("File that waited or was refused put away"),
    "package.brought_back": N_("File that was put away brought back"),
    "batch.undone": N_("Batch taken out"),
    "batch.set_aside": N_("Batch taken out and set aside"),
    "batch.taken_back": N_("Batch that was set aside taken back"),
    "paper.written": N_("Paper written to a file"),
    "paper.printed": N_("Paper printed"),
    "paper.signed": N_("Paper signed digitally"),
    "paper.unsigned": N_("Signing a paper failed"),
    "list.written": N_("List written to a file"),
    "period.closed": N_("Period closed"),
    "period.reopened": N_("Period reopened"),
    "period.amending": N_("Amendment begun"),
    "period.kept": N_("Amendment left"),
    "backup.made": N_("Backup made"),
    "backup.failed": N_("Backup failed"),
    "backup.restored": N_("Backup restored"),
    "restore.refused": N_("Restoration refused"),
    "program.updated": N_("Newer version installed"),
    "program.refused": N_("Update of the program refused"),
    "account.added": N_("Account added"),
    "account.disabled": N_("Account disabled"),
    "account.password": N_("Password changed"),
    "account.mended": N_("Lost password replaced by the recovery sheet"),
    "desk.encrypted": N_("Desk encrypted"),
    "desk.recovery": N_("Recovery sheet made"),
    "desk.older_keys": N_("An older file of keys lay beside the desk: refused, replaced"),
    "desk.keys_gone": N_("The file of keys was taken away while the desk was open: written again"),
    "desk.replaced": N_("A backup stood in the place of the desk's file: refused"),
    "desk.older": N_("An older file stood in the place of the desk's: not opened for work"),
    "desk.put_back": N_("The desk's folder is an older one than was open here before"),
    "desk.unnoted": N_("The note of the desk's newest state was removed: written again"),
    "desk.damaged": N_("The desk's file was damaged: not opened"),
    "desk.rotated": N_("Key of the desk changed"),
    "desk.rebuilt": N_("Tables rebuilt"),
    "setting.changed": N_("Setting changed"),
    "form.kept": N_("Word form kept"),
    "form.removed": N_("Word form taken away"),
    "reference.changed": N_("Reference data changed"),
    "target.changed": N_("Targets or baselines changed"),
    "setup.made": N_("Set-up file made"),
    "setup.applied": N_("Set-up file applied"),
    "setup.refused": N_("Set-up file of an unknown maker refused"),
    "card.accepted": N_("Card accepted"),
    "card.revoked": N_("Card revoked"),
    "card.renewed": N_("Keys of the desk renewed"),
    "audit.broken": N_("The audit log does not hold together"),
    "audit.written": N_("Audit log written to a file"),
}
"""{kind: its title, to be translated}; the word before the point is its group."""

FILE_KINDS = frozenset(
    kind
    for kind in KINDS
    if kind.split(".")[0] in {"package", "paper", "backup", "restore", "program", "form", "setup"}
) | {"audit.written"}
"""The kinds of lines about a file, whose name a person may have chosen."""
FILE = "file"
"""The detail of a line with a file's name."""

GROUPS: Mapping[str, str] = {
    "login": N_("Logins"),
    "denied": N_("Refusals"),
    "record": N_("Records"),
    "personal": N_("Views and lists of personal data"),
    "person": N_("Reports and requests of persons"),
    "household": N_("Erasures"),
    "package": N_("Packages"),
    "paper": N_("Papers"),
    "list": N_("Lists written"),
    "period": N_("Closings"),
    "backup": N_("Backups"),
    "restore": N_("Refused restorations"),
    "program": N_("Updates of the program"),
    "account": N_("Accounts"),
    "desk": N_("Keys of the desk"),
    "setting": N_("Settings"),
    "reference": N_("Reference data"),
    "target": N_("Targets"),
    "setup": N_("Set-up files"),
    "card": N_("Cards"),
    "batch": N_("Batches taken out"),
    "audit": N_("The log itself"),
}
"""{group of kinds: its name, to be translated}."""

DETAILS = {
    "records": N_("records"),
    "versions": N_("versions"),
    "by": N_("by"),
    "serial": N_("serial number"),
    "number": N_("number"),
    "for": N_("for"),
    "unit": N_("unit"),
    "desk": N_("desk"),
    "file": N_("file"),
    "digest": N_("checksum"),
    "role": N_("role"),
    "form": N_("form"),
    "as": N_("as"),
    "tries": N_("tries"),
    "lines": N_("lines"),
    "entries": N_("entries"),
}
"""{key of a detail: its name, to be translated}."""


TITLES: Mapping[str, str] = {
    **{key: permission.title for key, permission in PERMISSIONS.items()},
    **{key: setting.label for key, setting in SETTINGS.items()},
    **{key: table.title for key, table in REFERENCE_TYPES.items()},
    SettingTable.table_key: SettingTable.title,
}
"""{key that a line may be about: its name, to be translated}."""


LOCKED_WITH_PASSPHRASE = "passphrase"  # noqa: S105 - the name of a kind
"""The receiver of a package that whoever knows its passphrase can open."""
VALUES = {**ACCOUNT_ROLES, LOCKED_WITH_PASSPHRASE: N_("whoever knows the passphrase")}
"""{value of a detail: the words for it} (English keys of translation)."""


def kinds_named(text: str) -> frozenset[str]:
    """The kinds that a kind, or the group of kinds, names; none for anything else."""
    return frozenset(kind for kind in KINDS if kind == text or kind.split(".")[0] == text)


def line_text(kind: str, subject: str, detail: Mapping[str, str | int]) -> str:
    """A line in words."""
    title = _(KINDS[kind]) if kind in KINDS else kind
    line = f"{title}: {_subject_words(subject)}" if subject else title
    detail_words = [_named(key, value) for key, value in sorted(detail.items())]
    return f"{line} ({', '.join(detail_words)})" if detail_words else line


def _subject_words(subject: str) -> str:
    """The subject of a line: a key of this table, a record's type before its id, a stored message
    id, or plain words."""
    type_name, space, rest = subject.partition(" ")
    if type_name in ALL_TYPES:
        return f"{_(ALL_TYPES[type_name].title)}{space}{rest}"
    return _(TITLES.get(subject, subject))


def _named(key: str, value: str | int) -> str:
    """A detail in words."""
    text = str(value)
    words = _(VALUES.get(text, text))
    return f"{_(DETAILS[key]) if key in DETAILS else key}: {words}"
