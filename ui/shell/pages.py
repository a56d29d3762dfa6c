"""Every page of the window: its key, its title, its place in the navigation, and how it is made.

To add a page: a `Page` in a module of its own, and a line in PAGES.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from borderdesk.base.i18n import N_, _
from borderdesk.schema.records import ALL_TYPES, RECORD_TYPES

if TYPE_CHECKING:
    from borderdesk.desk import Desk
    from ui.widgets.messages import MessageBar
    from ui.widgets.tasks import Runner


class Page(QWidget):
    """A page of the window. A page is made when it is first shown and then kept.

    changed: its unsaved text came or went. wanted: another page is asked for, with what to do
    there (`intent` of that page: keywords it understands). language_wanted, size_wanted: the
    window is to speak or to be written otherwise; the page does not outlive that.
    """

    changed = Signal()
    wanted = Signal(str, object)
    language_wanted = Signal(str)
    size_wanted = Signal(int)
    bar: "MessageBar"
    help_topic = ""
    """The page of the handbook that F1 opens; the page's own key without one."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")

    def refresh(self) -> None:
        """Read anew what is shown; called each time the page is come back to."""

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Do what another page asked for."""

    def keep_now(self) -> None:
        """Keep what is typed and not saved: the window closes, or something went wrong."""

    def idle(self) -> bool:
        """Whether everything asked for is there."""
        return True

    @property
    def dirty(self) -> bool:
        """Whether it holds what is not saved."""
        return False


Make = Callable[["Desk", "Runner"], QWidget]


class PageKind(NamedTuple):
    """A page: its title, and how it is made (imports happen in `make`, at the first showing)."""

    title: str
    make: Make


def _records(type_name: str) -> PageKind:
    def make(desk: "Desk", tasks: "Runner") -> QWidget:
        from ui.records.record_page import RecordPage

        return RecordPage(desk, type_name, tasks)

    return PageKind(ALL_TYPES[type_name].title, make)


def _report(desk: "Desk", tasks: "Runner") -> QWidget:
    from ui.reports.report_page import ReportPage

    return ReportPage(desk, tasks)


def _home(desk: "Desk", tasks: "Runner") -> QWidget:
    from ui.home.home_page import HomePage

    return HomePage(desk, tasks)


def _strip(desk: "Desk", tasks: "Runner") -> QWidget:
    from ui.home.strip_page import StripPage

    return StripPage(desk, tasks)


def _targets(desk: "Desk", tasks: "Runner") -> QWidget:
    from borderdesk.ledgers.ledgers import LEDGERS
    from ui.settings.ledger_page import TARGETS, LedgerPage

    names = {name: _(LEDGERS[name]) for name in TARGETS}
    return LedgerPage(desk, tasks, _("Regulations, targets"), names)


def _settings(desk: "Desk", tasks: "Runner") -> QWidget:
    from ui.settings.settings_page import SettingsPage

    return SettingsPage(desk, tasks)


def _exchange(desk: "Desk", tasks: "Runner") -> QWidget:
    from ui.exchange.exchange_page import ExchangePage

    return ExchangePage(desk, tasks)


PAGES: Mapping[str, PageKind] = {
    "home": PageKind(N_("Home"), _home),
    **{key: _records(key) for key in RECORD_TYPES},
    "strip": PageKind(N_("State of the markers"), _strip),
    "targets": PageKind(N_("Regulations, targets"), _targets),
    "report": PageKind(N_("Report"), _report),
    "exchange": PageKind(N_("Send and receive"), _exchange),
    "household": _records("household"),
    "settings": PageKind(N_("Settings"), _settings),
}

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("", ("home",)),
    (N_("Log"), tuple(RECORD_TYPES)),
    (N_("Overview"), ("strip", "targets", "report", "exchange", "household", "settings")),
)
"""The navigation: (heading, keys of PAGES); a blank heading has no line of its own."""


def page_title(key: str) -> str:
    """What a page is called in the navigation."""
    return _(PAGES[key].title)
