"""Sheets of a workbook and files of a folder as one import, and hamlets asked about once."""

from borderdesk.schema.invented import invented_hamlets
from borderdesk.schema.reference.files import ReferenceRows
from borderdesk.schema.reference.hamlet import HamletTable
from borderdesk.sheets.imports.outcome_messages import hamlet_messages, messages
from borderdesk.sheets.imports.sheet_import import SheetImport
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.store.lists.listing import Filter
from tests.core.sheets import sheet_files as files

HEAD = ["TT", "Họ tên chủ hộ", "Xã", "Thôn", "Ngày ký"]
OTHER = ["STT", "Ngày ký", "Người đứng tên", "Thôn", "Xã"]
PROGRAMME = {"programme": "Khu vực biên giới"}


def book(tmp_path):
    """Two months with columns in another order, and a sheet that is no list."""
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
