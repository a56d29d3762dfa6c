"""A renamed or merged post continues in its successor: year to date, comparison, stocks and lists
follow, and earlier signed papers stay."""

import pytest

from borderdesk.closing.summary import as_json, make_summary
from borderdesk.exchange.tracking.submissions import counting
from borderdesk.figures.post_presence import post_presence, posts_at_work
from borderdesk.figures.scopes import make_view
from borderdesk.figures.targets import set_target
from borderdesk.overview.finder import find_markers
from borderdesk.overview.overview import make_overview
from borderdesk.reports.batch import for_every_post
from borderdesk.reports.blocks import Table
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.report_kinds import make_report
from tests.exchanging import clearing, new_desk, send, trust
from tests.factories import example
from tests.report_files import json_of

HEADER = "code,name,gate,communes,communes_verified,invented,valid_from,valid_to,successors\n"


def merge(desk, folder, last, *codes, into):
    """End posts on a day and merge them into another."""
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
    """BS worked in May and last year, CL in May and in July; BS was merged into CL after June."""
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


# ------------------------------------------------- what is told of posts besides their figures


def renamed(desk, folder, last="2023-06-30", first="2023-07-01"):
    """Rename BS to BX2 from a day on."""
    file = folder / "new.csv"
    file.write_text(f"{HEADER}BX2,Đồn Biên phòng Ba Sơn Mới,,06196,1,0,{first},,\n", "utf-8")
    desk.reference.load(file)
    merge(desk, folder, last, "BS", into="BX2")


def test_a_new_name_leaves_the_province_its_comparison(province, tmp_path):
    renamed(province, tmp_path)
    province.records.add("clearing", clearing("BX2", started_on="2023-07-05", times=6))
    assert figures(province, "2023-07", "province")[:2] == (8, 4)
    assert figures(province, "2023-07", "post:BX2") == (6, 3, 11)
    # The new post has a period to compare with only through its former name.
    merge(province, tmp_path, "2023-06-30", "BS", into="HN")
    assert figures(province, "2023-07", "province")[1] is None


def test_a_post_that_others_join_later_is_not_covered_by_them_before(province, tmp_path):
    province.records.add("clearing", clearing("HN", started_on="2023-05-04"))
    assert figures(province, "2023-05", "province")[1] is None
    merge(province, tmp_path, "2023-06-30", "BS", into="HN")
    assert figures(province, "2023-05", "province")[1] is None


def test_the_posts_behind_a_figure_are_those_that_became_of_them(province, tmp_path):
    renamed(province, tmp_path)
    present = post_presence(province, make_view(province, "2023", "province")).present
    assert ("BX2" in present, "BS" in present) == (True, False)


def test_markers_are_kept_by_what_their_post_became(province, tmp_path):
    def kept(period, scope):
        rows = json_of(province, tmp_path, "coverage", period, scope=scope)["rows"]
        return [row["marker"] for row in rows], {row["post"] for row in rows}

    before, _own = kept("2023-05", "post:BS")
    renamed(province, tmp_path)
    assert len(before) > 40
    assert kept("2023-05", "post:BS") == (before, {"BS"})
    assert kept("2023-05", "post:BX2")[0] == []
    assert kept("2023-07", "post:BX2") == (before, {"BX2"})
    assert "BS" not in kept("2023-07", "province")[1]
    assert find_markers(province, before[0])[0].post == "Ba Sơn Mới"


def test_only_a_post_that_is_there_is_missing_records(province, tmp_path):
    renamed(province, tmp_path)

    def rows(scope):
        found = json_of(province, tmp_path, "completeness", "2023-05-01..2023-08-31", scope=scope)[
            "rows"
        ]
        return {(row["month"], row["post"]): (row["total"], row["missing"]) for row in found}

    found = rows("province")
    assert found["2023-05", "BS"] == (2, False)
    assert [found[f"2023-0{n}", "BS"][1] for n in (6, 7, 8)] == [True, False, False]
    assert [found[f"2023-0{n}", "BX2"][1] for n in (5, 6, 7, 8)] == [False, False, True, True]
    own = rows("post:BX2")
    assert {post for _month, post in own} == {"BS", "BX2"}
    assert own["2023-05", "BS"] == (2, False)
    # After its last day it is in no list.
    later = json_of(province, tmp_path, "completeness", "2023-07", scope="province")["rows"]
    assert "BS" not in {row["post"] for row in later}


def test_a_list_of_a_merged_post_says_whose_each_record_was(province, tmp_path):
    merge(province, tmp_path, "2023-06-30", "BS", into="CL")

    def table(kind, period, **asked):
        blocks = make_report(province, Request(kind, period, "post:CL", **asked)).document().blocks
        return next(block for block in blocks if isinstance(block, Table))

    for kind, asked in (("register", {"type": "clearing"}), ("daybook", {})):
        for period in ("2023-Q2", "2023-H2"):
            titles = {column.title for column in table(kind, period, **asked).columns}
            assert "Đồn" not in titles
        rows = table(kind, "2023", **asked).rows
        assert {"Ba Sơn", "Chi Lăng"} <= {cell for row in rows for cell in row.cells}


def test_there_is_a_report_for_each_post_at_the_end_of_the_period(province, tmp_path):
    renamed(province, tmp_path)
    there = {
        period: {request.scope for request in for_every_post(province, Request("summary", period))}
        for period in ("2023-06", "2023-07", "2023")
    }
    assert there["2023-06"] - there["2023-07"] == {"post:BS"}
    assert there["2023"] - there["2023-06"] == {"post:BX2"}


@pytest.mark.parametrize("into", ["", "CL HN"])
def test_there_is_a_report_for_a_post_that_no_other_one_goes_on_with(province, tmp_path, into):
    """Its work of the year is in no other report."""
    merge(province, tmp_path, "2023-06-30", "BS", into=into)
    there = {
        period: {request.scope for request in for_every_post(province, Request("summary", period))}
        for period in ("2023", "2023-07")
    }
    assert there["2023"] - there["2023-07"] == {"post:BS"}
    assert figures(province, "2023", "post:BS")[0] == 5


def test_there_is_a_report_for_work_dated_outside_the_days_of_its_post(province, tmp_path):
    """The list that ended it came later than its records, or says a later first day."""
    merge(province, tmp_path, "2023-05-03", "BS", into="")
    (tmp_path / "later.csv").write_text(
        f"{HEADER}CL,Đồn Biên phòng Chi Lăng,,06559 06622,1,0,2023-08-01,,\n", "utf-8"
    )
    province.reference.load(tmp_path / "later.csv")

    def posts(period):
        asked = for_every_post(province, Request("summary", period))
        chosen = {request.scope for request in asked} & {"post:BS", "post:CL"}
        offered = posts_at_work(province, province.calendar().parse(period))
        assert chosen == {f"post:{code}" for code in offered} & {"post:BS", "post:CL"}
        told = sum(figures(province, period, scope)[0] for scope in chosen)
        assert told == figures(province, period, "province")[0]
        return chosen

    assert posts("2023-05-04..2023-05-04") == {"post:BS", "post:CL"}
    assert posts("2023-05-05..2023-07-03") == set()
    assert posts("2023-07") == {"post:CL"}


def test_what_other_posts_did_together_with_it_goes_on_too(province, tmp_path):
    both = clearing("CL", started_on="2023-05-06", with_posts=["BS"])
    province.records.add("clearing", both)
    renamed(province, tmp_path)
    (joint,) = make_summary(province, "2023", "post:BX2").joint
    assert joint[1] == 1
    # After a merger only the post's own records.
    merge(province, tmp_path, "2023-06-30", "BS", into="CL")
    assert make_summary(province, "2023", "post:CL").joint == []


def test_a_record_of_the_former_post_comes_late_to_what_the_later_one_signed(province, tmp_path):
    renamed(province, tmp_path)
    province.closing.close_period("2023", "post:BX2")
    saved = province.records.add("clearing", clearing("BS", started_on="2023-05-09"))
    assert "Bổ sung kỳ đã chốt" in str(saved.warnings)
    elsewhere = province.records.add("clearing", clearing("CL", started_on="2023-05-09"))
    assert "Bổ sung kỳ đã chốt" not in str(elsewhere.warnings)


def test_the_area_of_a_merged_post_is_that_of_both(province, tmp_path):
    own = province.book.area_on("CL", make_view(province, "2023-05").day)
    added = province.book.area_on("BS", make_view(province, "2023-05").day)
    merge(province, tmp_path, "2023-06-30", "BS", into="CL")
    days = [make_view(province, month).day for month in ("2023-06", "2023-07")]
    assert [province.book.area_on("CL", day) for day in days] == [own, own | added]


# ------------------------------------------------------------------------------- targets


def test_a_target_is_that_of_its_unit_by_whatever_name(province, tmp_path):
    province.reference.write_targets(
        lambda store: set_target(store, "clearing_events", 2023, "post:BS", "22")
    )
    renamed(province, tmp_path)
    goals = [
        (one["target"], one["target_pct"])
        for period, post in (("2023-05", "BS"), ("2023", "BX2"), ("2023", "CL"))
        for one in (row(province, period, f"post:{post}"),)
    ]
    assert goals == [(22, 22.7), (22, 22.7), (None, None)]
    (clause,) = json_of(province, tmp_path, "review", "2023")["rows"]
    assert (clause["scope"], clause["value"], clause["verdict"]) == ("post:BX2", 5, "missed")
    # Targets set under the new name come first; a post that others joined has no target of its
    # parts.
    province.reference.write_targets(
        lambda store: set_target(store, "clearing_events", 2023, "post:BX2", "5")
    )
    assert row(province, "2023", "post:BX2")["target"] == 5
    merge(province, tmp_path, "2023-06-30", "BS", into="CL")
    assert row(province, "2023", "post:CL")["target"] is None


def test_a_share_is_no_target_of_a_count(province):
    for key, rule in (("clearing_events", "percent"), ("pledge_coverage", "percent"),
                      ("incidents_new", "at_most")):  # fmt: skip
        province.reference.write_targets(
            lambda store, key=key, rule=rule: set_target(store, key, 2023, "province", "90", rule)
        )
    keys = ("clearing_events", "pledge_coverage", "incidents_new")
    goals = [row(province, "2023", "province", key) for key in keys]
    assert [one["target"] for one in goals] == [None, 90, 90]
    assert goals[0]["target_pct"] is None
    (shown,) = [
        goal for goal in make_overview(province, "2023-12").goals if goal.key == "incidents_new"
    ]
    assert shown.target == 90


# ------------------------------------------------------------------------ what was signed


def carried(desk, post, period="2023-07"):
    lines = make_summary(desk, period, f"post:{post}").lines
    (line,) = [one for one in lines if one.key == "clearing_events"]
    return line.carry and tuple(line.carry[1:]), line.late, line.year_to_date


def test_what_a_merged_post_signed_itself_comes_late_to_nobody(province, tmp_path):
    for post in ("BS", "CL"):
        province.closing.close_period("2023-05", f"post:{post}")
    merge(province, tmp_path, "2023-06-30", "BS", into="CL")
    # Signed, not signed by it, in the period, late, of this within the period.
    assert carried(province, "CL") == ((7, 5, 2, 0, 0), 0, 14)
    stock = [row(province, "2023-07", "post:CL", key)["late"]
             for key in ("collectives_registered", "households_registered")]  # fmt: skip
    assert stock == [0, 0]
    province.records.add("clearing", clearing("CL", started_on="2023-05-06", times=3))
    assert carried(province, "CL") == ((7, 5, 2, 3, 0), 3, 17)


def test_papers_of_the_former_name_are_carried_over(province, tmp_path):
    province.closing.close_period("2023-05", "post:BS")
    renamed(province, tmp_path)
    assert carried(province, "BX2") == ((5, 0, 0, 0, 0), 0, 5)
    province.records.add("clearing", clearing("BS", started_on="2023-05-06", times=4))
    assert carried(province, "BX2") == ((5, 0, 0, 4, 0), 4, 9)
