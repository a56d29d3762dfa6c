"""A paper checked against the desk: signed figures, typed ones, drafts, successors."""

import datetime
import json

import pytest

from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.closing.paper_check import typed_number
from borderdesk.closing.summary import make_summary
from borderdesk.figures.targets import set_baseline
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.report_kinds import write_report

WHERE = "2023-10"


def clearing(day, participants=5, **more):
    return {"post": "BS", "kind": "road_repair", "started_on": day, "commune": "06196",
            "participants": participants, **more}  # fmt: skip


def paper(desk):
    return desk.closing.paper_text(make_summary(desk, WHERE))


def figure(verdict, key):
    return next(one for one in verdict.lines if one.key == key)


@pytest.fixture
def signed(post_desk):
    """A desk with a signed October: 30 participants, paper No. 05."""
    post_desk.records.add("clearing", clearing("2023-10-07", 30))
    post_desk.closing.close_period(WHERE, number="05")
    return post_desk


def test_the_altered_paper_is_found_by_the_figures_shown(signed):
    """74 was printed on the paper where 30 was signed; its code is correct."""
    text = paper(signed)
    verdict = signed.closing.check(text)
    assert (verdict.result, verdict.state) == ("same", "signed")
    assert figure(verdict, "clearing_participants").value == 30
    assert verdict.reasons
    verdict = signed.closing.check(text, {"clearing_participants": "74"})
    assert verdict.result == "different"
    (one,) = verdict.typed
    assert (one.paper, one.signed, one.same) == (74, 30, False)
    assert any("74" in reason and "30" in reason for reason in verdict.reasons)
    assert signed.closing.check(text, {"clearing_participants": "30"}).result == "same"


@pytest.mark.parametrize("key", ["clearing_participants.year_to_date", "clearing_participants",
                                 "lượt người tham gia phát quang, tu sửa"])  # fmt: skip
def test_figures_are_typed_by_key_column_or_label(signed, key):
    signed.records.add("clearing", clearing("2023-09-07", 4))  # late: the paper does not change
    verdict = signed.closing.check(paper(signed), {key: "30"})
    assert [one.same for one in verdict.typed] == [True]


@pytest.mark.parametrize(("key", "text"), [("no_such", "1"), ("clearing_events", "một")])
def test_what_is_no_figure_is_refused(signed, key, text):
    with pytest.raises(UserError):
        signed.closing.check(paper(signed), {key: text})


@pytest.mark.parametrize(
    ("text", "number"),
    [("1.234", 1234), ("1 234", 1234), ("72,5", "72.5"), ("−3", -3), ("5*", 5), ("–", None),
     ("0.5", "0.5"), ("12.345.678", 12345678)],
)  # fmt: skip
def test_figures_are_read_as_papers_show_them(text, number):
    read = typed_number(text)
    assert (str(read) if isinstance(number, str) else read) == number


def test_a_draft_is_known_as_a_draft(post_desk):
    post_desk.records.add("clearing", clearing("2023-10-07", 30))
    draft = paper(post_desk)
    verdict = post_desk.closing.check(draft)
    assert (verdict.result, verdict.state) == ("same", "draft")
    assert "dự thảo" in verdict.reasons[0]
    assert post_desk.closing.check(draft, {"clearing_participants": "74"}).result == "different"
    post_desk.records.add("clearing", clearing("2023-10-08", 1))
    verdict = post_desk.closing.check(draft)
    assert (verdict.result, verdict.state, verdict.known) == ("different", "draft", False)
    assert verdict.reasons
    post_desk.closing.close_period(WHERE)
    assert post_desk.closing.check(paper(post_desk)).state == "signed"


def test_a_replaced_edition_is_known_by_its_successors_number(signed):
    first = paper(signed)
    signed.closing.note_printed(WHERE)
    signed.closing.amend_period(WHERE, None, "đếm sai")
    late = signed.records.add("clearing", clearing("2023-10-09", 4)).id
    signed.closing.close_period(WHERE, number="07")
    verdict = signed.closing.check(first)
    assert (verdict.result, verdict.state) == ("revised", "replaced")
    assert (verdict.successor.number, verdict.successor.document) == (2, "07")
    assert any("số 07" in reason for reason in verdict.reasons)
    assert figure(verdict, "clearing_participants").value == 30
    moved = {one.key: one for one in verdict.moved if one.column == "value"}
    assert moved["clearing_participants"].now == 34
    assert all(one.reasons for one in verdict.moved)
    assert late[-8:] in moved["clearing_participants"].reasons[0]


def test_a_withdrawn_paper_is_told_by_the_edition_in_force(signed):
    first = paper(signed)
    signed.closing.reopen_period(WHERE, None, "sửa lời văn")
    verdict = signed.closing.check(first)
    assert (verdict.result, verdict.state, verdict.successor) == ("revised", "withdrawn", None)
    edition = signed.closing.close_period(WHERE)
    assert edition.number == 2
    verdict = signed.closing.check(first)
    assert (verdict.result, verdict.state, verdict.successor.number) == ("same", "withdrawn", 2)


def test_an_edition_that_never_was_is_told(signed):
    text = paper(signed).rpartition("|")[0].replace("|1|", "|9|")
    from borderdesk.closing.paper_code import _check_digits

    verdict = signed.closing.check(f"{text}|{_check_digits(text)}")
    assert (verdict.result, verdict.state) == ("different", "unknown")
    assert figure(verdict, "clearing_participants").value == 30
    assert "9" in verdict.reasons[0]


def test_a_figure_that_no_record_explains_has_a_reason_too(signed):
    text = paper(signed)
    with signed.writing():
        set_baseline(
            signed.store, "clearing_participants", "2023-01", "post:BS", "7", "báo cáo giấy"
        )
    verdict = signed.closing.check(text)
    assert verdict.moved
    assert all(one.reasons and all(one.reasons) for one in verdict.moved)


def test_the_command_shows_the_figures_and_takes_those_of_the_paper(
    cli_inline, desk_folder, tmp_path
):
    def run(*words, stdin=""):
        return cli_inline("--desk", desk_folder, *words, stdin=stdin)

    run("add", "clearing", stdin=json.dumps(clearing("2023-10-07", 30)))
    where = ("--period", WHERE, "--scope", "post:BS")
    text = json.loads(run("close", *where).stdout)["paper"]
    checked = run("report", "check", text)
    assert checked.returncode == 0
    said = json.loads(checked.stdout)
    assert said["state"] == "signed"
    assert {row["key"]: row["value"] for row in said["signed"]}["clearing_participants"] == 30
    assert "Lượt người tham gia phát quang, tu sửa (clearing_participants): 30" in checked.stderr
    forged = run("report", "check", text, "--figure", "clearing_participants=74")
    assert forged.returncode == 1
    said = json.loads(forged.stdout)
    assert said["result"] == "different"
    assert said["typed"] == [{
        "key": "clearing_participants", "column": "value",
        "label": "Lượt người tham gia phát quang, tu sửa", "paper": 74, "signed": 30, "same": False,
    }]  # fmt: skip
    assert said["reasons"]
    assert (said["figures"][0]["paper"], said["figures"][0]["now"]) == (74, 30)
    assert run("report", "check", text, "--figure", "clearing_participants").returncode == 2
    pdf = tmp_path / "paper.pdf"
    assert run("report", "summary", *where, "--out", pdf).returncode == 0
    assert run("report", "check", pdf).returncode == 0
    (tmp_path / "other.pdf").write_bytes(b"%PDF")
    assert run("report", "check", tmp_path / "other.pdf").returncode == 1
    assert run("report", "check", tmp_path / "none.pdf").returncode == 1


# ------------------------------------------------------------------------------- final


@pytest.mark.parametrize("suffix", [".pdf", ".xlsx", ".json"])
def test_a_paper_written_of_a_closed_period_is_final_and_a_spreadsheet_is_not(
    signed, tmp_path, suffix
):
    write_report(signed, Request("summary", WHERE), tmp_path / f"a{suffix}")
    final = signed.closing.state(WHERE).final
    assert final == (suffix == ".pdf")
    if final:
        with pytest.raises(OperationRefused):
            signed.closing.reopen_period(WHERE, None, "x")
        assert [e.what for e in signed.closing.events(signed.closing.editions()[0].id)] == [
            "closed", "saved"
        ]  # fmt: skip


def test_a_register_and_an_open_period_make_nothing_final(signed, tmp_path):
    write_report(signed, Request("register", WHERE, type="clearing"), tmp_path / "r.pdf")
    write_report(signed, Request("summary", "2023-11"), tmp_path / "s.pdf")
    assert not signed.closing.state(WHERE).final


def test_a_paper_that_could_not_be_written_is_not_final(signed, tmp_path):
    with pytest.raises(UserError):
        write_report(signed, Request("summary", WHERE), tmp_path / "none" / "a.pdf")
    assert not signed.closing.state(WHERE).final


# --------------------------------------------------------------------------- amendments


def test_an_amendment_is_seen_before_it_is_closed_and_its_reasons_can_be_written(signed, tmp_path):
    signed.closing.note_printed(WHERE)
    with pytest.raises(UserError, match="đính chính"):
        signed.closing.amendment_draft(WHERE)
    signed.closing.amend_period(WHERE, None, "đếm sai")
    assert signed.closing.amendment_draft(WHERE) == []
    with pytest.raises(OperationRefused, match="không có gì để đính chính"):
        signed.closing.close_period(WHERE, number="06")
    late = signed.records.add("clearing", clearing("2023-10-09", 4)).id
    draft = {(m.key, m.column): m for m in signed.closing.amendment_draft(WHERE)}
    row = draft["clearing_participants", "value"]
    assert (row.signed, row.now, row.difference) == (30, 34, 4)
    assert late[-8:] in row.reasons[0]
    assert signed.identity.user in row.reasons[0]
    write_report(signed, Request("amendment", WHERE), tmp_path / "draft.pdf")
    write_report(signed, Request("amendment", WHERE), tmp_path / "draft.json")
    said = json.loads((tmp_path / "draft.json").read_text("utf-8"))
    assert (said["edition"], said["replaces"]) == (None, 1)
    assert signed.closing.state(WHERE).name == "amending"
    with pytest.raises(UserError, match="leaflets"):
        signed.closing.close_period(WHERE, number="06", reasons={"leaflets": "x"})
    edition = signed.closing.close_period(
        WHERE, number="06", reasons={"clearing_participants": "Đội 2 báo muộn"}
    )
    told = {(m.key, m.column): m for m in signed.closing.differences(edition.id)}
    assert told["clearing_participants", "value"].reasons == ("Đội 2 báo muộn",)
    assert told["clearing_participants", "year_to_date"].reasons == ("Đội 2 báo muộn",)
    assert late[-8:] in told["clearing_events", "value"].reasons[0]


def test_an_amendment_that_is_not_needed_is_left(signed):
    signed.closing.note_printed(WHERE)
    signed.closing.amend_period(WHERE, None, "đếm sai")
    assert signed.closing.keep_signed(WHERE).name == "closed"
    assert signed.closing.events(signed.closing.editions()[0].id)[-1].what == "kept"
    signed.closing.amend_period(WHERE, None, "đếm sai")
    signed.records.add("clearing", clearing("2023-10-09", 4))
    with pytest.raises(OperationRefused):
        signed.closing.keep_signed(WHERE)


def test_a_text_alone_can_be_amended(signed):
    signed.closing.note_printed(WHERE)
    signed.closing.amend_period(WHERE, None, "sai lời văn")
    signed.narratives.write_narrative(WHERE, parts={"situation": "Ổn định."})
    edition = signed.closing.close_period(WHERE, number="06")
    assert signed.closing.differences(edition.id) == []


def test_a_number_given_twice_and_a_day_too_early_are_soft(signed):
    assert signed.closing.doubts("2023-11", None, "6", None) == []
    (doubt,) = signed.closing.doubts("2023-11", None, "5", None)
    assert "2026" in doubt or "số 5" in doubt.lower()
    (doubt,) = signed.closing.doubts("2023-11", None, "", datetime.date(2023, 11, 29))
    assert "30/11/2023" in doubt


def test_the_signer_of_the_settings_is_kept_where_a_name_is_given(cli_inline, desk_folder):
    def run(*words):
        return cli_inline("--desk", desk_folder, *words)

    for key, value in (
        ("signer_mode", "KT."), ("signs_for", "ĐỒN TRƯỞNG"), ("signer_office", "PHÓ ĐỒN TRƯỞNG"),
        ("signer_rank", "Thiếu tá"), ("signer_name", "Nông Văn An"),
    ):  # fmt: skip
        assert run("setting", "set", key, value).returncode == 0
    done = run("close", "--period", WHERE, "--signer", "Lý Văn Bình")
    said = json.loads(done.stdout)
    assert said["signer"] == {
        "name": "Lý Văn Bình", "rank": "Thiếu tá", "office": "PHÓ ĐỒN TRƯỞNG", "mode": "KT."
    }  # fmt: skip
    assert any("Kính gửi" in one or "Nơi nhận" in one for one in said["warnings"])
