"""Lists exported by the program can be imported as spreadsheets, completely and without doubles."""

import csv
import json
import shutil

import openpyxl
import pytest

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from borderdesk.sheets.imports.outcome_messages import messages
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.store.lists.listing import Filter

HOUSEHOLD = {"head": "Nông Văn An", "commune": "06238", "hamlet": "Co Loi"}
RECORDS = {
    "pledge": {
        "signed_on": "2023-03-04", "programme": "khu_vuc_bien_gioi",
        "household": {**HOUSEHOLD, "citizen_id": "020080012345"},
    },
    "registration": {
        "subject": "collective", "name": "Tổ tự quản Co Loi", "from_on": "2023-01-02",
        "commune": "06238", "members": 12, "length_km": 1.5,
    },
    "outreach": {
        "form": "session", "held_on": "2023-02-01", "topics": ["bien_gioi", "ma_tuy"],
        "commune": "06196", "attendance": 40,
        "other_places": [{"commune": "06202", "hamlet": "Pò Mã", "attendance": 5}],
    },
    "track": {
        "completed_on": "2023-02-03", "commune": "06238", "count": 2,
        "lines": [{"marker": "1170", "length_m": 120}, {"marker": "1171", "length_m": 85.5}],
        "funders": [{"name": "Công ty A", "amount_vnd": 5_000_000}],
    },
    "patrol": {
        "kind": "unilateral", "started_on": "2023-02-04", "from_marker": "1166",
        "to_marker": "1168", "communes": ["06238"], "participants": 5,
        "result": "Phát hiện vi phạm", "findings": "dấu chân lạ",
        "inspected": [
            {"marker": "1166", "condition": "intact"},
            {"marker": "1167", "condition": "damaged", "remark": "nứt chân"},
        ],
    },
}  # fmt: skip
"""A record for each kind of field in child rows and beside them."""


def listed(desk):
    return {
        (name, one.id): {k: v for k, v in one.values.items() if k != "citizen_id"}
        for name in ("household", *RECORDS)
        for one in desk.lists.stream(name, Filter())
    }


@pytest.mark.parametrize("form", ["csv", "semicolons", "xlsx"])
def test_every_list_comes_back_whole_and_once(cli_inline, post_template, tmp_path, form):
    full = shutil.copytree(post_template, tmp_path / "full")
    empty = shutil.copytree(post_template, tmp_path / "empty")
    for name, record in RECORDS.items():
        (tmp_path / "r.json").write_text(json.dumps(record), encoding="utf-8")
        done = cli_inline("--desk", full, "add", name, tmp_path / "r.json")
        assert done.returncode == 0, done.stdout
    paths = {}
    for name in ("household", *RECORDS):
        ending = "xlsx" if form == "xlsx" else "csv"
        paths[name] = path = tmp_path / f"{name}.{ending}"
        cli_inline("--desk", full, "list", name, "--format", ending, "--out", path)
        if form == "semicolons":
            rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file, delimiter=";").writerows(rows)
    for desk, accepted in ((full, 0), (empty, 1), (empty, 0)):
        for name, path in paths.items():
            done = cli_inline("--desk", desk, "sheet", name, path)
            told = json.loads(done.stdout or done.stderr)
            assert (told["rows"], told["accepted"], told["refused"]) == (1, accepted, []), told
    with Desk.open(full) as one, Desk.open(empty) as other:
        assert listed(other) == listed(one)


def test_rows_of_another_sheet_whose_record_is_not_in_the_list_are_told(post_desk, tmp_path):
    known, unknown = (f"0190{n:04}-0000-7000-8000-000000000000" for n in (1, 2))
    book = openpyxl.Workbook()
    book.active.append(["id", "completed_on", "commune"])
    book.active.append([known, "2023-02-03", "06238"])
    below = book.create_sheet(_(ALL_TYPES["track"].children()["lines"].label))
    for row in (["id", "marker", "length_m"], [known, "1170", 120], [unknown, "1171", 80]):
        below.append(row)
    book.save(tmp_path / "list.xlsx")
    outcome = post_desk.sheets.import_sheet("track", tmp_path / "list.xlsx", SheetRequest())
    found = post_desk.lists.stream("track", Filter())
    assert [len(one.values["lines"]) for one in found] == [1]
    assert any("không có mã này: dòng 3." in text for text in messages(outcome))
