"""The liaison's day in the window: sticks are previewed, imported, and undone."""

import shutil
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from borderdesk.base.i18n import _, ngettext
from borderdesk.closing.summary import make_summary
from borderdesk.desk import Desk
from borderdesk.exchange.desks.cards import read_card
from borderdesk.exchange.merging.quarantine import RefusedFile
from borderdesk.exchange.receiving.imports import IMPORTED, QUARANTINED, REFUSED, UNCHANGED
from borderdesk.exchange.receiving.imports import WOULD_IMPORT as WOULD
from borderdesk.exchange.receiving.incoming_files import LEFT as LEFT_FILE
from borderdesk.exchange.receiving.incoming_files import PackageOrigin
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.exchange.tracking.board import AGAIN, EMPTY, LATE, MISSING, ON_TIME
from borderdesk.figures.indicators import BEFORE_PROGRAMMES
from borderdesk.overview.waiting import waiting
from borderdesk.store.lists.listing import Filter
from tests.age_files import locked
from tests.effort import tries
from tests.factories import POSTS
from tests.gui.liaison import WAIT, Sticks, drop, months_ago, settle, take_all, work
from tests.gui.shell.test_main_window import SAME, texts
from tests.gui.shell.test_tour import look
from tests.gui.steps import focused, key, press, typed, write
from ui.base.text_size import set_text_size
from ui.exchange.board_table import cell_words
from ui.exchange.notes_panel import thread_state
from ui.exchange.receipt_offer import write_receipts
from ui.exchange.receive_panel import away_words
from ui.shell.app import main_window
from ui.shell.command_list import CommandList
from ui.widgets.tables.rows_table import RowsTable, TableColumn

DOWN, LEFT, RIGHT = Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right
BROKEN, UNKNOWN = "TT", "NH"
"""A post with a damaged stick, and one whose card is unknown."""


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Twelve sticks of this month with one clearing each, and the desks that wrote them."""
    sticks = Sticks(tmp_path_factory.mktemp("sticks"))
    for post in POSTS:
        with sticks.desk(post) as desk:
            desk.records.add("clearing", work(post, desk.today()))
            sticks.write(desk, post, months_ago(desk, 0).text)
    return sticks


@pytest.fixture
def sticks(written, tmp_path):
    """A copy of the sticks, to be damaged and rewritten."""
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


def statuses(page):
    """{post: the status of its file} in the list."""
    return {p.path.parent.name.removeprefix("stick-"): p.outcome.status
            for p in page.panel("receive").incoming_files}  # fmt: skip


def damage(path):
    path.write_bytes(path.read_bytes()[:-400])


# ---------------------------------------------------------------------------- twelve sticks


def test_files_are_shown_with_what_all_of_them_together_will_do(qtbot, page, sticks, desk):
    (first,) = sticks.written["BS"]
    with sticks.desk("BS") as post:
        (saved,) = post.lists.stream("clearing", Filter())
        post.records.edit("clearing", saved.id, {"participants": 77})
        sticks.write(post, "BS", months_ago(post, 0).text)
    second = sticks.written["BS"][-1]
    panel = page.panel("receive")

    def shown():
        return {
            p.path: (p.outcome.status, p.outcome.added, p.outcome.updated)
            for p in panel.incoming_files
        }

    drop(page, first, second)
    settle(qtbot, page)
    assert shown() == {first: (WOULD, 1, 0), second: (WOULD, 0, 1)}
    panel.clear()
    # Files dropped later are shown above those of the list.
    for path in (first, second):
        drop(page, path)
        settle(qtbot, page)
    assert shown() == {first: (WOULD, 1, 0), second: (WOULD, 0, 1)}
    assert desk.lists.count("clearing", Filter()) == 0
    press("Ctrl+S")
    settle(qtbot, page)
    assert shown() == {first: (IMPORTED, 1, 0), second: (IMPORTED, 0, 1)}
    assert desk.records.read("clearing", saved.id)[0]["participants"] == 77


def test_twelve_sticks_are_looked_at_and_the_good_ones_taken_in(
    qtbot, page, sticks, desk, tmp_path, lang
):
    damage(sticks.written[BROKEN][0])
    drop(page, *(sticks.stick(post) for post in POSTS))
    settle(qtbot, page)
    panel = page.panel("receive")
    expected = dict.fromkeys(POSTS, WOULD) | {BROKEN: REFUSED, UNKNOWN: QUARANTINED}
    assert statuses(page) == expected
    assert desk.lists.count("clearing", Filter()) == 0
    origin = next(p.origin for p in panel.incoming_files if p.path.parent.name == "stick-BS")
    assert origin == PackageOrigin(desk=f"{1 + POSTS.index('BS'):032x}", name="Ba Sơn",
                            period=months_ago(desk, 0).text, number=1)  # fmt: skip
    assert focused() is panel.take_button
    press("Ctrl+S")
    settle(qtbot, page)
    good = len(POSTS) - 2
    assert desk.lists.count("clearing", Filter()) == good
    assert len(desk.exchange.batches.all()) == good
    assert page.bar.text.count(str(good)) == 2
    assert _("Receipts…") in [one.text() for one in page.bar.buttons]
    senders = [f"{1 + POSTS.index(post):032x}" for post in ("BS", "CM")]
    written = write_receipts(desk, senders, tmp_path / "receipts", lang)
    assert [one.file.stat().st_size < 1_000 for one in written] == [True, True]
    assert [one.page.read_bytes()[:4] for one in written] == [b"%PDF", b"%PDF"]
    assert (
        ngettext("{count} was refused.", "{count} were refused.", 1).format(count=1)
        in page.bar.text
    )
    press("Ctrl+S")
    settle(qtbot, page)
    assert len(desk.exchange.batches.all()) == good


def test_a_receipt_is_offered_and_its_digits_are_told(qtbot, page, sticks, desk, tmp_path):
    take_all(qtbot, page, sticks.stick("BS"))
    offered = next(one for one in page.bar.buttons if one.text() == _("Receipts…"))
    offered.click()
    dialog = page.panel("receive").findChild(QFileDialog)
    dialog.setDirectory(str(tmp_path))
    dialog.accept()
    settle(qtbot, page)
    with sticks.desk("BS") as post:
        digits = desk.exchange.receipts.make(post.identity.id).digits
        assert digits in page.bar.text
        post.exchange.cards.accept_card(desk.exchange.cards.own())
        (arrival,) = post.exchange.receipts.read_digits(digits)
    assert arrival.desk == desk.identity.id
    # The next message replaces the offer; the imported file leads there at any time.
    page.bar.clear()
    page.show_tab("batches")
    settle(qtbot, page)
    press("Ctrl+P")
    dialog = page.panel("batches").findChild(QFileDialog)
    dialog.setDirectory(str(tmp_path))
    dialog.accept()
    settle(qtbot, page)
    assert digits in page.bar.text
    assert {path.suffix for path in tmp_path.glob("*.*")} >= {".bdx", ".pdf"}


def test_a_broken_file_is_explained_and_asked_for_again(qtbot, page, sticks, desk):
    damage(sticks.written[BROKEN][0])
    drop(page, sticks.stick(BROKEN))
    settle(qtbot, page)
    panel = page.panel("receive")
    assert not panel.take_button.isEnabled()
    assert panel.chosen_file().outcome.reason in panel.detail.text()
    sender, period, number = panel.table.texts.rows[0][1:4]
    assert (sender, number) == ("Tân Thanh?", "1?")
    assert period == f"{months_ago(desk, 0).last:%m/%Y}?"
    panel.table.setFocus()
    panel.ask_button.click()
    copied = QApplication.clipboard().text()
    assert sticks.written[BROKEN][0].name in copied
    assert panel.chosen_file().outcome.reason in copied


def test_what_is_here_already_is_said_to_be_nothing_new(qtbot, page, sticks, desk):
    for _turn in range(2):
        drop(page, sticks.stick("BS"))
        settle(qtbot, page)
        press("Ctrl+S")
        settle(qtbot, page)
    assert statuses(page) == {"BS": UNCHANGED}
    assert len(desk.exchange.batches.all()) == 1
    assert desk.lists.count("clearing", Filter()) == 1


def test_what_could_not_be_taken_in_is_put_away_and_brought_back(
    qtbot, page, sticks, desk, tmp_path
):
    scan = tmp_path / "IMG_2041.bdx"
    scan.write_bytes(b"no package")
    take_all(qtbot, page, sticks.stick("BS"), sticks.stick(UNKNOWN), scan)
    panel, quarantine = page.panel("receive"), desk.exchange.quarantine
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    panel.clear()
    assert [isinstance(one, RefusedFile) for one in panel.held.files] == [False, True]
    assert panel.held_title.isVisible()
    (todo,) = [one for one in waiting(desk) if scan.name in one.text]
    page.receive(todo.intent)
    settle(qtbot, page)
    assert panel.held.current().file == scan.name
    key(Qt.Key.Key_Delete, both)
    settle(qtbot, page)
    assert quarantine.refused_files() == []
    assert not any(scan.name in one.text for one in waiting(desk))
    panel.held.selectAll()
    key(Qt.Key.Key_Delete, both)
    settle(qtbot, page)
    assert quarantine.waiting() == []
    assert not panel.held.isVisible()
    assert not panel.accept_button.isVisible()
    for _step in range(2):
        panel.take_back()
        settle(qtbot, page)
    assert [one.file for one in panel.held.files] == [
        one.file for one in (*quarantine.waiting(), *quarantine.refused_files())
    ]
    assert len(panel.held.files) == 2


def test_stick_after_stick_is_added_to_the_list(qtbot, page, sticks, desk):
    drop(page, sticks.stick("BS"))
    drop(page, sticks.stick("BL"))
    settle(qtbot, page)
    drop(page, sticks.stick("PM"))
    settle(qtbot, page)
    drop(page, sticks.stick("PM"))
    settle(qtbot, page)
    assert [*statuses(page).values()] == [WOULD] * 3
    press("Ctrl+S")
    settle(qtbot, page)
    assert desk.lists.count("clearing", Filter()) == 3
    drop(page, sticks.stick("CM"))
    settle(qtbot, page)
    assert statuses(page) == {"CM": WOULD}


def test_a_folder_without_packages_says_so(qtbot, page, tmp_path):
    (tmp_path / "photos").mkdir()
    drop(page, tmp_path / "photos")
    settle(qtbot, page)
    assert page.panel("receive").incoming_files == []
    assert page.bar.text.endswith(_("There are no packages here."))


def test_a_file_locked_with_a_passphrase_is_opened_by_typing_it(qtbot, page, sticks, desk):
    with sticks.desk("BS") as post:
        path = locked(sticks.write(post, "BS", months_ago(post, 0).text), "khoa-mo-cua")
    drop(page, path)
    settle(qtbot, page)
    panel = page.panel("receive")
    assert panel.chosen_file().locked
    assert panel.passphrase.isVisible()
    assert not panel.ask_button.isVisible()
    panel.passphrase.setFocus()
    panel.passphrase.setText("sai-mat-khau")
    key(Qt.Key.Key_Return)
    settle(qtbot, page)
    assert panel.chosen_file().outcome.status == REFUSED
    assert panel.chosen_file().locked
    assert panel.ask_button.isVisible()
    panel.passphrase.setFocus()
    panel.passphrase.setText("khoa-mo-cua")
    key(Qt.Key.Key_Return)
    settle(qtbot, page)
    assert panel.chosen_file().outcome.status == WOULD
    press("Ctrl+S")
    settle(qtbot, page)
    assert desk.lists.count("clearing", Filter()) == 1


def test_a_stick_pulled_before_its_files_were_taken_in_is_said_and_goes_on(
    qtbot, page, sticks, desk, tmp_path
):
    for posts in (("BS", "BL"), ("PM",)):
        drop(page, *(sticks.stick(post) for post in posts))
        settle(qtbot, page)
    for post in ("BL", "PM"):
        sticks.stick(post).rename(tmp_path / post)
    press("Ctrl+S")
    settle(qtbot, page)
    assert statuses(page) == {"BS": IMPORTED, "BL": WOULD, "PM": WOULD}
    assert page.panel("receive").held.files == []
    assert page.bar.text.endswith(away_words(2))
    for post in ("BL", "PM"):
        (tmp_path / post).rename(sticks.stick(post))
    press("Ctrl+S")
    settle(qtbot, page)
    assert statuses(page) == dict.fromkeys(("BS", "BL", "PM"), IMPORTED)
    assert desk.lists.count("clearing", Filter()) == 3


def test_stopping_keeps_whole_batches_and_says_so(qtbot, page, sticks, desk):
    drop(page, *(sticks.stick(post) for post in POSTS))
    settle(qtbot, page)
    press("Ctrl+S")
    page.bar.buttons[0].click()
    settle(qtbot, page)
    done = len(desk.exchange.batches.all())
    assert done < 11
    assert desk.lists.count("clearing", Filter()) == done
    assert _("Stopped; the rest is as it was.") in page.bar.text


def test_stopping_within_a_file_leaves_nothing_of_it(qtbot, page, sticks, desk, window):
    drop(page, sticks.stick("BS"))
    settle(qtbot, page)
    released = threading.Event()
    window.tasks.later(released.wait, lambda _answer: None, lambda _error: None, page)
    press("Ctrl+S")
    page.bar.buttons[0].click()
    released.set()
    settle(qtbot, page)
    assert desk.exchange.batches.all() == []
    assert desk.lists.count("clearing", Filter()) == 0
    assert _("Stopped; the rest is as it was.") in page.bar.text
    press("Ctrl+S")
    settle(qtbot, page)
    assert desk.lists.count("clearing", Filter()) == 1


# ---------------------------------------------------------------------------- taking out


def test_a_batch_that_is_undone_takes_the_later_one_along(qtbot, page, sticks, desk):
    take_all(qtbot, page, sticks.stick("BS"))
    with sticks.desk("BS") as post:
        post.records.add("clearing", work("BS", post.today(), participants=33))
        later = sticks.write(post, "BS", months_ago(post, 0).text)
    take_all(qtbot, page, later)
    assert desk.lists.count("clearing", Filter()) == 2
    page.show_tab("batches")
    settle(qtbot, page)
    panel = page.panel("batches")
    panel.table.setFocus()
    key(DOWN)
    assert panel.batch().number == 1
    press("Ctrl+Z")
    assert page.bar.text.startswith("?")
    assert "(2)" in page.bar.text
    key(Qt.Key.Key_Escape)
    settle(qtbot, page)
    assert desk.lists.count("clearing", Filter()) == 2
    press("Ctrl+Z")
    key(Qt.Key.Key_Return)
    settle(qtbot, page)
    assert desk.lists.count("clearing", Filter()) == 0
    assert [batch.undone for batch in panel.batches] == [True, True]
    take_all(qtbot, page, later)
    assert desk.lists.count("clearing", Filter()) == 2


# -------------------------------------------------------------------------- two versions


@pytest.fixture
def two_laptops(sticks, tmp_path):
    """A record of BS changed by two laptops of the post: the sticks of both, its id."""
    second = Path(tmp_path / "BS-2")
    Desk.create(second, "post", "BS", "Người thứ hai", desk_id=f"{99:032x}").close()
    with sticks.desk("BS") as one, Desk.open(second) as two:
        one.exchange.cards.accept_card(two.exchange.cards.own())
        two.exchange.cards.accept_card(one.exchange.cards.own())
        two.exchange.imports.take(sticks.written["BS"][0])
        record = one.lists.page("clearing", Filter(), limit=1)[0].id
        one.records.edit("clearing", record, {"participants": 21, "times": 3})
        two.records.edit("clearing", record, {"participants": 22})
        month = months_ago(one, 0).text
        first = sticks.write(one, "BS", month)
        other = two.exchange.exports.export(month, sticks.folder / "stick-2", ExportOptions())
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
    assert desk.book.post_name("BS") in panel.explanation.text()
    before = dict(panel.view.versions.chosen)
    panel.view.setFocus()
    key(RIGHT)
    press("Ctrl+S")
    settle(qtbot, page)
    assert panel.view.versions.chosen == before
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
        return desk.records.read("clearing", two_laptops[2])[0]

    def test_a_field_at_a_time(self, qtbot, page, panel, desk, two_laptops):
        panel.table.setFocus()
        key(Qt.Key.Key_Return)
        assert focused() is panel.view
        lines = panel.current().lines
        by_key = {line.key: line.texts for line in lines}
        places = {line.key: n for n, line in enumerate(lines)}
        # Take 22 participants from the side that has them, and the times from the other one.
        for field, text in (("participants", "22"), ("times", "3")):
            panel.view.setCurrentIndex(panel.view.versions.index(places[field], 0))
            key(RIGHT if by_key[field].index(text) else LEFT)
        press("Ctrl+S")
        settle(qtbot, page)
        assert desk.exchange.inbox.count() == 0
        values = self.values(desk, two_laptops)
        assert (values["participants"], values["times"]) == (22, 3)
        assert len(desk.records.history("clearing", two_laptops[2])[-1].parents) == 2
        assert panel.doubles == []

    def test_one_version_is_taken_as_a_whole(self, qtbot, page, panel, desk, two_laptops):
        side = next(n for n, s in enumerate(panel.current().sides) if s.author == "Người thứ hai")
        press(f"Ctrl+{side + 1}")
        press("Ctrl+S")
        settle(qtbot, page)
        values = self.values(desk, two_laptops)
        assert (values["participants"], values["times"]) == (22, 2)
        assert page.tabs.tabText(page.tabs.currentIndex()) == _("Two versions")

    @pytest.mark.parametrize("elsewhere", [False, True])
    def test_a_choice_is_taken_back_with_one_key(
        self, qtbot, page, panel, window, desk, two_laptops, elsewhere
    ):
        counted, title = self.values(desk, two_laptops), panel.current().title
        other = 1 + next(n for n, s in enumerate(panel.current().sides) if n)
        press(f"Ctrl+{other}")
        press("Ctrl+S")
        settle(qtbot, page)
        assert self.values(desk, two_laptops) != counted
        if elsewhere:
            window.nav.setCurrentItem(window.items["home"])
        press("Ctrl+Z")
        qtbot.waitUntil(lambda: window.current() is page)
        settle(qtbot, page)
        assert self.values(desk, two_laptops) == counted
        assert desk.exchange.inbox.count() == 1
        assert [one.record for one in panel.doubles] == [two_laptops[2]]
        chosen = _("Chosen: {title}.").format(title=title).rstrip(".")
        assert page.bar.text == "✓ " + _("Taken back: {what}").format(what=chosen)
        assert desk.maintenance.verify()["ok"]


# ------------------------------------------------------------------------ the whole day

LATE_POSTS = ("PM", "BN")


@pytest.fixture
def busy_sticks(sticks):
    """Two posts bring an old month too, BS sends this month again, one file is broken."""
    for post in LATE_POSTS:
        with sticks.desk(post) as desk:
            desk.records.add("clearing", work(post, months_ago(desk, 2).first))
            sticks.write(desk, post, months_ago(desk, 2).text)
    with sticks.desk("BS") as desk:
        desk.records.add("clearing", work("BS", desk.today(), participants=99, times=1))
        sticks.write(desk, "BS", months_ago(desk, 0).text)
    damage(sticks.written[BROKEN][0])
    return sticks


def go_to(panel, post, month):
    """Move the board's cursor to a post's month in any year."""
    if panel.year.currentData() != month.year:
        panel.year.setCurrentIndex(panel.year.findData(month.year))
        panel.year.activated.emit(panel.year.currentIndex())
    return next(n for n, row in enumerate(panel.board.cells.table.rows) if row.unit == post)


def look_at(qtbot, panel, post, month):
    go_to(panel, post, month)
    settle(qtbot, panel)
    row = go_to(panel, post, month)
    panel.board.setCurrentIndex(panel.board.cells.index(row, month.number - 1))
    settle(qtbot, panel)
    return panel.cell()[2]


def test_a_liaison_receives_and_reads_the_board(qtbot, page, busy_sticks, desk, tmp_path):
    this, old = months_ago(desk, 0), months_ago(desk, 2)
    take_all(qtbot, page, *(busy_sticks.stick(post) for post in POSTS))
    page.show_tab("board")
    settle(qtbot, page)
    board = page.panel("board")

    assert look_at(qtbot, board, "BL", this).state == ON_TIME
    assert look_at(qtbot, board, "BL", months_ago(desk, 1)).state == EMPTY  # before it began
    missing = look_at(qtbot, board, "PM", months_ago(desk, 1))
    assert missing.state == MISSING
    press_copy = board._ask
    press_copy.trigger()
    settle(qtbot, page)
    asked = QApplication.clipboard().text()
    assert desk.book.post_name("PM") in asked
    assert missing.due.strftime("%d/%m/%Y") in asked

    for post in LATE_POSTS:
        assert look_at(qtbot, board, post, old).state == LATE
        assert _("Sent late") in cell_words(board.cell()[2])

    assert look_at(qtbot, board, "BS", this).state == AGAIN
    people = next(r for r in board.figures.texts.rows if r[0] == label("clearing_participants"))
    assert int(people[3]) - int(people[2]) == 99
    assert _("{count} added").format(count=1) in people[5]
    assert board.story.text().count(".bdx") == 2

    broken = look_at(qtbot, board, BROKEN, this)
    assert (broken.state, len(broken.broken)) == (MISSING, 1)
    board.board.setFocus()
    press_copy.trigger()
    settle(qtbot, page)
    assert busy_sticks.written[BROKEN][0].name in QApplication.clipboard().text()

    assert look_at(qtbot, board, UNKNOWN, this).waiting == 1
    with busy_sticks.desk(UNKNOWN) as other:
        card = tmp_path / "NH.bdcard"
        card.write_text(other.exchange.cards.own().text(), encoding="utf-8")
        fingerprint = other.exchange.cards.own().fingerprint
    drop(page, card)
    settle(qtbot, page)
    assert fingerprint in page.bar.text
    key(Qt.Key.Key_Return)
    settle(qtbot, page)
    assert desk.exchange.quarantine.waiting() == []
    page.show_tab("board")
    settle(qtbot, page)
    assert look_at(qtbot, board, UNKNOWN, this).state == ON_TIME
    assert desk.lists.count("clearing", Filter()) == len(POSTS) + len(LATE_POSTS)

    press("Ctrl+B")
    settle(qtbot, page)
    assert page.bar.text.startswith("✓ ")
    assert look_at(qtbot, board, "BL", this).differs is False


def label(key_of):
    return next(_(row.label) for row in BEFORE_PROGRAMMES if row.key == key_of)


def test_figures_that_are_not_worked_out_here_are_told(qtbot, page, busy_sticks, desk):
    """A row is deleted, so that the file states more than this desk has."""
    take_all(qtbot, page, busy_sticks.stick("BS"))
    with busy_sticks.desk("BS") as post:
        record = post.lists.page("clearing", Filter(), limit=1)[0].id
    desk.store.run("DELETE FROM clearing WHERE id = ?", (record,))
    page.show_tab("board")
    settle(qtbot, page)
    board = page.panel("board")
    look_at(qtbot, board, "BS", months_ago(desk, 0))
    row = next(r for r in board.figures.texts.rows if r[0] == label("clearing_participants"))
    assert row[3] != row[4]
    assert row[4] not in ("", "–")
    press("Ctrl+B")
    settle(qtbot, page)
    assert look_at(qtbot, board, "BS", months_ago(desk, 0)).differs
    assert cell_words(board.cell()[2]).startswith("≠")


def test_a_file_that_never_came_heals_with_the_next(qtbot, page, busy_sticks, desk):
    lost, _later = busy_sticks.written["BS"]
    lost.unlink()
    take_all(qtbot, page, busy_sticks.stick("BS"))
    assert desk.lists.count("clearing", Filter()) == 2
    page.show_tab("board")
    settle(qtbot, page)
    board = page.panel("board")
    press("Ctrl+B")
    settle(qtbot, page)
    cell = look_at(qtbot, board, "BS", months_ago(desk, 0))
    assert (cell.lacking, cell.differs) == (0, False)
    rows = board.board.cells
    row = board.board.currentIndex().row()
    assert not rows.headerData(row, Qt.Orientation.Vertical).startswith("⚠")


# ---------------------------------------------------------------------------- notes


def test_a_note_goes_to_the_post_and_its_answer_comes_back(
    qtbot, page, sticks, desk, tmp_path, lang
):
    take_all(qtbot, page, sticks.stick("BS"), sticks.stick("BL"))
    page.show_tab("board")
    settle(qtbot, page)
    board = page.panel("board")
    look_at(qtbot, board, "BS", months_ago(desk, 0))
    assert board.twice.isVisible()
    board._note.trigger()
    settle(qtbot, page)
    notes = page.panel("notes")
    assert page.stack.currentWidget() is notes
    assert desk.book.post_name("BL") in notes.typed.toPlainText()
    press("Ctrl+S")
    settle(qtbot, page)
    assert [thread_state(thread) for thread in notes.threads] == [_("→ no answer yet")]
    there = desk.exchange.exports.export(
        months_ago(desk, 0).text, tmp_path / "out", ExportOptions()
    )
    with sticks.desk("BS") as post:
        post.exchange.cards.accept_card(desk.exchange.cards.own())
        post.exchange.imports.take(there)
        second = main_window(post, lang)
        qtbot.addWidget(second)
        with qtbot.waitActive(second):
            second.show()
            second.activateWindow()
        second.nav.setCurrentItem(second.items["exchange"])
        other = second.current()
        settle(qtbot, other)
        place = other._keys.index("notes")
        assert other.tabs.tabText(place).endswith("(1)")
        other.show_tab("notes")
        settle(qtbot, other)
        panel = other.panel("notes")
        assert thread_state(panel.current_thread()) == _("● waits for an answer")
        qtbot.waitUntil(lambda: second.status.notes is not None)
        panel.table.setFocus()
        key(Qt.Key.Key_Return)
        assert focused() is panel.typed
        write("Da xoa mot ban")
        press("Ctrl+S")
        settle(qtbot, other)
        assert other.tabs.tabText(place) == _("Notes")
        # The status bar no longer mentions an answered note.
        qtbot.waitUntil(lambda: second.status.notes is not None and second.status.notes.isHidden())
        back = post.exchange.exports.export(
            months_ago(post, 0).text, tmp_path / "back", ExportOptions()
        )
        second.tasks.finish()
        second.close()
    desk.exchange.imports.take(back)
    page.refresh()
    settle(qtbot, page)
    assert thread_state(notes.threads[0]) == _("● answer came")
    assert "Da xoa mot ban" in notes.thread_view.toPlainText()


def test_a_record_of_another_desk_offers_a_note(qtbot, page, sticks, desk, window):
    take_all(qtbot, page, sticks.stick("BS"))
    record = desk.lists.page("clearing", Filter(), limit=1)[0].id
    window.show_page("clearing", {"record": record})
    form_page = window.current()
    qtbot.waitUntil(lambda: form_page.idle() and form_page.form.record == record, timeout=WAIT)
    typed(form_page, "participants", "19")
    press("Ctrl+S")
    offer = next(b for b in form_page.bar.buttons if b.text() == _("Write a note…"))
    offer.click()
    settle(qtbot, page)
    assert page.stack.currentWidget() is page.panel("notes")
    assert page.panel("notes").current_thread().record == record
    assert form_page.form.dirty


def test_who_went_on_while_files_are_looked_at_keeps_the_keyboard(qtbot, page, sticks, window):
    page.show_tab("receive")
    page.panel("receive").inspect([sticks.stick("BS")])
    window.nav.setCurrentItem(window.items["daybook"])
    window.current().first.setFocus()
    settle(qtbot, page)
    assert page.panel("receive").take_button.isEnabled()
    assert window.current().first.hasFocus()


def test_a_note_is_written_from_the_list_and_stays_while_its_record_is_looked_at(
    qtbot, page, sticks, desk, window
):
    take_all(qtbot, page, sticks.stick("BS"))
    record = desk.lists.page("clearing", Filter(), limit=1)[0].id
    window.show_page("clearing", {"record": record})
    form_page = window.current()
    qtbot.waitUntil(lambda: form_page.idle() and form_page.form.record == record, timeout=WAIT)
    press("Ctrl+Alt+N")
    settle(qtbot, page)
    panel = page.panel("notes")
    assert panel.typed.hasFocus()
    write("3 or 1")
    press("Ctrl+O")
    qtbot.waitUntil(form_page.idle, timeout=WAIT)
    window.nav.setCurrentItem(window.items["exchange"])
    settle(qtbot, page)
    assert panel.current_thread().record == record
    assert panel.typed.toPlainText() == "3 or 1"
    panel.typed.setFocus()
    write(" days")
    panel.keep_now()
    panel.refresh()
    press("Ctrl+S")  # while the draft is written and the notes are read
    settle(qtbot, page)
    assert [note.text for note in desk.exchange.notes.notes(record)] == ["3 or 1 days"]


def test_a_note_that_is_not_sent_is_still_there_next_time(qtbot, page, sticks, desk, window, lang):
    take_all(qtbot, page, sticks.stick("BS"))
    record = desk.lists.page("clearing", Filter(), limit=1)[0].id
    page.hand_over("notes", {"type": "clearing", "record": record})
    settle(qtbot, page)
    page.panel("notes").typed.setPlainText("Chưa viết xong")
    window.close()
    again = main_window(desk, lang)
    qtbot.addWidget(again)
    again.show()
    again.nav.setCurrentItem(again.items["exchange"])
    other = again.current()
    other.show_tab("notes")
    settle(qtbot, other)
    assert other.panel("notes").typed.toPlainText() == "Chưa viết xong"
    assert desk.exchange.notes.notes() == []
    again.tasks.finish()


def test_the_record_of_a_note_is_opened(qtbot, page, sticks, desk, window):
    take_all(qtbot, page, sticks.stick("BS"))
    record = desk.lists.page("clearing", Filter(), limit=1)[0].id
    desk.exchange.notes.add_note("clearing", record, "Xem lại")
    page.show_tab("notes")
    page.refresh()
    settle(qtbot, page)
    press("Ctrl+O")
    opened = window.current()
    assert opened is window.page("clearing")
    qtbot.waitUntil(lambda: opened.idle() and opened.form.record == record, timeout=WAIT)
    # Whatever its day: the list would show the newest month only.
    assert opened.filter.period.currentData() == ""


# ---------------------------------------------------------------------------- cards


@pytest.fixture
def cards(qtbot, page):
    page.show_tab("cards")
    settle(qtbot, page)
    return page.panel("cards")


def test_the_own_card_is_saved_and_printed(qtbot, page, cards, desk, tmp_path):
    cards.save_card_as(tmp_path / "own.bdcard")
    cards.print_card_as(tmp_path / "own.pdf")
    settle(qtbot, page)
    assert read_card(tmp_path / "own.bdcard") == desk.exchange.cards.own()
    assert (tmp_path / "own.pdf").read_bytes().startswith(b"%PDF")
    assert desk.exchange.cards.own().fingerprint in cards.own_label.text()
    cards.save_card_as(tmp_path / "nowhere" / "no" / "own.bdcard")
    (tmp_path / "file").touch()
    cards.save_card_as(tmp_path / "file" / "own.bdcard")
    settle(qtbot, page)
    assert page.bar.text.startswith("✗")


def choose_card(cards, desk_id):
    rows = [known.card.desk for known in cards.table.known]
    cards.table.go_to(rows.index(desk_id))


def test_a_revoked_desk_waits_until_it_is_accepted_again(
    qtbot, page, cards, sticks, desk, tmp_path
):
    with sticks.desk("BS") as post:
        card = post.exchange.cards.own()
    choose_card(cards, card.desk)
    cards._revoke.trigger()
    assert page.bar.text.startswith("?")
    key(Qt.Key.Key_Escape)
    assert desk.exchange.cards.of(card.desk).accepted
    cards._revoke.trigger()
    key(Qt.Key.Key_Return)
    settle(qtbot, page)
    assert not desk.exchange.cards.of(card.desk).accepted
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "BS.bdcard").write_text(card.text(), encoding="utf-8")
    page.hand_over("receive", {"paths": [sticks.stick("BS"), tmp_path / "stick"]})
    settle(qtbot, page)
    panel = page.panel("receive")
    assert statuses(page) == {"BS": QUARANTINED, "stick": LEFT_FILE}
    assert panel.accept_button.isVisible()
    panel.accept_button.click()
    dialog = cards.findChild(QFileDialog)
    dialog.selectFile(str(tmp_path / "stick" / "BS.bdcard"))
    dialog.accept()
    settle(qtbot, page)
    page.bar.buttons[0].click()
    settle(qtbot, page)
    assert page.stack.currentWidget() is panel
    # A card on the stick is not reported as a damaged package when the list is refreshed.
    assert statuses(page) == {"BS": WOULD, "stick": LEFT_FILE}


def test_a_lost_key_is_replaced_by_a_new_card(qtbot, page, cards, sticks, desk, tmp_path):
    with Desk.create(tmp_path / "BS-new", "post", "BS", "Máy mới") as post:
        card = post.exchange.cards.own()
    with sticks.desk("BS") as lost:
        old = lost.identity.id
    cards.ask_accept(card)
    instead = next(b for b in page.bar.buttons if b.text() == _("In place of the lost one"))
    instead.click()
    settle(qtbot, page)
    assert desk.exchange.cards.of(card.desk).accepted
    assert not desk.exchange.cards.of(old).accepted


def test_new_keys_make_a_new_card(qtbot, page, cards, desk):
    before = desk.exchange.cards.own()
    key(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    key(Qt.Key.Key_Return)
    settle(qtbot, page)
    assert desk.exchange.cards.own().minisign != before.minisign
    assert desk.exchange.cards.own().fingerprint in cards.own_label.text()


def test_what_is_no_card_is_told(qtbot, page, tmp_path):
    (tmp_path / "photo.bdcard").write_bytes(b"\xff\xd8 no card")
    drop(page, tmp_path / "photo.bdcard")
    settle(qtbot, page)
    assert page.bar.text.startswith("✗")


def test_the_provinces_set_up_file_is_made_and_applied(
    qtbot, page, cards, desk, sticks, tmp_path, lang
):
    target = tmp_path / "province.bdsetup"
    cards.setups.make_setup_as(target)
    settle(qtbot, page)
    fingerprint = desk.exchange.cards.own().fingerprint
    assert fingerprint in page.bar.text
    with sticks.desk("BS") as post:
        second = main_window(post, lang)
        qtbot.addWidget(second)
        with qtbot.waitActive(second):
            second.show()
            second.activateWindow()
        second.nav.setCurrentItem(second.items["exchange"])
        other = second.current()
        drop(other, target)
        settle(qtbot, other)
        panel = other.panel("cards")
        assert focused() is panel.setups.fingerprint
        write("0000 1111")
        key(Qt.Key.Key_Return)
        settle(qtbot, other)
        assert other.bar.text.startswith("✗")
        assert post.exchange.cards.known() == []
        panel.setups.fingerprint.setText(fingerprint.lower())
        panel.setups.fingerprint.setFocus()
        key(Qt.Key.Key_Return)
        settle(qtbot, other)
        assert post.exchange.cards.of(desk.identity.id).accepted
        assert not panel.setups.fingerprint.isVisible()
        drop(other, target)
        settle(qtbot, other)
        assert not panel.setups.fingerprint.isVisible()
        panel.setups._confirm.trigger()
        settle(qtbot, other)
        assert other.bar.text.endswith(
            _("This set-up file is applied already. Nothing was changed.")
        )
        second.tasks.finish()


# ---------------------------------------------------------------------------- paper


def test_a_paper_is_held_against_the_desk(qtbot, page, sticks, desk):
    take_all(qtbot, page, sticks.stick("BS"))
    page.show_tab("paper")
    settle(qtbot, page)
    panel = page.panel("paper")
    text = desk.closing.paper_text(make_summary(desk, months_ago(desk, 0).text))
    panel.text.setText(text)
    panel.text.setFocus()
    key(Qt.Key.Key_Return)
    settle(qtbot, page)
    assert panel.verdict.text().startswith("✓")
    rows = panel.table.texts.rows
    at = next(place for place, row in enumerate(rows) if row[0] == label("clearing_participants"))
    cell = panel.table.texts.index(at, 5)
    for number, sign in ((rows[at][2], "✓"), ("74", "✗")):
        panel.table.setCurrentIndex(cell)
        panel.table.edit(cell)
        field = panel.table.findChild(QLineEdit)
        field.setText(number)
        field.setFocus()
        key(Qt.Key.Key_Return)
        settle(qtbot, page)
        assert panel.verdict.text().startswith(sign)
    assert f"{label('clearing_participants')}: " in panel.verdict.text()
    assert "74" in panel.verdict.text()
    desk.records.add("clearing", work("BL", desk.today()))
    press("Ctrl+S")
    settle(qtbot, page)
    assert panel.verdict.text().startswith("✗")
    panel.text.setText(text[:-2])
    press("Ctrl+S")
    settle(qtbot, page)
    assert not panel.verdict.isVisible()
    assert page.bar.text.startswith("✗")


def test_a_posts_paper_says_where_it_differs(qtbot, page, sticks, desk):
    take_all(qtbot, page, sticks.stick("BS"))
    with sticks.desk("BS") as post:
        text = post.closing.paper_text(make_summary(post, months_ago(post, 0).text))
    desk.records.add("clearing", work("BS", desk.today(), participants=7))
    page.hand_over("paper", {"text": text})
    settle(qtbot, page)
    assert desk.book.post_name("BS") in page.panel("paper").verdict.text()
    rows = page.panel("paper").table.texts.rows
    assert label("clearing_participants") in [row[0] for row in rows]


# ------------------------------------------------------------------------ its manners


def test_the_page_goes_on_when_the_window_speaks_otherwise(qtbot, page, window, qapp, lang):
    page.made("cards")
    other = "en" if lang == "vi" else "vi"
    window.speak(other)
    again = window.current()
    settle(qtbot, again)
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    settle(qtbot, again)
    assert again is not page
    assert again.tabs.tabText(0) == _("Receive")


def test_only_what_is_in_front_is_offered_by_a_word(qtbot, page, window):
    page.made("send")
    page.show_tab("board")
    settle(qtbot, page)
    window.help.show_commands()
    box = window.findChild(CommandList)
    offered = [box.list.item(row).text() for row in range(box.list.count())]
    box.close()
    assert any(line.startswith(_("Compare figures")) for line in offered)
    assert not any(line.startswith(_("Write the file")) for line in offered)


@pytest.fixture
def large_text(window, qapp):
    window.set_text_size(200)
    yield window
    # Pending reads must not deliver to a window that is being restyled.
    window.tasks.finish()
    set_text_size(qapp, 100)


@pytest.mark.parametrize("lang", tries(["vi"], ["vi", "en"]), indirect=True)
def test_every_panel_fits_with_something_in_it(
    qtbot, desk, large_text, two_laptops, busy_sticks, lang
):
    window = large_text
    window.resize(1366, 768)
    window.nav.setCurrentItem(window.items["exchange"])
    page = window.current()
    first, other, record, card = two_laptops
    desk.exchange.cards.accept_card(card)
    page.open_files([busy_sticks.stick(post) for post in POSTS] + [first, other])
    settle(qtbot, page)
    receiving = page.panel("receive")
    for row in range(len(receiving.incoming_files)):
        receiving.table.go_to(row)
    look(qtbot, window, f"exchange-looked-{lang}")
    receiving.import_files()
    settle(qtbot, page)
    desk.exchange.notes.add_note("clearing", record, "Xem lại số người của việc này")
    page.panel("send").unfold()
    for choice in range(3):
        page.show_tab("send")
        page.panel("send").options.lock.setCurrentIndex(choice)
        page.panel("send").options.private.setChecked(True)
        settle(qtbot, page)
        look(qtbot, window, f"exchange-lock-{choice}-{lang}")
    for key_of in page._keys:
        page.show_tab(key_of)
        page.refresh()
        settle(qtbot, page)
        look(qtbot, window, f"exchange-filled-{key_of}-{lang}")
    page.panel("cards").ask_accept(card._replace(desk="f" * 32))
    look(qtbot, window, f"exchange-asked-{lang}")


def said(qtbot, page):
    """All texts of the page under all of its tabs, including headings and empty tables."""
    for name in page._keys:
        page.show_tab(name)
        settle(qtbot, page)
    found = texts(page)
    for table in page.findChildren(RowsTable):
        found |= {table.empty, *(column.title for column in table.texts.columns)}
    found |= {page.tabs.tabText(place) for place in range(page.tabs.count())}
    return {text for text in found if any(letter.isalpha() for letter in text)}


@pytest.mark.parametrize("lang", ["vi"], indirect=True)
def test_no_english_is_left_on_the_page(qtbot, page, window, desk):
    vietnamese = said(qtbot, page)
    window.speak("en")
    english = said(qtbot, window.current())
    own = desk.title()
    names = {desk.book.post_short(post) for post in POSTS} | {"BD1|…", desk.identity.user}
    both = {text for text in vietnamese & english if not text.startswith(own)}
    assert both - names - SAME == set()


def test_a_table_scrolls_sideways_only_where_it_has_rows(qtbot):
    table = RowsTable("Bảng", [TableColumn("Tệp", 60), TableColumn("Lý do", 60)], "Chưa có gì.")
    qtbot.addWidget(table)
    table.resize(300, 200)
    table.show()
    bar = table.horizontalScrollBar()
    assert not bar.isVisible()
    table.show_rows([("a.bdpkg", "")])
    qtbot.waitUntil(bar.isVisible)
    table.show_rows([])
    assert not bar.isVisible()
