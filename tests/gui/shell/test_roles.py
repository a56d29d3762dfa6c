"""Actions that an account may not perform are disabled beforehand: every action, every role."""

import pytest
from PySide6.QtCore import Qt

from borderdesk.desk import Desk
from borderdesk.ledgers.editor import permission_of
from borderdesk.ledgers.tables import ledgers
from borderdesk.session.permissions import ADMINISTRATOR, PERMISSIONS, holds
from tests.effort import tries
from tests.gui.steps import discard_everything
from ui.base.rights import RIGHTS
from ui.settings.accounts_panel import AccountsPanel
from ui.settings.labelled_text import LabelledText
from ui.settings.ledger_panel import LedgerPanel
from ui.settings.password_panel import PasswordPanel
from ui.shell.app import main_window
from ui.shell.pages import PAGES
from ui.widgets.actions.all_actions import ACTIONS, actions_of
from ui.widgets.pages.tabbed_page import TabbedPage

TAKEN = {key: action.takes for key, action in ACTIONS.items() if action.takes}
"""{action: its permission}."""


@pytest.fixture(autouse=True)
def everybodys_window():
    yield
    RIGHTS.role = ADMINISTRATOR


def test_what_takes_a_permission_is_an_action_and_a_permission():
    assert len(TAKEN) == 17
    assert set(TAKEN.values()) <= PERMISSIONS.keys()


def opened(qtbot, desk, role):
    """The window of a role, with all its pages and tabs created."""
    desk.account = desk.account._replace(role=role)
    window = main_window(desk, "vi")
    qtbot.addWidget(window, before_close_func=discard_everything)
    window.show()
    for key in PAGES:
        page = window.page(key)
        if isinstance(page, TabbedPage):
            for tab in page._keys:
                page.show_tab(tab)
    window.tasks.finish()
    return window


@pytest.mark.parametrize("role", tries(["clerk", "commander"], ["clerk", "liaison", "commander"]))
def test_every_action_of_every_page_is_disabled_for_who_may_not(qtbot, desk: Desk, role):
    window = opened(qtbot, desk, role)
    seen = set()
    for action in actions_of(window):
        taken = TAKEN.get(action.objectName(), "")
        if not taken or holds(role, taken):
            continue
        seen.add(action.objectName())
        action.setEnabled(True)
        assert not action.isEnabled(), action.objectName()
        assert PERMISSIONS[taken].title in action.toolTip() or "không được" in action.toolTip()
    lacking = {key for key, taken in TAKEN.items() if not holds(role, taken)}
    assert seen <= lacking
    assert len(seen) >= len(lacking) - 3
    forbidden = not holds(role, "account.manage")
    (accounts,) = window.findChildren(AccountsPanel)
    (password,) = window.findChildren(PasswordPanel)
    for widget in (accounts.name, accounts.add_button, password.encrypt, password.new_key):
        widget.setEnabled(True)
        assert widget.isEnabled() != forbidden
    for panel in window.findChildren(LedgerPanel):
        may = holds(role, permission_of(ledgers()[panel.name]))
        (save,) = [one for one in actions_of(panel) if one.objectName() == "ledger_save"]
        assert save.isEnabled() == may, panel.name
        cell, before = panel.cells.index(0, 0), dict(panel.cells.rows[0])
        assert bool(panel.cells.flags(cell) & Qt.ItemFlag.ItemIsEditable) == may, panel.name
        fields = [*panel.form.findChildren(LabelledText)] if panel.form else []
        assert all(field.isEnabled() == may for field in fields), panel.name
        if not may:
            assert "không được" in panel.cells.data(cell, Qt.ItemDataRole.ToolTipRole)
            panel.cells.write({(0, key): "lén" for key in panel.cells.every})
            assert panel.cells.rows[0] == before
            assert not panel.dirty
    window.tasks.finish()
