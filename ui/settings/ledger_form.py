"""What a ledger shows in place of its table: a form with words."""

from PySide6.QtWidgets import QWidget

from ui.grid.grid_model import GridModel


class LedgerForm(QWidget):
    """The cells of a ledger as a person fills them in; what is typed goes into them at once."""

    def __init__(self, cells: GridModel) -> None:
        super().__init__()
        self.cells = cells

    def begin(self) -> None:
        """Begin a new row, with the keyboard in its first field."""

    def show_cell(self, row: int, key: str) -> None:
        """Show a row, with the keyboard in the field of a column."""
        raise NotImplementedError

    def filter(self, words: str) -> None:
        """Show only what contains every word."""
        raise NotImplementedError

    def judge_all(self, row: int) -> None:
        """Show a row that a saving refused with everything that is wrong in it."""
        raise NotImplementedError

    def chosen(self) -> list[int]:
        """The rows that are chosen."""
        raise NotImplementedError
