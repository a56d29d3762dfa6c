"""The report page: choosing, viewing pages, explaining figures, writing, closing, printing,
saving."""

import json

import docx
import pypdfium2
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QInputMethodEvent
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QGroupBox

from borderdesk.base.errors import OperationRefused
from borderdesk.base.i18n import _
from borderdesk.closing.narratives import TaskAhead
from borderdesk.reports.contents.letterhead import letterhead
from borderdesk.reports.report_kinds import REPORTS
from borderdesk.schema.records import RECORD_TYPES
from tests.gui.steps import focused, key
from ui.base.tasks import BackgroundWork
from ui.base.translator import QT_TEXTS
from ui.reports.closing_panel import EDITION
from ui.reports.paper_view import PaperView

TRACK = {"completed_on": "2023-11-20", "commune": "xa xuat le", "count": "3"}
WAIT = 60_000


@pytest.fixture
def tracks(desk):
    return [desk.records.add("track", TRACK | {"count": count}, typed=True).id for count in "34"]


@pytest.fixture
def page(window, tracks):
    assert tracks
    window.nav.setCurrentItem(window.items["report"])
    shown = window.current()
    shown.chooser.choose(window.desk.calendar().parse("2023-11"))
    return shown


def made(qtbot, page):
    """Render the chosen report and wait until it is complete."""
    qtbot.waitUntil(page.idle, timeout=WAIT)
    before = page.shown
    page.view.click()
    qtbot.waitUntil(page.idle, timeout=WAIT)
    assert page.shown is not before
    assert page.shown.complete
    return page.shown


def close(qtbot, page, number="05"):
    """Close the period as a commander does, without printing."""
    page.side.show_tab("closing")
    qtbot.waitUntil(page.idle, timeout=WAIT)
    page.closing.number.setText(number)
    for line in page.closing.papers.lines.values():  # asked once, before the first closing
        line.setText("Bộ Chỉ huy BĐBP tỉnh")
    if not page.closing.name.text():
        page.closing.name.setText("Nông Văn An")
        page.closing.rank.setText("Trung tá")
    page.closing.close_button.setFocus()
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.findChild(QPrintDialog) is not None, timeout=WAIT)
    page.findChild(QPrintDialog).reject()
    qtbot.waitUntil(page.idle, timeout=WAIT)


def print_to(qtbot, page, target):
    """Print the pages to a file."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setResolution(100)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(target))
    page.output.print_pages(printer, page.shown)
    qtbot.waitUntil(page.idle, timeout=WAIT)


def test_the_pages_are_shown_and_zoomed(qtbot, page):
    qtbot.waitUntil(page.idle, timeout=WAIT)
    qtbot.keyClick(page, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: page.shown is not None and page.idle(), timeout=WAIT)
    assert len(page.paper.sheets) == len(page.shown.sizes) >= 1
    assert not page.paper.sheets[0].pixmap().isNull()
    before = page.paper.sheets[0].width()
    page.findChild(QAction, "larger").trigger()
    assert page.paper.sheets[0].width() > before
    qtbot.waitUntil(page.idle, timeout=WAIT)
    assert page.paper.sheets[0].pixmap().width() > before


def test_a_page_has_a_size_where_it_has_no_room(qtbot, window):
    paper = PaperView(window.tasks)
    qtbot.addWidget(paper)
    paper.resize(20, 100)
    paper.show_pages(None, [(595.0, 842.0)])
    assert min(paper.sheets[0].size().toTuple()) > 0


def test_every_kind_of_report_is_shown(qtbot, page):
    for kind in REPORTS.keys() - {"amendment"}:
        page.chooser.choose_kind(kind)
        shown = made(qtbot, page)
        assert shown.request.kind == kind
        assert page.chooser.type.isVisible() == REPORTS[kind].typed, kind
        with pypdfium2.PdfDocument(shown.pdf) as pdf:
            assert len(pdf) == len(page.paper.sheets), kind


def test_an_upright_page_is_in_sight_beside_wider_ones(qtbot, page):
    page.chooser.switches["registers"].setChecked(True)  # these are landscape
    shown = made(qtbot, page)
    assert len({size[0] for size in shown.sizes}) == 2
    qtbot.waitUntil(page.idle, timeout=WAIT)
    for width in (1366, 900, 1366):
        page.resize(width, 700)
        qtbot.waitUntil(page.idle, timeout=WAIT)
        assert page.paper.horizontalScrollBar().maximum() == 0, width
        assert {sheet.width() for sheet in page.paper.sheets} <= set(
            range(200, page.paper.viewport().width())
        )
    page.findChild(QAction, "larger").trigger()  # with larger pages scrolling is allowed
    assert len({size[0] for size in shown.sizes}) == len({s.width() for s in page.paper.sheets})


def test_another_period_is_shown_at_once_and_the_last_choice_wins(qtbot, page):
    made(qtbot, page)
    chooser = page.chooser
    chooser.number.setFocus()
    before = chooser.number.currentData()
    for _turn in range(2):
        qtbot.keyClick(chooser.number, Qt.Key.Key_Up)
        assert not page.idle()
    qtbot.waitUntil(page.idle, timeout=WAIT)
    assert page.shown.request.period == f"2023-{before - 2:02}" == chooser.period().text


def test_an_amendment_is_shown_only_where_there_is_one(qtbot, page):
    page.chooser.choose_kind("amendment")
    page.make()
    qtbot.waitUntil(lambda: page.bar.text.startswith("✗"), timeout=WAIT)
    assert page.shown is None


HALF_YEARS = ["First half", "Second half"]
"""As officers say them; a number alone is said of months and quarters."""


def test_two_dates_are_a_period_and_a_wrong_one_is_marked(qtbot, page):
    chooser = page.chooser
    chooser.span.setCurrentIndex(chooser.span.findData("half"))
    assert [chooser.number.itemText(n) for n in range(chooser.number.count())] == HALF_YEARS
    qtbot.waitUntil(lambda: chooser.number.width() >= chooser.number.sizeHint().width())
    chooser.span.setCurrentIndex(chooser.span.findData("range"))
    assert chooser.first.isVisible()
    assert not chooser.year.isVisible()
    qtbot.keyClicks(chooser.first, "01112023")
    qtbot.keyClicks(chooser.last, "31/2/2023")
    chooser.last.editingFinished.emit()
    assert chooser.last.property("wrong")
    page.make()
    assert page.bar.text.startswith("✗")
    chooser.last.setText("30/11/2023")
    chooser.last.editingFinished.emit()
    assert not chooser.last.property("wrong")
    assert made(qtbot, page).request.period == "2023-11-01..2023-11-30"


def test_units_of_the_other_side_of_the_change_are_offered(page):
    names = {option.label for option in page.chooser.scope.known()}
    assert any("Cao Lộc" in name for name in names)
    page.chooser.geographies["new"].trigger()
    texts = {option.code for option in page.chooser.scope.known()}
    assert not [text for text in texts if text.startswith("district:")]
    assert page.chooser.request().geography == "new"


# ------------------------------------------------------------------------------- why 47?


def test_a_figure_leads_to_its_records_and_they_open(qtbot, page, window, tracks):
    made(qtbot, page)
    page.figures.choose("marker_tracks_built", "value")
    qtbot.waitUntil(lambda: len(page.figures.records.texts.rows) == 2, timeout=WAIT)
    assert "7" in page.figures.why.text()
    assert page.figures.how.text()
    page.figures.figures.setFocus()
    qtbot.keyClick(page.figures.figures, Qt.Key.Key_Return)
    assert page.figures.records.hasFocus()
    page.figures.records.opened.emit(1)
    qtbot.waitUntil(lambda: window.current().idle(), timeout=WAIT)
    assert window.nav.currentItem() is window.items["track"]
    opened = window.current()
    qtbot.waitUntil(lambda: opened.form.record in tracks, timeout=WAIT)
    assert opened.view.hasFocus()


def test_the_names_of_the_figures_are_whole(qtbot, page):
    made(qtbot, page)
    table = page.figures.figures
    assert table.texts.rows

    def whole():
        for row, (name, *_figures) in enumerate(table.texts.rows):
            room = table.visualRect(table.texts.index(row, 0)).adjusted(12, 0, -12, 0)
            needed = table.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, name)
            assert needed.height() <= room.height(), name
            assert needed.width() <= room.width(), name

    qtbot.waitUntil(whole)


def test_a_figure_is_asked_for_by_a_click_on_the_page(qtbot, page):
    shown = made(qtbot, page)
    number, spot = next(
        (spot.page, spot) for spot in shown.spots if spot.asks == "marker_tracks_built value"
    )
    sheet, scale = page.paper.sheets[number], page.paper.scale(number)
    at = QPoint(round((spot.left + 2) * scale), round((spot.top + 2) * scale))
    qtbot.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: len(page.figures.records.texts.rows) == 2, timeout=WAIT)


# ------------------------------------------------------------------------------- the text


def test_what_is_written_is_kept_and_printed(qtbot, page, desk):
    made(qtbot, page)
    page.side.show_tab("narrative")
    text = page.narrative.parts["situation"]
    qtbot.keyClicks(text, "Tinh hinh on dinh")
    qtbot.waitUntil(lambda: not desk.narratives.of("2023-11").empty, timeout=WAIT)
    assert desk.narratives.of("2023-11").parts["situation"] == "Tinh hinh on dinh"
    shown = made(qtbot, page)
    with pypdfium2.PdfDocument(shown.pdf) as pdf:
        printed = "".join(sheet.get_textpage().get_text_bounded() for sheet in pdf)
    assert "Tinh hinh on dinh" in printed


def test_the_next_period_begins_from_the_last_ones_text(qtbot, page, desk):
    desk.narratives.write_narrative("2023-10", parts={"results": "Đã làm"})
    made(qtbot, page)
    assert page.narrative.parts["results"].toPlainText() == "Đã làm"
    assert page.narrative.state.text()


def test_last_tasks_are_ticked_or_told_why_not(qtbot, page, desk):
    desk.narratives.write_narrative(
        "2023-10", tasks=[TaskAhead("Phát quang"), TaskAhead("Họp dân")]
    )
    made(qtbot, page)
    page.side.show_tab("narrative")
    panel = page.narrative
    first, second = panel.outcomes.lines
    assert "Phát quang" in first.title.text()
    first.state.setFocus()
    qtbot.keyClick(first.state, Qt.Key.Key_Down)
    second.state.setCurrentIndex(2)
    second.why.setFocus()
    qtbot.keyClicks(second.why, "Troi mua")

    def told():
        return [(one.done, one.why) for one in desk.narratives.of("2023-11").outcomes]

    qtbot.waitUntil(lambda: told() == [(True, ""), (False, "Troi mua")], timeout=WAIT)
    qtbot.waitUntil(page.idle, timeout=WAIT)
    assert panel.outcomes.lines[1] is second  # the keyboard stays where it is


def test_sentences_are_ticked_put_in_edited_and_told_once_they_differ(qtbot, page, desk, tracks):
    made(qtbot, page)
    page.side.show_tab("narrative")
    panel = page.narrative
    qtbot.mouseClick(panel.offers.open, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.offers.list.count() > 2, timeout=WAIT)
    rows = [panel.offers.list.item(row) for row in range(panel.offers.list.count())]
    (item,) = [one for one in rows if " 7 " in one.text()]
    assert not panel.offers.take.isEnabled()
    panel.offers.list.setCurrentItem(item)
    qtbot.keyClick(panel.offers.list, Qt.Key.Key_Space)
    qtbot.mouseClick(panel.offers.take, Qt.MouseButton.LeftButton)
    text = panel.parts["results"]
    assert " 7 " in text.toPlainText()
    qtbot.keyClicks(text, " That good")
    qtbot.waitUntil(lambda: "good" in desk.narratives.of("2023-11").parts.get("results", ""),
                    timeout=WAIT)  # fmt: skip
    qtbot.waitUntil(page.idle, timeout=WAIT)
    assert panel.doubts["results"].isHidden()
    desk.records.edit("track", tracks[0], {"count": 5})
    panel.refresh()
    qtbot.waitUntil(lambda: not panel.doubts["results"].isHidden(), timeout=WAIT)
    assert "“7 " in panel.doubts["results"].text()
    assert " 9 " in panel.doubts["results"].text()
    page.side.show_tab("closing")
    page.closing.number.setText("05")
    qtbot.mouseClick(page.closing.close_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: " 9 " in page.bar.text, timeout=WAIT)


def test_a_wrong_due_date_is_told_and_the_rest_is_kept(qtbot, page, desk):
    made(qtbot, page)
    page.side.show_tab("narrative")
    page.narrative.tasks.put([{"task": "Tuần tra", "owner": "Đội VĐQC", "due_on": "31/2"}])
    page.narrative.tasks.edited.emit()
    qtbot.waitUntil(lambda: bool(desk.narratives.of("2023-11").tasks), timeout=WAIT)
    qtbot.waitUntil(lambda: not page.narrative.problem.isHidden(), timeout=WAIT)
    (task,) = desk.narratives.of("2023-11").tasks
    assert (task.task, task.due_on) == ("Tuần tra", None)


# ---------------------------------------------------------------------- closing, printing


def test_what_is_chosen_for_a_closing_stays_when_its_state_is_read_again(qtbot, page, desk):
    desk.reference.set_setting("signer_mode", "KT.", "2023-01-01")
    for number in ("05", "06"):
        desk.closing.close_period("2023-11", number=number)
        if number == "05":
            desk.closing.reopen_period("2023-11", None, "Đếm thiếu")
    made(qtbot, page)
    page.side.show_tab("closing")
    qtbot.waitUntil(page.idle, timeout=WAIT)
    panel = page.closing
    assert panel.mode.currentData() == "KT."
    panel.mode.take("")
    older = panel.editions.topLevelItem(1)
    panel.editions.setCurrentItem(older)
    chosen = panel._chosen(EDITION)
    panel.refresh()
    qtbot.waitUntil(page.idle, timeout=WAIT)
    assert panel.mode.currentData() == ""
    assert panel._chosen(EDITION) == chosen
    # A period closed meanwhile is what is signed and printed next.
    desk.closing.reopen_period("2023-11", None, "Thiếu một đường")
    desk.closing.close_period("2023-11", number="07")
    panel.refresh()
    qtbot.waitUntil(page.idle, timeout=WAIT)
    assert panel.editions.currentIndex().row() == 0
    assert panel._chosen(EDITION) not in (chosen, None)


def test_a_period_is_closed_printed_and_then_only_amended(qtbot, page, desk, tracks, tmp_path):
    made(qtbot, page)
    close(qtbot, page)
    state = desk.closing.state("2023-11")
    assert state.name == "closed"
    assert state.edition.document == "05"
    # The text below replaces the setting, which is not asked for again.
    head = letterhead(desk, desk.today())
    assert (head.name, head.rank) == ("Nông Văn An", "Trung tá")
    assert page.bar.buttons  # the remaining steps: print, send
    assert page.narrative.parts["situation"].isReadOnly()
    target = tmp_path / "printed.pdf"
    print_to(qtbot, page, target)
    with pypdfium2.PdfDocument(target) as printed:
        assert len(printed) == len(page.shown.sizes)
    assert desk.closing.state("2023-11").final
    with pytest.raises(OperationRefused):
        desk.records.edit("track", tracks[0], {"count": 5}, reason="sai")
    page.closing.reason.setText("Đếm thiếu một đường")
    qtbot.mouseClick(page.closing.open_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.closing.state("2023-11").name == "amending", timeout=WAIT)
    desk.records.edit("track", tracks[0], {"count": 5}, reason="đếm lại tại thực địa")
    made(qtbot, page)
    changes = page.closing.changes
    qtbot.waitUntil(lambda: changes.table.row() == 0, timeout=WAIT)
    assert page.closing.number.height() >= page.closing.number.minimumSizeHint().height()
    assert changes.reason.height() >= changes.reason.minimumSizeHint().height()
    assert "đếm lại tại thực địa" in changes.reason.text()  # where the table may be too narrow
    changes.reason.setText("Đếm sót một đường")
    changes.reason.editingFinished.emit()
    assert changes.table.texts.rows[0][-1] == "Đếm sót một đường"
    close(qtbot, page, "06")
    edition = desk.closing.state("2023-11").edition
    assert edition.number == 2
    (moved, *_rest) = desk.closing.differences(edition.id)
    assert (moved.key, moved.signed, moved.now) == ("marker_tracks_built", 7, 9)
    assert moved.reasons == ("Đếm sót một đường",)


def test_a_closed_period_is_opened_again_before_it_is_printed(qtbot, page, desk):
    made(qtbot, page)
    close(qtbot, page)
    qtbot.mouseClick(page.closing.open_button, Qt.MouseButton.LeftButton)
    assert page.bar.text.startswith("✗")  # without a reason nothing is reopened
    assert desk.closing.state("2023-11").name == "closed"
    qtbot.keyClicks(page.closing.reason, "nham so")
    page.closing.open_button.setFocus()
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.closing.state("2023-11").name == "reopened", timeout=WAIT)
    qtbot.waitUntil(page.idle, timeout=WAIT)
    qtbot.waitUntil(page.closing.number.hasFocus, timeout=WAIT)
    assert not page.narrative.parts["situation"].isReadOnly()


def test_printing_an_older_edition_again_makes_nothing_final(qtbot, page, desk, tmp_path):
    made(qtbot, page)
    close(qtbot, page)
    withdrawn = desk.closing.state("2023-11").edition
    desk.closing.reopen_period("2023-11", None, "nhầm số")
    desk.closing.close_period("2023-11", number="06")
    page.show_edition(withdrawn.id)
    qtbot.waitUntil(page.idle, timeout=WAIT)
    print_to(qtbot, page, tmp_path / "old.pdf")
    assert not desk.closing.state("2023-11").final
    made(qtbot, page)
    print_to(qtbot, page, tmp_path / "new.pdf")
    assert desk.closing.state("2023-11").final


def test_a_scan_of_the_signed_paper_is_kept_and_given_back(qtbot, page, desk, tmp_path):
    made(qtbot, page)
    close(qtbot, page)
    scan = tmp_path / "ban ky.pdf"
    scan.write_bytes(page.shown.pdf.read_bytes())
    edition = desk.closing.state("2023-11").edition.id
    page.closing.attach_scans(edition, [scan])
    qtbot.waitUntil(lambda: bool(desk.closing.scans.attachments(edition)), timeout=WAIT)
    (kept,) = desk.closing.scans.attachments(edition)
    page.closing.save_to(kept.id, tmp_path / "back.pdf")
    qtbot.waitUntil((tmp_path / "back.pdf").exists, timeout=WAIT)
    qtbot.waitUntil(page.idle, timeout=WAIT)
    assert (tmp_path / "back.pdf").read_bytes() == scan.read_bytes()


def test_an_older_edition_is_shown_as_it_was_signed(qtbot, page, desk):
    made(qtbot, page)
    close(qtbot, page)
    desk.records.add("track", TRACK | {"count": "9"}, typed=True)
    page.show_edition(desk.closing.state("2023-11").edition.id)
    qtbot.waitUntil(page.idle, timeout=WAIT)
    line = next(ln for ln in page.shown.summary.lines if ln.key == "marker_tracks_built")
    assert line.value == 7


# --------------------------------------------------------------------------------- saving


def test_the_report_is_saved(qtbot, page, tmp_path):
    for suffix in (".pdf", ".docx", ".xlsx", ".json"):
        target = tmp_path / f"report{suffix}"
        page.save(target)
        qtbot.waitUntil(page.idle, timeout=WAIT)
        assert target.name in page.bar.text
        assert target.stat().st_size > 1_000
    rows = {row["key"]: row["value"] for row in json.loads(target.read_text())["rows"]}
    assert rows["marker_tracks_built"] == 7


def test_a_file_that_cannot_be_written_is_told(qtbot, page, tmp_path):
    page.save(tmp_path / "nowhere" / "report.pdf")
    qtbot.waitUntil(lambda: page.bar.text.startswith("✗"), timeout=WAIT)


def test_the_report_of_every_post_is_saved(qtbot, page, tmp_path):
    for place, name in enumerate(("PDF", "Word")):
        page.findChild(QAction, "batch").trigger()
        assert page.bar.buttons[place].text() == name
        page.bar.buttons[place].click()
        *_before, dialog = page.findChildren(QFileDialog)
        folder = tmp_path / f"out-{name}"
        folder.mkdir()
        dialog.fileSelected.emit(str(folder))
        dialog.reject()
        qtbot.waitUntil(lambda folder=folder: folder.name in page.bar.text, timeout=WAIT)
        (file,) = folder.iterdir()  # only a post's desk at the moment
        assert file.suffix == {"PDF": ".pdf", "Word": ".docx"}[name]
        assert file.stat().st_size > 1_000


def test_pages_that_arrive_leave_what_was_said_meanwhile(qtbot, page):
    made(qtbot, page)
    page.bar.notify("2 reports saved")
    page.maker.repeat()
    qtbot.waitUntil(page.idle, timeout=WAIT)
    assert page.bar.text == "✓ 2 reports saved"


def test_pages_that_arrive_withdraw_why_there_were_none(qtbot, page):
    qtbot.waitUntil(page.idle, timeout=WAIT)
    page.shown = None
    page.ask_print()
    assert page.bar.text.startswith("✗")
    made(qtbot, page)
    assert not page.bar.text


def test_a_work_that_ends_leaves_the_message_of_another(page):
    first, second = BackgroundWork(page), BackgroundWork(page)
    page.bar.follow(first, "first")
    page.bar.follow(second, "second")
    first.ended.emit()
    assert page.bar.text == "✓ second"
    second.ended.emit()
    assert not page.bar.text


def test_the_file_dialog_is_translated(page):
    page.save_as(".pdf")
    dialog = page.findChild(QFileDialog)
    assert dialog.testOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.reject()


@pytest.mark.both_languages
def test_the_print_dialog_speaks_the_language(qtbot, page, lang):
    made(qtbot, page)
    page.ask_print()
    dialog = page.findChild(QPrintDialog)
    shown = {button.text().replace("&", "") for button in dialog.findChildren(QAbstractButton)}
    shown |= {box.title() for box in dialog.findChildren(QGroupBox)}
    english = shown & {text for text in QT_TEXTS if text != _(text)}
    assert shown > {_("Print"), _("Cancel")}
    assert not english
    assert {_("Print all"), _("Grayscale")} <= shown, lang
    dialog.reject()


def test_registers_are_annexed_when_asked_for(qtbot, page, tracks):
    assert page.chooser.request().by_commune
    page.chooser.switches["by_commune"].setChecked(False)
    assert not page.chooser.request().by_commune
    page.chooser.switches["registers"].setChecked(True)
    assert page.chooser.request().annex_registers == tuple(RECORD_TYPES)
    shown = made(qtbot, page)
    with pypdfium2.PdfDocument(shown.pdf) as pdf:
        printed = "".join(sheet.get_textpage().get_text_bounded() for sheet in pdf)
    assert all(record.replace("-", "")[-8:] in printed for record in tracks)


def test_a_period_of_a_year_that_is_not_offered_is_added_and_never_replaced(page):
    chooser = page.chooser
    before = [chooser.year.itemData(n) for n in range(chooser.year.count())]
    for text in ("2087-01", "2001-03", "2087"):
        chooser.choose(page.chooser._calendar.parse(text))
        assert chooser.period().text == text
    years = [chooser.year.itemData(n) for n in range(chooser.year.count())]
    assert years == sorted({*before, 2087, 2001}, reverse=True)


def test_another_kind_of_period_keeps_the_month_that_is_meant(qtbot, window):
    window.nav.setCurrentItem(window.items["report"])
    page = window.current()
    qtbot.waitUntil(page.idle)
    chooser = page.chooser

    def turn(kind):
        chooser.span.setCurrentIndex(chooser.span.findData(kind))
        return chooser.number.currentData()

    for month, quarter, half in ((4, 2, 1), (2, 1, 1), (12, 4, 2)):
        turn("month")
        chooser.number.setCurrentIndex(month - 1)
        assert (turn("quarter"), turn("month")) == (quarter, month)
        assert (turn("half"), turn("month")) == (half, month)
        assert (turn("year"), turn("month")) == (1, month)
    turn("quarter")
    chooser.number.setCurrentIndex(2)
    assert turn("month") == 7


# ------------------------------------------------------------------------------- own form


def test_a_units_own_form_is_filled_with_the_fields_that_are_listed(qtbot, page, tmp_path):
    made(qtbot, page)
    page.side.show_tab("form")
    qtbot.waitUntil(page.idle, timeout=WAIT)
    panel = page.form
    qtbot.keyClicks(panel.search, "tracks_built.value")
    assert panel.table.model().rowCount() == 1
    # A word that is still composed, beside another in any order.
    panel.search.setText("value ")
    QApplication.sendEvent(panel.search, QInputMethodEvent("tracks_built", []))
    assert panel.table.texts.rows[0][0] == "{{marker_tracks_built.value}}"
    assert panel.table.model().rowCount() == 1
    (field,) = [one for one in panel._fields if one.name == "marker_tracks_built.value"]
    assert field.value == "7"
    form = docx.Document()
    form.add_paragraph("Xây {{marker_tracks_built.value}} công trình {{period}}.")
    form.save(tmp_path / "form.docx")
    panel.fill(tmp_path / "form.docx", tmp_path / "filled.docx")
    qtbot.waitUntil(page.idle, timeout=WAIT)
    assert page.bar.text.endswith("filled.docx")
    text = docx.Document(tmp_path / "filled.docx").paragraphs[0].text
    assert text.startswith("Xây 7 công trình")


def test_a_form_with_a_field_that_is_none_is_told(qtbot, page, tmp_path):
    made(qtbot, page)
    form = docx.Document()
    form.add_paragraph("{{marker_track_built.value}}")
    form.save(tmp_path / "form.docx")
    page.form.fill(tmp_path / "form.docx", tmp_path / "filled.docx")
    qtbot.waitUntil(page.idle, timeout=WAIT)
    assert "marker_tracks_built.value" in page.bar.text
    assert not (tmp_path / "filled.docx").exists()


def test_enter_goes_from_line_to_line_of_the_closing_and_to_its_button(qtbot, page):
    made(qtbot, page)
    page.side.show_tab("closing")
    closing = page.closing
    qtbot.waitUntil(lambda: closing.idle() and bool(closing.papers.lines), timeout=WAIT)
    closing.number.setFocus()
    met = []
    while not closing.close_button.hasFocus():
        met.append(focused())
        key(Qt.Key.Key_Return)
        assert focused() not in met
    asked = (closing.number, closing.day, closing.mode, closing.office, closing.rank, closing.name)
    assert met == [*asked]
    # Each missing setting leads to the next, the last to the number.
    first = next(iter(closing.papers.lines.values()))
    first.setFocus()
    for _line in closing.papers.lines:
        key(Qt.Key.Key_Return)
    assert closing.number.hasFocus()
