"""Operations on the accounts of a desk: add, list, disable; disabled ones keep their history.

The key ring decides who opens an encrypted desk; the role, and whether the account may still open,
are stored inside the encrypted database.
"""

from typing import TYPE_CHECKING

from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.account_table import (
    Account,
    disable_account,
    find_account,
    insert_account,
    read_accounts,
    same_name,
)
from borderdesk.session.opening import user_name
from borderdesk.session.operations import operation
from borderdesk.session.permissions import ACCOUNT_ROLES, ADMINISTRATOR
from borderdesk.session.session import SessionPart
from borderdesk.store.account_state import is_disabled

if TYPE_CHECKING:
    from borderdesk.session import desk_ring
else:
    # A desk without a password does not need its libraries.
    desk_ring = lazy_module("borderdesk.session.desk_ring")


def advice_after(account: Account) -> str:
    """Advice after the departure of a person who could open the desk."""
    return _(
        "Whoever knew a password may have copied the desk's key. Change it (“encrypt --new-key”, or"
        " Settings, Password), so that {name} reads nothing that is written from now on."
    ).format(name=account.full_name)


class Accounts(SessionPart):
    """The accounts of a desk."""

    def all(self) -> list[Account]:
        """Every account, the first one first."""
        return read_accounts(self.store)

    def was_disabled(self) -> bool:
        """Whether the account that works here was disabled since it logged in."""
        return is_disabled(self.store, self.session.account.name)

    def has_password(self) -> bool:
        """Whether the desk has a key ring, so that other accounts can be added."""
        return self.store.key is not None and self._ring.exists()

    @property
    def _ring(self) -> "desk_ring.DeskRing":
        return self.session.part(desk_ring.DeskRing)

    def add_account(self, name: str, role: str, password: str, *, full_name: str = "") -> Account:
        """Add an account with its first password; the full name is the name where none is given.
        Raises UserError, OperationRefused."""
        self.require("account.manage")
        if not self.has_password():
            raise OperationRefused(
                _("An open desk has one person. Give it a password first: “encrypt”.")
            )
        name, full = user_name(name), user_name(full_name or name)
        if role not in ACCOUNT_ROLES:
            raise UserError(
                _("There is no role “{role}”: {roles}.").format(
                    role=role[:40], roles=", ".join(ACCOUNT_ROLES)
                )
            )
        for other_account in self.all():
            if any(
                same_name(stored, other) for stored in other_account[:2] for other in (name, full)
            ):
                raise OperationRefused(
                    _("There is an account “{name}” already; disabled ones keep theirs.").format(
                        name=other_account.name
                    )
                )
        account = Account(name, full, role, "", utc_stamp(), self.session.account.name)
        self._ring.add(name, password, record=lambda: self._enter(account))
        return account

    @operation("account.manage")
    def _enter(self, account: Account) -> None:
        insert_account(self.store, account)
        self.session.audit_notes.note("account.added", account.name, role=account.role)

    def change_password(self, name: str, password: str, *, by_sheet: bool = False) -> None:
        """Replace the password of an account, which the caller has verified, or with `by_sheet` the
        code of the recovery sheet. Raises UserError."""
        kind = "account.mended" if by_sheet else "account.password"
        self._ring.change(name, password, record=lambda: self.session.audit_notes.note(kind, name))

    def disable_account(self, name: str) -> Account:
        """Disable an account: it cannot open the desk any more, its records keep its name. Raises
        OperationRefused for the last administrator, UserError."""
        self.require("account.manage")
        account = find_account(self.store, name)
        if account is None:
            raise UserError(_("This desk has no account “{name}”.").format(name=name[:60]))
        if account.disabled:
            return account
        able = [
            account
            for account in self.all()
            if account.role == ADMINISTRATOR and not account.disabled
        ]
        if [account.name for account in able] == [account.name]:
            raise OperationRefused(
                _("“{name}” is the last administrator; the desk needs one.").format(
                    name=account.name
                )
            )
        disabled = account._replace(disabled=utc_stamp())
        if self.has_password() and account.name in self._ring.today().names():
            self._ring.remove(account.name, record=lambda: self._strike(disabled))
        else:
            self._strike(disabled)
        return disabled

    @operation("account.manage")
    def _strike(self, account: Account) -> None:
        disable_account(self.store, account.name, account.disabled)
        self.session.audit_notes.note("account.disabled", account.name)
