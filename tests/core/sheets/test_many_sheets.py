"""Sheets of a workbook and files of a folder as one import, with one question per hamlet."""

import shutil

import pytest

from borderdesk.base.errors import UserError
from borderdesk.schema.invented import invented_hamlets
from borderdesk.schema.reference.files import ReferenceRows
from borderdesk.schema.reference.hamlet import HamletTable
from borderdesk.sheets.imports.outcome_messages import hamlet_messages, messages
from borderdesk.sheets.imports.sheet_import import SheetFileError, SheetImport
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.sheets.sources.sheet_files import sheet_files
from borderdesk.store.lists.listing import Filter
from tests.core.sheets import sheet_files as files

HEAD = ["TT", "Họ tên chủ hộ", "Xã", "Thôn", "Ngày ký"]
OTHER = ["STT", "Ngày ký", "Người đứng tên", "Thôn", "Xã"]
PROGRAMME = {"programme": "Khu vực biên giới"}


def book(tmp_path):
    """Two months with columns in different order, and a sheet that is no list."""
    return files.write_sheets(
        tmp_path / "năm.xlsx",
        {
            "Tháng 1": [
                HEAD,
                [1, "Nông Văn An", "Cao Lâu", "Nà Mỏ", "5/1/2023"],
                [2, "Vi Thị Chanh", "Cao Lâu", "Bản Vàng", "6/1/2023"],
            ],
            "Ghi chú": [["Không có gì"]],
            "Tháng 2": [
                ["DANH SÁCH THÁNG 2 NĂM 2023"],
                OTHER,
                [1, "7/2", "Hứa Văn Dũng", "Nà Mõ", "Cao Lâu"],
                [2, "8/2", "Lý Văn Hai", "Bản Vằng", "Cao Lâu"],
                [3, "30/2", "Lý Văn Ba", "Bản Vằng", "Cao Lâu"],
            ],
        },
    )


def entries(desk, type_name):
    return [one.values for one in desk.lists.stream(type_name, Filter())]


def request(**more):
    second = SheetRequest(mapping={"Người đứng tên": "household.head"}, fixed=PROGRAMME)
    return SheetRequest(fixed=PROGRAMME, all_sheets=True, of_sheets={"Tháng 2": second}, **more)


def test_all_sheets_of_a_workbook_are_one_import_and_one_undo(post_desk, tmp_path):
    part, path = post_desk.part(SheetImport), book(tmp_path)
    dry = part.dry_run_files("pledge", [path], request())
    assert entries(post_desk, "pledge") == []
    done = part.import_files("pledge", [path], request())
    for outcomes in (dry, done):
        assert [(one.file, one.rows, one.accepted) for one in outcomes] == [
            ("năm.xlsx: Tháng 1", 2, 2),
            ("năm.xlsx: Tháng 2", 3, 2),
        ]
        assert [one.row.number for one in outcomes[1].refused] == [5]
        assert any("Ghi chú" in text for text in messages(outcomes[0]))
    assert len({one.batch for one in done}) == 1
    assert [one.accepted for one in part.import_files("pledge", [path], request())] == [0, 0]
    post_desk.sheet_batches.undo(done[0].batch)
    assert entries(post_desk, "pledge") == entries(post_desk, "household") == []


def test_an_unknown_hamlet_is_told_once_with_its_rows_and_its_likes(post_desk, tmp_path):
    outcomes = post_desk.part(SheetImport).dry_run_files("pledge", [book(tmp_path)], request())
    found = [(one.name, one.rows, list(one.near)) for one in outcomes[0].unknown_hamlets]
    assert found == [
        ("Nà Mỏ", 1, ["Nà Mõ"]),
        ("Bản Vàng", 1, ["Bản Vằng"]),
        ("Nà Mõ", 1, ["Nà Mỏ"]),
        ("Bản Vằng", 1, ["Bản Vàng"]),
    ]
    assert len(hamlet_messages(post_desk.book, outcomes)) == 4


def test_hamlets_are_decided_once_for_all_sheets(post_desk, tmp_path):
    said = {("", "na mo"): "Nà Mỏ", ("06196-2023", "ban vang"): "Thôn Bản Vàng"}
    told = request(hamlets=said, new_hamlets=True)
    path = book(tmp_path)
    post_desk.part(SheetImport).import_files("pledge", [path], told)
    assert {one["hamlet"] for one in entries(post_desk, "household")} == {"Nà Mỏ", "Thôn Bản Vàng"}
    assert {(one.commune, one.name) for one in post_desk.book.hamlets} == {
        ("06196-2023", "Nà Mỏ"),
        ("06196-2023", "Thôn Bản Vàng"),
    }
    again = post_desk.part(SheetImport).import_files("pledge", [path], request(hamlets=said))
    assert [one.same for one in again] == [2, 2]
    assert again[0].unknown_hamlets == []


def test_a_new_hamlet_is_no_doubt_of_every_row(post_desk, tmp_path):
    part = post_desk.part(SheetImport)
    first = files.write_openpyxl(
        tmp_path / "a.xlsx", [HEAD, [1, "Nông Văn An", "Cao Lâu", "Nà Mỏ", "5/1/2023"]]
    )
    part.import_files("pledge", [first], SheetRequest(fixed=PROGRAMME, new_hamlets=True))
    rows = [[n, f"Vi Thị {name}", "Cao Lâu", "Pò Chát", "5/1/2023"] for n, name in enumerate("XYZ")]
    second = files.write_openpyxl(tmp_path / "b.xlsx", [HEAD, *rows])
    dry = part.dry_run_files("pledge", [second], SheetRequest(fixed=PROGRAMME))[0]
    assert [(one.name, one.rows) for one in dry.unknown_hamlets] == [("Pò Chát", 3)]
    assert "doubtful" not in dry.shown
    assert not any("danh mục thôn" in text for text in messages(dry))


def test_a_hamlet_of_the_demonstration_is_not_added_by_a_list(post_desk, tmp_path):
    invented = next(one for one in invented_hamlets() if one.post == "BS")
    commune = post_desk.book.unit_name(invented.commune)
    bare = invented.name.removeprefix("Thôn ").upper()
    names = ("Nà Mỏ", invented.name, bare)
    rows = [
        [n, f"Vi Thị {n}", commune, name, "5/1/2023"] for n, name in zip("XYZ", names, strict=True)
    ]
    path = files.write_openpyxl(tmp_path / "a.xlsx", [HEAD, *rows])
    part = post_desk.part(SheetImport)
    (told,) = part.import_files("pledge", [path], SheetRequest(fixed=PROGRAMME, new_hamlets=True))
    assert [(one.row.number, one.column) for one in told.refused] == [(3, "Thôn"), (4, "Thôn")]
    assert [one.name for one in post_desk.book.hamlets] == ["Nà Mỏ"]
    # Whoever enters it with its own first day has a true one of that name.
    cells = HamletTable.cells_of(post_desk.book.hamlets[0])
    named = {"commune": invented.commune, "name": invented.name}
    true = {**cells, **named, "valid_from": "2015-01-01"}
    assert post_desk.reference.write(ReferenceRows(HamletTable, [true], [1])) == []
    (told,) = part.import_files("pledge", [path], SheetRequest(fixed=PROGRAMME, new_hamlets=True))
    assert (told.accepted, told.same, told.refused) == (2, 1, [])


def letters(number):
    return "BCDGHKLMNT"[number % 10] + "AEIO"[number // 10] + "N"


def test_a_folder_of_forty_hamlets_is_one_import(post_desk, tmp_path):
    part = post_desk.part(SheetImport)
    paths = []
    for number in range(40):
        rows = [
            [f"DANH SÁCH HỘ THÔN NÀ {letters(number)}, XÃ CAO LÂU NĂM 2023"],
            ["TT", "Người đứng tên", "Ngày ký"],
            [1, f"Nông Văn {'AĂÂBC'[number % 5]}n", "5/1/2023"],
        ]
        paths.append(files.write_openpyxl(tmp_path / f"{number}.xlsx", rows))
    told = SheetRequest(mapping={"Người đứng tên": "household.head"}, fixed=PROGRAMME)
    outcomes = part.import_files("pledge", paths, told)
    assert sum(one.accepted for one in outcomes) == 40
    assert len({one.batch for one in outcomes}) == 1
    post_desk.sheet_batches.undo(outcomes[0].batch)
    assert entries(post_desk, "pledge") == entries(post_desk, "household") == []


PLEDGES = ["TT", "Họ tên chủ hộ", "Số CCCD", "Thôn", "Xã", "Ngày ký"]


def month(number, count):
    """The list of a month, with a title and a sum."""
    rows = [
        [n, f"Nông Văn {letters(number * 3 + n)}", f"0200800{number:02}{n:03}", "Pò Mã", "Xuất Lễ"]
        for n in range(count)
    ]
    dated = [[*row, f"{n}/{number}/2023"] for n, row in enumerate(rows, 1)]
    return [[f"THÁNG {number} NĂM 2023"], PLEDGES, *dated, [None, f"Cộng: {count} hộ"]]


def test_folders_inside_a_folder_are_counted(cli_inline, post_template, tmp_path):
    lists = tmp_path / "lists"
    for name in ("2022", "2023", ".stfolder", "System Volume Information"):
        (lists / name).mkdir(parents=True)
    with pytest.raises(UserError, match=r"không có bảng tính nào. Không đọc 2 thư mục con"):
        sheet_files([lists])
    files.write_openpyxl(lists / "1.xlsx", month(1, 1))
    for left in ("~$1.xlsx", "._1.xlsx", "a.jpg"):
        (lists / left).touch()
    assert sheet_files([lists, lists / "1.xlsx"]) == ([lists / "1.xlsx"], 2)
    folder = shutil.copytree(post_template, tmp_path / "desk")
    done = cli_inline("--desk", folder, "sheet", "pledge", lists, "--dry-run")
    assert "Không đọc 2 thư mục con" in done.stderr


def test_a_folder_of_all_formats_is_one_import_with_its_doubles_told(post_desk, tmp_path):
    names = ["1.xlsx", "2.ods", "3.csv", "4.txt", "5.xlsx", "6 (bản sao).xlsx", "10.xlsx"]
    paths = [tmp_path / name for name in names]
    files.write_openpyxl(paths[0], month(1, 3))
    files.write_ods(paths[1], month(2, 2))
    files.write_csv(paths[2], month(3, 2), ";", "utf-8-sig")
    files.write_csv(paths[3], month(4, 1), "\t", "utf-16")
    files.write_openpyxl(paths[4], month(5, 2), ".VnTime", files.as_tcvn3)
    files.write_openpyxl(paths[5], month(1, 3))
    turned = [[row[n] for n in (4, 3, 1, 5, 2)] for row in [PLEDGES, *month(7, 2)[2:-1]]]
    files.write_openpyxl(paths[6], turned)
    assert sheet_files([tmp_path]).files == paths
    outcomes = post_desk.part(SheetImport).import_files(
        "pledge", paths, SheetRequest(fixed=PROGRAMME)
    )
    assert [one.accepted for one in outcomes] == [3, 2, 2, 1, 2, 0, 2]
    assert [one.same for one in outcomes] == [0, 0, 0, 0, 0, 3, 0]
    (batch,) = {one.batch for one in outcomes}
    post_desk.sheet_batches.undo(batch)
    assert entries(post_desk, "pledge") == entries(post_desk, "household") == []


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", b"%PDF-1.7"])
def test_one_file_that_cannot_be_read_is_named_and_saves_nothing(post_desk, tmp_path, content):
    good = files.write_openpyxl(tmp_path / "1.xlsx", month(1, 3))
    bad = tmp_path / "2.xlsx"
    bad.write_bytes(content)
    with pytest.raises(SheetFileError, match=r"^2\.xlsx: ") as error:
        post_desk.part(SheetImport).import_files(
            "pledge", [good, bad], SheetRequest(fixed=PROGRAMME)
        )
    assert error.value.path == bad
    assert entries(post_desk, "pledge") == []


def test_what_was_said_of_a_column_without_a_heading_holds_for_no_other(post_desk, tmp_path):
    first = [row if n != 1 else [*row[:2], None, *row[3:]] for n, row in enumerate(month(1, 2))]
    paths = [
        files.write_openpyxl(tmp_path / "1.xlsx", first),
        files.write_openpyxl(tmp_path / "2.xlsx", month(2, 2)),
        files.write_openpyxl(tmp_path / "3.xlsx", [*first[:2], *month(3, 2)[2:]]),
    ]
    told = SheetRequest(mapping={"C": "-"}, fixed=PROGRAMME, unheaded=frozenset("C"))
    outcomes = post_desk.part(SheetImport).import_files("pledge", paths, told)
    keys = [one.table.columns[2].key for one in outcomes]
    assert keys == [None, "household.citizen_id", None]
