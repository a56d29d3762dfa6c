"""The sources of a consolidated report: the state of each post, on every kind of paper."""

import pytest
from openpyxl import load_workbook

from borderdesk.base.i18n import _
from borderdesk.closing.editions import Signer
from borderdesk.figures.scopes import make_view
from borderdesk.reports.contents.post_sources import post_sources
from borderdesk.reports.report_kinds import REPORTS
from tests.exchanging import clearing, new_desk, send, trust
from tests.paper import pages
from tests.report_files import words_of, written

KINDS = [kind for kind in REPORTS if kind != "amendment"]


@pytest.fixture
def desks(tmp_path):
    """A post that sent November, one that sent nothing, and the province that received the former's
    file."""
    with (
        new_desk(tmp_path / "bs", "post", "BS", 1) as post,
        new_desk(tmp_path / "province", "province", "20", 2) as province,
    ):
        trust(post, province)
        post.records.add("clearing", clearing(started_on="2023-11-20"))
        province.exchange.imports.take(send(post, tmp_path, "2023-11"))
        yield post, province


def states(desk, period, scope=None):
    return {
        one.post: dict(one.months) for one in post_sources(desk, make_view(desk, period, scope))
    }


def test_every_post_of_the_scope_has_a_state_for_every_month(desks):
    _post, province = desks
    told = states(province, "2023-Q4")
    assert set(told) == {post.name for post in province.book.posts.values()}
    ba_son = told[province.book.post_name("BS")]
    assert ba_son == {"10/2023": "empty", "11/2023": "late", "12/2023": "missing"}
    inside = states(province, "2023-11", "district:Cao Lộc")
    assert province.book.post_name("BS") in inside
    assert province.book.post_name("PM") not in inside


def test_only_figures_of_several_posts_rest_on_what_they_sent(desks):
    post, province = desks
    assert states(province, "2023-11", "post:BS") == {}
    assert states(post, "2023-11", "province") == {}
    batch = province.exchange.batches.all()[0]
    province.exchange.batches.undo_batch(batch.id)
    assert states(province, "2023-11") == {}  # nothing is received: the records are its own


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_paper_but_a_briefing_prints_it(desks, tmp_path, kind):
    _post, province = desks
    asked = {"type": "clearing"} if REPORTS[kind].typed else {}
    target = written(province, tmp_path, ".pdf", kind, "2023-11", **asked)
    text = words_of(target).casefold()
    note = _("Households are not matched across posts: one that two posts know counts twice.")
    for told in (_("What each post has handed in"), note):
        assert (told.casefold() in text) == REPORTS[kind].sourced
    if kind == "briefing":  # its risks name the posts that are missing
        assert len(pages(target)) == 1


def test_a_signed_paper_keeps_what_it_rested_on(desks, tmp_path):
    post, province = desks
    province.closing.close_period("2023-11", number="05", signer=Signer("Nông Văn Hòa"))
    before = written(province, tmp_path, ".pdf", "summary", "2023-11").read_bytes()
    province.exchange.imports.take(send(post, tmp_path, "2023-11"))
    assert states(province, "2023-11")[province.book.post_name("BS")] == {"11/2023": "again"}
    assert written(province, tmp_path, ".pdf", "summary", "2023-11").read_bytes() == before


def test_a_workbook_has_it_too(desks, tmp_path):
    _post, province = desks
    book = load_workbook(written(province, tmp_path, ".xlsx", "summary", "2023-11"))
    texts = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert province.book.post_name("BS") in texts
    assert "11/2023" in texts
