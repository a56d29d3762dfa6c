"""Places for the command list: tabs, tables, settings, and actions of other pages."""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.desk import Desk
from borderdesk.ledgers.tables import TARGET_TABLES
from borderdesk.schema.settings import SETTINGS, SettingTable
from ui.shell.pages import page_title
from ui.widgets.actions import exchange_actions, home_actions, report_actions
from ui.widgets.actions.all_actions import ACTIONS
from ui.widgets.actions.backup_actions import BACKUPS

if TYPE_CHECKING:
    from ui.exchange import exchange_page
    from ui.settings import settings_page
else:
    exchange_page = lazy_module("ui.exchange.exchange_page")
    settings_page = lazy_module("ui.settings.settings_page")

ACTION_PLACES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    report_actions.REPORT: ("report", {}),
    home_actions.STRIP: ("strip", {}),
    home_actions.DAY_BOOK: ("daybook", {}),
    exchange_actions.SENDING: ("exchange", {"tab": "send"}),
    exchange_actions.RECEIVING: ("exchange", {"tab": "receive"}),
    exchange_actions.BOARD: ("exchange", {"tab": "board"}),
    exchange_actions.CHOOSING: ("exchange", {"tab": "doubles"}),
    exchange_actions.NOTES: ("exchange", {"tab": "notes"}),
    exchange_actions.CARDS: ("exchange", {"tab": "cards"}),
    exchange_actions.PAPER: ("exchange", {"tab": "paper"}),
    BACKUPS: ("settings", {"ledger": "backups"}),
}
"""{action group: (page, intent) where its actions are available}."""
_CLOSING = "report", {"own": True, "close": True}
DONE_BY_GOING: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "month_report": ("report", {"own": True}),
    "close_month": _CLOSING,
    "close_period": _CLOSING,
}
"""{action: (page, intent) that carries it out}."""


class NavigationTarget(NamedTuple):
    """A line of the command list and where it leads: page and intent; action: the name of the
    action or setting, "" for none."""

    words: str
    page: str
    intent: Mapping[str, Any]
    action: str = ""


def places(desk: Desk, page: str, available: Collection[str] = ()) -> Iterator[NavigationTarget]:
    """All places outside the current page.

    page: key of the current page; available: names of the actions available on it, which are left
    out.
    """
    of_post = desk.identity.role == "post"
    for key, (title, _make) in exchange_page.TABS.items():
        if not (of_post and key == "board"):
            yield _tab("exchange", _(title), {"tab": key})
    for table in TARGET_TABLES:
        yield _tab("targets", _(table.title), {"ledger": table.table_key})
    for key, title in settings_page.settings_tabs(desk).items():
        yield _tab("settings", title, {"ledger": key})
    yield from _elsewhere(page, set(available), of_post=of_post)
    for label in settings_page.OF_WINDOW:
        yield _setting(label, "window")
    for rule in SETTINGS.values():
        yield _setting(rule.label, SettingTable.table_key)


def _elsewhere(page: str, listed: set[str], *, of_post: bool) -> Iterator[NavigationTarget]:
    """The actions of other pages; listed: names already listed, extended in place."""
    for name, action in ACTIONS.items():
        place = DONE_BY_GOING.get(name) or ACTION_PLACES.get(action.group)
        # Closing is in a tab of its page that may not be the current one.
        is_current = place is not None and place[0] == page and place is not _CLOSING
        if place is None or is_current or (of_post and place[1] == BOARD_TAB):
            continue
        if name in DONE_BY_GOING:
            if _(action.name) in listed:
                continue
            listed.add(_(action.name))
        hint = _(action.hint)
        yield NavigationTarget(
            f"{_(action.name)} — {hint[:1].lower()}{hint[1:]}", *place, _(action.name)
        )


BOARD_TAB: Mapping[str, Any] = {"tab": "board"}


def _setting(label: str, tab: str) -> NavigationTarget:
    words = _("Setting: {label}").format(label=_(label))
    return NavigationTarget(words, "settings", {"ledger": tab}, _(label))


def _tab(page: str, title: str, intent: Mapping[str, Any]) -> NavigationTarget:
    return NavigationTarget(f"{page_title(page)} › {title}", page, intent)
