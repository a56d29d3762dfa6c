"""The table of all actions of the window, joined from the tables of its pages.

Menus, buttons, shortcuts, the command list (Ctrl+K) and the printed key card all read ACTIONS. To
add an action: a line in the table of its page (`*_actions.py`: name, tooltip, shortcuts,
permission), and `bind` (or `button`) where it is carried out.
"""

from collections.abc import Callable, Mapping
from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QPushButton, QWidget

from borderdesk.base.i18n import _
from ui.base.composing import take_composed
from ui.base.rights import permit
from ui.widgets.actions.action_entry import ActionEntry
from ui.widgets.actions.backup_actions import BACKUP_ACTIONS
from ui.widgets.actions.exchange_actions import EXCHANGE_ACTIONS
from ui.widgets.actions.form_actions import FORM_ACTIONS
from ui.widgets.actions.grid_actions import GRID_ACTIONS
from ui.widgets.actions.home_actions import HOME_ACTIONS
from ui.widgets.actions.ledger_actions import LEDGER_ACTIONS
from ui.widgets.actions.list_actions import LIST_ACTIONS
from ui.widgets.actions.report_actions import REPORT_ACTIONS
from ui.widgets.actions.sheet_actions import SHEET_ACTIONS
from ui.widgets.actions.window_actions import WINDOW_ACTIONS

PAGES: tuple[Mapping[str, ActionEntry], ...] = (
    WINDOW_ACTIONS, HOME_ACTIONS, LIST_ACTIONS, SHEET_ACTIONS, GRID_ACTIONS, LEDGER_ACTIONS,
    BACKUP_ACTIONS, EXCHANGE_ACTIONS, FORM_ACTIONS, REPORT_ACTIONS,
)  # fmt: skip
"""The tables of actions by page, in the order of the key card."""
ACTIONS: Mapping[str, ActionEntry] = {key: entry for page in PAGES for key, entry in page.items()}


def bind(
    owner: QWidget, key: str, act: Callable[[], object], within: QWidget | None = None
) -> QAction:
    """Create the QAction for a key of ACTIONS; its shortcuts work while the window of `owner` is
    active and `owner` is visible.

    within: narrows the shortcuts to this widget and its children, such as Delete in a list, which
    must not fire elsewhere on the page.
    """
    declared = ACTIONS[key]
    # The text is set afterwards: a constructor that takes text and owner also has an overload with
    # an icon, for which PySide loads all of QIcon.
    action = QAction(within or owner)
    action.setText(_(declared.name))
    action.setObjectName(key)
    action.setToolTip(tip(key))
    if declared.keys:
        action.setShortcuts([_sequence(keys) for keys in declared.keys.split()])
    if within is not None:
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    action.triggered.connect(lambda _checked=False: _carry_out(act))
    (within or owner).addAction(action)
    permit(action, declared.takes)
    return action


def _carry_out(act: Callable[[], object]) -> None:
    """The field that has the keyboard may be read, or left."""
    take_composed()
    act()


@cache
def _sequence(keys: str) -> QKeySequence:
    # PortableText: NativeText would expect the names of keys in the current language.
    return QKeySequence.fromString(keys, QKeySequence.SequenceFormat.PortableText)


def button(
    action: QAction, *, main: bool = False, flat: bool = False, keys: bool = False
) -> QPushButton:
    """A push button that triggers a bound action and follows its enabled state.

    main: styled as the page's first action; flat: without a frame; keys: the shortcut is appended
    to the label.
    """
    push_button = QPushButton(action.text())
    if keys and not action.shortcut().isEmpty():
        push_button.setText(f"{action.text()}   {ACTIONS[action.objectName()].keys.split()[0]}")
    push_button.setAccessibleName(action.text())
    push_button.setToolTip(action.toolTip())
    push_button.setProperty("main", main)
    push_button.setProperty("flat", flat)
    push_button.setEnabled(action.isEnabled())
    push_button.clicked.connect(lambda _checked=False: action.trigger())
    action.enabledChanged.connect(push_button.setEnabled)
    return push_button


def keys_text(key: str) -> str:
    """The shortcuts of an action as shown to people; "" for none."""
    return " · ".join(ACTIONS[key].keys.split())


def keys_of(action: QAction) -> str:
    """The shortcuts that a bound action holds at present, as shown to people; "" for none."""
    bound = action.shortcuts()
    declared = ACTIONS[action.objectName()].keys.split()
    return " · ".join(keys for keys in declared if _sequence(keys) in bound)


def key_entries() -> list[tuple[str, str, str, str]]:
    """All actions with shortcuts as (group, name, shortcuts, tooltip) in the current language."""
    return [
        (_(act.group), _(act.name), keys_text(key), _(act.hint))
        for key, act in ACTIONS.items()
        if act.keys
    ]


def tip(key: str) -> str:
    """The tooltip of an action, with its shortcuts in brackets."""
    keys = keys_text(key)
    return f"{_(ACTIONS[key].hint)} ({keys})" if keys else _(ACTIONS[key].hint)


def actions_of(widget: QWidget, *, shown: bool = False) -> list[QAction]:
    """The actions of ACTIONS bound below a widget, without duplicates, in order of creation.

    shown: only those whose owner is visible, which leaves out tabs in the background.
    """
    bound = [a for a in widget.findChildren(QAction) if a.objectName() in ACTIONS]
    if shown:
        bound = [a for a in bound if _owner_shows(a)]
    return list({a.objectName(): a for a in bound}.values())


def _owner_shows(action: QAction) -> bool:
    owner = action.parent()
    return isinstance(owner, QWidget) and owner.isVisible()
