"""The permissions of each account: the one table that the core enforces and the program shows."""

from collections.abc import Mapping
from typing import NamedTuple

from borderdesk.base.errors import OperationRefused
from borderdesk.base.i18n import N_, _

CLERK, LIAISON, COMMANDER, ADMINISTRATOR = "clerk", "liaison", "commander", "administrator"
ACCOUNT_ROLES = {
    CLERK: N_("clerk"),
    LIAISON: N_("liaison officer"),
    COMMANDER: N_("commander"),
    ADMINISTRATOR: N_("administrator"),
}
"""{role of an account: its name, to be translated}."""

EVERYBODY = frozenset(ACCOUNT_ROLES)
LEADERS = frozenset({COMMANDER, ADMINISTRATOR})


class Permission(NamedTuple):
    """Something that an account may do: `title` in words, and the roles that hold it."""

    title: str
    roles: frozenset[str]


PERMISSIONS: Mapping[str, Permission] = {
    "record.write": Permission(N_("Enter, change and delete records"), EVERYBODY),
    "preference.write": Permission(N_("Arrange the window"), EVERYBODY),
    "backup.make": Permission(N_("Back up"), EVERYBODY),
    "exchange.write": Permission(N_("Send, receive, print and save papers"), EVERYBODY),
    "exchange.trust": Permission(
        N_("Accept and revoke cards, set-up files, handing over"), LEADERS | {LIAISON}
    ),
    "period.close": Permission(N_("Close, reopen and amend a period; sign"), LEADERS),
    "targets.write": Permission(N_("Regulations, targets, figures from paper"), LEADERS),
    "reference.write": Permission(N_("Units, posts, markers and lists to pick from"), LEADERS),
    "settings.write": Permission(N_("Settings of the desk"), LEADERS),
    "personal.send": Permission(N_("Send personal data to another desk"), LEADERS),
    "person.report": Permission(N_("What is kept of a person: reports and requests"), LEADERS),
    "record.erase": Permission(N_("Erase households, also those past their review day"), LEADERS),
    "audit.read": Permission(N_("Read the audit log"), LEADERS),
    "account.manage": Permission(
        N_("Add and disable accounts; the key of the desk, the recovery sheet"),
        frozenset({ADMINISTRATOR}),
    ),
    "maintain": Permission(N_("Rebuild the tables"), frozenset({ADMINISTRATOR})),
}
"""{permission: its description, and the roles that have it}."""


def holds(role: str, permission: str) -> bool:
    """Whether an account of this role holds a permission."""
    return role in PERMISSIONS[permission].roles


def permission_refusal(role: str, permission: str) -> OperationRefused:
    """The refusal of a missing permission: the operation, and the roles that have it."""
    needed = PERMISSIONS[permission]
    may = [_(name) for key, name in ACCOUNT_ROLES.items() if key in needed.roles]
    return OperationRefused(
        _("Your account ({role}) may not do this: {what}. This may: {roles}.").format(
            role=_(ACCOUNT_ROLES.get(role, role)), what=_(needed.title), roles=", ".join(may)
        )
    )
