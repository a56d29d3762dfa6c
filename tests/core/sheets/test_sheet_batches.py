"""The import of a spreadsheet is undone as a whole, also days later."""

import datetime
import json
import shutil

import pytest

from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.base.formats import format_date
from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import local_date
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.store.lists.listing import Filter
from tests.core.sheets import sheet_files as files

HEAD = ["TT", "Chủ hộ", "Xã", "Thôn", "Số CMND/CCCD", "Ngày ký"]
TYPES = list(ALL_TYPES)
PROGRAMME = {"programme": "Khu vực biên giới"}


def pledges(path, *heads, day="1/2/2023"):
    rows = [[n, head, "Mẫu Sơn", "Co Loi", "", day] for n, head in enumerate(heads, 1)]
    return files.write_openpyxl(path, [HEAD, *rows])


def take(desk, *paths):
    return desk.sheets.import_files("pledge", list(paths), SheetRequest(fixed=PROGRAMME))


def ids(desk, type_name):
    return {one.id for one in desk.lists.stream(type_name, Filter())}


def heads(desk):
    return {one.values["head"] for one in desk.lists.stream("household", Filter())}


def test_a_batch_goes_whole_and_can_be_taken_in_again(post_desk, tmp_path):
    one = pledges(tmp_path / "1.xlsx", "Nông Văn An", "Lý Thị Bé")
    two = pledges(tmp_path / "2.xlsx", "Vi Văn Cảnh", "Lý Thị Bé")
    outcomes = take(post_desk, one, two)
    batch = outcomes[0].batch
    assert batch
    assert outcomes[1].batch == batch
    (kept,) = post_desk.sheet_batches.all()
    assert (kept.id, kept.files, kept.undone) == (batch, ("1.xlsx", "2.xlsx"), False)
    assert kept.counts == {"added": 3, "same": 1, "near": 0, "refused": 0}
    before = ids(post_desk, "pledge")
    gone = post_desk.sheet_batches.undo(batch)
    assert ({*gone.records}, gone.revisions, gone.kept) == (before, 6, 0)
    assert (ids(post_desk, "pledge"), ids(post_desk, "household")) == (set(), set())
    assert post_desk.sheet_batches.all()[0].undone
    with pytest.raises(UserError):
        post_desk.sheet_batches.undo(batch)
    again = take(post_desk, one, two)
    assert (sum(each.accepted for each in again), again[0].batch != batch) == (3, True)
    assert take(post_desk, one, two)[0].batch is None


def test_the_reason_of_an_undo_names_nobody(post_desk, tmp_path):
    """A list is often named after its only household, and the reason is sent with every package."""
    path = pledges(tmp_path / "Ký – Nông Văn An.xlsx", "Nông Văn An")
    batch = take(post_desk, path)[0].batch or ""
    (household,) = ids(post_desk, "household")
    post_desk.sheet_batches.undo(batch)
    day = format_date(local_date(post_desk.sheet_batches.all()[0].imported))
    newest = post_desk.records.history("household", household)[-1]
    assert newest.reason == f"Lấy ra cùng bảng tính nhập ngày {day}"


def test_records_changed_since_survive_the_undo(post_desk, tmp_path):
    batch = take(post_desk, pledges(tmp_path / "1.xlsx", "Nông Văn An", "Lý Thị Bé"))[0].batch
    take(post_desk, pledges(tmp_path / "2.xlsx", "Nông Văn An", day="1/3/2024"))
    changed = next(
        one
        for one in post_desk.lists.stream("pledge", Filter())
        if one.values["signed_on"].year == 2023
        and post_desk.household_name(one.values["household"]).startswith("Lý")
    )
    post_desk.records.edit("pledge", changed.id, {"note": "đã kiểm tra"})
    gone = post_desk.sheet_batches.undo(batch)
    # The changed pledge and its household, and the household that a later pledge names.
    assert (len(gone.records), gone.revisions, gone.kept) == (1, 1, 3)
    assert heads(post_desk) == {"Nông Văn An", "Lý Thị Bé"}
    assert changed.id in ids(post_desk, "pledge")


def test_an_erasure_takes_a_person_out_of_the_names_of_files(post_desk, tmp_path):
    take(post_desk, pledges(tmp_path / "Ký – Nông Văn An 2023.xlsx", "Nông Văn An"))
    (record,) = ids(post_desk, "household")
    post_desk.exchange.erasures.erase_household(record, "Theo đề nghị")
    assert [one.files for one in post_desk.sheet_batches.all()] == [("Ký – … 2023.xlsx",)]


def test_a_closed_period_keeps_what_it_counted(post_desk, tmp_path):
    path = pledges(tmp_path / "1.xlsx", "Nông Văn An", day="10/10/2026")
    batch = take(post_desk, path)[0].batch
    post_desk.closing.close_period("2026-10")
    with pytest.raises(OperationRefused):
        post_desk.sheet_batches.undo(batch)
    assert len(ids(post_desk, "pledge")) == 1
    assert not post_desk.sheet_batches.all()[0].undone


def test_commands_list_and_undo_an_import(cli_inline, post_template, tmp_path):
    folder = shutil.copytree(post_template, tmp_path / "desk")
    sheets = tmp_path / "tháng"
    sheets.mkdir()
    for name, head in (("t10.xlsx", "Nông Văn An"), ("t2.xlsx", "Lý Thị Bé"), ("~$t2.xlsx", "")):
        pledges(sheets / name, head)
    command = ("--desk", folder, "sheet", "pledge", sheets, "--set", "programme=khu_vuc_bien_gioi")
    done = cli_inline(*command)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["file"] for one in told] == ["t2.xlsx", "t10.xlsx"]
    assert [one["accepted"] for one in told] == [1, 1]
    batch = told[0]["batch"]
    assert told[1]["batch"] == batch
    (listed,) = map(json.loads, cli_inline("--desk", folder, "batches").stdout.splitlines())
    assert (listed["id"], listed["type"], listed["undone"]) == (batch, "pledge", False)
    undone = cli_inline("--desk", folder, "undo-batch", batch[:7])
    assert json.loads(undone.stdout)["revisions"] == 4
    assert cli_inline("--desk", folder, "undo-batch", batch[:7]).returncode == 1
    assert (
        json.loads(cli_inline("--desk", folder, "list", "pledge", "--format", "json").stdout) == []
    )
    again = cli_inline(*command)
    assert [json.loads(line)["accepted"] for line in again.stdout.splitlines()] == [1, 1]


def test_the_command_reads_columns_as_they_were_confirmed(cli_inline, post_template, tmp_path):
    folder = shutil.copytree(post_template, tmp_path / "desk")
    head = ["TT", "Người đứng tên", "Xã", "Thôn", "Ngày ký"]
    paths = [
        files.write_openpyxl(
            tmp_path / f"{n}.xlsx", [head, [1, name, "Mẫu Sơn", "Co Loi", "1/2/2023"]]
        )
        for n, name in enumerate(("Nông Văn An", "Lý Thị Bé"))
    ]
    command = ("--desk", folder, "sheet", "pledge", "--set", "programme=khu_vuc_bien_gioi")
    assert cli_inline(*command, paths[0]).returncode == 1
    assert cli_inline(*command, paths[0], "--map", "Người đứng tên=head").returncode == 0
    done = cli_inline(*command, paths[1])
    assert json.loads(done.stdout)["accepted"] == 1
    assert "đã xác nhận" in done.stderr
    # The other values are asked for each time: a list of another programme has the same headings.
    assert cli_inline(*command[:4], paths[1]).returncode == 1
    with Desk.open(folder) as desk:
        assert heads(desk) == {"Nông Văn An", "Lý Thị Bé"}


def test_every_template_is_known_again_and_its_examples_are_sound(post_desk, tmp_path):
    import_type = post_desk.sheets.import_sheet
    for type_name in TYPES:
        path = tmp_path / f"{type_name}.xlsx"
        headings = post_desk.sheet_templates.write(type_name, path)
        outcome = import_type(type_name, path, SheetRequest())
        assert (outcome.rows, outcome.examples) == (0, [2, 3, 4]), type_name
        assert outcome.table.ignored() == []
        wanted = [column.key for column in post_desk.sheet_templates.columns(type_name)]
        assert [column.key for column in outcome.table.columns[1:]] == wanted
        page = files.opened(path)
        assert [cell.value for cell in page[1]][1:] == headings
        assert page.data_validations.dataValidation
        for number in (2, 3, 4):
            page.cell(number, 1).value = number
        page.parent.save(path)
        outcome = import_type(type_name, path, SheetRequest())
        assert (outcome.accepted, [one.reason for one in outcome.refused]) == (3, []), type_name


def test_an_old_day_of_a_workbook_of_several_sheets_is_found_behind_its_cover(post_desk, tmp_path):
    path = files.write_sheets(
        tmp_path / "b.xlsx",
        {
            "Bìa": [["DANH SÁCH"], ["Đồn Biên phòng Ba Sơn"]],
            "DS": [HEAD, [1, "Nông Văn An", "Mẫu Sơn", "Co Loi", "", datetime.date(2023, 2, 1)]],
        },
    )
    (outcome,) = take(post_desk, path)
    assert (outcome.accepted, outcome.table.text.source.name) == (1, "DS")


def hamlets(desk):
    return {one.name for one in desk.book.hamlets}


def test_hamlets_that_came_with_a_list_go_with_it_unless_something_else_names_them(
    post_desk, tmp_path
):
    rows = [
        [n, f"Hoàng Văn {n}", "Mẫu Sơn", hamlet, "", "1/2/2023"]
        for n, hamlet in enumerate(("Nà Mới", "Khau Lạ", "Pò Xa"), 1)
    ]
    path = files.write_openpyxl(tmp_path / "1.xlsx", [HEAD, *rows])
    request = SheetRequest(fixed=PROGRAMME, new_hamlets=True)
    before = hamlets(post_desk)
    outcome = post_desk.sheets.import_sheet("pledge", path, request)
    added = {"Nà Mới", "Khau Lạ", "Pò Xa"}
    assert hamlets(post_desk) - before == added
    counts = {"added": 3, "same": 0, "near": 0, "refused": 0}
    assert post_desk.sheet_batches.all()[0].counts == counts
    household = next(
        one.values for one in post_desk.lists.stream("household", Filter())
        if one.values["hamlet"] == "Khau Lạ"
    )  # fmt: skip
    post_desk.records.add(
        "clearing",
        {
            "kind": "road_clearing", "started_on": "2023-03-01", "participants": 3,
            "commune": household["commune"], "hamlet": "Khau Lạ",
        },
    )  # fmt: skip
    post_desk.sheet_batches.undo(outcome.batch or "")
    assert hamlets(post_desk) - before == {"Khau Lạ"}
    again = post_desk.sheets.import_sheet("pledge", path, request)
    assert (again.accepted, [one.name for one in again.unknown_hamlets]) == (3, ["Nà Mới", "Pò Xa"])
