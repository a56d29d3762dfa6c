"""The liaison's day at the window: sticks come, are looked at, taken in, and taken out again."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from borderdesk.db.listing import Filter
from borderdesk.desk import Desk
from borderdesk.exchange.exports import Wish
from borderdesk.exchange.imports import IMPORTED, QUARANTINED, REFUSED, UNCHANGED
from borderdesk.exchange.received import Origin
from borderdesk.i18n import _
from tests.factories import POSTS
from tests.gui.liaison import Sticks, months_ago, work
from tests.gui.steps import focused, key, press

UP, DOWN, LEFT, RIGHT = Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right
WAIT = 20_000
BROKEN, UNKNOWN = "TT", "NH"
"""A post whose stick is damaged, and one whose card nobody has seen."""


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Twelve sticks of this month, each with one piece of work; the desks that wrote them."""
    sticks = Sticks(tmp_path_factory.mktemp("sticks"))
    for post in POSTS:
        with sticks.desk(post) as desk:
            desk.add_record("clearing", work(post, desk.today()))
            sticks.write(desk, post, months_ago(desk, 0).text)
    return sticks


@pytest.fixture
def sticks(written, tmp_path):
    """The same, to be damaged and written again."""
    copied = Sticks(Path(shutil.copytree(written.folder, tmp_path / "sticks")))
    for post, paths in written.written.items():
        copied.written[post] = [copied.stick(post) / path.name for path in paths]
    return copied


@pytest.fixture
def desk(desk_folder, sticks):
    """The province's desk, which knows the cards of eleven posts."""
    with Desk.open(desk_folder) as opened:
        for post in POSTS:
            if post != UNKNOWN:
                with sticks.desk(post) as other:
                    opened.exchange.cards.accept_card(other.exchange.cards.own())
        yield opened


@pytest.fixture
def page(qtbot, window):
    window.nav.setCurrentItem(window.items["exchange"])
    shown = window.current()
    settle(qtbot, shown)
    return shown


def settle(qtbot, page):
    qtbot.waitUntil(page.idle, timeout=WAIT)
    QApplication.processEvents()
    qtbot.waitUntil(page.idle, timeout=WAIT)


def drop(page, *paths):
    """Drop files and folders onto the page as a file manager does."""
    dragged = QMimeData()
    dragged.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    left = Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(80, 80), copy, dragged, left, none)
    QApplication.sendEvent(page, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(page, QDropEvent(QPointF(80, 80), copy, dragged, left, none))


def statuses(page):
    """{post: what became of its file} of the files on the list."""
    return {p.path.parent.name.removeprefix("stick-"): p.outcome.status
            for p in page.panel("receive").parcels}  # fmt: skip


def damage(path):
    path.write_bytes(path.read_bytes()[:-400])


# ---------------------------------------------------------------------------- twelve sticks


def test_twelve_sticks_are_looked_at_and_the_good_ones_taken_in(qtbot, page, sticks, desk):
    damage(sticks.written[BROKEN][0])
    drop(page, *(sticks.stick(post) for post in POSTS))
    settle(qtbot, page)
    panel = page.panel("receive")
    expected = dict.fromkeys(POSTS, IMPORTED) | {BROKEN: REFUSED, UNKNOWN: QUARANTINED}
    assert statuses(page) == expected
    assert desk.count("clearing", Filter()) == 0
    origin = next(p.origin for p in panel.parcels if p.path.parent.name == "stick-BS")
    assert origin == Origin(desk=f"{1 + POSTS.index('BS'):032x}", name="Ba Sơn",
                            period=months_ago(desk, 0).text, number=1)  # fmt: skip
    assert focused() is panel.take_button
    press("Ctrl+S")
    settle(qtbot, page)
    assert desk.count("clearing", Filter()) == 10
    assert len(desk.exchange.imports.batches()) == 10
    assert page.bar.text.count("10") == 2
    assert _("{count} were refused.").format(count=1) in page.bar.text
    press("Ctrl+S")
    settle(qtbot, page)
    assert len(desk.exchange.imports.batches()) == 10


def test_a_broken_file_is_explained_and_asked_for_again(qtbot, page, sticks):
    damage(sticks.written[BROKEN][0])
    drop(page, sticks.stick(BROKEN))
    settle(qtbot, page)
    panel = page.panel("receive")
    assert not panel.take_button.isEnabled()
    assert panel.parcel().outcome.reason in panel.detail.text()
    panel.table.setFocus()
    panel.ask_button.click()
    copied = QApplication.clipboard().text()
    assert sticks.written[BROKEN][0].name in copied
    assert panel.parcel().outcome.reason in copied


def test_what_is_here_already_is_said_to_be_nothing_new(qtbot, page, sticks, desk):
    for _turn in range(2):
        drop(page, sticks.stick("BS"))
        settle(qtbot, page)
        press("Ctrl+S")
        settle(qtbot, page)
    assert statuses(page) == {"BS": UNCHANGED}
    assert len(desk.exchange.imports.batches()) == 1
    assert desk.count("clearing", Filter()) == 1


def test_a_folder_without_packages_says_so(qtbot, page, tmp_path):
    (tmp_path / "photos").mkdir()
    drop(page, tmp_path / "photos")
    settle(qtbot, page)
    assert page.panel("receive").parcels == []
    assert page.bar.text.endswith(_("There are no packages here."))


def test_a_file_locked_with_a_passphrase_is_opened_by_typing_it(qtbot, page, sticks, desk):
    with sticks.desk("BS") as post:
        path = sticks.write(post, "BS", months_ago(post, 0).text, Wish(passphrase="khoa-mo-cua"))
    drop(page, path)
    settle(qtbot, page)
    panel = page.panel("receive")
    assert panel.parcel().locked
    assert panel.passphrase.isVisible()
    assert not panel.ask_button.isVisible()
    panel.passphrase.setFocus()
    panel.passphrase.setText("sai-mat-khau")
    key(Qt.Key.Key_Return)
    settle(qtbot, page)
    assert panel.parcel().outcome.status == REFUSED
    assert panel.parcel().locked
    assert panel.ask_button.isVisible()
    panel.passphrase.setFocus()
    panel.passphrase.setText("khoa-mo-cua")
    key(Qt.Key.Key_Return)
    settle(qtbot, page)
    assert panel.parcel().outcome.status == IMPORTED
    press("Ctrl+S")
    settle(qtbot, page)
    assert desk.count("clearing", Filter()) == 1


def test_stopping_keeps_whole_batches_and_says_so(qtbot, page, sticks, desk):
    drop(page, *(sticks.stick(post) for post in POSTS))
    settle(qtbot, page)
    press("Ctrl+S")
    page.bar.buttons[0].click()
    settle(qtbot, page)
    done = len(desk.exchange.imports.batches())
    assert done < 11
    assert desk.count("clearing", Filter()) == done
    assert _("Stopped; the rest is as it was.") in page.bar.text


# ---------------------------------------------------------------------------- taking out


def take_all(qtbot, page, *paths):
    drop(page, *paths)
    settle(qtbot, page)
    press("Ctrl+S")
    settle(qtbot, page)


def test_a_batch_is_undone_under_a_later_one(qtbot, page, sticks, desk):
    take_all(qtbot, page, sticks.stick("BS"))
    with sticks.desk("BS") as post:
        post.add_record("clearing", work("BS", post.today(), participants=33))
        later = sticks.write(post, "BS", months_ago(post, 0).text)
    take_all(qtbot, page, later)
    assert desk.count("clearing", Filter()) == 2
    page.show_tab("batches")
    settle(qtbot, page)
    panel = page.panel("batches")
    panel.table.setFocus()
    key(DOWN)
    assert panel.batch().number == 1
    press("Ctrl+Z")
    assert page.bar.text.startswith("?")
    key(Qt.Key.Key_Escape)
    settle(qtbot, page)
    assert desk.count("clearing", Filter()) == 2
    press("Ctrl+Z")
    key(Qt.Key.Key_Return)
    settle(qtbot, page)
    # The later file brought the first record too.
    assert desk.count("clearing", Filter()) == 2
    assert panel.batch().undone
    panel.table.setFocus()
    key(UP)
    press("Ctrl+Z")
    key(Qt.Key.Key_Return)
    settle(qtbot, page)
    assert desk.count("clearing", Filter()) == 0
    assert [batch.undone for batch in panel.batches] == [True, True]


# -------------------------------------------------------------------------- two versions


@pytest.fixture
def two_laptops(sticks, tmp_path):
    """A record of BS that two laptops of the post have changed: the sticks of both, the id."""
    second = Path(tmp_path / "BS-2")
    Desk.create(second, "post", "BS", "Người thứ hai", desk_id=f"{99:032x}").close()
    with sticks.desk("BS") as one, Desk.open(second) as two:
        one.exchange.cards.accept_card(two.exchange.cards.own())
        two.exchange.cards.accept_card(one.exchange.cards.own())
        two.exchange.imports.take(sticks.written["BS"][0])
        record = one.page("clearing", Filter(), limit=1)[0].id
        one.edit_record("clearing", record, {"participants": 21, "times": 3})
        two.edit_record("clearing", record, {"participants": 22})
        month = months_ago(one, 0).text
        first = sticks.write(one, "BS", month)
        other = two.exchange.exports.export(month, sticks.folder / "stick-2", Wish())
        card = two.exchange.cards.own()
    return first, other, record, card


def test_a_province_sees_both_versions_and_which_counts(qtbot, page, desk, two_laptops):
    first, other, _record, card = two_laptops
    desk.exchange.cards.accept_card(card)
    take_all(qtbot, page, first, other)
    offer = next(b for b in page.bar.buttons if b.text() == _("Choose…"))
    offer.click()
    settle(qtbot, page)
    panel = page.panel("doubles")
    assert page.stack.currentWidget() is panel
    assert page.tabs.tabText(page.tabs.currentIndex()).endswith("(1)")
    one = panel.current()
    assert not one.chosen_here
    assert {line.key for line in one.lines if line.differs} == {"participants", "times"}
    assert desk.book.post_name("BS") in panel.told.text()
    before = dict(panel.view.sides.chosen)
    panel.view.setFocus()
    key(RIGHT)
    press("Ctrl+S")
    settle(qtbot, page)
    assert panel.view.sides.chosen == before
    assert desk.exchange.inbox.count() == 1


class TestOnThePostsOwnDesk:
    """The owning post chooses by keyboard."""

    @pytest.fixture
    def desk(self, sticks, two_laptops):
        _first, other, _record, _card = two_laptops
        with sticks.desk("BS") as opened:
            opened.exchange.imports.take(other)
            yield opened

    @pytest.fixture
    def panel(self, qtbot, page):
        page.show_tab("doubles")
        settle(qtbot, page)
        return page.panel("doubles")

    def values(self, desk, two_laptops):
        return desk.record("clearing", two_laptops[2])[0]

    def test_a_field_at_a_time(self, qtbot, page, panel, desk, two_laptops):
        panel.table.setFocus()
        key(Qt.Key.Key_Return)
        assert focused() is panel.view
        lines = panel.current().lines
        by_key = {line.key: line.texts for line in lines}
        places = {line.key: n for n, line in enumerate(lines)}
        # Take 22 participants from whichever side has them, and the times of the other one.
        for field, text in (("participants", "22"), ("times", "3")):
            panel.view.setCurrentIndex(panel.view.sides.index(places[field], 0))
            key(RIGHT if by_key[field].index(text) else LEFT)
        press("Ctrl+S")
        settle(qtbot, page)
        assert desk.exchange.inbox.count() == 0
        values = self.values(desk, two_laptops)
        assert (values["participants"], values["times"]) == (22, 3)
        assert len(desk.history("clearing", two_laptops[2])[-1].parents) == 2
        assert panel.doubles == []

    def test_all_of_one(self, qtbot, page, panel, desk, two_laptops):
        side = next(n for n, s in enumerate(panel.current().sides) if s.author == "Người thứ hai")
        press(f"Ctrl+{side + 1}")
        press("Ctrl+S")
        settle(qtbot, page)
        values = self.values(desk, two_laptops)
        assert (values["participants"], values["times"]) == (22, 2)
        assert page.tabs.tabText(page.tabs.currentIndex()) == _("Two versions")
