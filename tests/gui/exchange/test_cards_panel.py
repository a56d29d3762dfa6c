"""Cards of other desks in the window: twelve accepted by one confirmation, each to be compared."""

import pytest
from PySide6.QtCore import Qt

from borderdesk.base.i18n import _
from tests.exchanging import new_desk
from tests.factories import POSTS
from tests.gui.liaison import settle
from tests.gui.steps import discard_everything, key
from ui.shell.app import main_window

WIDTH, HEIGHT = 1366, 768


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Cards of eleven posts, of a second laptop of one of them, and other files."""
    found = tmp_path_factory.mktemp("cards")
    for number, post in enumerate([*POSTS, "BS"], start=1):
        with new_desk(found / "desks" / str(number), "post", post, number) as desk:
            text = desk.exchange.cards.own().text()
        (found / "stick").mkdir(exist_ok=True)
        (found / "stick" / f"{number}.bdcard").write_text(text, encoding="utf-8")
    (found / "stick" / "13.bdcard").write_text("borderdesk-card", encoding="utf-8")
    return found / "stick"


@pytest.fixture
def desk(tmp_path):
    with new_desk(tmp_path / "province", "province", "20", 20) as opened:
        yield opened


@pytest.fixture
def panel(qtbot, desk, lang, percent):
    """The card panel of a province asking about twelve new desks, at a text size."""
    desk.preferences.prefer("text_size", percent)
    window = main_window(desk, lang)
    qtbot.addWidget(window, before_close_func=discard_everything)
    window.resize(WIDTH, HEIGHT)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    window.show_page("exchange", {"tab": "cards"})
    settle(qtbot, window.current())
    yield window.current().panel("cards")
    window.tasks.finish()
    desk.preferences.prefer("text_size", None)
    discard_everything(window)
    window.close()
    window.deleteLater()


def fingerprints(table):
    return [row[3] for row in table.texts.rows]


def whole_cells(table, column):
    """The rows in which a column is not cut, measured by its widest text."""
    metrics, width = table.fontMetrics(), table.columnWidth(column)
    return [row for row in table.texts.rows if metrics.horizontalAdvance(row[column]) < width]


@pytest.mark.parametrize("percent", [100, 150])
def test_twelve_cards_are_compared_and_accepted_by_one_confirmation(qtbot, panel, desk, folder):
    panel.read_cards([folder])
    settle(qtbot, panel)
    asked = panel.table.offered.cards
    assert len(asked) == 12
    # Each fingerprint is complete in a row that can be scrolled to, the question in the bar.
    assert fingerprints(panel.table)[:12] == [card.fingerprint for card in asked]
    assert len(whole_cells(panel.table, 3)) == len(panel.table.texts.rows)
    # Two laptops of one post are distinguished by their ids.
    named = [row[0] for row in panel.table.texts.rows[:12] if row[0].endswith(" 00000000")]
    assert len(named) == 2
    assert panel.bar.text.startswith("?")
    assert "\n" not in panel.bar.text
    assert "12" in panel.bar.text
    # Skipped files are listed with reasons.
    (left,) = panel.table.texts.rows[12:]
    assert left[2] == _("✗ left out")
    assert left[5]
    assert [known for known in desk.exchange.cards.known() if known.accepted] == []
    key(Qt.Key.Key_Return)
    settle(qtbot, panel)
    assert {known.card for known in desk.exchange.cards.known() if known.accepted} == {*asked}
    assert [row[2] for row in panel.table.texts.rows] == [_("✓ accepted")] * 12


@pytest.mark.parametrize("percent", [100])
def test_cards_that_are_left_are_not_listed_as_known(qtbot, panel, desk, folder):
    panel.read_cards([folder])
    settle(qtbot, panel)
    panel.refresh()
    settle(qtbot, panel)
    # The cards in question stay selected while the question is open, and none of them can be
    # revoked.
    assert len(panel.table.texts.rows) == 13
    panel.table.go_to(0)
    assert not panel._revoke.isEnabled()
    key(Qt.Key.Key_Escape)
    assert panel.table.texts.rows == []
    assert desk.exchange.cards.known() == []
    panel.read_cards([folder / "1.bdcard"])
    settle(qtbot, panel)
    assert len(fingerprints(panel.table)) == 1
    assert panel.table.offered.cards[0].fingerprint in panel.bar.text
