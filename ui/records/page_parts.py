"""Shared context of the parts of a record page."""

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
    """Desk, list, form and message bar of a page, and callbacks to the page."""

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
        """front: the widget with list and form, parent of menus and owner of jobs.

        form, choosers: create form and filter row at first use. refresh: reads the list again;
        expect: selects a record after the next read. go_to: switches to another page with an
        intent.
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
        """Show an error that a person can correct; any other exception is raised again."""
        self.bar.warn(user_error(error))

    def notify_written(self, target: Path, rows: int, whole: Callable[[], None]) -> None:
        """Report the number of exported rows; if only one selected row was, offer the whole
        list."""
        text = ngettext("1 row saved as {file}.", "{count} rows saved as {file}.", rows)
        words = text.format(count=format_number(rows, language()), file=target.name)
        only = rows == 1 and len(self.list.table.lines) > 1
        self.bar.notify(words, *([(_("Save the whole list instead"), whole)] if only else []))

    def ask(self, work: Callable[[], T], done: Callable[[T], None], owner: QObject) -> Job:
        """Run a query of an editor in the background."""
        return self.tasks.run(work, done, self.fail, owner)
