"""The report page: choosing, seeing the pages, saving them."""

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel

from tests.gui.steps import recent

TRACK = {"completed_on": recent(), "commune": "xa ba son", "count": "3"}


@pytest.fixture
def page(desk, window):
    desk.add_record("track", TRACK, typed=True)
    window.nav.setCurrentItem(window.items["report"])
    return window.current()


def test_the_pages_are_shown_and_zoomed(qtbot, page, desk):
    assert page.period() == desk.calendar().month_of(desk.today()).text or page.period()
    assert page.scope.known_code() == "post:BS"
    page.view.click()
    assert page.cancel.isVisible()
    qtbot.waitUntil(lambda: page.shown is not None, timeout=30_000)
    sheets = page.pages.findChildren(QLabel, "sheet")
    assert len(sheets) == len(page.shown.pages) >= 1
    before = page.shown.pages[0].width()
    page.larger.click()
    qtbot.waitUntil(lambda: page.shown.pages[0].width() > before, timeout=30_000)


@pytest.mark.parametrize("suffix", [".pdf", ".xlsx"])
def test_the_report_is_saved(qtbot, page, tmp_path, suffix):
    target = tmp_path / f"report{suffix}"
    page.save(target)
    qtbot.waitUntil(lambda: page.bar.text != "", timeout=30_000)
    assert target.name in page.bar.text
    assert target.stat().st_size > 1_000


def test_a_file_that_cannot_be_written_is_told(qtbot, page, tmp_path):
    page.save(tmp_path / "nowhere" / "report.pdf")
    qtbot.waitUntil(lambda: page.bar.text != "", timeout=30_000)
    assert page.bar.text.startswith("✗")


def test_the_file_dialog_is_translated(page):
    page.save_as(".pdf")
    dialog = page.findChild(QFileDialog)
    assert dialog.testOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.reject()


def test_other_periods_and_scopes_are_offered(page):
    page.choose("2023-Q4")
    assert page.period() == "2023-Q4"
    page.choose("2023")
    assert page.period() == "2023"
    assert not page.number.isVisible()
