"""Paper forms for the field and the day book: every type, in the order of the screen."""

import datetime
import json

import pytest

from borderdesk.entry.hamlet_round import Signatures
from borderdesk.reports.blocks import Table
from borderdesk.reports.contents.day_book import day_entries
from borderdesk.reports.contents.list_selection import selection_words
from borderdesk.reports.handouts import paper_forms
from borderdesk.reports.workbooks.list_files import spreadsheet_document
from borderdesk.schema.kinds.field import labelled
from borderdesk.schema.record import form_groups
from borderdesk.schema.records import ALL_TYPES, RECORD_TYPES
from borderdesk.store.lists.listing import Filter
from tests.factories import example
from tests.report_files import words_of

CLEARING = {"kind": "sight_line", "commune": "06202", "participants": 8, "post": "BS"}


def cells(document):
    return [
        str(cell) for block in document.blocks if isinstance(block, Table)
        for row in block.rows for cell in row.cells
    ]  # fmt: skip


@pytest.mark.parametrize("type_name", ALL_TYPES)
def test_a_blank_form_has_every_field_in_the_order_of_the_screen(post_desk, tmp_path, type_name):
    model = ALL_TYPES[type_name]
    known = {"hamlet": "Bản Phạc"} if "hamlet" in model.fields() else {}
    document = paper_forms.blank_form(post_desk, type_name, known)
    shown = cells(document)
    lines = [line.partition(" (ch")[0].partition(" (bắt")[0] for line in shown[::2]]
    places = [
        lines.index(labelled(model.fields()[key]))
        for _heading, keys in form_groups(model, "post") for key in keys
        if key in model.columns()
    ]  # fmt: skip
    assert places == sorted(places)
    assert ("Bản Phạc" in shown) is bool(known)
    file = tmp_path / "form.pdf"
    paper_forms.write_blank_form(post_desk, type_name, known, file)
    assert file.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("type_name", RECORD_TYPES)
def test_above_a_post_a_blank_form_begins_with_the_post(desk, type_name):
    first = cells(paper_forms.blank_form(desk, type_name, {"post": "BS"}))[:2]
    assert first == ["Đồn\u00a0*", desk.book.posts["BS"].name]


def test_a_blank_form_says_when_a_field_applies(post_desk):
    shown = cells(paper_forms.blank_form(post_desk, "registration", {}))
    assert "Tên\u00a0* (chỉ khi Đối tượng đăng ký là: Tập thể, Cá nhân)" in shown
    shown = cells(paper_forms.blank_form(post_desk, "pledge", {}))
    assert "Xã\u00a0* (chỉ khi Số hộ là: từ 2 trở lên)" in shown
    assert "Số hộ\u00a0*" in shown


def test_no_line_ends_between_a_box_and_its_words(post_desk):
    kinds = next(c for c in cells(paper_forms.blank_form(post_desk, "pledge", {})) if "□" in c)
    assert kinds.count("□") > 1
    assert kinds.count("□\u00a0") == kinds.count("□")


def test_the_form_of_a_patrol_names_the_markers_that_are_due(post_desk):
    own = [m for m, (post, *_rest) in post_desk.book.markers.items() if post == "BS"]
    shown = cells(paper_forms.blank_form(post_desk, "patrol", {}))
    assert [cell for cell in shown if cell in own] == own[: paper_forms.MOST_MARKERS]


@pytest.mark.parametrize("type_name", ALL_TYPES)
def test_a_slip_has_what_the_record_has(desk, tmp_path, type_name):
    record = desk.records.add(type_name, example(type_name)).id
    values = desk.records.read(type_name, record)[0]
    shown = " ".join(cells(paper_forms.slip(desk, type_name, record)))
    for key, field in ALL_TYPES[type_name].columns().items():
        if key in values:
            assert field.show(values[key], desk.book) in shown
    paper_forms.write_slip(desk, type_name, record, tmp_path / "slip.pdf")


@pytest.mark.parametrize("where", ["desk", "post_desk"])
@pytest.mark.parametrize("type_name", RECORD_TYPES)
def test_a_slip_begins_with_the_post_and_has_no_table_without_a_heading(request, type_name, where):
    desk = request.getfixturevalue(where)
    record = desk.records.add(type_name, example(type_name)).id
    document = paper_forms.slip(desk, type_name, record)
    assert cells(document)[:2] == ["Đồn", desk.book.posts["BS"].name]
    pairs = zip(document.blocks, document.blocks[1:], strict=False)
    assert not any(isinstance(one, Table) and isinstance(two, Table) and two.columns == one.columns
                   for one, two in pairs)  # fmt: skip


def test_a_list_as_paper_has_the_rows_and_columns_chosen(desk, tmp_path):
    ids = [
        desk.records.add("clearing", {**CLEARING, "started_on": f"2023-11-0{n}"}).id
        for n in (1, 2, 3)
    ]
    file, chosen = tmp_path / "list.pdf", Filter(ids=frozenset(ids[:2]))
    keys = ["started_on", "participants"]
    assert paper_forms.write_list_paper(desk, "clearing", chosen, keys, file) == 2
    told = words_of(file)
    assert "01/11/2023" in told
    assert "03/11/2023" not in told
    assert "Lượt người tham gia" in told
    assert "Các dòng được chọn" in told


def test_a_list_says_what_it_was_limited_to(desk):
    model, (unit, *_rest) = ALL_TYPES["clearing"], desk.book.units
    day = datetime.date(2023, 11, 1)
    told = {
        Filter(): (),
        Filter(first=day, last=day.replace(day=30)): ("Từ ngày 01/11/2023 đến ngày 30/11/2023",),
        Filter(first=day): ("Từ 01/11/2023 trở đi",),
        Filter(last=day, post="BS"): ("Đến 01/11/2023 · Đồn Biên phòng Ba Sơn",),
        Filter(units=frozenset([unit])): (desk.book.unit_name(unit),),
        Filter(kind="sight_line", search="Pò Mã"): (
            "Phát quang đường thông tầm nhìn · có “Pò Mã”",
        ),
        Filter(review_state="late"): ("Nhập chậm",),
    }
    for chosen, words in told.items():
        assert selection_words(model, chosen, desk.book) == words
        workbook = spreadsheet_document(desk, model, (), chosen)
        assert workbook.subtitle == (desk.title(), *words)


def test_the_round_has_a_line_to_sign_for_each(desk, tmp_path):
    day = datetime.date(2023, 11, 5)
    for name in ("Lý A Sáng", "Nông Văn An"):
        home = {"head": name, "commune": "06202-2023", "hamlet": "Bản Phạc"}
        one = desk.records.add("household", home).id
    desk.round.sign([one], Signatures("buon_lau", day, post="BS"))
    found = desk.round.households("06202-2023", "Bản Phạc", "buon_lau", day)
    file = tmp_path / "round.pdf"
    paper_forms.write_round(desk, "Bản Phạc, Xã Xuất Lễ", "Không buôn lậu", found, file)
    told = words_of(file)
    assert "Chữ ký" in told
    assert "Lý A Sáng" in told
    assert told.count("đã ký") == 1


# ----------------------------------------------------------------------------- day book


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [("11-10", "11-10", []), ("11-11", "11-11", [11]), ("11-12", "11-12", [12, 12]),
     ("11-13", "11-13", [13]), ("11-14", "11-20", []), ("11-01", "11-30", [11, 12])],
)  # fmt: skip
def test_work_of_several_days_stands_at_each(desk, first, last, found):
    long = {**CLEARING, "started_on": "2023-11-11", "ended_on": "2023-11-13"}
    desk.records.add("clearing", long)
    desk.records.add("clearing", {**CLEARING, "started_on": "2023-11-12", "times": 2})
    days = (datetime.date.fromisoformat(f"2023-{day}") for day in (first, last))
    assert [one.day.day for one in day_entries(desk, *days)] == found


def test_every_type_is_in_the_day_book(desk):
    days = []
    for type_name, model in RECORD_TYPES.items():
        raw = example(type_name)
        days.append(raw[model.event().name])
        desk.records.add(type_name, raw)
    first, last = (datetime.date.fromisoformat(f(days)) for f in (min, max))
    entries = day_entries(desk, first, last)
    assert {one.type for one in entries} == set(RECORD_TYPES)
    assert [one.day for one in entries] == sorted(one.day for one in entries)
    assert all(one.text for one in entries)


def test_the_command_line_writes_the_day_book(desk_folder, cli_inline, tmp_path):
    for day in ("2023-11-05", "2023-11-06"):
        cli_inline("--desk", desk_folder, "add", "clearing",
                   stdin=json.dumps({**CLEARING, "started_on": day}))  # fmt: skip
    out = tmp_path / "day.json"
    words = ["--desk", desk_folder, "report", "daybook", "--period", "2023-11-05", "--out"]
    assert cli_inline(*words, out).returncode == 0
    (row,) = json.loads(out.read_text("utf-8"))["rows"]
    assert (row["day"], row["type"], row["post"]) == ("2023-11-05", "clearing", "BS")
    assert "8 lượt người" in row["text"]
    paper = tmp_path / "day.pdf"
    assert cli_inline(*words, paper).returncode == 0
    assert "05/11/2023" in words_of(paper)
    assert cli_inline(*words, out, "--scope", "post:CM").returncode == 0
    assert json.loads(out.read_text("utf-8"))["rows"] == []
