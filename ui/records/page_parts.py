"""What the parts of a page of records share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from borderdesk.base.errors import UserError
from borderdesk.desk import Desk
from ui.base.tasks import Job, Runner
from ui.records.record_list import RecordList
from ui.widgets.messages import MessageBar

if TYPE_CHECKING:
    from ui.records.list_filter import ListFilter
    from ui.records.record_form import RecordForm

T = TypeVar("T")


@dataclass(frozen=True)
class PageParts:
    """The desk, list, form and bar of one page, and what its parts may ask of the page."""

    desk: Desk
    tasks: Runner
    type_name: str
    front: QWidget
    """What holds list and form; the parent of menus, the owner of work in the background."""
    bar: MessageBar
    list: RecordList
    form: Callable[[], "RecordForm"]
    """The form, made when it is first asked for."""
    filter: Callable[[], "ListFilter"]
    """The choosers above the list, made when they are first asked for."""
    refresh: Callable[[], None]
    """Reads the list anew."""
    expect: Callable[[str], None]
    """Has a record chosen in the list once that has been read."""
    go_to: Callable[[str, Mapping[str, Any]], None]
    """Asks the window for another page."""

    def fail(self, error: Exception) -> None:
        """Show what a person can mend; a bug goes on."""
        if not isinstance(error, UserError):
            raise error
        self.bar.warn(error)

    def ask(self, work: Callable[[], T], done: Callable[[T], None], owner: QObject) -> Job:
        """Ask the desk in the background, for the owner, what an editor of the form looks up."""
        return self.tasks.run(work, done, self.fail, owner)
