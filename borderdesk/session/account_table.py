"""The table of accounts: who may open a desk, under which role."""

from typing import NamedTuple

from borderdesk.base.errors import CannotOpen
from borderdesk.base.i18n import _
from borderdesk.base.text import nfc
from borderdesk.session.permissions import ADMINISTRATOR
from borderdesk.store.connection.database import Store
from borderdesk.store.models.desk import AccountRow


class Account(NamedTuple):
    """A person who works at the desk: `name` is typed to log in, `full_name` is shown with the
    changes; `disabled` and `created` are UTC times, "" for never and for the first one of old."""

    name: str
    full_name: str
    role: str
    disabled: str = ""
    created: str = ""
    created_by: str = ""


def read_accounts(store: Store) -> list[Account]:
    """Every account, the first one first."""
    columns = [getattr(AccountRow, name) for name in Account._fields]
    query = AccountRow.select(*columns).order_by(AccountRow.created, AccountRow.name)
    return [Account._make(row) for row in store.fetch(query)]


def insert_account(store: Store, account: Account) -> None:
    """Add an account within the open transaction."""
    store.execute(AccountRow.insert(**account._asdict()))


def disable_account(store: Store, name: str, time: str) -> None:
    """Note since when an account is disabled, within the open transaction."""
    store.execute(AccountRow.update(disabled=time).where(AccountRow.name == name))


def same_name(name: str, other: str) -> bool:
    """Whether two texts name the same account: composed alike, whatever their capitals."""
    return _folded(name) == _folded(other)


def _folded(name: str) -> str:
    return nfc(" ".join(name.split())).casefold()


def first_account(store: Store) -> Account:
    """The account of an open desk: its first administrator who is not disabled."""
    accounts = read_accounts(store)
    for account in accounts:
        if account.role == ADMINISTRATOR and not account.disabled:
            return account
    raise CannotOpen(_("No account of this desk may open it. Restore a backup with its sheet."))


def find_account(store: Store, name: str) -> Account | None:
    """The account that a name, or else a full name, means."""
    accounts = read_accounts(store)
    same_named = [account for account in accounts if same_name(account.name, name)]
    same_named += [account for account in accounts if same_name(account.full_name, name)]
    return same_named[0] if same_named else None


def account_named(store: Store, name: str) -> Account:
    """The account that opens a desk by this name. Raises CannotOpen."""
    account = find_account(store, name)
    if account is None:
        raise CannotOpen(_("This desk has no account “{name}”.").format(name=name[:60]))
    if account.disabled:
        raise CannotOpen(disabled_words(account.name))
    return account


def disabled_words(name: str) -> str:
    """The error shown to the person of a disabled account."""
    return _("The account “{name}” is disabled. Ask the administrator.").format(name=name)
