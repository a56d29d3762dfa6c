"""Every action of the window, of which each page declares its own in a module here.

Menus, buttons, shortcuts, the command list (Ctrl+K) and the printed key card all read ACTIONS.
To add an action: a line in the table of its page (`*_actions.py`: name, what it does, keys, the
permission it takes), and `bind` (or `button`) where it is carried out.
"""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QPushButton, QWidget

from borderdesk.base.i18n import _
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
"""What each page declares, in the order of the key card."""
ACTIONS: Mapping[str, ActionEntry] = {key: entry for page in PAGES for key, entry in page.items()}


def bind(
    owner: QWidget, key: str, act: Callable[[], object], within: QWidget | None = None
) -> QAction:
    """Make an action of ACTIONS work wherever the keyboard is while `owner` is on the screen.

    within: narrower still, the one widget whose keys they are (a list's Delete), with what
    stands in it (the line in a table's cell).
    """
    declared = ACTIONS[key]
    # Its text comes after: given with the owner it might be an icon too, and all of QIcon is made.
    action = QAction(within or owner)
    action.setText(_(declared.name))
    action.setObjectName(key)
    action.setToolTip(tip(key))
    action.setShortcuts([_sequence(keys) for keys in declared.keys.split()])
    only = Qt.ShortcutContext.WidgetWithChildrenShortcut
    window = Qt.ShortcutContext.WindowShortcut
    action.setShortcutContext(only if within is not None else window)
    action.triggered.connect(lambda _checked=False: act())
    (within or owner).addAction(action)
    permit(action, declared.takes)
    return action


def _sequence(keys: str) -> QKeySequence:
    # Portable, or Qt would expect the keys' names in the language in use.
    return QKeySequence.fromString(keys, QKeySequence.SequenceFormat.PortableText)


def button(
    action: QAction, *, main: bool = False, flat: bool = False, keys: bool = False
) -> QPushButton:
    """A button that carries out a bound action and is enabled with it.

    main: the page's first action; flat: without a frame; keys: with its keys written on it.
    """
    made = QPushButton(action.text())
    if keys and not action.shortcut().isEmpty():
        made.setText(f"{action.text()}   {ACTIONS[action.objectName()].keys.split()[0]}")
    made.setAccessibleName(action.text())
    made.setToolTip(action.toolTip())
    made.setProperty("main", main)
    made.setProperty("flat", flat)
    made.setEnabled(action.isEnabled())
    made.clicked.connect(lambda _checked=False: action.trigger())
    action.enabledChanged.connect(made.setEnabled)
    return made


def keys_text(key: str) -> str:
    """The keys of an action as a person reads them; "" for none."""
    return " · ".join(ACTIONS[key].keys.split())


def keys_of(action: QAction) -> str:
    """The keys that a bound action has now, as a person reads them; "" for none."""
    bound = action.shortcuts()
    declared = ACTIONS[action.objectName()].keys.split()
    return " · ".join(keys for keys in declared if _sequence(keys) in bound)


def key_entries() -> list[tuple[str, str, str, str]]:
    """Every action with keys: (where, name, keys, what it does), in the language in use."""
    return [
        (_(act.group), _(act.name), keys_text(key), _(act.hint))
        for key, act in ACTIONS.items()
        if act.keys
    ]


def tip(key: str) -> str:
    """The tooltip of an action: its sentence, and its keys."""
    keys = keys_text(key)
    return f"{_(ACTIONS[key].hint)} ({keys})" if keys else _(ACTIONS[key].hint)


def actions_of(widget: QWidget, *, shown: bool = False) -> list[QAction]:
    """Every action of ACTIONS bound in a widget or below it, each once, in the order made.

    shown: only of what is on the screen, so not of the tabs behind the one in front.
    """
    found = [a for a in widget.findChildren(QAction) if a.objectName() in ACTIONS]
    if shown:
        found = [a for a in found if _owner_shows(a)]
    return list({a.objectName(): a for a in found}.values())


def _owner_shows(action: QAction) -> bool:
    owner = action.parent()
    return isinstance(owner, QWidget) and owner.isVisible()
