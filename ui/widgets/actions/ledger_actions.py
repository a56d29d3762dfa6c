"""The actions of targets, settings and reference data."""

from collections.abc import Mapping

from borderdesk.base.i18n import N_
from ui.widgets.actions.action_entry import ActionEntry

LEDGER = N_("Targets and settings")

LEDGER_ACTIONS: Mapping[str, ActionEntry] = {
    "ledger_save": ActionEntry(LEDGER, N_("Save"), N_("Save the table as it stands"), "Ctrl+S"),
    "ledger_remove": ActionEntry(
        LEDGER, N_("Take row out"), N_("Take the chosen rows out of the table"), "Ctrl+Delete"
    ),
    "ledger_add": ActionEntry(LEDGER, N_("Add"), N_("Begin a new row"), "Ctrl+N"),
    "ledger_table": ActionEntry(
        LEDGER, N_("As a table"), N_("Show the rows as a table, to paste into"), "Ctrl+B"
    ),
    "ledger_drop": ActionEntry(
        LEDGER, N_("Put back"), N_("Drop what is not saved"), "Ctrl+Shift+Z"
    ),
    "ledger_find": ActionEntry(
        LEDGER, N_("Search"), N_("Put the keyboard into the search"), "Ctrl+F"
    ),
    "copy_year": ActionEntry(
        LEDGER,
        N_("Copy to next year"),
        N_("Begin the next year's targets as a draft"),
        "Ctrl+Y",
        takes="targets.write",
    ),
    "tab_after": ActionEntry(
        LEDGER, N_("Next table"), N_("Go to the table on the right"), "Ctrl+Tab"
    ),
    "tab_before": ActionEntry(
        LEDGER, N_("Table before"), N_("Go to the table on the left"), "Ctrl+Shift+Tab"
    ),
}
