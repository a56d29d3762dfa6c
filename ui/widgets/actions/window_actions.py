"""The actions of the main window, available on every page."""

from collections.abc import Mapping

from borderdesk.base.i18n import N_
from ui.widgets.actions.action_entry import ActionEntry

EVERYWHERE = N_("Everywhere")

WINDOW_ACTIONS: Mapping[str, ActionEntry] = {
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
}
