"""The actions of the panel that imports spreadsheets, and the action that opens it."""

from collections.abc import Mapping

from borderdesk.base.i18n import N_
from ui.widgets.actions.action_entry import LIST, ActionEntry

SPREADSHEET = N_("Spreadsheet")

SHEET_ACTIONS: Mapping[str, ActionEntry] = {
    "sheet": ActionEntry(
        LIST,
        N_("From a spreadsheet…"),
        N_("Take in a list from an Excel, LibreOffice or CSV file; it can be dropped here too"),
        "Ctrl+I",
    ),
    "sheet_template": ActionEntry(
        LIST,
        N_("Empty list to fill in…"),
        N_("Save a spreadsheet with the headings, choices and examples of this list"),
        "Ctrl+Alt+I",
    ),
    "sheet_take": ActionEntry(
        SPREADSHEET,
        N_("Take the rows in"),
        N_("Save every row that is not refused, all at once"),
        "Ctrl+S",
    ),
    "sheet_preview": ActionEntry(
        SPREADSHEET, N_("Preview"), N_("See what would become of every row"), "F5"
    ),
    "sheet_rejects": ActionEntry(
        SPREADSHEET,
        N_("Save refused rows…"),
        N_("Write the refused rows with their reasons as a workbook, to be corrected"),
        "Ctrl+E",
    ),
    "sheet_files": ActionEntry(
        SPREADSHEET, N_("Choose files…"), N_("Choose one or several spreadsheets"), "Ctrl+O"
    ),
    "sheet_back": ActionEntry(
        SPREADSHEET, N_("Back to the list"), N_("Leave the spreadsheet; nothing is saved"), "Escape"
    ),
}
