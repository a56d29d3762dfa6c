"""Who may do what: every operation asks for its permission before anything else."""

import pytest

from borderdesk.base.errors import OperationRefused
from borderdesk.desk import Desk
from borderdesk.session.operations import OPERATIONS, PERMISSIONS
from borderdesk.session.session import Part, PartAttribute

ACCOUNTS = ("clerk", "commander", "administrator")


def parts_of(desk: Desk) -> list[Part]:
    """Every part of a desk, with the parts that the exchange is made of."""
    named = [name for name, one in vars(Desk).items() if isinstance(one, PartAttribute)]
    parts = [getattr(desk, name) for name in named]
    return parts + [one for one in vars(desk.exchange).values() if isinstance(one, Part)]


def operations_of(desk: Desk) -> dict[str, tuple[Part, str]]:
    """{class.operation: the part that has it, its permission}."""
    found = {}
    for part in parts_of(desk):
        for name in dir(type(part)):
            permission = OPERATIONS.get(getattr(getattr(type(part), name), "__qualname__", ""))
            if permission is not None:
                found[f"{type(part).__name__}.{name}"] = part, permission
    return found


@pytest.mark.parametrize("account", ACCOUNTS)
def test_an_account_is_refused_what_it_may_not_do(desk, account):
    operations = operations_of(desk)
    assert len(operations) > 30
    assert {permission for _part, permission in operations.values()} <= PERMISSIONS.keys()
    desk.account = account
    for name, (part, permission) in operations.items():
        operation = getattr(part, name.partition(".")[2])
        if account not in PERMISSIONS[permission]:
            with pytest.raises(OperationRefused):
                operation()


def test_a_clerk_records_but_sets_nothing(desk):
    desk.account = "clerk"
    with pytest.raises(OperationRefused):
        desk.reference.set_setting("due_day", "7")
    assert desk.book.setting("due_day", desk.today(), "5") == "5"
    desk.drafts.keep_draft("patrol", {"leader": "A"})
    assert desk.drafts.open_draft("patrol") is not None


def test_the_one_person_of_an_desk_may_do_everything(desk):
    assert desk.account == "administrator"
    assert all("administrator" in accounts for accounts in PERMISSIONS.values())
