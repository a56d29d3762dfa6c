"""Households of a list that resemble an existing one: doubted, queued, and never joined
automatically."""

import random

import pytest

from borderdesk.base.name_likeness import SlipIndex, is_slip, likeness_of, slips_of
from borderdesk.sheets.imports.outcome_messages import messages
from borderdesk.sheets.imports.sheet_request import SheetRequest
from tests.core.sheets import sheet_files as files
from tests.core.sheets.test_list_habits import PROGRAMME, read, sheet

HEAD = ["Chủ hộ", "Xã", "Thôn", "CCCD"]
REQUEST = SheetRequest()


@pytest.mark.parametrize(
    ("one", "other", "slip"),
    [
        ("nguyen van hung", "nguyn van hung", True),
        ("hoang van thanh", "hoang van than", True),
        ("hoangvan thanh", "hoang van thanh", True),
        ("nong an", "nong van an", True),
        ("an nong van", "nong van an", True),
        ("nong van an", "nong van anh", False),
        ("hoang van hung", "hoang van huong", False),
        ("vi thi hoa", "vi thi hoan", False),
        ("nong duc an", "nong van an", False),
        ("trieu duc", "trieu duc minh", False),
    ],
)
def test_a_slip_of_the_pen_is_no_other_person(one, other, slip):
    assert is_slip(one, other) is slip
    assert is_slip(other, one) is slip


def test_an_index_of_names_finds_the_slips_that_a_look_at_all_of_them_does():
    """Names of one to four words, and each with a word or letter added, removed or moved."""
    chances = random.Random("slips")
    words = "nguyen tran nong van thi duc minh binh an anh hoa huong thanh than".split()
    plain = [" ".join(chances.choices(words, k=chances.randint(1, 4))) for _n in range(120)]
    names = [*plain, *(_slipped(chances, name) for name in plain), "", "nong"]
    index = SlipIndex()
    for name in names:
        index.add(name)
    found = [index.slips_of(name, 6) for name in names]
    assert found == [slips_of(name, names, 6) for name in names]
    assert sum(map(bool, found)) > 100


def _slipped(chances, name):
    parts = name.split()
    at = chances.randrange(len(parts))
    match chances.randrange(5):
        case 0:
            chances.shuffle(parts)
        case 1:
            parts[at] = parts[at][:-1] or "a"
        case 2:
            parts.insert(at, "van")
        case 3:
            parts[at] += "g"
        case _:
            return "".join(parts)
    return " ".join(parts)


def test_names_are_ranked_by_their_accents():
    near = likeness_of("Hoàng Văn Thành", "Hoàng Văn Thàn")
    assert likeness_of("Hoàng Văn Thành", "Ông Hoàng Văn Thành") == 100
    assert 100 > near > likeness_of("Hoàng Văn Thành", "Hoang Van Than")


def test_near_ones_are_accepted_and_queued_and_exact_ones_skipped(post_desk, tmp_path):
    def take(*rows):
        path = files.write_openpyxl(tmp_path / "h.xlsx", [["DANH SÁCH NĂM 2023"], HEAD, *rows])
        return post_desk.sheets.import_sheet("household", path, REQUEST)

    known = [
        ["Hoàng Văn Thành", "Xuất Lễ", "Nà Căng", ""],
        ["Nông Văn An", "Xuất Lễ", "Nà Căng", "020172242081"],
        ["Lý Thị Bé", "Xuất Lễ", "Nà Căng", "020190758790"],
    ]
    assert take(*known).accepted == 3
    outcome = take(
        ["Hoàng Văn Thàn", "Xuất Lễ", "Thôn Nà Căng", ""],
        ["Nông Văn Anh", "Xuất Lễ", "Nà Căng", ""],
        ["Nông An", "Xuất Lễ", "Nà Căng", "020172242082"],
        ["Lý Thị Bé", "Xuất Lễ", "Nà Căng", "020190758790"],
    )
    # A different ID means a different person; An and Anh are two names.
    assert (outcome.accepted, outcome.same, outcome.near) == (3, 1, 1)
    assert [row.row.number for row in outcome.shown["near"]] == [3]
    post_desk.doubles.catch_up()
    (pair,) = post_desk.doubles.waiting()
    heads = {
        post_desk.records.read("household", one)[0]["head"] for one in (pair.first, pair.second)
    }
    assert heads == {"Hoàng Văn Thành", "Hoàng Văn Thàn"}
    assert take(["Hoàng Văn Thàn", "Xuất Lễ", "Nà Căng", ""]).same == 1


def test_a_slip_is_one_unless_each_has_an_id_of_its_own(post_desk, tmp_path):
    hamlets = ("Nà Căng", "Bản Ranh", "Pò Mã", "Còn Sáy")
    ids = ("", "", "020172242081", "020172242082")
    new_ids = ("", "020190758790", "", "020190758791")

    def take(head, citizens):
        rows = [[head, "Xuất Lễ", *pair] for pair in zip(hamlets, citizens, strict=True)]
        path = files.write_openpyxl(tmp_path / "h.xlsx", [["DANH SÁCH NĂM 2023"], HEAD, *rows])
        return post_desk.sheets.import_sheet("household", path, REQUEST)

    assert take("Hoàng Văn Thành", ids).accepted == 4
    outcome = take("Hoàng Văn Thàn", new_ids)
    assert outcome.accepted == 4
    assert [row.row.number for row in outcome.shown["near"]] == [3, 4, 5]


def test_a_list_adds_nothing_again_after_its_doubles_were_joined(post_desk, tmp_path):
    head = ["Chủ hộ", "Xã", "Thôn", "Ngày ký"]
    lists = [
        [["Hoàng Văn Thuyết", "Cao Lâu", "Pò Phấy", "3/2/2023"]],
        [["Hoàng Văn Thuyêt", "Cao Lâu", "Pò Phấy", "3/6/2023"]],
    ]
    paths = [
        files.write_openpyxl(tmp_path / f"{n}.xlsx", [head, *rows]) for n, rows in enumerate(lists)
    ]
    request = SheetRequest(fixed={"programme": "Khu vực biên giới"})
    taken = [post_desk.sheets.import_sheet("pledge", path, request) for path in paths]
    assert [(one.accepted, one.near) for one in taken] == [(1, 0), (1, 1)]
    stays, goes = (
        post_desk.records.read("pledge", one.records[0])[0]["household"] for one in taken
    )
    post_desk.doubles.mark_same("household", goes, stays)
    again = [post_desk.sheets.import_sheet("pledge", path, request) for path in paths]
    assert [(one.accepted, one.same) for one in again] == [(0, 1), (0, 1)]
    # A pledge typed for the same household in the same year is doubted too.
    saved = post_desk.records.add(
        "pledge",
        {"signed_on": "2023-06-03", "programme": "khu_vuc_bien_gioi", "household": stays},
    )
    assert {"household", "signed_on"} <= saved.warnings.keys()


@pytest.mark.parametrize(
    ("hamlet", "commune", "day", "told"),
    [
        ("Bản Ranh", "Xuất Lễ", "6/3/2024", True),
        ("Pò Mã", "Cao Lâu", "6/3/2024", True),
        ("Thôn Pò Mã", "Xuất Lễ", "6/3/2024", False),
        # The commune that Xuất Lễ became.
        ("Pò Mã", "Ba Sơn", "6/8/2025", False),
    ],
)
def test_an_id_of_a_household_in_another_hamlet_is_told(
    post_desk, tmp_path, hamlet, commune, day, told
):
    head = ["TT", "Chủ hộ", "Số CCCD", "Thôn", "Xã", "Ngày ký"]
    home = [1, "Nông Văn Bình", "020080012345"]
    path = sheet(tmp_path, head, [*home, "Pò Mã", "Xuất Lễ", "5/3/2023"])
    read(post_desk, "pledge", path, PROGRAMME)
    path = sheet(tmp_path, head, [*home, hamlet, commune, day])
    outcome, (pledge,) = read(post_desk, "pledge", path, PROGRAMME)
    # It counts where the household lives.
    assert pledge["hamlet"] == "Pò Mã"
    assert any("ở thôn khác và được tính ở đó" in text for text in messages(outcome)) == told
