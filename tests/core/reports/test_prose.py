"""Sentences generated from the figures of a period, and figures in a text that contradict the
table."""

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borderdesk.base.i18n import set_language
from borderdesk.base.periods import Calendar
from borderdesk.closing.calculation import Summary
from borderdesk.closing.lines import SummaryLine
from borderdesk.closing.narratives import Narrative
from borderdesk.closing.summary import make_summary
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.quantities import percent
from borderdesk.figures.scopes import make_view
from borderdesk.figures.targets import set_target
from borderdesk.reports.contents.prose_figures import (
    period_prose_doubts,
    period_sentences,
    prose_doubts,
    sentence_rules,
)
from borderdesk.reports.contents.sentences import SentenceRules, figure_sentences
from tests.factories import example


@pytest.fixture
def desk_of_two_years(post_desk):
    # The record of 2021 shows that the desk covers all of 2022.
    for year, times in (("2021", 1), ("2022", 17), ("2023", 31)):
        for month, number in (("01", 3), ("12", times)):
            day = f"{year}-{month}-04"
            record = {**example("clearing"), "started_on": day, "ended_on": None, "times": number}
            post_desk.records.add("clearing", record)
    return post_desk


def said(desk, period, key):
    return next(one.text for one in period_sentences(desk, period) if one.key == key)


def doubts_of(lines, text):
    return [
        (one.key, one.column, one.said)
        for one in prose_doubts(Narrative({"results": text}, [], {}), lines)
    ]


def test_a_sentence_says_value_year_plan_and_change(desk_of_two_years):
    desk = desk_of_two_years
    desk.reference.write_targets(lambda s: set_target(s, "clearing_events", 2023, "post:BS", "40"))
    assert said(desk, "2023-12", "clearing_events") == (
        "Phát quang, tu sửa trong tháng đạt 31 lần, lũy kế từ đầu năm 34 lần, đạt 85,0 % kế"
        " hoạch, tăng 82,4 % so với cùng kỳ tháng 12 năm 2022."
    )
    assert said(desk, "2023", "clearing_events") == (
        "Phát quang, tu sửa trong năm đạt 34 lần, đạt 85,0 % kế hoạch, tăng 70,0 % so với cùng kỳ"
        " năm trước."
    )
    assert said(desk, "2023-11", "clearing_events").startswith(
        "Phát quang, tu sửa trong tháng không có, lũy kế từ đầu năm 3 lần"
    )
    set_language("en")
    assert said(desk, "2023-12", "clearing_events") == (
        "Clearing and repair works in the month reached 31 times, year to date 34 times, 85.0 %"
        " of the year's target, up 82.4 % on the same period, month 12 of 2022."
    )


def test_a_limit_is_no_plan_and_a_share_of_the_year_is_none_of_the_month(desk_of_two_years):
    desk = desk_of_two_years
    desk.reference.write_targets(
        lambda s: set_target(s, "clearing_events", 2023, "post:BS", "40", "at_most")
    )
    assert "lũy kế từ đầu năm 34 lần, bằng 85,0 % hạn mức năm" in said(
        desk, "2023-12", "clearing_events"
    )
    summary = make_summary(desk, "2023-12")
    (line,) = [one for one in summary.lines if one.key == "pledge_coverage"]
    rules = sentence_rules(desk, summary)
    assert rules == (False, {"clearing_events"}, {"pledge_coverage"})
    shown = summary._replace(lines=[line._replace(value=Decimal("11.7"))])
    assert figure_sentences(shown, rules)[0].text == (
        "Tỷ lệ hộ ký cam kết đến ngày 31/12/2023 đạt 11,7 %."
    )


VALUES = st.one_of(st.none(), st.integers(0, 30_000_000), st.decimals(0, 90_000, places=1))


@st.composite
def lines_of(draw, rows):
    made = []
    for row in rows:
        group, label, unit = row.words
        value, before = draw(VALUES), draw(VALUES)
        target = draw(st.one_of(st.none(), st.decimals(1, 9_000, places=1)))
        to_date = None if value is None else value + draw(st.integers(0, 900))
        change = None if not before or value is None else value - before
        made.append(
            SummaryLine(
                row.key, group, label, unit, row.kind, value, before, change,
                percent(change, before) if change is not None else None,
                to_date, target,
                percent(to_date, target) if to_date is not None and target else None,
                None, frozenset(), None,
            )
        )  # fmt: skip
    return made


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_sentence_always_agrees_with_the_table_it_is_made_of(post_desk, lang):
    set_language(lang)
    rows = all_rows(post_desk.book)
    view = make_view(post_desk, "2023-07", None)

    @settings(max_examples=15, deadline=None)
    @given(lines_of(rows), st.sampled_from(["2023-07", "2023-Q3", "2023-H2", "2023"]))
    def holds(lines, period):
        calendar = Calendar()
        meant = calendar.parse(period)
        summary = Summary(
            "x", meant, calendar.previous(meant), view.scope, "", "old", lines, [], []
        )
        limits = frozenset(line.key for line in lines[::2])
        shares = frozenset({"pledge_coverage"})
        rules = SentenceRules(meant.kind == "year", limits, shares)
        sentences = figure_sentences(summary, rules)
        assert doubts_of(lines, "\n".join(one.text for one in sentences)) == []
        # And each of its figures is told of once it is another.
        moved = [
            line._replace(value=line.value + 1000)
            for line in lines
            if line.value and line.kind != "ratio"
        ]
        told = {
            key for key, _column, _said in doubts_of(moved, " ".join(s.text for s in sentences))
        }
        assert told == {line.key for line in moved}

    holds()


def test_figures_of_a_text_in_a_persons_own_words(desk_of_two_years):
    desk = desk_of_two_years
    lines = make_summary(desk, "2023-12").lines
    right = (
        "Đồn đã phát quang 31 lần; lũy kế 34 lần, tăng 82,4 % so với cùng kỳ.",
        "Phát quang, tu sửa trong tháng đạt 31 lần với 54 người của 2 xã, từ mốc 1130 đến 1131.",
        "Ngày 04/12/2023 phát quang, tu sửa tại Bản Phạc; cùng kỳ 17 lần.",
        "Chiều dài phát quang, tu sửa 1.200 m, phát quang từ đầu năm 34 lần.",
        "Tuyên truyền 12 buổi cho 300 lượt người.",
        "PHÁT QUANG, TU SỬA: 31 LẦN",
        "Đồn đã phát quang 31 lần, 54 lượt người tham gia, dài 1.200 m.",
        "Đồn tổ chức 31 lần phát quang, tu sửa; lũy kế 34 lần. Lũy kế 34 lần phát quang.",
        "Đội số 5 tuần tra đơn phương ngày 12.",
    )
    for text in right:
        assert doubts_of(lines, text) == [], text
    wrong = {
        "Đồn đã phát quang 30 lần.": ("clearing_events", "value", "30 lần"),
        "Phát quang, tu sửa đạt 34 lần.": ("clearing_events", "value", "34 lần"),
        "Phát quang, tu sửa lũy kế 35 lần.": ("clearing_events", "year_to_date", "35 lần"),
        "Phát quang tăng 82,9 % so với cùng kỳ.": ("clearing_events", "change_pct", "82,9 %"),
        "Phát quang giảm 82,4 % so với cùng kỳ.": ("clearing_events", "change_pct", "82,4 %"),
        "Phát quang đạt 31 lần, đạt 72,5 % kế hoạch.": ("clearing_events", "target_pct", "72,5 %"),
        "Chiều dài phát quang, tu sửa 1.250 m.": ("clearing_length", "value", "1.250 m"),
        "Đồn đã phát quang 31 lần, 55 lượt người.": (
            "clearing_participants",
            "value",
            "55 lượt người",
        ),
        "Phát quang, tu sửa trong tháng không có.": ("clearing_events", "value", "không có"),
        "Đồn tổ chức 30 lần phát quang, tu sửa.": ("clearing_events", "value", "30 lần"),
        "Lũy kế 35 lần phát quang.": ("clearing_events", "year_to_date", "35 lần"),
        "Đã cấp 1.000 tờ rơi.": ("leaflets", "value", "1.000 tờ"),
        "Trong tháng tuyên truyền tập trung 5 buổi.": ("outreach_sessions", "value", "5 buổi"),
        "Tổ chức 5 buổi tuyên truyền tập trung.": ("outreach_sessions", "value", "5 buổi"),
    }
    for text, doubt in wrong.items():
        assert doubts_of(lines, text) == [doubt], text


def test_one_of_a_thing_has_its_unit_in_the_singular(post_desk):
    day = {"started_on": "2023-12-04", "ended_on": None, "times": 1}
    post_desk.records.add("clearing", {**example("clearing"), **day})
    set_language("en")
    text = said(post_desk, "2023-12", "clearing_events")
    assert text == "Clearing and repair works in the month reached 1 time, year to date 1 time."
    lines = make_summary(post_desk, "2023-12").lines
    assert doubts_of(lines, text) == []
    assert doubts_of(lines, text.replace("reached 1 ", "reached 2 ")) == [
        ("clearing_events", "value", "2 time")
    ]


def test_amounts_in_millions_match_the_figure(post_desk):
    post_desk.records.add("track", example("track"))
    period = example("track")["completed_on"][:7]
    lines = make_summary(post_desk, period).lines
    assert doubts_of(lines, "Kinh phí đạt 85 triệu đồng.") == []
    assert doubts_of(lines, "Kinh phí đạt 85.000.000 đồng.") == []
    assert doubts_of(lines, "Kinh phí đạt 84,5 triệu đồng.") == [
        ("funds", "value", "84,5 triệu đồng")
    ]


def test_what_no_longer_agrees_is_told_and_the_edition_keeps_what_was_typed(
    desk_of_two_years, cli_inline
):
    desk = desk_of_two_years
    text = said(desk, "2023-12", "clearing_events")
    desk.narratives.write_narrative("2023-12", parts={"results": text})
    assert period_prose_doubts(desk, "2023-12") == []
    desk.records.add("clearing", {**example("clearing"), "started_on": "2023-12-09", "times": 1})
    doubts = period_prose_doubts(desk, "2023-12")
    assert doubts[0] == (
        "Kết quả, Phát quang, tu sửa (trong kỳ): lời văn ghi “31 lần”, bảng ghi 32 lần."
    )
    folder = desk.folder
    desk.close()
    told = cli_inline("--desk", folder, "report", "text", "--period", "2023-12")
    assert json.loads(told.stdout)["doubts"] == doubts
    closed = cli_inline("--desk", folder, "close", "--period", "2023-12", "--number", "5")
    assert closed.returncode == 0
    assert set(doubts) <= set(json.loads(closed.stdout)["warnings"])
    told = cli_inline("--desk", folder, "report", "text", "--period", "2023-12")
    assert json.loads(told.stdout)["results"] == text


def test_the_command_offers_and_takes_sentences(desk_of_two_years, cli_inline):
    folder = desk_of_two_years.folder
    desk_of_two_years.close()
    run = lambda *more: cli_inline("--desk", folder, "report", "text", "--period", "2023-12", *more)  # noqa: E731
    offered = [json.loads(line) for line in run("--sentences").stdout.splitlines()]
    text = {one["key"]: one["text"] for one in offered}
    told = run("--part", "results=Tốt.", "--take", "clearing_events", "--take", "clearing_length")
    assert json.loads(told.stdout)["results"] == (
        f"Tốt.\n{text['clearing_events']} {text['clearing_length']}"
    )
    assert run("--take", "leaflets").returncode == 1
    assert run("--part", "nothing=x").returncode == 1
    assert json.loads(run("--part", "results=").stdout)["results"] is None
