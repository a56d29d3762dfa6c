"""Every action of the window: its name, description and keys, declared once.

Menus, buttons, shortcuts, the command list (Ctrl+K) and the printed key card all read ACTIONS.
To add an action: a line in ACTIONS, and `bind` (or `button`) where it is carried out.
"""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QPushButton, QWidget

from borderdesk.base.i18n import N_, _
from ui.base.rights import permit
from ui.widgets.actions.action_entry import LIST, ActionEntry
from ui.widgets.actions.action_rights import ACTION_RIGHTS
from ui.widgets.actions.backup_actions import BACKUP_ACTIONS
from ui.widgets.actions.exchange_actions import EXCHANGE_ACTIONS
from ui.widgets.actions.sheet_actions import SHEET_ACTIONS

EVERYWHERE, HOME = N_("Everywhere"), N_("Home")
FORM, REPORT = N_("Form"), N_("Report")
STRIP, GRID = N_("State of the markers"), N_("Table")
DAY_BOOK = N_("Day book")
LEDGER = N_("Targets and settings")

ACTIONS: Mapping[str, ActionEntry] = {
    "pages": ActionEntry(EVERYWHERE, N_("Pages"), N_("Put the keyboard into the navigation"), "F6"),
    "page_before": ActionEntry(
        EVERYWHERE, N_("Page before"), N_("Go to the page above"), "Ctrl+PgUp"
    ),
    "page_after": ActionEntry(
        EVERYWHERE, N_("Page after"), N_("Go to the page below"), "Ctrl+PgDown"
    ),
    "commands": ActionEntry(
        EVERYWHERE, N_("Everything that can be done"), N_("Find an action by its name"), "Ctrl+K"
    ),
    "key_card": ActionEntry(
        EVERYWHERE, N_("Key card…"), N_("Save every key as a PDF to print"), "Ctrl+Shift+K"
    ),
    "backups": ActionEntry(
        EVERYWHERE, N_("Backups"), N_("See when the desk was backed up, and back it up"), "Ctrl+F9"
    ),
    "help": ActionEntry(EVERYWHERE, N_("Help"), N_("Open the handbook at this page"), "F1"),
    "undo_last": ActionEntry(
        EVERYWHERE, N_("Undo"), N_("Take back what was done last, on its page"), "Ctrl+Z"
    ),
    "larger_text": ActionEntry(
        EVERYWHERE,
        N_("Larger text"),
        N_("Write everything larger"),
        "Ctrl++ Ctrl+= Ctrl+Shift+PgUp",
    ),
    "smaller_text": ActionEntry(
        EVERYWHERE, N_("Smaller text"), N_("Write everything smaller"), "Ctrl+- Ctrl+Shift+PgDown"
    ),
    "usual_text": ActionEntry(
        EVERYWHERE, N_("Usual text"), N_("Write everything in the usual size"), "Ctrl+0"
    ),
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
    **SHEET_ACTIONS,
    "grid_save": ActionEntry(GRID, N_("Save all"), N_("Save every row, or none of them"), "Ctrl+S"),
    "grid_paste": ActionEntry(
        GRID, N_("Paste"), N_("Put a copied table in from this cell on"), "Ctrl+V"
    ),
    "grid_copy": ActionEntry(GRID, N_("Copy"), N_("Copy the chosen cells"), "Ctrl+C"),
    "grid_fill": ActionEntry(
        GRID, N_("Fill down"), N_("Write the first chosen row below it"), "Ctrl+D"
    ),
    "grid_clear": ActionEntry(GRID, N_("Empty"), N_("Empty the chosen cells"), "Delete"),
    "grid_undo": ActionEntry(GRID, N_("Undo"), N_("Take back what was last written"), "Ctrl+Z"),
    "grid_keep": ActionEntry(GRID, N_("Keep"), N_("Keep what looks doubtful in these rows"), "F8"),
    "grid_next": ActionEntry(GRID, N_("Next fault"), N_("Go to what is wrong or doubtful"), "F4"),
    "grid_columns": ActionEntry(
        GRID, N_("Columns…"), N_("Choose the columns of the table"), "Ctrl+L"
    ),
    "grid_back": ActionEntry(
        GRID, N_("Back to the list"), N_("Leave the table as it stands"), "Escape"
    ),
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
        LEDGER, N_("Copy to next year"), N_("Begin the next year's targets as a draft"), "Ctrl+Y"
    ),
    "tab_after": ActionEntry(
        LEDGER, N_("Next table"), N_("Go to the table on the right"), "Ctrl+Tab"
    ),
    "tab_before": ActionEntry(
        LEDGER, N_("Table before"), N_("Go to the table on the left"), "Ctrl+Shift+Tab"
    ),
    **BACKUP_ACTIONS,
    **EXCHANGE_ACTIONS,
    "save": ActionEntry(FORM, N_("Save"), N_("Save the record"), "Ctrl+S"),
    "save_next": ActionEntry(
        FORM,
        N_("Save and go on"),
        N_("Save the record and begin the next"),
        "Ctrl+Enter Ctrl+Return",
    ),
    "leave": ActionEntry(
        FORM, N_("Put back"), N_("Put the field back, then the whole form aside"), "Escape"
    ),
    "keep_doubts": ActionEntry(FORM, N_("Keep"), N_("Keep values that look doubtful"), "F8"),
    "fill_stretch": ActionEntry(
        FORM, N_("Markers intact"), N_("Fill in every marker of the stretch as intact"), "F7"
    ),
    "times_days": ActionEntry(
        FORM, N_("People × days"), N_("Turn people into turns, one a day of the work"), "F9"
    ),
    "as_before": ActionEntry(
        FORM, N_("As last time"), N_("Fill in what this field held in the record before"), "Ctrl+'"
    ),
    "park": ActionEntry(
        FORM, N_("Put aside"), N_("Put this draft aside and begin another"), "Ctrl+P"
    ),
    "drafts": ActionEntry(FORM, N_("Drafts"), N_("Take up a draft that was put aside"), "Ctrl+O"),
    "view": ActionEntry(REPORT, N_("View"), N_("Make the report and show its pages"), "F5"),
    "save_pdf": ActionEntry(REPORT, N_("Save PDF"), N_("Save the report as a PDF file"), "Ctrl+S"),
    "save_docx": ActionEntry(
        REPORT, N_("Save Word"), N_("Save it to be edited in Word"), "Ctrl+Shift+D"
    ),
    "save_xlsx": ActionEntry(REPORT, N_("Save XLSX"), N_("Save it as a workbook"), "Ctrl+Shift+S"),
    "save_json": ActionEntry(REPORT, N_("Save JSON"), N_("Save its figures as JSON"), "Ctrl+J"),
    "fill_form": ActionEntry(
        REPORT, N_("Fill a Word form…"), N_("Fill a Word form of the unit with these figures"), ""
    ),
    "keep_form": ActionEntry(
        REPORT, N_("Keep a form…"), N_("Keep a Word form of the unit in this desk"), ""
    ),
    "remove_form": ActionEntry(
        REPORT, N_("Take it away"), N_("Take the form that is chosen out of this desk"), ""
    ),
    "print": ActionEntry(REPORT, N_("Print…"), N_("Print the pages that are shown"), "Ctrl+P"),
    "batch": ActionEntry(
        REPORT, N_("Every post…"), N_("Save this report of every post, a PDF each"), "Ctrl+Shift+B"
    ),
    "close_period": ActionEntry(
        REPORT,
        N_("Close – print – send"),
        N_("Keep the figures as they are signed, then print and send them"),
        "Ctrl+Shift+L",
    ),
    "open_period": ActionEntry(
        REPORT, N_("Open again"), N_("Open the closed period, to correct it"), "Ctrl+Shift+O"
    ),
    "sign_paper": ActionEntry(
        REPORT,
        N_("Sign digitally…"),
        N_("Sign the closed report by a token (USB) or a key file, and save the PDF"),
        "Ctrl+Shift+G",
    ),
    "smaller": ActionEntry(REPORT, N_("Smaller"), N_("Show the pages smaller"), "Ctrl+-"),
    "larger": ActionEntry(REPORT, N_("Larger"), N_("Show the pages larger"), "Ctrl++ Ctrl+="),
    "cancel": ActionEntry(REPORT, N_("Cancel"), N_("Do not wait for the report")),
}


def bind(
    owner: QWidget, key: str, act: Callable[[], object], within: QWidget | None = None
) -> QAction:
    """Make an action of ACTIONS work wherever the keyboard is while `owner` is on the screen.

    within: narrower still, the one widget whose keys they are (a list's Delete), with what
    stands in it (the line in a table's cell).
    """
    declared = ACTIONS[key]
    # Its text comes after: given with the owner it might be an icon too, and all of QIcon is made.
    action = QAction(within or owner)
    action.setText(_(declared.name))
    action.setObjectName(key)
    action.setToolTip(tip(key))
    action.setShortcuts([_sequence(keys) for keys in declared.keys.split()])
    only = Qt.ShortcutContext.WidgetWithChildrenShortcut
    window = Qt.ShortcutContext.WindowShortcut
    action.setShortcutContext(only if within is not None else window)
    action.triggered.connect(lambda _checked=False: act())
    (within or owner).addAction(action)
    permit(action, ACTION_RIGHTS.get(key, ""))
    return action


def _sequence(keys: str) -> QKeySequence:
    # Portable, or Qt would expect the keys' names in the language in use.
    return QKeySequence.fromString(keys, QKeySequence.SequenceFormat.PortableText)


def button(
    action: QAction, *, main: bool = False, flat: bool = False, keys: bool = False
) -> QPushButton:
    """A button that carries out a bound action and is enabled with it.

    main: the page's first action; flat: without a frame; keys: with its keys written on it.
    """
    made = QPushButton(action.text())
    if keys and not action.shortcut().isEmpty():
        made.setText(f"{action.text()}   {ACTIONS[action.objectName()].keys.split()[0]}")
    made.setAccessibleName(action.text())
    made.setToolTip(action.toolTip())
    made.setProperty("main", main)
    made.setProperty("flat", flat)
    made.setEnabled(action.isEnabled())
    made.clicked.connect(lambda _checked=False: action.trigger())
    action.enabledChanged.connect(made.setEnabled)
    return made


def keys_text(key: str) -> str:
    """The keys of an action as a person reads them; "" for none."""
    return " · ".join(ACTIONS[key].keys.split())


def key_entries() -> list[tuple[str, str, str, str]]:
    """Every action with keys: (where, name, keys, what it does), in the language in use."""
    return [
        (_(act.group), _(act.name), keys_text(key), _(act.hint))
        for key, act in ACTIONS.items()
        if act.keys
    ]


def tip(key: str) -> str:
    """The tooltip of an action: its sentence, and its keys."""
    keys = keys_text(key)
    return f"{_(ACTIONS[key].hint)} ({keys})" if keys else _(ACTIONS[key].hint)


def actions_of(widget: QWidget, *, shown: bool = False) -> list[QAction]:
    """Every action of ACTIONS bound in a widget or below it, each once, in the order made.

    shown: only of what is on the screen, so not of the tabs behind the one in front.
    """
    found = [a for a in widget.findChildren(QAction) if a.objectName() in ACTIONS]
    if shown:
        found = [a for a in found if _owner_shows(a)]
    return list({a.objectName(): a for a in found}.values())


def _owner_shows(action: QAction) -> bool:
    owner = action.parent()
    return isinstance(owner, QWidget) and owner.isVisible()
