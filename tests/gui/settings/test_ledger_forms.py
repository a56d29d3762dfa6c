"""Settings, regulations and paper figures as forms: typed, validated, saved, undone."""

import pytest
from PySide6.QtCore import Qt

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.exchange.desks.setup_file import read_setup
from borderdesk.figures.targets import baselines, set_target, targets
from borderdesk.schema.settings import SETTINGS
from tests.gui.steps import CONTROL, key, press, write
from ui.settings.ledger_panel import FORMS
from ui.settings.own_rows import own_words
from ui.widgets.editors.search_combo import SearchCombo
from ui.widgets.editors.text_line import LongText

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)


@pytest.fixture
def lang():
    return "vi"


def opened(qtbot, window, page, name):
    window.show_page(page, {"ledger": name})
    panel = window.current().panel()
    qtbot.waitUntil(panel.idle)
    assert panel.in_form
    assert not panel.view.isVisible()
    return panel


def saved(qtbot, panel):
    key(Qt.Key.Key_S, CONTROL)
    qtbot.waitUntil(lambda: panel.idle() and not panel.dirty)


def put(field, text):
    field.input.setFocus(Qt.FocusReason.TabFocusReason)
    write(text)


def test_every_setting_is_a_field_with_its_words_and_choices(qtbot, window):
    assert {"settings", "clauses", "regulations", "baselines"} == FORMS
    panel = opened(qtbot, window, "settings", "settings")
    assert panel.form.values.keys() == SETTINGS.keys()
    for name, rule in SETTINGS.items():
        for one in panel.form.values[name]:
            assert one.value.words.text() == _(rule.label)
            assert isinstance(one.value.input, SearchCombo) == bool(rule.choices)


@pytest.mark.parametrize("elsewhere", [True, False])
def test_settings_are_typed_with_their_days_saved_at_once_and_taken_back(
    qtbot, window, desk, elsewhere
):
    before = desk.ledgers.rows("settings")
    panel = opened(qtbot, window, "settings", "settings")
    values = panel.form.values
    put(values["due_day"][0].value, "7")
    put(values["signer_mode"][0].value, "kt")
    key(Qt.Key.Key_Return)
    put(values["recipients"][0].value, "UBND huyen; VDQC")
    put(values["recipients"][0].day, "1/1/2024")
    put(values["complete_from"][0].value, "1/1/2023")
    put(values["days_off"][0].value, "3/9/2027; +4/9/2027")
    values["issuer"][-1].value.input.setFocus()
    saved(qtbot, panel)
    rule = lambda name: _(SETTINGS[name].label)  # noqa: E731
    kept = {cells["key"]: cells for cells in desk.ledgers.rows("settings")}
    assert kept[rule("due_day")]["value"] == "7"
    assert kept[rule("signer_mode")]["value"] == "KT."
    assert kept[rule("recipients")]["valid_from"] == "01/01/2024"
    values = panel.form.values
    assert values["recipients"][0].value.text() == "UBND huyen\nVDQC"
    assert values["complete_from"][0].value.text() == "01/01/2023"
    assert values["days_off"][0].value.text() == "03/09/2027\n+04/09/2027"
    stored = {
        name: desk.book.setting(name, desk.today(), "") for name in ("complete_from", "days_off")
    }
    assert stored == {"complete_from": "2023-01-01", "days_off": "2027-09-03; +2027-09-04"}
    if elsewhere:
        window.nav.setCurrentItem(window.items["home"])
    window.nav.setFocus()
    press("Ctrl+Z")
    qtbot.waitUntil(lambda: panel.idle() and desk.ledgers.rows("settings") == before)
    assert window.current().bar.text.startswith("✓ " + _("Taken back: {what}").format(what=""))


def test_the_key_takes_back_cells_first_then_what_was_saved(qtbot, window, desk):
    window.show_page("settings", {"ledger": "picks"})
    panel = window.current().panel()

    def names():
        return {cells["vi"] for cells in desk.ledgers.rows("picks")}

    before = names()
    panel.view.setFocus()

    def name(text):
        panel.view.go_to((0, "vi"))
        panel.cells.write({(0, "vi"): text})
        qtbot.waitUntil(panel.idle)

    name("Luật Biên phòng")
    press("Ctrl+S")
    qtbot.waitUntil(lambda: panel.idle() and names() != before)
    kept = dict(panel.cells.rows[0])
    name("Luật khác")
    press("Ctrl+Z")
    qtbot.waitUntil(panel.idle)
    assert panel.cells.rows[0] == kept
    assert names() != before
    press("Ctrl+Z")
    qtbot.waitUntil(lambda: panel.idle() and names() == before)


def test_what_was_put_back_is_one_key_away(qtbot, window):
    window.show_page("settings", {"ledger": "picks"})
    panel = window.current().panel()
    panel.view.setFocus()
    panel.cells.write({(0, "vi"): "Luật Biên phòng"})
    qtbot.waitUntil(panel.idle)
    changed = panel.view.typed_rows()
    panel.drop()
    qtbot.waitUntil(lambda: panel.idle() and not panel.dirty)
    window.nav.setCurrentItem(window.items["home"])
    window.nav.setFocus()
    press("Ctrl+Z")
    qtbot.waitUntil(lambda: panel.idle() and panel.dirty)
    assert panel.view.typed_rows() == changed
    panel.drop()
    qtbot.waitUntil(lambda: panel.idle() and not panel.dirty)


def test_a_wrong_setting_is_told_below_it_when_it_is_left(qtbot, window, desk):
    before = desk.ledgers.rows("settings")
    panel = opened(qtbot, window, "settings", "settings")
    (due,) = panel.form.values["due_day"]
    put(due.value, "40")
    qtbot.waitUntil(panel.idle)
    assert due.value.problem.isHidden()  # not while it is typed
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not due.value.problem.isHidden())
    press("Ctrl+S")
    qtbot.waitUntil(panel.idle)
    assert desk.ledgers.rows("settings") == before
    put(due.value, "")
    qtbot.keyClick(due.value.input, Qt.Key.Key_A, CONTROL)
    qtbot.keyClick(due.value.input, Qt.Key.Key_Delete)
    qtbot.waitUntil(panel.idle)
    assert not panel.dirty


def test_a_regulation_and_a_figure_are_typed_by_keyboard(qtbot, window, desk):
    panel = opened(qtbot, window, "targets", "regulations")
    key(Qt.Key.Key_N, CONTROL)
    for text in ("12/QC-PH", "2023", "Don Ba Son"):
        write(text)
        key(Qt.Key.Key_Return)
    saved(qtbot, panel)
    assert desk.ledgers.rows("regulations")[0]["number"] == "12/QC-PH"
    panel = opened(qtbot, window, "targets", "baselines")
    key(Qt.Key.Key_N, CONTROL)
    write("phat quang")
    key(Qt.Key.Key_Return)
    write("thang 13/2021")
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(panel.idle)
    assert not panel.form.fields["period"].problem.isHidden()
    put(panel.form.fields["period"], "quy 4/2021")
    key(Qt.Key.Key_Return)
    saving = panel.form
    press("Ctrl+S")
    qtbot.waitUntil(panel.idle)
    assert desk.ledgers.rows("baselines") == []
    assert not saving.fields["value"].problem.isHidden()  # the missing value, at its field
    put(saving.fields["scope"], "ba son")
    key(Qt.Key.Key_Return)
    write("41")
    key(Qt.Key.Key_Return)
    put(saving.fields["source"], "BC 2021")
    saved(qtbot, panel)
    (row,) = desk.ledgers.rows("baselines")
    assert (row["period"], row["value"], row["source"]) == ("quý 4 năm 2021", "41", "BC 2021")
    assert [one.period for one in baselines(desk.store)] == ["2021-Q4"]
    assert len(panel.form.table.texts.rows) == 1
    panel.form.table.go_to(0)
    panel.remove()
    saved(qtbot, panel)
    assert desk.ledgers.rows("baselines") == []


def test_targets_are_a_form_and_copied_to_the_next_year_in_it(qtbot, window, desk):
    desk.reference.write_targets(lambda s: set_target(s, "clearing_events", 2023, "post:BS", "36"))
    panel = opened(qtbot, window, "targets", "clauses")
    table = panel.form.table
    value = list(panel.cells.every).index("value")
    end = table.columnViewportPosition(value) + table.columnWidth(value)
    assert end <= table.viewport().width()
    assert table.columnWidth(value) > table.columnWidth(value - 1) // 2
    table.setFocus()
    key(Qt.Key.Key_Y, CONTROL)
    qtbot.waitUntil(panel.idle)
    assert panel.form.fields["year"].text() == "2024"
    lines = [key for key, field in panel.form.fields.items() if isinstance(field.input, LongText)]
    assert lines == ["text"]
    assert panel.form.fields["value"].in_focus()
    write("40")
    key(Qt.Key.Key_Return)
    saved(qtbot, panel)
    told = [(one.year, str(one.value), one.indicator) for one in targets(desk.store)]
    assert told == [(2023, "36", "clearing_events"), (2024, "40", "clearing_events")]


def test_rows_that_the_set_up_file_does_not_have_are_marked_as_own(qtbot, window, desk, tmp_path):
    header = "commune,name,is_border,households_total,valid_from,valid_to\n"
    file = tmp_path / "hamlets.csv"
    with Desk.create(tmp_path / "province", "province", "20", "Người Tỉnh") as province:
        file.write_text(f"{header}06199-2023,Bản Chung,1,40,2023-01-01,9999-12-31\n", "utf-8")
        province.reference.load(file)
        province.exchange.setups.make(tmp_path / "a.bdsetup")
    setup = read_setup(tmp_path / "a.bdsetup")
    desk.exchange.setups.apply(setup, vouched=setup.card.fingerprint)
    file.write_text(f"{header}06199-2023,Bản Riêng,1,40,2023-01-01,9999-12-31\n", "utf-8")
    desk.reference.load(file)
    window.show_page("settings", {"ledger": "hamlets"})
    panel = window.current().panel()
    qtbot.waitUntil(panel.idle)
    (row,) = panel.cells.marks.rows
    assert panel.cells.rows[row]["name"] == "Bản Riêng"
    head, down = panel.cells.headerData, Qt.Orientation.Vertical
    assert head(row, down).startswith(f"{row + 1}◆")
    assert own_words() in head(row, down, Qt.ItemDataRole.ToolTipRole)
    assert own_words() in panel.hint.text()


def test_the_columns_of_an_empty_table_have_room_for_what_is_typed(qtbot, window):
    window.resize(1366, 768)
    window.show_page("settings", {"ledger": "hamlets"})
    view = window.current().panel().view
    room = view.fontMetrics().horizontalAdvance("Xã Ba Sơn · 06196-2025")
    qtbot.waitUntil(lambda: view.columnWidth(0) >= room)
