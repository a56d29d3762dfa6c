"""The paper size is chosen in the settings; pages on screen and in print follow it."""

import datetime
from contextlib import closing

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from PySide6.QtCore import QMarginsF, Qt
from PySide6.QtGui import QPageRanges, QPageSize
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QLabel
from sqlcipher3 import dbapi2

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.reports.contents.letterhead import wide_paper
from borderdesk.schema.settings import SETTINGS
from borderdesk.store.connection import database
from tests.gui.steps import CONTROL, key
from ui.reports.printing import print_pdf
from ui.settings.settings_page import PAPER_HINT

TRACK = {"completed_on": "2023-11-20", "commune": "xa xuat le", "count": "3"}
WAIT = 60_000
A4, A4_LYING, A3_LYING = (595, 842), (842, 595), (1191, 842)


@pytest.fixture
def report(qtbot, window):
    """The rendered report of a month with landscape registers."""
    window.desk.records.add("track", TRACK, typed=True)
    window.nav.setCurrentItem(window.items["report"])
    page = window.current()
    page.chooser.choose(window.desk.calendar().parse("2023-11"))
    page.chooser.switches["registers"].setChecked(True)
    page.view.click()
    whole(qtbot, page)
    return page


def whole(qtbot, page):
    qtbot.waitUntil(
        lambda: page.idle() and page.shown is not None and page.shown.complete, timeout=WAIT
    )


def first_tab(qtbot, window):
    """The first tab of the settings."""
    window.nav.setCurrentItem(window.items["settings"])
    page = window.current()
    qtbot.waitUntil(page.idle)
    return page


def choose(qtbot, page, press):
    """Press a key on the chooser of the paper size and wait until it is stored."""
    page.paper.setFocus()
    qtbot.waitUntil(page.paper.hasFocus)
    key(press)
    qtbot.waitUntil(page.idle, timeout=WAIT)


def rounded(sizes):
    return {(round(width), round(height)) for width, height in sizes}


def test_the_paper_is_chosen_with_the_keyboard(qtbot, window, desk):
    page = first_tab(qtbot, window)
    assert [page.paper.itemText(n) for n in range(page.paper.count())] == [
        "A4 (210 × 297 mm)", "A3 (297 × 420 mm)",
    ]  # fmt: skip
    assert page.paper.accessibleName() == _("Paper")
    assert page.paper.toolTip() == _(PAPER_HINT)
    assert _(PAPER_HINT) in {label.text() for label in page.findChildren(QLabel)}
    assert page.paper.currentData() == "A4"
    choose(qtbot, page, Qt.Key.Key_Down)
    assert page.bar.text.endswith(
        _("Registers and tables that lie across are printed on {paper} from today on.").format(
            paper="A3"
        )
    )
    today = desk.today()
    assert wide_paper(desk, today) == "A3"
    assert wide_paper(desk, today - datetime.timedelta(days=1)) == "A4"
    choose(qtbot, page, Qt.Key.Key_Up)
    assert wide_paper(desk, today) == "A4"
    assert page.paper.currentData() == "A4"


def test_pages_that_are_shown_follow_the_paper(qtbot, window, report):
    before = report.shown
    assert rounded(before.sizes) == {A4, A4_LYING}
    choose(qtbot, first_tab(qtbot, window), Qt.Key.Key_Down)
    window.nav.setCurrentItem(window.items["report"])
    qtbot.waitUntil(lambda: report.shown.wide_paper == "A3", timeout=WAIT)
    whole(qtbot, report)
    assert rounded(report.shown.sizes) == {A4, A3_LYING}
    assert report.shown.request == before.request
    lying = [n for n, size in enumerate(report.shown.sizes) if size[0] > size[1]]
    for number, sheet in enumerate(report.paper.sheets):
        width, height = report.shown.sizes[number]
        assert (sheet.width() - 2) / (sheet.height() - 2) == pytest.approx(width / height, 0.01)
    # A landscape page is drawn as wide as the view.
    upright, across = report.paper.sheets[0].width(), report.paper.sheets[lying[0]].width()
    assert upright < across <= report.paper.viewport().width()
    # After returning without a new choice nothing is rendered again.
    again = report.shown
    first_tab(qtbot, window)
    window.nav.setCurrentItem(window.items["report"])
    whole(qtbot, report)
    assert report.shown is again


def test_what_was_signed_keeps_the_paper_of_its_day(qtbot, window, desk, report):
    day = desk.today() - datetime.timedelta(days=1)
    desk.closing.close_period("2023-11", number="5", signed_on=day)
    report.make()
    qtbot.waitUntil(
        lambda: report.idle() and report.shown.summary.edition is not None, timeout=WAIT
    )
    shown = report.shown
    assert A4_LYING in rounded(shown.sizes)
    choose(qtbot, first_tab(qtbot, window), Qt.Key.Key_Down)
    window.nav.setCurrentItem(window.items["report"])
    whole(qtbot, report)
    assert report.shown is shown


def test_the_choice_and_the_table_of_settings_say_the_same(qtbot, window, desk):
    page = first_tab(qtbot, window)
    page.show_tab("settings")
    panel = page.panel()
    qtbot.waitUntil(panel.idle)
    page.show_tab("window")
    choose(qtbot, page, Qt.Key.Key_Down)
    label = _(SETTINGS["paper"].label)
    kept = [cells for cells in desk.ledgers.rows("settings") if cells["key"] == label]
    assert [cells["value"] for cells in kept] == ["A3"]
    assert kept[0] in panel.cells.rows
    page.show_tab("settings")
    place = panel.cells.rows.index(kept[0])
    panel.cells.write({(place, "value"): "a4"})
    qtbot.waitUntil(panel.idle)
    panel.view.setFocus()
    key(Qt.Key.Key_S, CONTROL)
    qtbot.waitUntil(lambda: panel.idle() and not panel.dirty)
    page.show_tab("window")
    assert page.paper.currentData() == "A4"


def test_a_choice_that_cannot_be_kept_is_taken_back(qtbot, window, desk, monkeypatch):
    page = first_tab(qtbot, window)
    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    with closing(dbapi2.connect(str(desk.store.path))) as another_program:
        another_program.execute("BEGIN IMMEDIATE")
        choose(qtbot, page, Qt.Key.Key_Down)
        assert page.bar.text.startswith("✗")
    assert page.paper.currentData() == "A4"
    assert wide_paper(desk, desk.today()) == "A4"


# ------------------------------------------------------------------------------- printing


def printer_to(target, paper=QPageSize.PageSizeId.A4):
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setResolution(100)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(target))
    printer.setPageSize(QPageSize(paper))
    printer.setPageMargins(QMarginsF(0, 0, 0, 0))
    return printer


def printed(target):
    """The size of every printed page, and the position of its picture."""
    found = []
    with pypdfium2.PdfDocument(target) as pdf:
        for page in pdf:
            (image,) = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])
            found.append((page.get_size(), image.get_bounds()))
    return found


def silent(_done, _whole):
    pass


@pytest.fixture
def on_a3(qtbot, desk, report):
    """The same report with its registers on A3."""
    desk.reference.set_setting("paper", "A3")
    report.make()
    qtbot.waitUntil(lambda: report.idle() and report.shown.wide_paper == "A3", timeout=WAIT)
    return report.shown


def test_each_page_is_printed_on_paper_of_its_size(on_a3, tmp_path):
    target = tmp_path / "printed.pdf"
    assert print_pdf(printer_to(target), on_a3.pdf, on_a3.sizes, silent) == len(on_a3.sizes)
    for (size, box), own in zip(printed(target), on_a3.sizes, strict=True):
        assert size == pytest.approx(own, abs=3)
        assert box == pytest.approx((0, 0, *size), abs=3)


def test_only_the_pages_that_were_chosen_are_printed_in_the_order_that_was(on_a3, tmp_path):
    """Pages 1,3 were 1 to 3, and “Reverse” did nothing."""
    assert len(on_a3.sizes) > 2
    target, first, last = tmp_path / "printed.pdf", on_a3.sizes[0], on_a3.sizes[-1]
    assert first != last
    printer = printer_to(target)
    printer.setPrintRange(QPrinter.PrintRange.PageRange)
    printer.setPageRanges(QPageRanges.fromString(f"1,{len(on_a3.sizes)}-99"))
    printer.setPageOrder(QPrinter.PageOrder.LastPageFirst)
    assert print_pdf(printer, on_a3.pdf, on_a3.sizes, silent) == 2
    for (size, _box), own in zip(printed(target), (last, first), strict=True):
        assert size == pytest.approx(own, abs=3)
    printer.setPageRanges(QPageRanges.fromString("98-99"))
    with pytest.raises(UserError, match=str(len(on_a3.sizes))):
        print_pdf(printer, on_a3.pdf, on_a3.sizes, silent)


def test_who_chooses_other_paper_gets_all_on_it_in_proportion(on_a3, tmp_path):
    target = tmp_path / "printed.pdf"
    print_pdf(printer_to(target, QPageSize.PageSizeId.Letter), on_a3.pdf, on_a3.sizes, silent)
    for (size, box), own in zip(printed(target), on_a3.sizes, strict=True):
        assert sorted(size) == pytest.approx([612, 792], abs=1)
        assert (size[0] > size[1]) == (own[0] > own[1])
        left, bottom, right, top = box
        assert (right - left) / (top - bottom) == pytest.approx(own[0] / own[1], rel=0.01)
        assert left + right == pytest.approx(size[0], abs=3)
        assert bottom + top == pytest.approx(size[1], abs=3)
        assert left >= -1
        assert bottom >= -1
