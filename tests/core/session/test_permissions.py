"""Permissions: every operation requires its permission before anything else."""

import pytest

from borderdesk.base.errors import OperationRefused
from borderdesk.desk import Desk
from borderdesk.keys.key_ring import KeyRing
from borderdesk.session.operations import OPERATIONS
from borderdesk.session.permissions import ACCOUNT_ROLES, PERMISSIONS, holds
from borderdesk.session.session import PartAttribute, SessionPart
from borderdesk.store.lists.listing import Filter
from tests.conftest import PASSWORD
from tests.factories import example


def parts_of(desk: Desk) -> list[SessionPart]:
    """Every part of a desk, including those of the exchange."""
    named = [name for name, one in vars(Desk).items() if isinstance(one, PartAttribute)]
    parts = [getattr(desk, name) for name in named]
    return parts + [one for one in vars(desk.exchange).values() if isinstance(one, SessionPart)]


def operations_of(desk: Desk) -> dict[str, tuple[SessionPart, str]]:
    """{class.operation: the part that has it, its permission}."""
    found = {}
    for part in parts_of(desk):
        for name in dir(type(part)):
            permission = OPERATIONS.get(getattr(getattr(type(part), name), "__qualname__", ""))
            if permission is not None:
                found[f"{type(part).__name__}.{name}"] = part, permission
    return found


def under(desk: Desk, role: str) -> None:
    """Work under another role within the context."""
    desk.account = desk.account._replace(role=role)


def denials(desk: Desk) -> list[str]:
    """The refused permissions, from the audit log."""
    lines = desk.store.rows("SELECT subject FROM audit WHERE kind = 'denied' ORDER BY number")
    return [row[0] for row in lines]


def test_every_role_is_refused_what_it_may_not_do_and_a_line_tells_it(desk):
    operations = operations_of(desk)
    assert len(operations) > 30
    assert {permission for _part, permission in operations.values()} <= PERMISSIONS.keys()
    for role in ACCOUNT_ROLES:
        under(desk, role)
        for name, (part, permission) in operations.items():
            if holds(role, permission):
                continue
            before = len(denials(desk))
            with pytest.raises(OperationRefused):
                getattr(part, name.partition(".")[2])()
            assert denials(desk)[before:] == [permission], name
    assert desk.audit.check().problems == []


def test_a_clerk_records_but_sets_nothing(desk):
    under(desk, "clerk")
    with pytest.raises(OperationRefused, match="cán bộ nhập liệu"):
        desk.reference.set_setting("due_day", "7")
    assert desk.book.setting("due_day", desk.today(), "5") == "5"
    desk.drafts.keep_draft("patrol", {"leader": "A"})
    assert desk.drafts.open_draft("patrol") is not None


def test_a_refusal_inside_an_operation_is_told_though_all_of_it_is_rolled_back(desk):
    under(desk, "clerk")

    def typed_and_closed():
        with desk.writing():
            desk.drafts.keep_draft("patrol", {"leader": "A"})
            desk.closing.close_period("2023-12")

    with pytest.raises(OperationRefused):
        typed_and_closed()
    assert desk.drafts.open_draft("patrol") is None
    assert denials(desk) == ["period.close"]


def test_the_one_person_of_an_open_desk_may_do_everything(desk):
    assert desk.account.role == "administrator"
    assert all(holds("administrator", permission) for permission in PERMISSIONS)


def test_an_account_disabled_meanwhile_changes_nothing_more(locked_folder):
    """Its program is still open and has the key."""
    key = KeyRing(locked_folder).unlock(None, PASSWORD)
    with Desk.open(locked_folder, key) as desk, Desk.open(locked_folder, key) as beside:
        desk.accounts.add_account("Nông Văn An", "clerk", PASSWORD)
        beside.enter("Nông Văn An")
        beside.records.add("clearing", example("clearing"))
        desk.accounts.disable_account("Nông Văn An")
        for write in (
            lambda: beside.records.add("clearing", example("clearing")),
            lambda: beside.drafts.keep_draft("patrol", {"leader": "A"}),
            lambda: beside.backups.make(),
        ):
            with pytest.raises(OperationRefused, match="đã bị khóa"):
                write()
        assert denials(desk)[:2] == ["record.write"] * 2
        assert desk.lists.count("clearing", Filter()) == 1
