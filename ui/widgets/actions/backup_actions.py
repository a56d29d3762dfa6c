"""The actions of the backups tab."""

from collections.abc import Mapping

from borderdesk.base.i18n import N_
from ui.widgets.actions.action_entry import ActionEntry

BACKUPS = N_("Backups")

BACKUP_ACTIONS: Mapping[str, ActionEntry] = {
    "backup_now": ActionEntry(
        BACKUPS, N_("Back up now"), N_("Copy the desk to the place chosen, and prove it"), "Ctrl+S"
    ),
    "backup_to": ActionEntry(
        BACKUPS,
        N_("Back up to another folder…"),
        N_("Choose a folder or a stick, and back up into it"),
        "Ctrl+O",
    ),
    "backup_restore": ActionEntry(
        BACKUPS,
        N_("Restore from a file…"),
        N_("Make a desk from a backup, in a new folder; this one stays"),
        "Ctrl+Shift+O",
    ),
    "backup_automatic": ActionEntry(
        BACKUPS,
        N_("Back up by itself, on or off"),
        N_("Have it done once a day when nobody types, or no longer"),
        "Ctrl+T",
    ),
    "verify_desk": ActionEntry(
        BACKUPS,
        N_("Check the desk"),
        N_("Check every record, every table and the audit log from end to end"),
        "Ctrl+Shift+S",
    ),
    "verify_file": ActionEntry(
        BACKUPS,
        N_("Check a backup…"),
        N_("Choose the file of a backup and check it from end to end; nothing is changed"),
        "Ctrl+Shift+T",
    ),
}
