"""Sending in a post's window: two choices, one key, and the messages when it is not possible."""

import datetime
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.exchange.reading.package_source import opens_with_passphrase
from borderdesk.exchange.receiving.incoming_files import LEFT
from borderdesk.exchange.sending.exports import ExportOptions
from tests.gui.liaison import months_ago, settle, work
from tests.gui.steps import focused, press
from ui.base import sticks
from ui.base.sticks import Stick, folder_now, removable
from ui.exchange import receive_panel, send_panel
from ui.exchange.send_panel import SendPanel


@pytest.fixture
def desk(post_desk):
    day = months_ago(post_desk, 1).last
    post_desk.records.add("clearing", work("BS", day, note="Ghi chú nội bộ"))
    return post_desk


@pytest.fixture
def panel(qtbot, window, tmp_path):
    window.nav.setCurrentItem(window.items["exchange"])
    page = window.current()
    settle(qtbot, page)
    stick = tmp_path / "stick"
    stick.mkdir()
    panel = page.panel("send")
    panel.use_folder(stick)
    settle(qtbot, page)
    return panel


def send(qtbot, panel):
    press("Ctrl+S")
    settle(qtbot, panel)


def test_last_month_goes_to_the_stick_with_one_key(qtbot, panel, desk, tmp_path):
    assert panel.period.period() == months_ago(desk, 1)
    send(qtbot, panel)
    sent = desk.exchange.exports.sent()
    assert [path.name for path in (tmp_path / "stick").iterdir()] == [sent[0].file]
    assert sent[0].file in panel.result.text()
    assert panel.result.text().startswith("✓")
    assert (sent[0].period, sent[0].reason) == (months_ago(desk, 1).text, None)
    assert panel.log.texts.rows[0][:2] == ("1", f"{months_ago(desk, 1).last:%m/%Y}")
    assert b"Ghi ch\xc3\xba" not in (tmp_path / "stick" / sent[0].file).read_bytes()


def test_the_stick_used_last_is_proposed_again(qtbot, panel, desk, tmp_path):
    send(qtbot, panel)
    desk_folder = desk.preferences.preferred("exchange/folder")
    assert desk_folder == str(tmp_path / "stick")
    other = Stick(tmp_path / "other", "KINGSTON", 4_000_000_000, False)
    panel.offer([other])
    assert panel.where.currentData() == desk_folder
    assert panel.where.itemText(0) == _("{name} ({free} GB free)").format(name="KINGSTON", free=4)


def test_what_changed_since_and_what_is_missing_is_told(qtbot, panel, desk):
    before = desk.calendar().month_of(months_ago(desk, 1).first - datetime.timedelta(days=40))
    desk.exchange.exports.export(before.text, panel._desk.folder / "out", ExportOptions())
    send(qtbot, panel)
    between = f"{months_ago(desk, 2).number:02d}/{months_ago(desk, 2).year}"
    assert panel.missing.isVisible()
    assert between in panel.missing.text()
    desk.records.add("clearing", work("BS", months_ago(desk, 1).first))
    panel.refresh()
    settle(qtbot, panel)
    assert panel.log.texts.rows[0][4] == "1"


def test_a_stick_that_was_pulled_is_said_and_nothing_is_noted(qtbot, panel, desk, tmp_path):
    (tmp_path / "stick").rmdir()
    send(qtbot, panel)
    assert panel.bar.text.startswith("✗")
    assert str(tmp_path / "stick") in panel.bar.text
    assert not panel.result.isVisible()
    assert desk.exchange.exports.sent() == []
    assert not (tmp_path / "stick").exists()


def test_a_stick_that_cannot_be_written_to_is_said(qtbot, panel, desk, tmp_path):
    (tmp_path / "stick").rmdir()
    # A system folder: even root creates no file in it.
    (tmp_path / "stick").symlink_to("/proc/self/fdinfo")
    send(qtbot, panel)
    assert panel.bar.text.startswith("✗")
    assert desk.exchange.exports.sent() == []


def test_a_passphrase_is_typed_twice(qtbot, panel, desk, tmp_path):
    press("Ctrl+L")
    options = panel.options
    assert focused() is options.lock
    options.lock.setCurrentIndex(2)
    assert options.first.isVisible()
    assert options.first.echoMode() == options.first.EchoMode.Password
    options.show_words.setChecked(True)
    # The receiver types it into a masked field, where nothing is composed.
    composes = Qt.WidgetAttribute.WA_InputMethodEnabled
    assert not any(one.testAttribute(composes) for one in (options.first, options.again))
    assert options.first.echoMode() == options.first.EchoMode.Normal
    options.first.setText("khoa-mo-cua")
    options.again.setText("khoa-mo-cue")
    send(qtbot, panel)
    assert panel.bar.text.endswith(_("The two passphrases differ. Type them again."))
    options.again.setText("khoa-mo-cua")
    send(qtbot, panel)
    sent = desk.exchange.exports.sent()[0]
    assert opens_with_passphrase(tmp_path / "stick" / sent.file)
    assert panel.log.texts.rows[0][5] == _("whoever knows the passphrase")
    assert not options.isVisible()
    assert options.first.text() == ""


def test_personal_fields_go_to_a_card_with_a_reason(qtbot, panel, desk, tmp_path):
    with Desk.create(tmp_path / "province", "province", "20", "Tỉnh") as province:
        desk.exchange.cards.accept_card(province.exchange.cards.own())
        panel.refresh()
        settle(qtbot, panel)
        press("Ctrl+L")
        panel.options.private.setChecked(True)
        panel.options.reason.setText("Đối chiếu danh sách hộ")
        send(qtbot, panel)
        assert panel.bar.text.startswith("✗")
        panel.options.lock.setCurrentIndex(1)
        send(qtbot, panel)
        assert panel.bar.text.endswith(_("Tick at least one card that may open the file."))
        panel.options.cards.item(0).setCheckState(panel.options.cards.item(0).checkState().Checked)
        send(qtbot, panel)
        sent = desk.exchange.exports.sent()[0]
        assert (sent.recipients, sent.reason) == (province.identity.id, "Đối chiếu danh sách hộ")
        assert panel.log.texts.rows[0][5] == province.book.unit_name("20")
        province.exchange.cards.accept_card(desk.exchange.cards.own())
        taken = province.exchange.imports.take(tmp_path / "stick" / sent.file)
        assert taken.added == 1


def test_stopping_leaves_nothing(qtbot, panel, desk, window, tmp_path):
    released = threading.Event()
    window.tasks.later(released.wait, lambda _answer: None, lambda _error: None, panel)
    press("Ctrl+S")
    panel.bar.buttons[0].click()
    released.set()
    settle(qtbot, panel)
    assert list((tmp_path / "stick").iterdir()) == []
    assert desk.exchange.exports.sent() == []
    assert panel.bar.text.endswith(_("Stopped. Nothing was changed."))


def test_a_practice_desk_says_why_it_sends_nothing_and_is_not_handed_over(qtbot, tmp_path, lang):
    from ui.shell.app import main_window

    with Desk.create(tmp_path / "desk", "post", "BS", "Người tập", practice=True) as practice:
        window = main_window(practice, lang)
        qtbot.addWidget(window)
        window.show()
        window.nav.setCurrentItem(window.items["exchange"])
        page = window.current()
        settle(qtbot, page)
        panel = page.panel("send")
        assert panel.practice.isVisible()
        # It can be tried all the same: nothing is written.
        panel.send()
        settle(qtbot, page)
        assert panel.result.isVisible()
        assert practice.exchange.exports.sent() == []
        window.show_page("exchange", {"tab": "cards"})
        cards = page.panel("cards")
        assert cards.setups.isVisible()
        assert not cards.handover.isVisible()
        window.tasks.finish()


@pytest.mark.parametrize(
    ("root", "is_one"),
    [("/media/nong/KINGSTON", True), ("/run/media/nong/USB", True), ("/mnt/usb", True),
     ("/mnt/data/inside", False), ("/", False), ("/home", False)],
)  # fmt: skip
def test_what_is_plugged_in_is_told_from_what_stays(root, is_one):
    assert removable(root) == is_one


def test_a_usb_disk_is_known_by_its_bus_wherever_it_is_mounted(tmp_path, monkeypatch):
    for place in ("pci0000/usb2/2-1/block/sdb/sdb1", "pci0000/ata1/block/sda/sda1"):
        (tmp_path / "devices" / place).mkdir(parents=True)
        (tmp_path / Path(place).name).symlink_to(tmp_path / "devices" / place)
    monkeypatch.setattr(sticks, "BLOCK_DEVICES", tmp_path)
    assert removable("/srv/archive", "/dev/sdb1")
    assert not removable("/srv/archive", "/dev/sda1")
    assert not removable("/srv/archive", "//server/share")
    assert not removable("/", "/dev/sdb1")


def test_a_stick_that_comes_back_in_another_place_is_found_there(tmp_path):
    one, other = (Stick(tmp_path / name, name, 0, False) for name in ("F", "G"))
    (tmp_path / "G" / "tháng" / "đồn").mkdir(parents=True)
    one.folder.mkdir()
    was = "/media/nong/E/tháng/đồn"
    assert folder_now(was, [one, other]) == str(other.folder / "tháng" / "đồn")
    assert folder_now(was, [one]) == str(one.folder)
    assert folder_now("/mnt/usb", [one]) == str(one.folder)
    # It is not guessed which of two is meant, nor what became of a folder of this computer.
    for folder, found in (("/media/nong/E", [one, other]), ("/home/nong/x", [one]), ("", [one])):
        assert folder_now(folder, found) == folder
    assert folder_now(str(tmp_path), [one]) == str(tmp_path)


def test_a_stick_is_offered_where_files_are_received_too(qtbot, window, monkeypatch, tmp_path):
    window.nav.setCurrentItem(window.items["exchange"])
    page = window.current()
    stick = Stick(tmp_path / "stick", "KINGSTON", 8 * 10**9, False)
    stick.folder.mkdir()
    (stick.folder / "báo cáo.docx").write_bytes(b"PK")
    monkeypatch.setattr(receive_panel, "sticks", lambda: [stick])
    page.show_tab("receive")
    panel = page.panel("receive")
    settle(qtbot, page)
    assert panel.where.isVisible()
    assert panel.where.currentData() == str(stick.folder)
    panel.look_button.click()
    settle(qtbot, page)
    [incoming] = panel.incoming_files
    assert (incoming.outcome.file, incoming.outcome.status) == ("báo cáo.docx", LEFT)
    assert panel.detail.isVisible()
    assert not panel.ask_button.isVisible()
    monkeypatch.setattr(receive_panel, "sticks", list)
    panel.refresh()
    settle(qtbot, page)
    assert not panel.where.isVisible()


def test_what_arrived_is_told_for_each_receiver_and_makes_the_next_file_smaller(
    qtbot, panel, desk, tmp_path
):
    from tests.exchanging import new_desk, trust

    with new_desk(tmp_path / "province", "province", "20", 3) as province:
        trust(desk, province)
        panel.refresh()
        settle(qtbot, panel)
        assert [panel.to.itemData(n) for n in range(panel.to.count())] == ["", "20"]
        panel.to.setCurrentIndex(1)
        send(qtbot, panel)
        [path] = (tmp_path / "stick").iterdir()
        province.exchange.imports.take(path)
        digits = province.exchange.receipts.make("BS").digits
    assert desk.exchange.exports.sent()[0].receiver == "20"
    assert panel.to.currentData() == "20"
    panel.digits.setText(digits[:-1] + ("0" if digits[-1] != "0" else "1"))
    panel.digits.returnPressed.emit()
    settle(qtbot, panel)
    assert panel.bar.text.endswith(
        _("One of the digits is wrong. Have them read out once more, four by four.")
    )
    panel.digits.setText(digits)
    panel.digits.returnPressed.emit()
    settle(qtbot, panel)
    assert panel.digits.text() == ""
    assert _("by telephone") in panel.arrived.text()


def test_a_receiver_that_is_accepted_no_longer_is_not_everybody(qtbot, panel, desk, tmp_path):
    from tests.exchanging import new_desk, trust

    with new_desk(tmp_path / "province", "province", "20", 3) as province:
        trust(desk, province)
        card = province.exchange.cards.own()
        panel.refresh()
        settle(qtbot, panel)
        panel.to.setCurrentIndex(panel.to.findData("20"))
        press("Ctrl+L")
        panel.options.lock.setCurrentIndex(1)
        panel.options.cards.item(0).setCheckState(Qt.CheckState.Checked)
        desk.exchange.cards.revoke_card(card.desk)
        panel.refresh()
        settle(qtbot, panel)
        # The possible readers are named too, once a receiver is chosen.
        gone = panel.to.currentText()
        assert (panel.to.currentData(), gone[0]) == ("20", "⚠")
        name = desk.book.unit_name("20")
        assert name in gone
        asked = _("{name} is accepted here no longer. Choose again whom the file is for.")
        for _again in range(2):
            send(qtbot, panel)
            assert panel.bar.text.endswith(asked.format(name=name))
        panel.to.setCurrentIndex(0)
        send(qtbot, panel)
        look = _("{names}: accepted here no longer. Look again who may open the file.")
        assert panel.bar.text.endswith(look.format(names=name))
        assert desk.exchange.exports.sent() == []
        desk.exchange.cards.accept_card(card)
        panel.refresh()
        settle(qtbot, panel)
        # “Everybody” was chosen, and is not replaced by the previous receiver.
        assert panel.to.currentData() == ""
        assert panel.to.count() == 2


def test_the_receiver_of_last_time_that_is_gone_is_asked_for(qtbot, panel, desk):
    desk.preferences.prefer("exchange/receiver", "CL")
    other = SendPanel(desk, panel._tasks, panel.bar)
    qtbot.addWidget(other)
    settle(qtbot, other)
    assert other.to.currentData() == "CL"
    assert desk.book.post_short("CL") in other.to.currentText()
    other.use_folder(desk.folder)
    settle(qtbot, other)
    other.send()
    settle(qtbot, other)
    assert desk.exchange.exports.sent() == []


def test_the_stick_chosen_stays_when_the_sticks_are_read_again(qtbot, panel, monkeypatch, tmp_path):
    other = Stick(tmp_path / "other", "KINGSTON", 4_000_000_000, False)
    monkeypatch.setattr(send_panel, "sticks", lambda: [other])
    panel.refresh()
    settle(qtbot, panel)
    panel.where.setCurrentIndex(panel.where.findData(str(other.folder)))
    panel.refresh()
    settle(qtbot, panel)
    assert panel.where.currentData() == str(other.folder)
