"""Interface of the forms shown for a ledger (settings table) instead of a grid."""

from PySide6.QtWidgets import QWidget

from ui.grid.grid_model import GridModel


class LedgerForm(QWidget):
    """A form over the cells of a ledger; edits are written to the cells at once."""

    def __init__(self, cells: GridModel) -> None:
        super().__init__()
        self.cells = cells

    def begin(self) -> None:
        """Begin a new row and focus its first field."""

    def show_cell(self, row: int, key: str) -> None:
        """Show a row and focus the field of a column."""
        raise NotImplementedError

    def filter(self, words: str) -> None:
        """Show only entries that contain every word."""
        raise NotImplementedError

    def judge_all(self, row: int) -> None:
        """Show a row that a save refused, with all its problems."""
        raise NotImplementedError

    def chosen(self) -> list[int]:
        """The selected rows."""
        raise NotImplementedError
