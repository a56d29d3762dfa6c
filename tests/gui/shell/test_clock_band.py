"""The band above the pages while the clock is far from the newest record."""

import datetime

from borderdesk.schema.revisions import utc_stamp
from borderdesk.store.connection.meta import NEWEST_TIME, write_meta
from ui.shell.app import main_window


def test_a_doubtful_clock_is_told_until_a_person_says_it_is_right(qtbot, post_desk):
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=3_446)
    write_meta(post_desk.store, {NEWEST_TIME: utc_stamp(moment)})
    window = main_window(post_desk, "vi")
    qtbot.addWidget(window)
    window.show()
    band = window.bands.clock
    qtbot.waitUntil(band.isVisible)
    assert "Đồng hồ máy tính" in band.text.text()
    band.right.click()
    qtbot.waitUntil(band.isHidden)
    window.close()


def test_nothing_is_told_of_a_clock_that_is_near(qtbot, post_desk):
    window = main_window(post_desk, "vi")
    qtbot.addWidget(window)
    window.show()
    assert window.bands.clock.isHidden()
    assert window.bands.clock.refresh() is False
    window.close()
