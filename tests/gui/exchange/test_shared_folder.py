"""The shared folder in the window: two laptops of one post become equal automatically."""

import os
import shutil

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from borderdesk.base.i18n import _
from borderdesk.store.lists.listing import Filter
from tests.core.exchange.test_doubles import HEAD, SESSION
from tests.exchanging import clearing, new_desk, trust
from tests.gui.liaison import WAIT, settle
from tests.gui.steps import discard_everything, press
from ui.base.folder_exchange import LOOK_INTERVAL, UNFINISHED, folder_exchange_of
from ui.shell.app import main_window


@pytest.fixture
def two(tmp_path):
    """Two laptops of one post that know each other."""
    with (
        new_desk(tmp_path / "one", "post", "BS", 0xA1 << 120) as one,
        new_desk(tmp_path / "two", "post", "BS", 0xB2 << 120) as two,
    ):
        trust(one, two)
        yield one, two


@pytest.fixture
def desk(two):
    return two[0]


@pytest.fixture
def share(tmp_path):
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


@pytest.fixture
def panel(qtbot, window):
    window.show_page("exchange", {"tab": "folder"})
    settle(qtbot, window.current())
    return window.current().panel("folder")


def choose(qtbot, panel, folder):
    press("Ctrl+O")
    dialog = panel.findChild(QFileDialog)
    dialog.findChild(QLineEdit).setText(str(folder))
    dialog.accept()
    qtbot.waitUntil(lambda: panel.place.text() == str(folder), timeout=WAIT)


def count(desk, type_name="outreach"):
    return desk.lists.count(type_name, Filter())


def test_what_is_saved_on_one_laptop_comes_to_the_other(qtbot, panel, window, two, share, lang):
    one, other = two
    exchange = folder_exchange_of(one, window.tasks)
    assert panel.place.text() == _("Off: no folder is used.")
    one.records.add("outreach", SESSION)
    choose(qtbot, panel, share)
    qtbot.waitUntil(lambda: any(share.iterdir()) and not exchange.running, timeout=WAIT)
    other.exchange.folder.choose(share)
    second = main_window(other, lang)
    qtbot.addWidget(second, before_close_func=discard_everything)
    second.show()
    second._begin_folder()
    qtbot.waitUntil(lambda: count(other) == 1, timeout=WAIT)
    # The watcher notices the other's file: nobody presses anything.
    other.records.add("outreach", {**SESSION, "attendance": 61})
    second.folder.look()
    qtbot.waitUntil(lambda: count(one) == 2, timeout=WAIT)
    qtbot.waitUntil(lambda: not exchange.running and not second.folder.running, timeout=WAIT)
    totals = {desk.maintenance.verify()["totals_hash"] for desk in two}
    assert len(totals) == 1
    assert panel.state.text().startswith("✓")
    second.close()
    window.close()
    assert exchange._thread is None


def test_a_folder_that_goes_away_is_said_once(qtbot, panel, window, desk, share):
    choose(qtbot, panel, share)
    exchange = folder_exchange_of(desk, window.tasks)
    qtbot.waitUntil(lambda: not exchange.running, timeout=WAIT)
    told = []
    exchange.failed.connect(told.append)
    shutil.rmtree(share)
    for _look in range(2):
        press("Ctrl+S")
        qtbot.waitUntil(lambda: not exchange.running, timeout=WAIT)
        QApplication.processEvents()
    assert len(told) == 1
    assert str(share) in told[0]
    assert panel.state.text().startswith("⚠")
    press("Ctrl+Delete")
    qtbot.waitUntil(lambda: panel.place.text() == _("Off: no folder is used."), timeout=WAIT)
    assert desk.exchange.folder.place() is None


def test_names_go_after_one_question_for_each_card(qtbot, panel, window, two, share):
    one, other = two
    home = one.records.add("household", HEAD).id
    choose(qtbot, panel, share)
    (box,) = panel.boxes.values()
    box.click()
    settle(qtbot, window.current())
    assert one.exchange.folder.agreed() == frozenset()
    panel.bar.buttons[0].click()
    qtbot.waitUntil(lambda: one.exchange.folder.agreed() == {other.identity.id}, timeout=WAIT)
    other.exchange.folder.choose(share)

    def arrived():
        other.exchange.folder.turn()
        found = other.lists.page("household", Filter(), limit=1)
        return bool(found) and found[0].values.get("head") == HEAD["head"]

    qtbot.waitUntil(arrived, timeout=WAIT)
    assert other.records.read("household", home)[0]["head"] == HEAD["head"]


class MovedClock:
    """A replacement of the module `time` with a clock that a test sets; files are dated by it."""

    def __init__(self, folder):
        self._folder, self._dated = folder, {}
        self.now = 1_800_000_000.0

    def time(self):
        return self.now

    monotonic = time

    def date_files(self):
        for path in self._folder.iterdir():
            if self._dated.get(path) != path.stat().st_mtime_ns:
                os.utime(path, (self.now, self.now))
                self._dated[path] = path.stat().st_mtime_ns


@pytest.mark.parametrize("after", [0.1, 14.9])
def test_two_laptops_are_the_same_within_a_minute_of_a_save(two, share, monkeypatch, after):
    one, other = two
    for desk in two:
        desk.exchange.folder.choose(share)
    clock = MovedClock(share)
    monkeypatch.setattr("borderdesk.exchange.receiving.shared_folder.time", clock)
    # Both have just looked when both save; the network share reports no new files.
    looks = {one: LOOK_INTERVAL / 1000, other: after}
    saved = clock.now
    one.records.add("outreach", SESSION)
    other.records.add("clearing", clearing(post=None))
    while len({desk.maintenance.verify()["totals_hash"] for desk in two}) > 1:
        desk = min(looks, key=looks.__getitem__)
        clock.now = saved + looks[desk]
        assert clock.now - saved < 60
        done = desk.exchange.folder.turn()
        clock.date_files()
        looks[desk] += (UNFINISHED if done.unfinished else LOOK_INTERVAL) / 1000
    assert (count(one, "clearing"), count(other)) == (1, 1)
