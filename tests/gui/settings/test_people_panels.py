"""The tabs of the settings for accounts, audit log and personal data."""

import pytest

from borderdesk.exchange.sending.person_data import PersonFile
from borderdesk.session.audit import AuditFilter
from tests.gui.liaison import settle
from tests.gui.looks import faults

HOME = {"head": "Kjqwxz Fghijk", "commune": "06202-2023", "hamlet": "Thôn Bản Khoai",
        "phone": "0912345678", "review_on": "2026-01-01"}  # fmt: skip


@pytest.fixture
def desk(post_desk):
    post_desk.reference.set_setting("due_day", "6")
    home = post_desk.records.add("household", HOME).id
    post_desk.requests.note_request(home, "delete")
    return post_desk


def shown(qtbot, window, tab):
    """The panel of a tab, idle and without layout faults."""
    window.show_page("settings", {"ledger": tab})
    page = window.current()
    settle(qtbot, page)
    # The status line is read in a worker, and laid out when the answer arrives.
    qtbot.waitUntil(lambda: faults(window) == [])
    return page.stack.currentWidget()


def test_the_tabs_of_accounts_requests_and_audit(qtbot, window, desk, tmp_path):
    accounts = shown(qtbot, window, "accounts")
    assert [one.full_name for one in accounts.accounts] == ["Người thử"]
    assert not accounts.add_button.isEnabled()  # an unencrypted desk has one account
    assert len(accounts.rights.texts.rows) > 10
    audit = shown(qtbot, window, "audit")
    assert [line.kind for line in audit.lines] == [
        "person.requested", "record.added", "setting.changed",
    ]  # fmt: skip
    audit.kind.setCurrentIndex(audit.kind.findData("setting"))
    audit.refresh()
    settle(qtbot, window.current())
    assert [line.kind for line in audit.lines] == ["setting.changed"]
    audit.save(tmp_path / "a.pdf")
    settle(qtbot, window.current())
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    audit.check()
    settle(qtbot, window.current())
    assert "3" in audit.bar.text  # setting, request, audit.written
    persons = shown(qtbot, window, "persons")
    assert [one.kind for one in persons.requests] == ["delete"]
    persons.acknowledge()
    settle(qtbot, window.current())
    assert persons.requests[0].acknowledged == desk.today()
    persons.reason.setText("Hết hạn lưu")
    [household] = persons.outdated
    persons.ask_erase()
    assert household.head in persons.bar.text
    persons.bar.buttons[0].click()
    settle(qtbot, window.current())
    assert persons.outdated == []
    assert persons.requests[0].settled == desk.today()


def test_a_namesake_is_not_chosen_in_the_place_of_who_was_erased(qtbot, window, desk):
    """Two of one name in one hamlet, shown on the same day."""
    desk.records.add("household", HOME)
    persons = shown(qtbot, window, "persons")
    persons.reason.setText("Hết hạn lưu")
    gone, other = persons.outdated
    persons.kept.go_to(0)
    persons.erase([gone.id])
    settle(qtbot, window.current())
    assert [one.id for one in persons.outdated] == [other.id]
    assert persons.kept.chosen_rows() == []


@pytest.mark.parametrize("first_page", ["home"])  # the settings as shown to a clerk
def test_a_clerk_sees_neither_the_log_nor_the_requests(desk, window):
    desk.account = desk.account._replace(role="clerk")
    window.show_page("settings", {})
    assert not {"audit", "persons"} & set(window.current()._keys)
    assert "accounts" in window.current()._keys


def test_a_household_is_reported_asked_for_and_erased_on_its_page(qtbot, desk, window, tmp_path):
    home = desk.requests.all()[0].household
    window.show_page("household", {"record": home, "period": ""})
    page = window.current()
    settle(qtbot, page)
    qtbot.waitUntil(lambda: desk.audit.lines(AuditFilter(kind="personal.viewed")) != [])
    page.form.load(home)
    settle(qtbot, page)
    assert len(desk.audit.lines(AuditFilter(kind="personal.viewed"))) == 1
    page.household.show()
    qtbot.waitUntil(lambda: hasattr(page.household, "window"))
    rights = page.household.window.rights
    rights.report(tmp_path / "r.pdf")
    rights.kind.setCurrentIndex(rights.kind.findData("view"))
    rights.note_request()
    qtbot.waitUntil(rights.idle)
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")
    assert [one.kind for one in desk.requests.of(home)] == ["delete", "view"]
    rights.reason.setText("Theo đề nghị")
    rights.erase()
    assert desk.exchange.erasures.notices() == []
    rights.erase()
    qtbot.waitUntil(rights.idle)
    assert desk.part(PersonFile).gather(home).erased
