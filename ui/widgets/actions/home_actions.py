"""The actions of the overview pages: home, day book, state of the markers."""

from collections.abc import Mapping

from borderdesk.base.i18n import N_
from borderdesk.schema.records import RECORD_TYPES
from ui.widgets.actions.action_entry import ActionEntry

HOME, DAY_BOOK, STRIP = N_("Home"), N_("Day book"), N_("State of the markers")

NEW = "new_"
"""Prefix of the action keys that begin a new record, followed by the record type."""
DAILY = {key: model.daily for key, model in RECORD_TYPES.items() if model.daily is not None}

HOME_ACTIONS: Mapping[str, ActionEntry] = {
    **{
        NEW + key: ActionEntry(HOME, *entry, f"Alt+{number}")
        for number, (key, entry) in enumerate(DAILY.items(), 1)
    },
    "month_report": ActionEntry(HOME, N_("Report"), N_("See the report of the period"), "Ctrl+R"),
    "close_month": ActionEntry(
        HOME,
        N_("Close – print – send"),
        N_("Close the period, then print and send its report"),
        "Ctrl+Shift+R",
        takes="period.close",
    ),
    "day_before": ActionEntry(
        DAY_BOOK, N_("Day before"), N_("Show what was done the day before"), "Alt+Left"
    ),
    "day_after": ActionEntry(
        DAY_BOOK, N_("Day after"), N_("Show what was done the day after"), "Alt+Right"
    ),
    "day_save": ActionEntry(
        DAY_BOOK, N_("Save PDF"), N_("Save what was done as a PDF to print"), "Ctrl+S"
    ),
    "save_due": ActionEntry(
        STRIP, N_("Save list"), N_("Save the list of what is due as PDF"), "Ctrl+S"
    ),
}
