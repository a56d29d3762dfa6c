"""The actions of a list of records."""

from collections.abc import Mapping

from borderdesk.base.i18n import N_
from ui.widgets.actions.action_entry import LIST, ActionEntry

LIST_ACTIONS: Mapping[str, ActionEntry] = {
    "add": ActionEntry(LIST, N_("Add"), N_("Begin a new record"), "Ctrl+N"),
    "delete": ActionEntry(LIST, N_("Delete"), N_("Delete what is chosen in the list"), "Delete"),
    "undo": ActionEntry(
        LIST, N_("Undo"), N_("Take back what was done last, step by step"), "Ctrl+Z"
    ),
    "deleted": ActionEntry(
        LIST,
        N_("Deleted records…"),
        N_("See who deleted what, when and why, and take it back"),
        "Ctrl+Shift+Delete",
    ),
    "search": ActionEntry(LIST, N_("Search"), N_("Put the keyboard into the search"), "Ctrl+F"),
    "refresh": ActionEntry(LIST, N_("Refresh"), N_("Read the list again"), "F5"),
    "duplicate": ActionEntry(
        LIST, N_("Copy to a new one"), N_("Begin a new record with these values"), "Ctrl+D"
    ),
    "more": ActionEntry(LIST, N_("More…"), N_("History, tags, files, columns"), "Ctrl+M"),
    "choose_all": ActionEntry(
        LIST, N_("Choose all"), N_("Choose everything the list shows"), "Ctrl+A"
    ),
    "history": ActionEntry(
        LIST, N_("History"), N_("What was changed, by whom, when and why"), "Ctrl+H"
    ),
    "record_note": ActionEntry(
        LIST, N_("Write a note…"), N_("Ask the post about the record that is open"), "Ctrl+Alt+N"
    ),
    "tag": ActionEntry(LIST, N_("Tag…"), N_("Give what is chosen a tag, or take it off"), "Ctrl+T"),
    "export_xlsx": ActionEntry(
        LIST, N_("Export XLSX…"), N_("Write the list as a workbook"), "Ctrl+E"
    ),
    "export_csv": ActionEntry(LIST, N_("Export CSV…"), N_("Write the list as CSV"), "Ctrl+Shift+E"),
    "copy_rows": ActionEntry(
        LIST, N_("Copy rows"), N_("Copy the chosen rows as a table"), "Ctrl+C"
    ),
    "list_start": ActionEntry(
        LIST, N_("To the start"), N_("Go to the first row"), "Home Ctrl+Home"
    ),
    "list_end": ActionEntry(LIST, N_("To the end"), N_("Go to the last row"), "End Ctrl+End"),
    "export_words": ActionEntry(
        LIST,
        N_("Export CSV in words…"),
        N_("Write the list as CSV with the words of the screen"),
        "Ctrl+Alt+E",
    ),
    "list_paper": ActionEntry(
        LIST, N_("Save PDF…"), N_("Save the list, or the rows chosen, as a PDF"), "Ctrl+Alt+P"
    ),
    "slip": ActionEntry(LIST, N_("Slip…"), N_("Save the record as a PDF"), "Ctrl+Alt+S"),
    "blank_form": ActionEntry(
        LIST, N_("Blank form…"), N_("Save a form to fill in by hand as a PDF"), "Ctrl+Alt+B"
    ),
    "mass_edit": ActionEntry(
        LIST,
        N_("Change many…"),
        N_("Change one field in the chosen records, or find and replace in it"),
        "Ctrl+Alt+F",
    ),
    "join_hamlets": ActionEntry(
        LIST,
        N_("Join spellings…"),
        N_("Write a hamlet in one way in all records"),
        "Ctrl+Alt+J",
    ),
    "round": ActionEntry(
        LIST,
        N_("Round of a hamlet…"),
        N_("Its households with room to sign, and all who signed at once"),
        "Ctrl+Alt+R",
    ),
    "household_page": ActionEntry(
        LIST,
        N_("This household…"),
        N_("Its pledges, registrations and joins"),
        "Ctrl+Alt+H",
    ),
    "columns": ActionEntry(LIST, N_("Columns…"), N_("Choose the columns of the list"), "Ctrl+L"),
    "sort": ActionEntry(
        LIST,
        N_("Sort…"),
        N_("Choose the column to sort by; once more turns it round"),
        "Ctrl+Shift+S",
    ),
    "grid": ActionEntry(
        LIST, N_("Enter as a table"), N_("Type or paste many records as a table"), "Ctrl+B"
    ),
}
