"""Tài khoản: the accounts of the desk, and the table of permissions by role."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from borderdesk.base.formats import format_moment
from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.schema.revisions import moment_of
from borderdesk.session.account_table import Account
from borderdesk.session.accounts import advice_after
from borderdesk.session.permissions import ACCOUNT_ROLES, PERMISSIONS
from ui.base.plain_text import PlainLabel
from ui.base.rights import permit
from ui.base.tasks import Runner
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.editors.text_line import TextLine
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.layout.parts_column import PartsColumn, column_part
from ui.widgets.layout.scrolled import foot, scrolled_column
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import MessageBar
from ui.widgets.pages.tabbed_page import SPARE
from ui.widgets.password_fields import PasswordLine
from ui.widgets.push_button import push_button
from ui.widgets.tables.rows_table import RowsTable, TableColumn

NAME_DIGITS, PASSWORD_DIGITS = 26, 18


class AccountList(NamedTuple):
    """The accounts of a desk; locked: whether it has a password, without which no account can be
    added."""

    accounts: list[Account]
    locked: bool


class AccountsPanel(DeskPanel):
    """The list of accounts, the fields to add one, and the permissions of each role."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.accounts: list[Account] = []
        self.state = PlainLabel()
        self.table = RowsTable(
            _("Accounts"),
            [
                TableColumn(_("Account"), 26),
                TableColumn(_("Role"), 18),
                TableColumn(_("State"), 22),
                TableColumn(_("Created"), 16),
                TableColumn(_("Created by"), 22),
            ],
            _("This desk has no account."),
            awaited=True,
        )
        self.name, self.password = TextLine(), PasswordLine()
        self.role = Chooser()
        self.rights = RowsTable(_("What each account may do"), _role_columns(), "")
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        parts = self._parts = PartsColumn(_("Accounts"))
        self.state.setWordWrap(True)
        self.state.setProperty(SPARE, True)
        people, column = column_part()
        column.addWidget(self.state)
        column.addWidget(self.table, 1)
        parts.add(_("Accounts"), people, 2)
        self.rights.show_rows(_role_rows())
        parts.add(_("What each account may do"), self.rights, 3, headed=True)
        scrolled_column(self).addWidget(parts)
        foot(self).addLayout(self._row())

    def _row(self) -> FlowLayout:
        for role, words in ACCOUNT_ROLES.items():
            self.role.addItem(_(words), role)
        for line, words, digits in (
            (self.name, _("Rank and full name"), NAME_DIGITS),
            (self.password, _("First password"), PASSWORD_DIGITS),
        ):
            line.setPlaceholderText(words)
            line.setAccessibleName(words)
            line.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * digits)
            line.returnPressed.connect(self.add)
        self.role.setAccessibleName(_("Role"))
        self.add_button = push_button(
            _("Add the account"), _("The person changes the first password"), self.add, main=True
        )
        self.disable_button = push_button(
            _("Disable…"),
            _("The account opens the desk no longer; its history stays"),
            self.ask_disable,
        )
        row = FlowLayout()
        for widget in (self.name, self.role, self.password):
            row.add(widget)
        for managed in (self.name, self.role, self.password, self.add_button, self.disable_button):
            permit(managed, "account.manage")
        row.add(self.add_button)
        row.add(self.disable_button)
        return row

    # --------------------------------------------------------------------- reading

    def choices(self) -> Mapping[str, Any]:
        """Name and role of the account being added; the password has to be typed again."""
        name = self.name.text()
        return {"name": name, "role": self.role.currentData()} if name or self.role.taken else {}

    def choose_again(self, choices: Mapping[str, Any]) -> None:
        """Restore what `choices` returned."""
        self.name.setText(choices["name"])
        self.role.take(choices["role"])

    def refresh(self) -> None:
        """Read the accounts again."""
        accounts = self._desk.accounts
        self.read(lambda: AccountList(accounts.all(), accounts.has_password()), self._show)

    def _show(self, content: AccountList) -> None:
        self.accounts = content.accounts
        today = self._desk.today()
        self.table.show_rows(
            [
                (
                    account.full_name,
                    _(ACCOUNT_ROLES[account.role]),
                    self._state_of(account),
                    format_moment(moment_of(account.created), today) if account.created else "",
                    account.created_by,
                )
                for account in content.accounts
            ],
            keys=[account.name for account in content.accounts],
        )
        words = (
            _("You work as {name}.").format(name=self._desk.account.full_name)
            if content.locked
            else _(
                "This desk is open: it has no password, its one person may do everything. Others"
                " can be added once it has a password."
            )
        )
        self.state.setText(words)
        for widget in (self.name, self.role, self.password, self.add_button, self.disable_button):
            widget.setEnabled(content.locked)

    def _state_of(self, account: Account) -> str:
        if account.disabled:
            when = format_moment(moment_of(account.disabled), self._desk.today())
            return _("– disabled {time}").format(time=when)
        return _("✓ works now") if account.name == self._desk.account.name else _("✓ may open")

    # --------------------------------------------------------------------- writing

    def add(self) -> None:
        """Add the account in the fields."""
        desk, name, role = self._desk, self.name.text(), self.role.currentData()
        password = self.password.text()

        def done(account: Account) -> None:
            self.name.clear()
            self.password.clear()
            self.refresh()
            self.bar.notify(_("{name} may open the desk now.").format(name=account.full_name))

        self.write(lambda: desk.accounts.add_account(name, role, password), done)

    def ask_disable(self) -> None:
        """Ask whether to disable the account of the current row."""
        place = self.table.row()
        if place < 0:
            return
        account = self.accounts[place]
        words = _("Disable {name}? What the account wrote keeps its name.")
        self.bar.ask(
            words.format(name=account.full_name),
            (_("Disable"), lambda: self.disable(account)),
            (_("Leave it"), self.bar.clear),
        )

    def disable(self, account: Account) -> None:
        """Disable an account."""
        desk = self._desk

        def done(disabled: Account) -> None:
            self.refresh()
            words = _("{name} cannot open the desk any more.").format(name=disabled.full_name)
            self.bar.caution(
                f"{words} {advice_after(disabled)}",
                (_("Change the key…"), lambda: self.wanted.emit("password", {})),
            )

        self.write(lambda: desk.accounts.disable_account(account.name), done)


def _role_columns() -> list[TableColumn]:
    roles = [TableColumn(_(name), 16) for name in ACCOUNT_ROLES.values()]
    return [TableColumn(_("May"), 52), *roles]


def _role_rows() -> list[tuple[str, ...]]:
    return [
        (_(permission.title), *("✓" if role in permission.roles else "–" for role in ACCOUNT_ROLES))
        for permission in PERMISSIONS.values()
    ]
