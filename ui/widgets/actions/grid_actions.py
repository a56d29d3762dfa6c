"""The actions of the grid (entry of records as a table)."""

from collections.abc import Mapping

from borderdesk.base.i18n import N_
from ui.widgets.actions.action_entry import ActionEntry

GRID = N_("Table")

GRID_ACTIONS: Mapping[str, ActionEntry] = {
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
}
