"""The register: the records of a type in a period and scope, against `list --format json`."""

import random
import re
import shutil

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderdesk.base.errors import OperationStopped
from borderdesk.closing.explanations import short_id
from borderdesk.desk import Desk
from borderdesk.figures.scopes import make_view
from borderdesk.reports.blocks import LinkedValue, MarkedValue, Paragraph, Table, plain_of
from borderdesk.reports.contents.register import record_anchor, register_blocks
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.report_kinds import write_report
from borderdesk.schema.records import RECORD_TYPES
from tests.factories import EXAMPLES, example
from tests.random_desks import (
    ACROSS,
    NUMBERS,
    PERIODS,
    QUIET,
    RECORDS,
    Y2023,
    copied,
    everything,
    fill,
    other_geography,
    scopes_of,
)  # fmt: skip
from tests.recompute import EVENT, Months, Recompute, Scope
from tests.report_files import json_of, lines_of, words_of, written

TYPES = st.sampled_from(sorted(EVENT))


def expected(records, places, kind, scope_text, period, geography=None):
    """The records of a register: dated in the period, and at a place of the scope (for an outreach
    also one of its other places)."""
    again = Recompute(records, places)
    first, last = Months().window(period)
    scope = Scope(scope_text, places, last, geography)
    chosen = []
    for placed, told in zip(again.records[kind], records[kind], strict=True):
        elsewhere = [
            places.commune(p["commune"], placed["day"]) for p in told.get("other_places") or ()
        ]
        there = scope.by_unit and any(scope.within(unit) for unit in elsewhere)
        if first <= placed["day"] <= last and (scope.holds(placed) or there):
            chosen.append(told)
    return sorted(chosen, key=lambda r: r[EVENT[kind]])


@pytest.mark.parametrize("span", [Y2023, ACROSS], ids=["2023", "across 01/07/2025"])
@QUIET
@given(drawn=RECORDS, number=NUMBERS, kind=TYPES)
def test_a_register_is_the_list_of_its_period_and_scope(
    hamlets_template, tmp_path, span, drawn, number, kind
):
    folder, places = hamlets_template
    chance = random.Random(number)
    with copied(folder, tmp_path) as desk:
        fill(desk, drawn, span)
        records = everything(desk)
        period = chance.choice(PERIODS[span])
        last = Months().window(period)[1]
        geography, others = other_geography(last)
        for scope, told_by in (
            *((one, None) for one in chance.sample(scopes_of(span, last), 3)),
            (chance.choice(others), geography),
        ):
            asked = {"scope": scope, "type": kind, "geography": told_by}
            said = json_of(desk, tmp_path, "register", period, **asked)
            wanted = expected(records, places, kind, scope, period, told_by)
            assert said["count"] == len(wanted)
            key = lambda r: r["id"]  # noqa: E731
            assert sorted(said["records"], key=key) == sorted(wanted, key=key)
            days = [record[EVENT[kind]] for record in said["records"]]
            assert days == sorted(days)


@QUIET
@given(drawn=RECORDS, number=NUMBERS, kind=TYPES)
def test_the_paper_has_a_row_for_each_record_and_sums(
    hamlets_template, tmp_path, drawn, number, kind
):
    folder, places = hamlets_template
    with copied(folder, tmp_path) as desk:
        fill(desk, drawn, Y2023)
        period = random.Random(number).choice(PERIODS[Y2023])
        wanted = expected(everything(desk), places, kind, "province", period)
        pdf = written(desk, tmp_path, ".pdf", "register", period, type=kind)
        printed = [
            row[2]
            for line in lines_of(pdf)
            if (row := re.match(r"\s*(\d+)\s+([0-9a-f]{8})\b", line))
        ]
        assert sorted(printed) == sorted(short_id(record["id"]) for record in wanted)
        if not wanted:
            assert "Trong kỳ không có việc nào thuộc loại này." in words_of(pdf)
        else:
            sheet = openpyxl.load_workbook(
                written(desk, tmp_path, ".xlsx", "register", period, type=kind)
            ).active
            by_id = {row[1]: row for row in sheet.iter_rows(values_only=True) if row[1]}
            assert {short_id(r["id"]) for r in wanted} <= by_id.keys()
            if kind == "clearing":
                assert by_id["Tổng"][0] == len(wanted)
                for key in ("times", "participants"):
                    assert sum(r[key] for r in wanted) in by_id["Tổng"]


# ------------------------------------------------------------------------------- by hand


def rows_of(desk, kind, period="2023", scope="post:BS"):
    blocks = list(register_blocks(desk, make_view(desk, period, scope), kind))
    tables = [block for block in blocks if isinstance(block, Table)]
    return [row for table in tables for row in table.checked_rows()], blocks


def test_rows_are_what_figures_lead_to(desk):
    saved = desk.records.add("clearing", example("clearing"))
    rows, _blocks = rows_of(desk, "clearing")
    assert rows[0].anchor == record_anchor(saved.id)
    assert rows[0].cells[1] == short_id(saved.id)
    assert rows[1].kind == "total"


def test_an_annexed_register_has_what_stocks_count(desk):
    """A collective of the year before, an incident settled now and one still open."""
    made = {"post": "BS", "commune": "06202"}
    tapes = [
        desk.records.add("registration", {**example("registration"), "from_on": "2022-05-01"}).id,
        desk.records.add("registration", {**example("registration"), "from_on": "2022-05-01",
                                         "to_on": "2022-12-31", "name": "Tổ cũ"}).id,
    ]  # fmt: skip
    case = {**made, "category": "phao", "happened_on": "2022-05-01"}
    cases = [
        desk.records.add("incident", {**case, "status": "closed", "closed_on": closed}).id
        for closed in ("2022-06-01", "2023-03-01")
    ] + [desk.records.add("incident", {**case, "status": "open"}).id]
    rows, _blocks = rows_of(desk, "registration")
    assert [row.anchor for row in rows if row.anchor] == [record_anchor(tapes[0])]
    rows, _blocks = rows_of(desk, "incident")
    anchors = {row.anchor for row in rows if row.anchor}
    assert anchors == {record_anchor(cases[1]), record_anchor(cases[2])}
    assert rows[0].kind == "group"
    # A separate register has only the records of its period.
    view_rows = list(make_rows(desk, "incident"))
    assert view_rows == []


def make_rows(desk, kind):
    from borderdesk.reports.contents.register import Register

    register = Register(desk, make_view(desk, "2023", "post:BS"), RECORD_TYPES[kind])
    for block in register.blocks():
        if isinstance(block, Table):
            yield from block.checked_rows()


def everything_printed(desk, kind, scope="province"):
    rows, blocks = rows_of(desk, kind, scope=scope)
    cells = [str(plain_of(cell)) for row in rows for cell in row.cells]
    return " ".join([*cells, *(b.text for b in blocks if isinstance(b, Paragraph))])


PHONE, CITIZEN = "0987654321", "020085000123"


def test_names_stand_on_the_desk_that_made_the_record_and_ids_nowhere(post_desk, tmp_path):
    home = {"head": "Nông Văn Kín", "commune": "06202", "hamlet": "Bản Phạc"}
    household = post_desk.records.add(
        "household",
        {**home, "phone": PHONE, "citizen_id": CITIZEN, "valid_from": "2023-01-01"},
    ).id  # fmt: skip
    post_desk.records.add("pledge", {**EXAMPLES["pledge"](0), "household": household})
    person = {**EXAMPLES["registration"](0), "subject": "individual", "name": "Lý Thị Riêng"}
    post_desk.records.add("registration", {k: v for k, v in person.items() if k != "members"})
    at_home = everything_printed(post_desk, "pledge", "post:BS")
    assert "Nông Văn Kín, Bản Phạc" in at_home
    assert "Lý Thị Riêng" in everything_printed(post_desk, "registration", "post:BS")
    assert PHONE not in at_home
    assert CITIZEN not in at_home
    # The same records on another desk: as if they had arrived with their personal fields.
    folder = shutil.copytree(post_desk.folder, tmp_path / "elsewhere")
    with Desk.open(folder) as other:
        other.store.run("UPDATE meta SET value = ? WHERE key = 'desk'", ("f" * 32,))
        other.store.run("UPDATE meta SET value = 'province' WHERE key = 'role'")
        other.store.run("UPDATE meta SET value = '20' WHERE key = 'unit'")
    with Desk.open(folder) as other:
        abroad = everything_printed(other, "pledge")
        assert "Nông Văn Kín" not in abroad
        assert "Bản Phạc" in abroad
        assert "Lý Thị Riêng" not in everything_printed(other, "registration")
        told = json_of(other, tmp_path, "register", "2023", type="registration")
        assert [record["name"] for record in told["records"]] == [None]
        assert json_of(other, tmp_path, "register", "2023", type="pledge")["count"] == 1
    told = json_of(post_desk, tmp_path, "register", "2023", type="registration")
    assert [record["name"] for record in told["records"]] == ["Lý Thị Riêng"]


def test_what_is_internal_in_children_stays_at_home(post_desk, tmp_path):
    post_desk.records.add("patrol", EXAMPLES["patrol"](0))
    folder = shutil.copytree(post_desk.folder, tmp_path / "elsewhere")
    with Desk.open(folder) as other:
        other.store.run("UPDATE meta SET value = ? WHERE key = 'desk'", ("f" * 32,))
        other.store.run("UPDATE meta SET value = 'province' WHERE key = 'role'")
    for desk, remark, leader in (
        (post_desk, "Nghiêng về phía ta", "Thiếu tá Hoàng Văn Nam"), (folder, None, None),
    ):  # fmt: skip
        if isinstance(desk, Desk):
            told = json_of(desk, tmp_path, "register", "2023", type="patrol", scope="province")
        else:
            with Desk.open(desk) as other:
                told = json_of(other, tmp_path, "register", "2023", type="patrol",
                               scope="province")  # fmt: skip
        (record,) = told["records"]
        assert record["inspected"][1]["remark"] == remark
        assert record["leader"] == leader
        assert record["inspected"][1]["marker"] == "1129"


def test_two_versions_are_marked(desk):
    saved = desk.records.add("clearing", example("clearing"))
    desk.store.run("INSERT INTO double_version (record, type) VALUES (?, 'clearing')", (saved.id,))
    rows, blocks = rows_of(desk, "clearing")
    cell = rows[0].cells[1]
    assert isinstance(cell, MarkedValue)
    assert cell.value == short_id(saved.id)
    assert any("chờ chọn: 1" in b.text for b in blocks if isinstance(b, Paragraph))
    assert not isinstance(cell, LinkedValue)


def test_a_register_needs_a_type(cli_inline, desk_folder, tmp_path):
    for more in ((), ("--type", "household"), ("--type", "nonsense")):
        done = cli_inline("--desk", desk_folder, "report", "register", "--period", "2023-12",
                          "--out", tmp_path / "a.json", *more)  # fmt: skip
        assert done.returncode == 2
        assert done.stderr.strip()
    assert not (tmp_path / "a.json").exists()


def test_stopping_leaves_the_file_as_it_was(desk, tmp_path):
    desk.records.add("clearing", example("clearing"))

    def stop(_done, _whole):
        raise OperationStopped

    for suffix in (".json", ".pdf", ".xlsx"):
        target = tmp_path / f"a{suffix}"
        target.write_text("cũ")
        with pytest.raises(OperationStopped):
            write_report(desk, Request("register", "2023", type="clearing"), target, stop)
        assert target.read_text() == "cũ"
    assert len(list(tmp_path.glob(".*.part"))) == 0


def test_long_names_and_nine_digit_figures(desk, tmp_path):
    long = "Mô hình " + "đường biên giới quốc gia bình yên, no ấm " * 4
    assert len(long) <= 200
    desk.records.add("programme", {**example("programme"), "hamlet": long.strip()[:199],
                                  "source_ref": " ".join(f"biênbản{n}" for n in range(200)),
                                  "quantity": 987654321.5,
                                  "cost_vnd": 999_999_999_999})  # fmt: skip
    words = words_of(written(desk, tmp_path, ".pdf", "register", "2023", type="programme"))
    assert "987.654.321,5" in words
    assert "999.999.999.999" in words
    assert all(re.search(rf"biênbản{n}\b", words) for n in range(200))
