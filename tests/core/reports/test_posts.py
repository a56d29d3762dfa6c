"""The province's paper: its figures by post, the number of posts included, and the missing ones."""

import datetime

import pytest

from borderdesk.base.text import sort_key
from borderdesk.closing.summary import make_summary
from borderdesk.figures.post_presence import post_columns, post_presence
from borderdesk.figures.scopes import make_view
from borderdesk.figures.targets import set_baseline, set_target
from borderdesk.reports.blocks import Paragraph, Table, plain_of
from borderdesk.reports.contents.commune_annex import PlaceAnnex
from borderdesk.reports.contents.summary_paper import as_document
from tests.report_files import json_of


def work(post, day, commune, **more):
    return {"post": post, "kind": "road_clearing", "started_on": day, "participants": 5,
            "commune": commune, **more}  # fmt: skip


@pytest.fixture
def two_posts(desk):
    desk.records.add("clearing", work("BS", "2023-11-04", "06202"))
    desk.records.add("clearing", work("TL", "2023-11-05", "06193", times=3))
    return desk


def first_words(desk, period, scope):
    document = as_document(make_summary(desk, period, scope), desk, "vi")
    return [b.text for b in document.blocks if isinstance(b, Paragraph)][:3]


def test_the_first_page_says_n_of_n_posts_and_who_is_missing(two_posts):
    known = len(two_posts.book.posts)
    told = " ".join(first_words(two_posts, "2023-11", "province"))
    assert f"2/{known} đồn" in told
    assert "Chi Ma" in told
    assert "Ba Sơn" not in told
    assert "đồn;" not in " ".join(first_words(two_posts, "2023-11", "post:BS"))


def test_what_was_signed_of_the_posts_stays(two_posts):
    two_posts.closing.close_period("2023-11", "district:Cao Lộc")
    two_posts.records.add("clearing", work("BL", "2023-11-09", "06190"))
    told = " ".join(first_words(two_posts, "2023-11", "district:Cao Lộc"))
    assert "2/" in told
    assert "Bảo Lâm" in told


def test_closing_warns_of_the_missing(two_posts):
    doubts = two_posts.closing.doubts("2023-11", "province", "", None)
    assert any("chưa có số liệu" in doubt and "Chi Ma" in doubt for doubt in doubts)
    assert not two_posts.closing.doubts("2023-11", "post:BS", "", None)


def test_a_column_for_each_post_of_the_scope(two_posts):
    view = make_view(two_posts, "2023-11", "province")
    columns = post_columns(two_posts, view)
    assert {c.post for c in columns} == set(two_posts.book.posts)
    assert [c.name for c in columns] == sorted((c.name for c in columns), key=sort_key)
    (table,) = [b for b in PlaceAnnex(two_posts, view).by_post() if isinstance(b, Table)][:1]
    row = next(r for r in table.rows if len(r.cells) > 2 and r.cells[1] == "Phát quang, tu sửa")
    figures = [plain_of(cell) for cell in row.cells[3:]]
    assert sum(figures[:-1]) == figures[-1] == 4
    assert set(
        post_presence(two_posts, make_view(two_posts, "2023-11", "district:Cao Lộc")).known
    ) < {c.post for c in columns}


def test_nobody_says_that_a_missing_post_did_nothing(two_posts):
    document = as_document(make_summary(two_posts, "2023-11", "province"), two_posts, "vi")
    annex = next(one for one in document.annexes if one.title == "Số liệu theo đồn")
    (table, *notes) = annex.blocks
    names = [column.title for column in table.columns]
    row = next(r for r in table.rows if len(r.cells) > 2 and r.cells[1] == "Phát quang, tu sửa")
    told = dict(zip(names, map(plain_of, row.cells), strict=True))
    assert (told["Ba Sơn"], told["Thanh Lòa"], told["Chi Ma"]) == (1, 3, None)
    assert any("chưa có số liệu: Bảo Lâm" in note.text for note in notes)
    words = " ".join(first_words(two_posts, "2024-05", "province"))
    assert "Chưa nhận được số liệu nào" in words
    assert "không phát sinh" not in words
    assert "không phát sinh" in " ".join(first_words(two_posts, "2024-05", "post:BS"))


def test_a_districts_table_has_its_own_total(two_posts):
    two_posts.records.add("clearing", work("CM", "2023-11-09", "06541", times=7))
    found = PlaceAnnex(two_posts, make_view(two_posts, "2023-11", "province")).figures()
    totals = {
        column.name: values["clearing_events"]
        for column, values in zip(found.columns, found.values, strict=True)
        if column.kind == "district"
    }
    assert totals["Cả huyện Cao Lộc"] == 4
    assert totals["Cả huyện Lộc Bình"] == 7
    assert len(totals) == 5
    one = PlaceAnnex(two_posts, make_view(two_posts, "2023-11", "district:Cao Lộc")).figures()
    assert all(column.kind == "commune" for column in one.columns)


def test_more_than_all_households_is_told(desk, tmp_path):
    (tmp_path / "hamlets.csv").write_text(
        "commune,name,is_border,households_total,valid_from,valid_to\n"
        "06202-2023,Pò Mã,1,1,2000-01-01,\n", encoding="utf-8")  # fmt: skip
    desk.reference.load(tmp_path / "hamlets.csv")
    for head in ("A", "B"):
        desk.records.add("pledge", {"post": "BS", "signed_on": "2023-11-04", "programme": "phao",
            "household": {"head": head, "commune": "06202", "hamlet": "Pò Mã"}})  # fmt: skip
    document = as_document(make_summary(desk, "2023-11", "province"), desk, "vi")
    notes = [b.text for b in document.blocks if isinstance(b, Paragraph)]
    assert any("200,0 %" in note and "vượt tổng số" in note for note in notes)


def test_a_post_that_is_no_more_is_not_missing(two_posts):
    rows = two_posts.ledgers.rows("posts")
    last = "30/06/2023"
    at = next(n for n, row in enumerate(rows) if row["code"] == "CM")
    ended = [(n, {**row, "valid_to": last} if n == at else row) for n, row in enumerate(rows)]
    two_posts.ledgers.save("posts", rows, ended, "x")
    told = " ".join(first_words(two_posts, "2023-11", "province"))
    assert "Chi Ma" not in told
    assert f"2/{len(two_posts.book.posts) - 1} đồn" in told


def test_a_column_has_the_figures_from_its_own_papers(two_posts, tmp_path):
    """The total included them, but not the columns of the annexes and the review."""
    desk = two_posts
    for scope, value in (("post:BS", "8"), ("district:Cao Lộc", "9"), ("province", "11")):
        kept = desk.figures.scope_text(scope, datetime.date(2023, 10, 31))
        desk.reference.write_targets(
            lambda s, k=kept, v=value: set_baseline(s, "leaflets", "2023-10", k, v, "BC")
        )
    view = make_view(desk, "2023-10", "province")
    columns = post_columns(desk, view)
    found = PlaceAnnex(desk, view).figures(columns)
    at = [column.text for column in found.columns].index("post:BS")
    assert found.values[at]["leaflets"] == 8
    assert set(found.papers[at]) == {"leaflets"}
    assert {v["leaflets"] for n, v in enumerate(found.values) if n != at} == {0}
    kept = desk.figures.yearly_scope("province", 2023)
    desk.reference.write_targets(lambda s: set_target(s, "leaflets", 2023, kept, "100"))
    said = json_of(desk, tmp_path, "review", "2023-10")
    names = [column["name"] for column in said["columns"]]
    (row,) = said["rows"]
    told = dict(zip(names, row["values"], strict=True))
    assert told.pop("Cao Lộc") == 9
    assert set(told.values()) == {0}
    assert row["value"] == 11
