"""Actions that save PDFs: slip of a record, blank form, the list."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.schema.kinds import HAMLET, POST, UNIT
from borderdesk.schema.records import ALL_TYPES
from ui.records.page_parts import PageParts

if TYPE_CHECKING:
    from borderdesk.reports.handouts import paper_forms
    from ui.widgets.choosers import file_choosers
else:
    paper_forms = lazy_module("borderdesk.reports.handouts.paper_forms")
    file_choosers = lazy_module("ui.widgets.choosers.file_choosers")


class PaperActions:
    """Asks for the file, then writes it in a worker thread."""

    def __init__(self, parts: PageParts) -> None:
        self._parts = parts

    def ask_slip(self) -> None:
        """Ask where to save the slip of the current record."""
        record = self._parts.form().record
        if not record:
            self._parts.bar.hint(_("Choose a record in the list first."))
            return
        self._ask(_("Slip"), lambda target: self.write_slip(record, target))

    def write_slip(self, record: str, target: Path) -> None:
        """Save the slip of a record."""
        desk, type_name = self._parts.desk, self._parts.type_name
        self._write(lambda: paper_forms.write_slip(desk, type_name, record, target), target)

    def ask_blank(self) -> None:
        """Ask where to save a blank form."""
        self._ask(_("Blank form"), self.write_blank)

    def write_blank(self, target: Path) -> None:
        """Save a blank form with post and place of the current record filled in."""
        desk, type_name, known_values = self._parts.desk, self._parts.type_name, self._known()
        work = lambda: paper_forms.write_blank_form(desk, type_name, known_values, target)  # noqa: E731
        self._write(work, target)

    def _known(self) -> dict[str, Any]:
        """The posts and places in the form, saved or not."""
        values = self._parts.form().contents.check().values
        columns = ALL_TYPES[self._parts.type_name].columns()
        places = (key for key, column in columns.items() if column.refers_to in PLACES)
        return {key: values[key] for key in places if key in values}

    def ask_list(self) -> None:
        """Ask where to save the list, or its selected rows."""
        self._ask(_("List"), self.write_list)

    def write_list(self, target: Path, *, everything: bool = False) -> None:
        """Save the selected rows, or the whole list without a selection, with the columns shown;
        everything: ignore the selection."""
        records, desk, type_name = self._parts.list, self._parts.desk, self._parts.type_name
        list_filter = records.table.chosen if everything else records.wanted()
        whole = partial(self.write_list, target, everything=True)
        keys = records.columns.shown()

        def done(rows: int) -> None:
            self._parts.notify_written(target, rows, whole)

        self._parts.tasks.later(
            lambda: paper_forms.write_list_paper(desk, type_name, list_filter, keys, target),
            done,
            self._parts.fail,
            self._parts.front,
        )

    def _ask(self, name: str, then: Callable[[Path], None]) -> None:
        title = _(ALL_TYPES[self._parts.type_name].title)
        day = self._parts.desk.today().isoformat()
        file_choosers.ask_where(self._parts.front, f"{name} {title} {day}", ".pdf", then)

    def _write(self, work: Callable[[], None], target: Path) -> None:
        parts = self._parts

        def done(_none: None) -> None:
            parts.bar.notify(_("Saved as {file}").format(file=target))

        parts.tasks.later(work, done, parts.fail, parts.front)


PLACES = frozenset({POST, UNIT, HAMLET})
"""References of fields that a blank form takes over from the current record."""
