"""The table of pages: key, title, factory, and position in the navigation.

To add a page: a `Page` in a module of its own, and a line in PAGES.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from borderdesk.base.i18n import N_, _
from borderdesk.base.lazy import lazy_module
from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES, RECORD_TYPES
from borderdesk.schema.records.household import Household
from ui.base.tasks import Runner
from ui.records.record_page import RecordPage
from ui.widgets.pages.page import Page

if TYPE_CHECKING:
    from borderdesk.ledgers import tables
    from ui.exchange import exchange_page
    from ui.home import day_page, home_page, strip_page
    from ui.reports import report_page
    from ui.settings import ledger_page, settings_page
else:
    # The start shows one page; modules of the others are imported when first shown.
    tables = lazy_module("borderdesk.ledgers.tables")
    exchange_page = lazy_module("ui.exchange.exchange_page")
    day_page = lazy_module("ui.home.day_page")
    home_page = lazy_module("ui.home.home_page")
    strip_page = lazy_module("ui.home.strip_page")
    report_page = lazy_module("ui.reports.report_page")
    ledger_page = lazy_module("ui.settings.ledger_page")
    settings_page = lazy_module("ui.settings.settings_page")

PageMaker = Callable[[Desk, Runner], Page]


class PageKind(NamedTuple):
    """A page: title (English key of translation) and factory."""

    title: str
    make: PageMaker


def _records(type_name: str) -> PageKind:
    def make(desk: Desk, tasks: Runner) -> Page:
        return RecordPage(desk, type_name, tasks)

    return PageKind(ALL_TYPES[type_name].title, make)


def _home(desk: Desk, tasks: Runner) -> Page:
    return home_page.HomePage(desk, tasks)


def _day_book(desk: Desk, tasks: Runner) -> Page:
    return day_page.DayPage(desk, tasks)


def _strip(desk: Desk, tasks: Runner) -> Page:
    return strip_page.StripPage(desk, tasks)


def _report(desk: Desk, tasks: Runner) -> Page:
    return report_page.ReportPage(desk, tasks)


def _exchange(desk: Desk, tasks: Runner) -> Page:
    return exchange_page.ExchangePage(desk, tasks)


def _settings(desk: Desk, tasks: Runner) -> Page:
    return settings_page.SettingsPage(desk, tasks)


def _targets(desk: Desk, tasks: Runner) -> Page:
    names = {table.table_key: _(table.title) for table in tables.TARGET_TABLES}
    return ledger_page.LedgerPage(desk, tasks, _("Regulations, targets"), names)


PAGES: Mapping[str, PageKind] = {
    "home": PageKind(N_("Home"), _home),
    **{key: _records(key) for key in RECORD_TYPES},
    "daybook": PageKind(N_("Day book"), _day_book),
    "strip": PageKind(N_("State of the markers"), _strip),
    "targets": PageKind(N_("Regulations, targets"), _targets),
    "report": PageKind(N_("Report"), _report),
    "exchange": PageKind(N_("Send and receive"), _exchange),
    Household.type_name: _records(Household.type_name),
    "settings": PageKind(N_("Settings"), _settings),
}

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("", ("home",)),
    (N_("Log"), tuple(RECORD_TYPES)),
    (
        N_("Overview"),
        ("daybook", "strip", "targets", "report", "exchange", Household.type_name, "settings"),
    ),
)
"""The navigation: (heading, keys of PAGES); an empty heading is not shown."""


def page_title(key: str) -> str:
    """The title of a page in the current language."""
    return _(PAGES[key].title)


def page_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """The navigation in the current language: [(heading, [(page key, title)])]."""
    return [
        (_(heading) if heading else "", [(key, page_title(key)) for key in keys])
        for heading, keys in GROUPS
    ]
