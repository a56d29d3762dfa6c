"""Reference data, settings and targets read and edited as tables."""

import pytest

from borderdesk.base.errors import RecordChanged, UserError
from borderdesk.base.i18n import set_language
from borderdesk.entry.grid import RowsRefused
from borderdesk.figures.targets import set_target, targets
from borderdesk.ledgers.editor import form_of, next_year, row_uses
from borderdesk.ledgers.rows import check_rows
from borderdesk.ledgers.tables import ledgers
from borderdesk.schema.reference.table import YearlyRows


def numbered(rows):
    return list(enumerate(rows))


def save(desk, name, seen, rows):
    return desk.ledgers.save(name, seen, numbered(rows), form_of(name))


@pytest.fixture(params=["vi", "en"])
def lang(request):
    set_language(request.param)
    yield request.param
    set_language("vi")


@pytest.mark.parametrize("name", ledgers())
@pytest.mark.usefixtures("lang")
def test_every_row_reads_back_as_it_is_shown(desk, name):
    desk.reference.write_targets(
        lambda store: set_target(store, "patrols_unilateral", 2023, "province", "12.5")
    )
    rows = desk.ledgers.rows(name)
    checked = check_rows(desk, name, rows)
    assert [c.problems for c in checked] == [{}] * len(rows)
    assert [c.texts for c in checked] == rows


@pytest.mark.parametrize("name", ledgers())
@pytest.mark.usefixtures("lang")
def test_saving_what_was_read_changes_nothing(desk, name):
    rows = desk.ledgers.rows(name)
    assert save(desk, name, rows, rows) == 0
    assert desk.ledgers.rows(name) == rows


def test_a_target_is_added_changed_and_taken_out(desk):
    row = {"year": "2024", "indicator": "Phát quang, tu sửa", "rule": "ít nhất", "value": "1.200",
           "scope": "Tỉnh Lạng Sơn"}  # fmt: skip
    assert save(desk, "clauses", [], [row]) == 1
    assert [(t.indicator, t.year, str(t.value)) for t in targets(desk.store)] == [
        ("clearing_events", 2024, "1200")
    ]
    seen = desk.ledgers.rows("clauses")
    assert save(desk, "clauses", seen, [{**seen[0], "value": "1.300"}]) == 1
    assert [str(t.value) for t in targets(desk.store)] == ["1300"]
    assert save(desk, "clauses", desk.ledgers.rows("clauses"), []) == 1
    assert targets(desk.store) == []


def test_the_next_year_begins_with_this_years_targets():
    yearly = YearlyRows("year", "value")
    rows = [{"year": "2023", "value": "1"}, {"year": "2022", "value": "2"}]
    assert next_year(yearly, rows) == (2024, [{"year": "2024", "value": "1"}])
    assert next_year(yearly, [{"year": "", "value": "1"}, {}])[1] == []


def test_a_bad_cell_is_told_where_it_stands_and_nothing_is_saved(desk):
    good = {"year": "2024", "indicator": "clearing_events", "rule": "at_least", "value": "5"}
    bad = {**good, "value": "năm", "year": "24", "rule": "nhiều"}
    with pytest.raises(RowsRefused) as refused:
        save(desk, "clauses", [], [good, bad])
    assert set(refused.value.rows) == {1}
    assert set(refused.value.rows[1]) == {"value", "year", "rule"}
    assert targets(desk.store) == []


@pytest.mark.parametrize(
    ("table", "typed", "first", "commune"),
    [
        ("hamlets", "Ba Sơn", "1/1/2026", "06196-2025"),
        ("hamlets", "xa ba son", "", "06196-2025"),
        ("hamlets", "06196", "1/1/2026", "06196-2025"),
        ("hamlets", "Xuất Lễ", "1/1/2023", "06202-2023"),
        ("markers", "Ba Sơn", "", "06196-2025"),
    ],
)
def test_a_commune_is_named_in_a_table_as_in_a_record(post_desk, table, typed, first, commune):
    row = {"commune": typed, "valid_from": first, "name": "Nà Mò", "marker": "1170"}
    checked = check_rows(post_desk, table, [row])[0]
    assert "commune" not in checked.problems
    assert checked.texts["commune"].endswith(commune)


def test_a_name_that_is_none_of_many_is_told_in_a_sentence(post_desk):
    for table, key in (("hamlets", "commune"), ("posts", "communes"), ("units", "successors")):
        told = check_rows(post_desk, table, [{key: "Ba Sown"}])[0].problems[key]
        assert "Ba Sown" in told
        assert len(told) < 80


def test_two_rows_of_one_name_are_refused(desk):
    rows = desk.ledgers.rows("picks")
    with pytest.raises(RowsRefused) as refused:
        save(desk, "picks", rows, [*rows, {**rows[0], "vi": "Khác"}])
    assert set(refused.value.rows) == {len(rows)}


def test_a_unit_can_end_and_have_a_successor(desk):
    seen = desk.ledgers.rows("units")
    at = next(n for n, row in enumerate(seen) if row["id"] == "06154-2023")
    ended = {**seen[at], "valid_to": "01/01/2024", "successors": seen[at + 1]["name"]}
    with pytest.raises(RowsRefused) as refused:  # a name alone may be that of several
        save(desk, "units", seen, [*seen[:at], ended, *seen[at + 1 :]])
    assert set(refused.value.rows[at]) == {"successors"}
    ended["successors"] = f"{seen[at + 1]['name']} · {seen[at + 1]['id']}"
    assert save(desk, "units", seen, [*seen[:at], ended, *seen[at + 1 :]]) == 1
    unit = desk.book.units["06154-2023"]
    assert (unit.valid_to, unit.successors) == ("2024-01-01", (seen[at + 1]["id"],))


def test_what_records_name_is_told_and_stays(post_desk):
    seen = post_desk.ledgers.rows("units")
    clearing = {
        "kind": "sight_line", "started_on": "2023-11-05", "commune": "06196", "participants": 12,
    }  # fmt: skip
    at = next(n for n, row in enumerate(seen) if row["code"] == "06196" and row.get("valid_to"))
    assert row_uses(post_desk, "units", seen[at]).total() == 0
    post_desk.records.add("clearing", clearing)
    assert row_uses(post_desk, "units", seen[at]).total() == 1
    with pytest.raises(UserError, match="1"):
        save(post_desk, "units", seen, [*seen[:at], *seen[at + 1 :]])
    assert post_desk.ledgers.rows("units") == seen


def test_another_hands_change_is_not_written_over(desk):
    seen = desk.ledgers.rows("settings")
    desk.reference.set_setting("due_day", "7")
    with pytest.raises(RecordChanged):
        save(desk, "settings", seen, [*seen, {"key": "cut_off_day", "value": "25"}])
    assert desk.calendar().parse("2023-12").first.day == 1


def test_a_setting_holds_from_its_day_and_a_wrong_one_is_told(desk):
    seen = desk.ledgers.rows("settings")
    row = {"key": "cut_off_day", "valid_from": "01/01/2024", "value": "25"}
    save(desk, "settings", seen, [*seen, row])
    assert desk.calendar().parse("2023-12").last.day == 31
    assert desk.calendar().parse("2024-02").first.isoformat() == "2024-01-26"
    seen = desk.ledgers.rows("settings")
    with pytest.raises(RowsRefused) as refused:
        save(desk, "settings", seen, [*seen, {"key": "due_day", "value": "40"}])
    assert set(refused.value.rows[len(seen)]) == {"value"}


def test_a_new_entry_of_a_pick_list_gets_its_code_from_its_words(desk):
    seen = desk.ledgers.rows("picks")
    save(desk, "picks", seen, [*seen, {"list": "Chủ đề", "vi": "Phòng cháy rừng"}])
    assert desk.book.pick_code("topic", "phong chay rung") == "phong_chay_rung"


def test_a_draft_ends_with_the_saving(desk):
    seen = desk.ledgers.rows("picks")
    desk.drafts.keep_draft(form_of("picks"), {"rows": [], "seen": seen})
    save(desk, "picks", seen, seen)
    assert desk.drafts.open_draft(form_of("picks")) is None


def test_a_table_read_in_one_language_is_saved_in_the_other(desk):
    seen = desk.ledgers.rows("units")
    set_language("en")
    try:
        assert save(desk, "units", seen, seen) == 0
    finally:
        set_language("vi")
