"""The month's plan: tasks with persons and dates, carried into the next report as done or with a
reason."""

import datetime
import json

import pytest

from borderdesk.base.errors import InvalidRecord, OperationRefused
from borderdesk.closing.narratives import TASKS_MOST, TaskAhead, TaskOutcome, narrative_of
from borderdesk.closing.summary import make_summary
from borderdesk.reports.blocks import Table
from borderdesk.reports.contents.plan import outcome_words
from borderdesk.reports.contents.summary_paper import as_document
from borderdesk.reports.word_files.form_fields import form_content

DAY = datetime.date(2023, 11, 20)
CLEAR, TALK = TaskAhead("Phát quang mốc 1187", "Đội VĐQC", DAY), TaskAhead("Họp dân")


@pytest.fixture
def planned(post_desk):
    post_desk.narratives.write_narrative("2023-10", tasks=[CLEAR, TALK])
    return post_desk


def tables(desk, period):
    document = as_document(make_summary(desk, period), desk, "vi")
    return {one.title: [row.cells for row in one.rows]
            for one in document.blocks if isinstance(one, Table)}  # fmt: skip


def test_the_next_month_begins_with_what_is_to_be_said_of_the_tasks(planned):
    begun = planned.narratives.of("2023-11")
    assert begun.outcomes == (TaskOutcome(*CLEAR), TaskOutcome(*TALK))
    assert begun.tasks == [CLEAR, TALK]
    # Without outcomes the paper says nothing.
    assert "Nhiệm vụ kỳ trước" not in tables(planned, "2023-11")


def test_what_was_done_goes_and_the_rest_stays_ahead(planned):
    told = [TaskOutcome(*CLEAR, True, "350 m"), TaskOutcome(*TALK, False, "Trời mưa")]
    planned.narratives.write_narrative("2023-11", outcomes=told)
    now = planned.narratives.of("2023-11")
    assert (now.tasks, list(now.outcomes), now.begun_from) == ([TALK], told, None)
    planned.narratives.write_narrative("2023-11", parts={"results": "Tốt"})
    assert list(planned.narratives.of("2023-11").outcomes) == told
    assert tables(planned, "2023-11")["Nhiệm vụ kỳ trước"] == [
        (1, "Phát quang mốc 1187", "Đội VĐQC", DAY, "Đã thực hiện: 350 m"),
        (2, "Họp dân", "", None, "Chưa thực hiện: Trời mưa"),
    ]
    # December asks about November's tasks ahead only.
    assert planned.narratives.of("2023-12").outcomes == (TaskOutcome(*TALK),)
    content = form_content(planned, make_summary(planned, "2023-11"))
    assert [row["outcome.result"] for row in content.rows["outcome"]] == [
        "Đã thực hiện: 350 m", "Chưa thực hiện: Trời mưa",
    ]  # fmt: skip


def test_a_closed_month_keeps_what_was_said(planned):
    told = [TaskOutcome(*CLEAR, True), TaskOutcome(*TALK)]
    planned.narratives.write_narrative("2023-11", outcomes=told)
    edition = planned.closing.close_period("2023-11")
    assert narrative_of(edition).outcomes == (told[0],)
    with pytest.raises(OperationRefused):
        planned.narratives.write_narrative("2023-11", outcomes=[])
    planned.narratives.write_narrative("2023-10", tasks=[])
    assert tables(planned, "2023-11")["Nhiệm vụ kỳ trước"] == [
        (1, "Phát quang mốc 1187", "Đội VĐQC", DAY, "Đã thực hiện")
    ]


@pytest.mark.parametrize(
    "outcomes",
    [[TaskOutcome("a", why="b" * 1_001)], [TaskOutcome("a", why="\x07")],
     [TaskOutcome("a", done=True)] * (TASKS_MOST + 1)],
)  # fmt: skip
def test_what_cannot_be_said_is_refused_whole(planned, outcomes):
    with pytest.raises(InvalidRecord):
        planned.narratives.write_narrative("2023-11", parts={"results": "x"}, outcomes=outcomes)
    assert planned.narratives.of("2023-11").begun_from == "2023-10"


def test_outcomes_are_worded():
    assert outcome_words(TaskOutcome("a", done=True)) == "Đã thực hiện"
    assert outcome_words(TaskOutcome("a", done=False, why="mưa")) == "Chưa thực hiện: mưa"
    assert outcome_words(TaskOutcome("a", why="đang làm")) == "đang làm"


def test_the_command_plans_ticks_and_says_what_is_wrong(planned, cli_inline):
    folder = planned.folder

    def plan(*asked):
        return cli_inline("--desk", folder, "report", "plan", "--period", "2023-11", *asked)

    done = plan("--done", "1", "--not-done", "2=Trời mưa", "--task", "Ký cam kết|Tổ 2|5/12/2023")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert [(one["task"], one["owner"], one["due_on"]) for one in found["tasks"]] == [
        ("Họp dân", "", None), ("Ký cam kết", "Tổ 2", "2023-12-05"),
    ]  # fmt: skip
    assert [(one["done"], one["why"]) for one in found["last"]] == [
        (True, ""), (False, "Trời mưa"),
    ]  # fmt: skip
    for wrong in (("--done", "7"), ("--not-done", "1"), ("--drop", "9"), ("--task", "a|b|c|d"),
                  ("--task", "a||31/2"), ("--task", "|b"), ("--done", "x")):  # fmt: skip
        refused = plan(*wrong)
        assert refused.returncode != 0
        assert len(refused.stderr.strip().splitlines()) == 1
    assert json.loads(plan("--drop", "1").stdout)["tasks"][0]["task"] == "Ký cam kết"
