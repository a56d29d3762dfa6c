"""Reports for every post at once: names, failures, and cancelling."""

import json
import os

import pytest

from borderdesk.base.errors import OperationStopped, UserError
from borderdesk.desk import Desk
from borderdesk.reports.batch import file_name, for_every_post, write_batch
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.report_kinds import REPORTS
from tests.factories import POSTS, example


def test_every_post_has_a_file_of_its_own_figures(desk, tmp_path):
    desk.records.add("clearing", {**example("clearing"), "started_on": "2023-12-05"})
    told = []
    requests = for_every_post(desk, Request("summary", "2023-12"))
    done = write_batch(desk, requests, tmp_path, ".json", lambda n, whole: told.append((n, whole)))
    assert (done.failed, done.stopped) == ([], False)
    assert len(done.written) == len(POSTS)
    assert told[0] == (0, len(POSTS))
    assert told[-1] == (len(POSTS), len(POSTS))
    said = {file.name: json.loads(file.read_text("utf-8")) for file in done.written}
    times = {
        one["scope"]: next(r["value"] for r in one["rows"] if r["key"] == "clearing_events")
        for one in said.values()
    }
    assert times == {f"post:{post}": 2 if post == "BS" else 0 for post in POSTS}
    assert sorted(file.name for file in tmp_path.glob("*.json")) == sorted(said)
    for name in said:
        assert name.isascii()
        assert not set(name) & set(' \\/:*?"<>|')


@pytest.mark.parametrize("kind", sorted(REPORTS.keys() - {"amendment"}))
def test_every_kind_can_be_made_for_every_post(desk, tmp_path, kind):
    kind_of = REPORTS[kind]
    asked = Request(kind, "2023-12", type="patrol" if kind_of.typed else None)
    for suffix in (".pdf", ".xlsx", ".json"):
        (tmp_path / suffix).mkdir()
        requests = for_every_post(desk, asked)[:2]
        done = write_batch(desk, requests, tmp_path / suffix, suffix)
        assert len(done.written) == 2
        assert all(file.stat().st_size > 0 for file in done.written)
        assert done.failed == []


def test_what_cannot_be_made_of_a_post_is_named_for_each(desk, tmp_path):
    """Nothing was amended, so there is no amendment to print."""
    requests = for_every_post(desk, Request("amendment", "2023-12"))
    done = write_batch(desk, requests, tmp_path, ".pdf")
    assert (done.written, done.stopped) == ([], False)
    assert [one.scope for one in done.failed] == [request.scope for request in requests]
    assert all(one.why for one in done.failed)


def test_one_that_fails_does_not_keep_the_others_from_it(desk, tmp_path):
    requests = [
        Request("summary", "2023-12", scope) for scope in ("post:XX", "post:BS", "commune:99999")
    ] + [Request("summary", "2023-13", "post:TL"), Request("summary", "2023-12", "post:TL")]
    done = write_batch(desk, requests, tmp_path, ".json")
    assert len(done.written) == 2
    assert [one.scope for one in done.failed] == ["post:XX", "commune:99999", "post:TL"]
    assert "XX" in done.failed[0].why
    assert "2023-13" in done.failed[2].why
    assert {file.name for file in tmp_path.glob("*.json")} == {f.name for f in done.written}


def test_a_file_that_cannot_be_written_is_named_with_its_reason(desk, tmp_path):
    requests = for_every_post(desk, Request("summary", "2023-12"))
    (tmp_path / file_name(desk, requests[3], ".json")).mkdir()
    done = write_batch(desk, requests, tmp_path, ".json")
    assert len(done.written) == len(POSTS) - 1
    ((scope, why),) = done.failed
    assert scope == requests[3].scope
    assert why


def test_stopping_keeps_what_is_whole_and_nothing_else(desk, tmp_path):
    requests = for_every_post(desk, Request("summary", "2023-12"))

    def stop(done, _whole):
        if done == 4:
            raise OperationStopped

    done = write_batch(desk, requests, tmp_path, ".pdf", stop)
    assert done.stopped
    assert len(done.written) == 4
    there = sorted(path for path in tmp_path.iterdir() if path.name != "desk")
    assert there == sorted(done.written)


def test_being_stopped_within_a_report_leaves_nothing_of_it(desk, tmp_path):
    for n in range(5):
        desk.records.add("clearing", example("clearing", n))
    asks = iter(range(100))

    def stop(_done, _whole):
        if next(asks) == 3:
            raise OperationStopped

    requests = for_every_post(desk, Request("register", "2023", type="clearing"))
    (own,) = [request for request in requests if request.scope == "post:BS"]
    done = write_batch(desk, [own], tmp_path, ".json", stop)
    assert (done.stopped, done.written) == (True, [])
    assert [path.name for path in tmp_path.iterdir() if path.name != "desk"] == []


def test_a_folder_that_is_not_there(desk, tmp_path):
    with pytest.raises(UserError, match="none"):
        write_batch(desk, for_every_post(desk, Request("summary", "2023-12")),
                    tmp_path / "none", ".pdf")  # fmt: skip


def test_names_are_safe_and_each_its_own(desk):
    taken = set()
    for scope in ("post:BS", "post:BS", "commune:06202", "moon/../x", None):
        request = Request("summary", "2023-01-15..2023-02-14", scope)
        name = file_name(desk, request, ".pdf", taken)
        assert name not in taken
        assert os.sep not in name
        assert ".." not in name
        assert len(name) < 200
        taken.add(name)
    assert file_name(desk, Request("summary", "2023-12", "post:BS"), ".pdf") == (
        "tong-hop-so-lieu_bs-don-bien-phong-ba-son_2023-12.pdf"
    )
    long = file_name(desk, Request("summary", "2023-12", "x" * 500), ".pdf")
    assert len(long) < 200


def test_a_desk_makes_reports_for_the_posts_it_looks_after(desk, post_desk, tmp_path):
    asked = Request("summary", "2023-12")
    assert {r.scope for r in for_every_post(desk, asked)} == {f"post:{post}" for post in POSTS}
    assert [r.scope for r in for_every_post(post_desk, asked)] == ["post:BS"]
    with Desk.create(tmp_path / "liaison", "liaison", "Đình Lập", "A") as liaison:
        assert {r.scope for r in for_every_post(liaison, asked)} == {
            "post:CL", "post:BX",
        }  # fmt: skip
