"""The files that came before and could not be taken in: those that wait for a card, and those that
were refused."""

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
    """A row for each; hidden while there is none."""

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
        """Make a file the current one, once it is listed."""
        self._wanted = key
        self.setFocus()

    def show_files(self, files: Sequence[HeldFile]) -> None:
        """Show these files."""
        self.files = list(files)
        self.show_rows([self._line(one) for one in files], keys=[one.key for one in files])
        self.setVisible(bool(files))
        places = [place for place, one in enumerate(self.files) if one.key == self._wanted]
        if places:
            self._wanted = ""
            self.go_to(places[0])

    def current(self) -> HeldFile | None:
        """The current file."""
        row = self.row()
        return self.files[row] if 0 <= row < len(self.files) else None

    def chosen(self) -> list[HeldFile]:
        """The files that are chosen."""
        return [self.files[row] for row in self.chosen_rows() if row < len(self.files)]

    def _line(self, one: HeldFile) -> tuple[str, ...]:
        waits = isinstance(one, QuarantinedPackage)
        return (
            one.file.removeprefix(PREFIX),
            self._sender(one),
            _(EXPECTED[QUARANTINED] if waits else REFUSED_LABEL),
            time_label(one.noted, self._desk.today()),
            one.reason,
        )

    def _sender(self, one: HeldFile) -> str:
        """The sender; with a question mark where only the file's name says it."""
        if isinstance(one, QuarantinedPackage):
            return self._desk.book.post_short(one.unit)
        name = parse_file_name(one.file)
        return "–" if name is None else f"{self._desk.book.post_short(name.unit)}?"
