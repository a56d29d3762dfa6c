"""Grids: parsed like the form, saved all or none, and copied as they were pasted."""

import datetime
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderdesk.base.errors import OperationStopped, UserError
from borderdesk.base.formats import format_date
from borderdesk.base.i18n import set_language
from borderdesk.base.periods import Calendar
from borderdesk.base.progress import no_progress
from borderdesk.desk import Desk
from borderdesk.entry.clipboard import MOST_ROWS, copied, pasted, with_headings
from borderdesk.entry.grid import (
    RowsDoubtful,
    RowsRefused,
    check_rows,
    columns_of,
    form_of,
    in_month,
    in_period,
    raw_of,
)
from borderdesk.entry.place_doubts import OUTSIDE
from borderdesk.entry.record_output import as_json
from borderdesk.schema.kinds import ChildrenField, FieldError, doubt_text, read_day
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.lists.listing import Filter
from tests.factories import example

TODAY = datetime.date(2026, 11, 28)
DECEMBER = Calendar().parse("2023-12")
MASKED = ("citizen_id", "phone")
CLEARING = {"kind": "Phát quang đường thông tầm nhìn", "commune": "Xuất Lễ"}


def row(day, people, **more):
    return {**CLEARING, "started_on": str(day), "participants": str(people), **more}


def save(desk, rows, type_name="clearing", kept=(), left=None, progress=no_progress):
    lines = list(enumerate(rows))
    form = form_of(type_name)
    return desk.grid.save_rows(type_name, lines, DECEMBER, kept, form, left, progress)


def told(desk, type_name):
    model = ALL_TYPES[type_name]
    rows = desk.lists.stream(type_name, Filter(), revisions=True)
    found = [as_json(model, one, desk.book) for one in rows]
    kept = [{k: v for k, v in one.items() if k not in ("id", "revision")} for one in found]
    return sorted(kept, key=str)


# ------------------------------------------------------------------------------- pasting

CELL = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=8)


@given(st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(CELL, min_size=n, max_size=n))))
def test_what_is_copied_is_pasted_as_it_was(rows):
    while rows and not any(rows[-1]):
        rows.pop()
    assert pasted(copied(rows)) == rows


def test_a_cell_of_several_lines_and_blank_rows_below_are_read_as_one_table():
    assert pasted('Ba Sơn\t"hai\ndòng"\r\n4\t5\r\n\t\r\n') == [["Ba Sơn", "hai dòng"], ["4", "5"]]
    with pytest.raises(UserError, match=r"20\.000|20000"):
        pasted("1\n" * (MOST_ROWS + 1))


def test_a_row_of_headings_is_known_in_any_order_and_with_words_left_out(post_desk):
    columns = columns_of(post_desk, "clearing")
    heads = ["LƯỢT NGƯỜI", "tu ngay *", "Xã", "Số hiệu lạ", "Loại việc"]
    table = with_headings([heads], columns, {})
    assert table.keys == ["participants", "started_on", "commune", None, "kind"]
    row = ["Phát quang đường thông tầm nhìn", "4", "Xuất Lễ", "18"]
    assert with_headings([row], columns, {}) is None
    assert with_headings([["", ""]], columns, {}) is None


@given(st.dates(datetime.date(1990, 1, 1), datetime.date(2060, 12, 31)), st.integers(1, 28))
def test_a_day_number_is_that_day_of_the_month_whatever_the_cut_off(day, cut_off):
    month = Calendar(lambda _day: cut_off).month_of(day)
    found = in_month(str(day.day), month)
    assert found == format_date(day)


@pytest.mark.parametrize(
    ("period", "text", "day"),
    [
        ("2023-12", "4", "04/12/2023"), ("2023-12", "4/12", "04/12/2023"),
        ("2023-12", "28/11", "28/11/2023"), ("2023-12", " 4-3 ", "04/03/2023"),
        ("2023-03", "4/12", "04/12/2023"), ("2023", "4/12", "04/12/2023"), ("2026", "4", "4"),
        ("2023", "4", "04/11/2023"), ("2022", "4", "04/11/2022"), ("2022", "4/1", "04/01/2022"),
        ("2026-11", "29/11", "29/11/2026"), ("2026-11", "4/12", "04/12/2026"),
        ("2026-01", "28/12", "28/12/2025"), ("2023-12", "4/12/2022", "4/12/2022"),
        ("2023-12", "31/02", "31/02/2023"), ("2023", "29-2", "29/02/2023"),
        ("2023-02", "30", "30/02/2023"), ("2024-02", "29", "29/02/2024"),
    ],
)  # fmt: skip
def test_a_day_and_a_month_are_of_the_chosen_year(period, text, day):
    chosen = Calendar().parse(period)
    today = min(datetime.date(2026, 11, 28), chosen.last) if period[:4] == "2026" else TODAY
    assert in_period(text, chosen, today) == day


def test_december_of_a_year_that_begins_in_it_is_of_the_year_before():
    january = Calendar(lambda _day: 15).parse("2027-01")
    assert in_period("20/12", january, datetime.date(2026, 12, 28)) == "20/12/2026"
    assert in_period("4/1", january, datetime.date(2027, 1, 10)) == "04/01/2027"


@pytest.mark.parametrize("text", ["4/12", "30a", ""])
def test_what_is_no_day_alone_stays_as_it_was_typed(text):
    assert in_month(text, DECEMBER) == text


def test_a_day_that_the_month_has_not_is_no_day_of_another():
    # On 30 November 2026, a 30 typed in the grid of February would mean that day.
    for cut_off, period, days in ((0, "2023-02", "0 29 30 31 32"), (15, "2023-03", "29 30 31")):
        month = Calendar(lambda _day, cut_off=cut_off: cut_off).parse(period)
        for day in days.split():
            with pytest.raises(FieldError):
                read_day(in_month(day, month), datetime.date(2026, 11, 30))


# -------------------------------------------------------------------------------- saving


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("type_name", list(ALL_TYPES))
def test_a_table_saves_what_the_form_saves_for_every_type(desk, type_name, lang):
    """Every record of every type, typed as the desk shows it, saves as the same record."""
    set_language(lang)
    model, book = ALL_TYPES[type_name], desk.book
    for number in range(3):
        desk.records.add(type_name, example(type_name, number))
    keys = {column.key: column.field for column in columns_of(desk, type_name)}
    before, rows, ids = told(desk, type_name), [], []
    for one in desk.lists.stream(type_name, Filter()):
        cells = {
            key: one.values[key] if key in MASKED else field.as_typed(one.values[key], book)
            for key, field in model.columns().items()
            if key in keys and one.values.get(key) is not None
        }
        named = one.values.get("household")
        if named is not None:
            home = desk.records.read("household", named)[0]
            parts = ALL_TYPES["household"].columns()
            for part in ("head", "commune", "hamlet"):
                cells[f"household.{part}"] = parts[part].show(home[part], book)
        rows.append(cells)
        ids.append(one.id)
    lost = {
        key for key, field in model.fields().items()
        if key not in keys and f"{key}.head" not in keys
    }  # fmt: skip
    for record in ids:
        desk.records.delete(type_name, record, "Nhập lại")
    save(desk, rows, type_name, kept=range(len(rows)))
    # Child rows have a test of their own.
    aside = (
        lost
        | {"household"}
        | {k for k, f in model.fields().items() if isinstance(f, ChildrenField)}
    )

    def compared(records):
        for one in records:
            one["warnings"] = {
                k: v for k, v in one["warnings"].items() if k.split("[")[0] not in aside
            }
        return sorted(
            ({k: v for k, v in one.items() if k not in aside} for one in records), key=str
        )

    assert compared(told(desk, type_name)) == compared(before)


@contextmanager
def fresh(template):
    with (
        tempfile.TemporaryDirectory() as folder,
        Desk.open(Path(shutil.copytree(template, Path(folder) / "desk"))) as desk,
    ):
        yield desk


@given(rows=st.lists(st.tuples(st.integers(0, 33), st.integers(-1, 60)), min_size=1, max_size=8))
def test_one_wrong_cell_saves_nothing_and_right_ones_save_what_was_typed(post_template, rows):
    """The same rows typed one by one into the form give the same records."""
    with fresh(post_template) as by_table, fresh(post_template) as by_form:
        cells = [row(day, people) for day, people in rows]
        wrong = {n for n, (day, people) in enumerate(rows) if not 1 <= day <= 31 or people < 1}
        kept = range(len(rows))
        if wrong:
            with pytest.raises(RowsRefused) as refused:
                save(by_table, cells, kept=kept)
            assert set(refused.value.rows) == wrong
            assert by_table.lists.count("clearing", Filter()) == 0
            return
        save(by_table, cells, kept=kept)
        for one in cells:
            raw = raw_of(ALL_TYPES["clearing"], one, DECEMBER, by_form.book, by_form.today())
            by_form.records.add("clearing", raw, typed=True)
        assert told(by_table, "clearing") == told(by_form, "clearing")


def today_row(desk, people):
    """A row without doubts: of yesterday, when the commune is named Xã Ba Sơn."""
    yesterday = desk.today() - datetime.timedelta(days=1)
    return {**row(format_date(yesterday), people), "commune": "Xã Ba Sơn"}


def test_doubts_stop_a_table_until_they_are_kept(post_desk):
    rows = [today_row(post_desk, 18), today_row(post_desk, 900)]
    with pytest.raises(RowsDoubtful) as doubtful:
        save(post_desk, rows)
    assert list(doubtful.value.rows) == [1]
    assert list(doubtful.value.rows[1]) == ["participants"]
    assert post_desk.lists.count("clearing", Filter()) == 0
    assert len(save(post_desk, rows, kept={1})) == 2
    assert post_desk.maintenance.verify()["ok"]


def test_a_table_that_is_stopped_saves_nothing_and_stays_a_draft(post_desk):
    post_desk.drafts.keep_draft(form_of("clearing"), {"rows": []})

    def stop(done, _whole):
        if done:
            raise OperationStopped

    with pytest.raises(OperationStopped):
        save(post_desk, [row(4, 18), row(5, 19)], progress=stop)
    assert post_desk.lists.count("clearing", Filter()) == 0
    assert post_desk.drafts.open_draft(form_of("clearing")) is not None


def test_saving_ends_the_draft_or_leaves_what_is_left(post_desk):
    form = form_of("clearing")
    post_desk.drafts.keep_draft(form, {"rows": [1, 2]})
    save(post_desk, [today_row(post_desk, 18)], left={"rows": [2]})
    assert post_desk.drafts.open_draft(form).texts == {"rows": [2]}
    save(post_desk, [today_row(post_desk, 19)])
    assert post_desk.drafts.open_draft(form) is None


def test_what_is_wrong_is_told_in_its_cell_before_any_saving(post_desk):
    good, bad, odd = check_rows(
        post_desk, "clearing",
        [row("4", "1.200"), row("40", "x", commune="Hà Nội"), row("4", 900)], DECEMBER,
    )  # fmt: skip
    assert good.texts["started_on"] == "04/12/2023"
    assert good.texts["participants"] == "1.200"
    assert set(bad.problems) >= {"started_on", "participants"}
    assert "participants" in odd.doubts


def test_inspected_markers_are_typed_as_stretches(desk):
    raw = {"inspected": "1166; 1168-1170"}
    model = ALL_TYPES["patrol"]
    found = raw_of(model, raw, DECEMBER, desk.book, desk.today())["inspected"]
    known = [one["marker"] for one in found]
    assert known[0] == "1166"
    assert known[1:] == desk.book.markers_between("1168", "1170")
    assert len(known) > 3
    assert {one["condition"] for one in found} == {"intact"}


def test_a_household_made_in_a_table_is_found_again_by_the_next_row(post_desk):
    """Two pledges of one household in one grid make one household."""
    day = f"{post_desk.today():%d/%m/%Y}"
    home = {"household.head": "Lý A Sáng", "household.commune": "Xã Ba Sơn",
            "household.hamlet": "Khuổi Tát"}  # fmt: skip
    rows = [{**home, "signed_on": day, "programme": one} for one in _programmes(post_desk)]
    save(post_desk, rows, "pledge", kept=range(2))
    assert post_desk.lists.count("household", Filter()) == 1
    assert post_desk.lists.count("pledge", Filter()) == 2


def test_a_household_without_its_hamlet_is_refused_in_that_cell(post_desk):
    day = f"{post_desk.today():%d/%m/%Y}"
    cells = {"signed_on": day, "programme": _programmes(post_desk)[0],
             "household.head": "Lý A Sáng"}  # fmt: skip
    (checked,) = check_rows(post_desk, "pledge", [cells], None)
    assert "household.hamlet" in checked.problems or "household.commune" in checked.problems
    with pytest.raises(RowsRefused) as refused:
        save(post_desk, [cells], "pledge")
    assert any(key.startswith("household.") for key in refused.value.rows[0])
    assert post_desk.lists.count("household", Filter()) == 0


def test_a_place_outside_the_area_is_doubted_in_its_cell_before_any_saving(post_desk):
    cells = {"started_on": "5/11/2023", "from_marker": "962"}
    (checked,) = check_rows(post_desk, "clearing", [cells], None)
    assert checked.doubts["from_marker"] == doubt_text(OUTSIDE)


def _programmes(desk):
    codes = list(desk.book.picks["pledge_programme"])[:2]
    return [desk.book.pick_label("pledge_programme", code) for code in codes]


def test_a_post_must_be_named_only_above_a_post(desk, post_desk):
    def posts(of):
        return [c for c in columns_of(of, "clearing") if c.key == "post"]

    assert posts(post_desk) == []
    (column,) = posts(desk)
    assert column.usual
    assert column.required
