"""The band above the pages while the desk's folder looks like an older copy."""

from borderdesk.schema.log_entries import ChainHead
from ui.shell.app import main_window


def test_a_folder_older_than_what_it_sent_is_told_until_it_is_put_away(qtbot, post_desk):
    window = main_window(post_desk, "vi")
    qtbot.addWidget(window)
    window.show()
    band = window.bands.older
    assert band.isHidden()
    own = post_desk.identity.id
    post_desk.exchange.holdings.note("b" * 32, {own: ChainHead(7, b"\1" * 32)})
    window.show_page("exchange", {})
    assert band.isVisible()
    assert "giữ 7 mục" in band.text.text()
    band.cards.click()
    assert window.navigation.current() == "exchange"
    assert window.current().stack.currentWidget() is window.current().panel("cards")
    band.put_away()
    window.show_page("home", {})
    assert band.isHidden()
    window.close()
