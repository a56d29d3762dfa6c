"""Table of earlier files that were not imported: waiting for a card, or refused."""

from collections.abc import Sequence

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.exchange.merging.quarantine import HeldFile, QuarantinedPackage
from borderdesk.exchange.merging.request_texts import parse_file_name
from borderdesk.exchange.receiving.imports import QUARANTINED
from ui.exchange.exchange_labels import EXPECTED, REFUSED_LABEL, time_label
from ui.exchange.files_table import PREFIX
from ui.widgets.tables.rows_table import RowsTable, TableColumn


class HeldFilesTable(RowsTable):
    """One row per file; hidden while empty."""

    def __init__(self, desk: Desk) -> None:
        columns = [
            TableColumn(_("File"), 22),
            TableColumn(_("Sender"), 13),
            TableColumn(_("State"), 16),
            TableColumn(_("Came at"), 16),
            TableColumn(_("Reason"), 30),
        ]
        super().__init__(_("Files that could not be taken in"), columns, "", several=True)
        self._desk = desk
        self.files: list[HeldFile] = []
        self._wanted = ""

    def go_to_file(self, key: str) -> None:
        """Select a file once it is listed."""
        self._wanted = key
        self.setFocus()

    def show_files(self, files: Sequence[HeldFile]) -> None:
        """Show these files."""
        self.files = list(files)
        self.show_rows([self._line(file) for file in files], keys=[file.key for file in files])
        self.setVisible(bool(files))
        places = [place for place, file in enumerate(self.files) if file.key == self._wanted]
        if places:
            self._wanted = ""
            self.go_to(places[0])

    def current(self) -> HeldFile | None:
        """The current file."""
        row = self.row()
        return self.files[row] if 0 <= row < len(self.files) else None

    def chosen(self) -> list[HeldFile]:
        """The selected files."""
        return [self.files[row] for row in self.chosen_rows() if row < len(self.files)]

    def _line(self, file: HeldFile) -> tuple[str, ...]:
        is_waiting = isinstance(file, QuarantinedPackage)
        return (
            file.file.removeprefix(PREFIX),
            self._sender(file),
            _(EXPECTED[QUARANTINED] if is_waiting else REFUSED_LABEL),
            time_label(file.noted, self._desk.today()),
            file.reason,
        )

    def _sender(self, file: HeldFile) -> str:
        """The sender; with a question mark if only the file name tells it."""
        if isinstance(file, QuarantinedPackage):
            return self._desk.book.post_short(file.unit)
        name = parse_file_name(file.file)
        return "–" if name is None else f"{self._desk.book.post_short(name.unit)}?"
