"""The briefing and the three-year comparison: their figures equal the monthly report's."""

import json
from dataclasses import replace

import pypdfium2
import pytest

from borderdesk.base.i18n import set_language
from borderdesk.closing.summary import make_summary
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.targets import set_target
from borderdesk.reports.blocks import ChartRow, LargeFigures, Paragraph, Table, cell_text
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.editions.file_check import check_file
from borderdesk.reports.paper.pdf import write_pdf
from borderdesk.reports.report_kinds import make_report, write_report
from tests import paper
from tests.year_papers import year_desk


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    with year_desk(tmp_path_factory.mktemp("year") / "desk") as desk:
        desk.reference.set_setting("complete_from", "2024-03-01")
        desk.reference.write_targets(
            lambda store: set_target(store, "clearing_events", 2025, "province", "500")
        )
        yield desk


def told(desk, *asked):
    return json.loads("".join(make_report(desk, Request(*asked)).json()))


def lines_of(desk, period):
    return {line.key: line for line in make_summary(desk, period, "province").lines}


def test_a_briefing_has_six_figures_two_charts_and_what_is_behind(year):
    assert sum(row.headline for row in all_rows(year.book)) == 6
    found, lines = told(year, "briefing", "2025-04", "province"), lines_of(year, "2025-04")
    assert [one["key"] for one in found["figures"]] == [k for k in lines if k in HEADLINES]
    for one in found["figures"]:
        assert one["value"] == lines[one["key"]].value
        assert one["previous"] == lines[one["key"]].previous
    assert lines["clearing_events"].previous
    assert len(found["risks"]) == 3
    # One risk of each kind first: posts without anything, then a target that is behind.
    assert found["risks"][0].startswith("Chưa có số liệu của kỳ này từ: ")
    assert "chậm" in found["risks"][1]
    blocks = tuple(make_report(year, Request("briefing", "2025-04", "province")).document().blocks)
    (large,) = (block for block in blocks if isinstance(block, LargeFigures))
    (charts,) = (block for block in blocks if isinstance(block, ChartRow))
    assert (len(large.figures), len(charts.charts)) == (6, 2)
    assert any(of.note.startswith("Cùng kỳ năm trước: ") for of in large.figures)
    texts = [block.text for block in blocks if isinstance(block, Paragraph)]
    assert texts[:3] == [f"{n}. {words}" for n, words in enumerate(found["risks"], 1)]


HEADLINES = {
    "markers_covered", "clearing_events", "outreach_sessions", "outreach_attendance",
    "household_pledges", "incidents_new",
}  # fmt: skip


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_briefing_is_one_page_across_with_large_figures(year, tmp_path, lang):
    target = tmp_path / "a.pdf"
    set_language(lang)
    write_report(year, Request("briefing", "2025-04", "province"), target)
    set_language("vi")
    (page,) = paper.pages(target)
    assert page.width > page.height
    sizes = sorted({round(run.size) for run in page.runs})
    assert sizes[-1] >= 24
    assert all(run.right <= page.width - 14.5 for run in page.runs)
    assert check_file(year, str(target)).result == "same"


def test_a_briefing_stays_on_its_page_with_long_words(year, tmp_path):
    made = make_report(year, Request("briefing", "2025-04", "province")).document()
    blocks = [b for b in made.blocks if not isinstance(b, Paragraph)]
    risks = [Paragraph(f"{n}. " + "Phát quang, tu sửa chậm tiến độ " * 6) for n in range(1, 4)]
    write_pdf(replace(made, blocks=(*blocks, *risks), banner="GIẢ ĐỊNH"), tmp_path / "a.pdf")
    with pypdfium2.PdfDocument(tmp_path / "a.pdf") as opened:
        assert len(opened) == 1


def test_nothing_recorded_is_a_briefing_too(year):
    found = told(year, "briefing", "2020-01", "province")
    assert [one["value"] for one in found["figures"]] == [0] * 6


def test_three_years_are_those_that_each_year_compares_with(year, tmp_path):
    asked = ("years", "2025-04", "province")
    found, now = told(year, *asked), lines_of(year, "2025-04")
    before = lines_of(year, "2024-04")
    assert [one["from"] for one in found["periods"]] == ["2023-04-01", "2024-04-01", "2025-04-01"]
    assert [row["key"] for row in found["rows"]] == list(now)
    for row in found["rows"]:
        line = now[row["key"]]
        assert row["values"] == [before[row["key"]].previous, line.previous, line.value]
    (row,) = (row for row in found["rows"] if row["key"] == "clearing_events")
    assert row["values"][0] is None  # nothing covers April 2023
    assert row["values"][1] == before["clearing_events"].value
    assert row["change"] == row["values"][2] - row["values"][1]
    document = make_report(year, Request(*asked)).document()
    (table,) = (block for block in document.blocks if isinstance(block, Table))
    shown = next(r for r in table.rows if "Phát quang, tu sửa" in r.cells)
    assert cell_text(shown.cells[3], "number", "vi") == "–"
    assert [annex.title for annex in document.annexes] == ["Biểu đồ"]
    for suffix in (".pdf", ".docx", ".xlsx"):
        write_report(year, Request(*asked), tmp_path / f"a{suffix}")
    for suffix in (".pdf", ".docx"):
        assert check_file(year, str(tmp_path / f"a{suffix}")).result == "same"


def test_a_closed_month_is_told_as_it_was_signed(year):
    signed = {line.key: line.value for line in make_summary(year, "2024-03").lines}
    year.records.add("clearing", {
        "post": "BS", "kind": "sight_line", "started_on": "2024-03-20", "commune": "06202",
        "times": 9, "participants": 5,
    })  # fmt: skip
    for kind in ("briefing", "years"):
        found = told(year, kind, "2024-03", "province")
        assert found["closed"]
        key = "figures" if kind == "briefing" else "rows"
        (row,) = (one for one in found[key] if one["key"] == "clearing_events")
        assert row.get("value", (row.get("values") or [0])[-1]) == signed["clearing_events"]
