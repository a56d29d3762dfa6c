"""Paper figures, settings and reference data, checked against records and signed papers."""

import re

import pytest

from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.base.i18n import _
from borderdesk.closing.summary import make_summary
from borderdesk.entry.entry_rules import ON_PAPER
from borderdesk.entry.grid import RowsRefused
from borderdesk.figures.baseline_editor import paper_problems
from borderdesk.schema.settings import SETTINGS
from tests.core.test_comparison import KEY, add, line, work


def papers(desk):
    return [tuple(row.values())[:4] for row in desk.ledgers.rows("baselines")]


def test_a_paper_of_days_with_records_is_refused(post_desk):
    desk = post_desk
    add(desk, "2025-06-10")
    desk.baselines.set_paper(KEY, "2025-01-01..2025-05-31", "post:BS", "39", "BC")
    for period in ("2025-06", "2025-H1", "2025-06-10..2025-06-10"):
        with pytest.raises(UserError):
            desk.baselines.set_paper(KEY, period, "post:BS", "1", "BC")
    # No other figure has a paper yet.
    desk.baselines.set_paper("leaflets", "2025-06", "post:BS", "1", "BC")
    assert len(papers(desk)) == 2
    assert line(desk, "2025-H1").value == 40


@pytest.mark.parametrize("qualifier", ["exact", "over"])
def test_papers_of_the_same_days_are_refused_and_one_replaced(post_desk, qualifier):
    desk = post_desk
    desk.baselines.set_paper(KEY, "2024-Q1", "post:BS", "20", "BC")
    with pytest.raises(UserError):
        desk.baselines.set_paper(KEY, "2024-03", "post:BS", "7", "BC", qualifier)
    desk.baselines.set_paper(KEY, "2024-Q1", "post:BS", "21", "BC", qualifier)
    desk.baselines.set_paper(KEY, "2024-04", "post:BS", "7", "BC")
    assert len(papers(desk)) == 2


def test_the_table_of_papers_refuses_the_same(post_desk):
    desk = post_desk
    add(desk, "2025-06-10")
    row = {"indicator": "clearing_events", "period": "2025-05", "scope": "post:BS", "value": "4",
           "source": "BC"}  # fmt: skip
    fields = desk.ledgers.rows("baselines")
    assert fields == []
    shown = {**row, "indicator": _label(desk, "clearing_events"), "scope": _scope(desk, "post:BS")}
    desk.ledgers.save("baselines", [], [(0, shown)], "x")
    seen = desk.ledgers.rows("baselines")
    for period in ("2025-06", "2025-Q2"):
        with pytest.raises(RowsRefused) as refused:
            desk.ledgers.save(
                "baselines", seen, [(0, seen[0]), (1, {**shown, "period": period})], "x"
            )
        assert refused.value.rows[1]["period"]


def test_each_new_row_of_the_table_of_papers_is_judged_by_itself(post_desk):
    desk = post_desk
    add(desk, "2025-06-10")

    def row(**changes):
        return {"indicator": "clearing_events", "period": "2025-05", "scope": "post:BS", **changes}

    rows = [
        row(period="x"), row(scope="post:XX"), row(period="2025-06"), row(),
        row(period="2025-Q2", scope="post:TL"), row(period="2025-05-31..2025-05-31"),
        row(period="2025-04"), row(indicator="leaflets", period="2025-06"),
    ]  # fmt: skip
    numbered = [*enumerate(rows)]
    wrong = paper_problems(desk, numbered, range(8))
    assert {number: [*told] for number, told in wrong.items()} == {
        0: ["period"], 1: ["scope"], 2: ["period"], 3: ["period"], 5: ["period"],
    }  # fmt: skip
    assert "31/05/2025" in wrong[3]["period"]
    # A row that was already there is not validated again, and is compared with the new ones.
    assert {*paper_problems(desk, numbered, [5, 6])} == {0, 5}


def _label(desk, key):
    return next(ln.label for ln in make_summary(desk, "2025-06").lines if ln.key == key)


def _scope(desk, text):
    return desk.book.post_name(text.partition(":")[2])


def test_a_record_of_days_that_a_paper_tells_is_asked_about(post_desk):
    desk = post_desk
    desk.baselines.set_paper(KEY, "2025-05", "post:BS", "8", "BC")
    saved = desk.records.add("clearing", work("2025-05-31"))
    assert (("started_on", ON_PAPER)) in desk.records.kept_doubts(saved.id)
    assert line(desk, "2025-05").value == 8
    saved = desk.records.add("clearing", work("2025-06-01"))
    assert ON_PAPER not in str(desk.records.kept_doubts(saved.id))
    track = {"completed_on": "2025-05-03", "commune": "06202"}
    assert ON_PAPER not in str(desk.records.kept_doubts(desk.records.add("track", track).id))


def test_complete_and_a_paper_contradict_each_other(post_desk):
    desk = post_desk
    desk.baselines.set_paper(KEY, "2025-05", "post:BS", "8", "BC")
    with pytest.raises(UserError):
        desk.reference.set_setting("complete_from", "2025-05-31")
    desk.reference.set_setting("complete_from", "2025-06-01")
    with pytest.raises(UserError):
        desk.baselines.set_paper(KEY, "2025-06", "post:BS", "8", "BC")
    for wrong in ("2025", "31/05/2025", "0"):
        with pytest.raises(UserError):
            desk.reference.set_setting("complete_from", wrong)


# --------------------------------------------------------------- what is signed stays


@pytest.fixture
def october(post_desk):
    """A post with October 2026 closed."""
    add(post_desk, "2026-10-05", "2026-10-20", "2026-11-20")
    post_desk.closing.close_period("2026-10")
    return post_desk


def _signed(desk):
    (edition,) = desk.closing.editions()
    title = edition.period.title
    return f"{title[0].upper()}{title[1:]} của {edition.scope.name}"


def test_a_cut_off_under_a_signed_month_is_refused_and_offered(october):
    for valid_from in ("2026-10-01", "2026-03-01", "0001-01-01"):
        with pytest.raises(OperationRefused) as refused:
            october.reference.set_setting("cut_off_day", "15", valid_from)
        assert "01/11/2026" in str(refused.value)
        assert f". {_signed(october)}" in str(refused.value)
    october.reference.set_setting("cut_off_day", "15", "2026-11-01")
    assert [line(october, f"2026-{month}").value for month in (10, 11, 12)] == [2, 0, 1]
    assert line(october, "2026").value == 3


def test_a_cut_off_that_moves_the_start_of_a_signed_year_is_refused(october):
    # The days of the month stay, those of its year to date do not.
    october.reference.set_setting("cut_off_day", "0", "2026-06-01")
    with pytest.raises(OperationRefused, match=_("the days of the year to date")):
        october.reference.set_setting("cut_off_day", "15", "2025-12-01")
    october.reference.set_setting("cut_off_day", "15", "2026-01-01")


def test_a_post_that_would_count_in_the_signed_year_of_another_is_refused(desk, tmp_path):
    # The month does not include it, the year to date would.
    add(desk, "2023-03-05", post="NH")
    add(desk, "2023-10-05")
    desk.closing.close_period("2023-10", "post:BS")
    file, post = tmp_path / "posts.csv", desk.book.posts["NH"]

    def end(valid_to):
        file.write_text(
            "code,name,gate,communes,communes_verified,invented,valid_from,valid_to,successors\n"
            f"NH,{post.name},,06148,1,0,,{valid_to},BS\n",
            "utf-8",
        )
        desk.reference.load(file)

    said = _("{figure} (year to date)").format(figure=_("Clearing and repair works"))
    with pytest.raises(OperationRefused, match=re.escape(said)):
        end("2023-09-30")
    end("2023-10-31")


def test_the_table_of_settings_refuses_the_same(october):
    seen = october.ledgers.rows("settings")
    row = {"key": _(SETTINGS["cut_off_day"].label), "valid_from": "01/10/2026", "value": "15"}
    rows = [*enumerate(seen), (len(seen), row)]
    with pytest.raises(OperationRefused):
        october.ledgers.save("settings", seen, rows, "x")
    assert october.ledgers.rows("settings") == seen
    rows[-1] = (len(seen), {**row, "valid_from": "01/11/2026"})
    october.ledgers.save("settings", seen, rows, "x")


def test_a_paper_within_a_signed_month_is_refused(october):
    with pytest.raises(OperationRefused):
        october.baselines.set_paper("leaflets", "2026-10", "post:BS", "5", "BC")
    october.baselines.set_paper("leaflets", "2026-09", "post:BS", "5", "BC")
    assert line(october, "2026-10", "leaflets").year_to_date == 0


def test_units_that_redraw_a_signed_month_are_refused(desk, tmp_path):
    add(desk, "2023-10-05")
    desk.closing.close_period("2023-10", "district:Cao Lộc")
    header = "id,code,name,kind,parent,border,valid_from,valid_to,successors"
    table = {u.id: u for u in desk.book.units.values()}
    unit = table["06202-2023"]
    cells = [unit.id, unit.code, unit.name, unit.kind, "", "1", unit.valid_from, unit.valid_to,
             " ".join(unit.successors)]  # fmt: skip
    file = tmp_path / "units.csv"

    def load(parent):
        file.write_text(f"{header}\n{','.join([*cells[:4], parent, *cells[5:]])}\n", "utf-8")
        desk.reference.load(file)

    other = next(u.id for u in table.values() if u.kind == "district" and "Lộc Bình" in u.name)
    with pytest.raises(OperationRefused):
        load(other)
    assert desk.book.units["06202-2023"].parent == unit.parent
    load(unit.parent)
    desk.closing.reopen_period("2023-10", "district:Cao Lộc", "sai huyện")
    load(other)
    assert desk.book.units["06202-2023"].parent == other


def test_a_refusal_names_three_papers_and_figures_and_the_first_free_day(post_desk):
    for month, day in (("07", "31"), ("08", "31"), ("09", "30"), ("10", "31")):
        add(post_desk, f"2026-{month}-{day}")
        post_desk.closing.close_period(f"2026-{month}")
    with pytest.raises(OperationRefused) as refused:
        post_desk.reference.set_setting("cut_off_day", "20", "2026-01-01")
    said = str(refused.value)
    assert all(f"tháng {month} năm 2026 của" in said for month in (8, 9))
    assert "Tháng 7 năm 2026 của" in said
    assert ("tháng 10 năm 2026" in said, "; …. " in said) == (False, True)
    assert _("the days of the period") in said
    assert said.endswith("Có thể bắt đầu từ 01/11/2026: hãy ghi ngày đó làm ngày hiệu lực.")


def test_a_refusal_names_the_figures_where_the_days_stay(desk, tmp_path):
    add(desk, "2023-10-05", post="NH")
    handout = {"form": "handout", "post": "BS", "held_on": "2023-03-05", "commune": "06202",
               "topics": ["bien_gioi"], "leaflets": 7}  # fmt: skip
    desk.records.add("outreach", handout)
    desk.closing.close_period("2023-10", "post:BS")
    file, post = tmp_path / "posts.csv", desk.book.posts["NH"]
    file.write_text(
        "code,name,gate,communes,communes_verified,invented,valid_from,valid_to,successors\n"
        f"NH,{post.name},,06148,1,0,,2023-09-30,BS\n",
        "utf-8",
    )
    with pytest.raises(OperationRefused) as refused:
        desk.reference.load(file)
    said = str(refused.value)
    assert _("Clearing and repair works") in said
    # Unchanged rows of the year are not mentioned.
    assert said.count(_("Clearing and repair works")) == 1
    assert _("{figure} (year to date)").format(figure="") not in said
    assert _("Leaflets handed out") not in said
    assert said.endswith("Hãy để hiệu lực từ 01/11/2023, hoặc mở lại kỳ đó (ghi lý do) trước.")
    # While the paper is being amended its figures may change.
    desk.closing.note_sent("2023-10", "post:BS")
    desk.closing.amend_period("2023-10", "post:BS", "sai")
    desk.reference.load(file)
    with pytest.raises(OperationRefused, match=_("the days of the period")):
        desk.reference.set_setting("cut_off_day", "15", "2023-10-01")
