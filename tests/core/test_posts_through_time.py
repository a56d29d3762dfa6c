"""A post that was renamed or merged goes on in what it became: year to date, comparison, stocks and
lists follow, and what was signed before stays."""

import pytest

from borderdesk.closing.summary import as_json, make_summary
from borderdesk.exchange.tracking.submissions import counting
from tests.exchanging import clearing, new_desk, send, trust
from tests.factories import example

HEADER = "code,name,gate,communes,communes_verified,invented,valid_from,valid_to,successors\n"


def merge(desk, folder, last, *codes, into):
    """Let posts end on a day and become another."""
    rows = [
        f"{code},{row.name},,{' '.join(row.communes)},1,0,,{last},{into}\n"
        for code in codes
        for row in (desk.book.posts[code],)
    ]
    file = folder / f"{last}.csv"
    file.write_text(HEADER + "".join(rows), "utf-8")
    desk.reference.load(file)


def row(desk, period, scope, key="clearing_events"):
    rows = as_json(make_summary(desk, period, scope, with_ids=True))["rows"]
    return next(one for one in rows if one["key"] == key)


def figures(desk, period, scope, key="clearing_events"):
    found = row(desk, period, scope, key)
    return found["value"], found["previous"], found["year_to_date"]


@pytest.fixture
def province(desk):
    """BS worked in May and last year, CL in May and in July; BS became CL after June."""
    for post, day, times in (
        ("BS", "2022-07-04", 3),
        ("BS", "2023-05-04", 5),
        ("CL", "2022-07-04", 1),
        ("CL", "2023-05-04", 7),
        ("CL", "2023-07-04", 2),
        ("BS", "2022-01-04", 1),
        ("CL", "2022-01-04", 1),
    ):
        desk.records.add("clearing", clearing(post, started_on=day, times=times))
    kept = {**example("registration", 1), "post": "BS", "from_on": "2023-05-04", "to_on": None}
    desk.records.add("registration", kept)
    return desk


def test_the_year_goes_on_across_a_merger_and_earlier_months_stay(province, tmp_path):
    may = figures(province, "2023-05", "post:CL"), figures(province, "2023-05", "post:BS")
    assert [one[0] for one in may] == [7, 5]
    assert figures(province, "2023-07", "post:CL") == (2, 1, 9)
    merge(province, tmp_path, "2023-06-30", "BS", into="CL")
    assert figures(province, "2023-07", "post:CL") == (2, 4, 14)
    assert (figures(province, "2023-05", "post:CL"), figures(province, "2023-05", "post:BS")) == may
    assert figures(province, "2023", "post:CL")[0] == 14
    stock = ("collectives_registered", "households_registered")
    assert sum(figures(province, "2023-07", "post:CL", key)[0] for key in stock) == 1
    assert sum(figures(province, "2023-05", "post:CL", key)[0] for key in stock) == 0
    assert figures(province, "2023", "province")[0] == 14


def test_what_was_split_belongs_to_none_of_its_parts(province, tmp_path):
    merge(province, tmp_path, "2023-06-30", "BS", into="CL HN")
    assert figures(province, "2023-07", "post:CL") == (2, 1, 9)


def test_a_chain_of_names_is_followed(province, tmp_path):
    merge(province, tmp_path, "2023-05-31", "BS", into="HN")
    merge(province, tmp_path, "2023-06-30", "HN", into="CL")
    assert figures(province, "2023-07", "post:CL")[2] == 14


@pytest.mark.parametrize("handed_over", [False, True])
def test_the_board_is_without_difference_after_a_merger(tmp_path, handed_over):
    with (
        new_desk(tmp_path / "bs", "post", "BS", 1) as bs,
        new_desk(tmp_path / "cl", "post", "CL", 2) as cl,
        new_desk(tmp_path / "province", "province", "20", 3) as province,
    ):
        trust(bs, cl, province)
        kept = {**example("registration", 1), "post": None, "from_on": "2023-05-04", "to_on": None}
        bs.records.add("registration", kept)
        bs.records.add("clearing", clearing(None, started_on="2023-05-04"))
        cl.records.add("clearing", clearing(None, started_on="2023-07-04"))
        province.exchange.imports.take(send(bs, tmp_path / "a", "2023-05"))
        for desk in (bs, cl, province):
            merge(desk, tmp_path, "2023-06-30", "BS", into="CL")
        if handed_over:
            bs.exchange.handovers.hand_over("CL", None)
            for desk in (cl, province):
                desk.exchange.cards.accept_card(bs.exchange.cards.own())
            cl.exchange.imports.take(send(bs, tmp_path / "b", "2023-07"))
        province.exchange.imports.take(send(cl, tmp_path / "c", "2023-07"))
        board = province.exchange.board
        (line,) = [one for one in board.table(2023).rows if one.unit == "CL"]
        (one,) = counting(line.cells[6].submissions)
        assert one.desk == cl.identity.id
        found = board.compare(one)
        assert (found.differences, found.cause) == ([], "")
