"""The actions of the pages that tell how things stand: home, day book, state of the markers."""

from collections.abc import Mapping

from borderdesk.base.i18n import N_
from ui.widgets.actions.action_entry import ActionEntry

HOME, DAY_BOOK, STRIP = N_("Home"), N_("Day book"), N_("State of the markers")

HOME_ACTIONS: Mapping[str, ActionEntry] = {
    "new_patrol": ActionEntry(HOME, N_("+ Patrol"), N_("Log a patrol"), "Alt+1"),
    "new_clearing": ActionEntry(HOME, N_("+ Clearing"), N_("Log clearing or repair"), "Alt+2"),
    "new_outreach": ActionEntry(HOME, N_("+ Outreach"), N_("Log an outreach"), "Alt+3"),
    "new_pledge": ActionEntry(HOME, N_("+ Pledge"), N_("Log a pledge"), "Alt+4"),
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
