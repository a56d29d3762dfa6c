"""The shared state of the parts of a page of records."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from borderdesk.base.errors import user_error
from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.desk import Desk
from ui.base.tasks import Job, Runner
from ui.records.lists.record_list import RecordList
from ui.widgets.pages.messages import MessageBar

if TYPE_CHECKING:
    from ui.records.form.record_form import RecordForm
    from ui.records.lists.list_filter import ListFilter

T = TypeVar("T")


class PageParts:
    """The desk, list, form and bar of one page, and what its parts may ask of the page."""

    def __init__(
        self,
        desk: Desk,
        tasks: Runner,
        type_name: str,
        *,
        front: QWidget,
        bar: MessageBar,
        records: RecordList,
        form: Callable[[], "RecordForm"],
        choosers: Callable[[], "ListFilter"],
        refresh: Callable[[], None],
        expect: Callable[[str], None],
        go_to: Callable[[str, Mapping[str, Any]], None],
    ) -> None:
        """front: what holds list and form, the parent of menus and owner of background work.

        form, choosers: make the form, and what is above the list, when first asked for. refresh:
        reads the list again; expect: has a record chosen once that has been read. go_to: asks the
        window for another page.
        """
        self.desk = desk
        self.tasks = tasks
        self.type_name = type_name
        self.front = front
        self.bar = bar
        self.list = records
        self.form = form
        self.filter = choosers
        self.refresh = refresh
        self.expect = expect
        self.go_to = go_to

    def fail(self, error: Exception) -> None:
        """Show an error that a person can correct; a bug is raised."""
        self.bar.warn(user_error(error))

    def notify_written(self, target: Path, rows: int, whole: Callable[[], None]) -> None:
        """Say how many rows a file has; where that is one chosen row, offer the whole list."""
        text = ngettext("1 row saved as {file}.", "{count} rows saved as {file}.", rows)
        words = text.format(count=format_number(rows, language()), file=target.name)
        only = rows == 1 and len(self.list.table.lines) > 1
        self.bar.notify(words, *([(_("Save the whole list instead"), whole)] if only else []))

    def ask(self, work: Callable[[], T], done: Callable[[T], None], owner: QObject) -> Job:
        """Ask the desk in the background, for the owner, what an editor of the form looks up."""
        return self.tasks.run(work, done, self.fail, owner)
