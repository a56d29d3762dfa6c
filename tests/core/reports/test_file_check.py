"""The file of a paper against the desk, figure by figure: which were overwritten, and where."""

import datetime
from copy import deepcopy
from dataclasses import replace
from functools import partial

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given
from hypothesis import strategies as st

from borderdesk.base.errors import UserError
from borderdesk.closing.summary import make_summary
from borderdesk.desk import Desk
from borderdesk.reports.blocks import Row, Table, plain_of
from borderdesk.reports.contents.requests import Request, request_of
from borderdesk.reports.editions.file_check import check_file
from borderdesk.reports.paper.paper_files import paper_file
from borderdesk.reports.paper.pdf import write_pdf
from borderdesk.reports.report_kinds import (
    carried_request,
    make_report,
    write_form,
    write_report,
)
from borderdesk.reports.word_files.word import write_docx
from tests.exchanging import send, trust

PERIOD = "2023-11"
WRITERS = {".docx": write_docx, ".pdf": write_pdf}
LABEL = "Lượt người tham gia phát quang, tu sửa"


def clearing(day, participants=30):
    return {"post": "BS", "kind": "road_repair", "started_on": day, "commune": "06196",
            "participants": participants}  # fmt: skip


@pytest.fixture
def signed(post_desk):
    """A desk with a signed November of twelve clearings, 30 persons each."""
    for day in range(1, 13):
        post_desk.records.add("clearing", clearing(f"2023-11-{day:02}"))
    post_desk.closing.close_period(PERIOD, number="05")
    return post_desk


def paper(desk, folder, suffix=".docx", **asked):
    target = folder / f"paper{suffix}"
    write_report(desk, Request("summary", PERIOD, **asked), target)
    return target


def rows_of(file, label):
    """The rows of a Word file that name an indicator, the main table's first."""
    return [
        row
        for table in file.tables
        for row in table.rows
        if any(cell.text == label for cell in row.cells)
    ]


def type_over(cell, text):
    cell.paragraphs[0].runs[0].text = text


@pytest.mark.parametrize("suffix", [".docx", ".pdf"])
@pytest.mark.parametrize(
    "asked",
    [{}, {"short": True}, {"millions": True, "methods": True, "annex_registers": ("clearing",)}],
    ids=["plain", "short", "more"],
)
def test_a_file_as_it_was_written_is_the_same(signed, tmp_path, suffix, asked):
    verdict = check_file(signed, str(paper(signed, tmp_path, suffix, **asked)))
    assert (verdict.result, verdict.state, [*verdict.altered]) == ("same", "signed", [])
    assert len(verdict.reasons) == 1


def test_a_figure_typed_over_in_word_is_named(signed, tmp_path):
    target = paper(signed, tmp_path)
    file = docx.Document(target)
    in_table, by_commune = rows_of(file, LABEL)[:2]
    assert in_table.cells[3].text == "360"
    type_over(in_table.cells[3], "460")
    type_over(by_commune.cells[-1], "1.360")
    sentence = next(one for one in file.paragraphs if "30/11/2023" in one.text)
    sentence.runs[0].text = sentence.text.replace("30/11/2023", "29/11/2023")
    sentence.insert_paragraph_before("Thêm khi trình ký ngày 02/12/2023, 17 đồng chí dự.")
    file.save(target)
    verdict = check_file(signed, str(target))
    assert verdict.result == "different"
    told = [(one.row, one.column, one.key, one.paper, one.signed) for one in verdict.altered]
    assert told[1] == (LABEL, "Trong tháng", "clearing_participants", "460", "360")
    assert told[0][3:] == ("29/11/2023", "30/11/2023")
    assert told[2][2:] == ("", "1.360", by_commune.cells[-1].text.replace("1.360", "360"))
    assert verdict.altered[2].where.startswith("Phụ lục I › ")
    assert len(told) == 3, "a sentence that staff add is theirs"
    assert any("tệp ghi 460, sổ ghi 360" in reason for reason in verdict.reasons)


def test_a_column_named_otherwise_is_told_once(signed, tmp_path):
    target = paper(signed, tmp_path)
    file = docx.Document(target)
    main = next(one for one in file.tables if one.cell(0, 3).text == "Trong tháng")
    type_over(main.cell(0, 3), "Tháng trước")
    file.save(target)
    verdict = check_file(signed, str(target))
    assert verdict.result == "different"
    (told,) = verdict.altered
    assert (told.column, told.paper, told.signed) == ("Trong tháng", "Tháng trước", "Trong tháng")


def test_rows_put_in_and_taken_out_are_told(signed, tmp_path):
    target = paper(signed, tmp_path)
    file = docx.Document(target)
    row = rows_of(file, LABEL)[0]
    more = deepcopy(row._tr)
    row._tr.addnext(more)
    row._tr.getnext()
    added = rows_of(file, LABEL)[1]
    type_over(added.cells[1], "Lượt người khác")
    type_over(added.cells[3], "77")
    gone = rows_of(file, "Phát quang, tu sửa")[0]._tr
    gone.getparent().remove(gone)
    file.save(target)
    verdict = check_file(signed, str(target))
    assert ("Lượt người khác", "77", "") in [(a.row, a.paper, a.signed) for a in verdict.altered]
    assert any(reason.startswith("1 dòng") for reason in verdict.reasons)
    assert verdict.result == "different"


def test_a_row_taken_out_of_a_table_makes_it_another_paper(signed, tmp_path):
    target = paper(signed, tmp_path)
    file = docx.Document(target)
    gone = rows_of(file, "Phát quang, tu sửa")[0]._tr
    gone.getparent().remove(gone)
    file.save(target)
    verdict = check_file(signed, str(target))
    assert (verdict.result, [*verdict.altered]) == ("different", [])


def test_an_annex_that_was_left_out_is_told_and_no_more(signed, tmp_path):
    target = paper(signed, tmp_path)
    file = docx.Document(target)
    body = file.element.body
    annexed = body.xpath("./w:p[.//w:pStyle[@w:val='ReportAnnex']]/following-sibling::w:tbl")
    for table in annexed:
        body.remove(table)
    assert annexed
    file.save(target)
    verdict = check_file(signed, str(target))
    assert verdict.result == "same"
    assert any("Phụ lục" in reason for reason in verdict.reasons)


def test_of_a_paper_laid_out_anew_the_figures_behind_an_indicator_are_compared(signed, tmp_path):
    form = docx.Document()
    form.add_paragraph(f"{LABEL} {{{{clearing_participants.unit}}}} {{{{clearing_events.value}}}}")
    form.save(tmp_path / "form.docx")
    write_form(signed, tmp_path / "form.docx", Request("summary", PERIOD), tmp_path / "out.docx")
    verdict = check_file(signed, str(tmp_path / "out.docx"))
    assert [(one.key, one.paper, one.signed) for one in verdict.altered] == [
        ("clearing_participants", "12", "360")
    ]
    assert verdict.result == "different"


def test_what_is_deleted_with_changes_tracked_is_not_there(signed, tmp_path):
    target = paper(signed, tmp_path)
    file = docx.Document(target)
    run = rows_of(file, LABEL)[0].cells[3].paragraphs[0].runs[0]._r
    tracked = f"""<w:p {nsdecls("w")}>
      <w:del w:id="1" w:author="x"><w:r><w:delText>360</w:delText></w:r></w:del>
      <w:moveFrom w:id="3" w:author="x"><w:r><w:t>7</w:t></w:r></w:moveFrom>
      <w:ins w:id="2" w:author="x"><w:r><w:t>3</w:t></w:r><w:r><w:t>90</w:t></w:r></w:ins></w:p>"""
    for element in parse_xml(tracked):
        run.addprevious(element)
    run.getparent().remove(run)
    file.save(target)
    (one,) = check_file(signed, str(target)).altered
    assert (one.key, one.paper, one.signed) == ("clearing_participants", "390", "360")


def test_a_figure_altered_in_a_pdf_is_named_with_its_page(signed, tmp_path):
    document = make_report(signed, Request("summary", PERIOD)).document()
    target = tmp_path / "paper.pdf"
    write_pdf(replace(document, blocks=[*map(_forged, document.blocks)]), target)
    (one,) = check_file(signed, str(target)).altered
    assert (one.row, one.paper, one.signed) == (LABEL, "999", "360")
    assert one.where.startswith("trang 1")


def _forged(block, figure=360):
    if not isinstance(block, Table):
        return block
    return replace(block, rows=[_forged_row(row, figure) for row in block.rows])


def _forged_row(row, figure):
    if row.kind != "row" or row.cells[1] != LABEL:
        return row
    assert plain_of(row.cells[3]) == figure
    return Row((*row.cells[:3], 999, *row.cells[4:]))


@pytest.mark.parametrize("suffix", [".docx", ".pdf"])
def test_a_draft_of_a_month_that_was_closed_since_lacks_no_number(post_desk, tmp_path, suffix):
    post_desk.records.add("clearing", clearing("2023-11-05"))
    file = paper(post_desk, tmp_path, suffix)
    post_desk.closing.close_period(PERIOD, number="05", signed_on=datetime.date(2024, 1, 5))
    verdict = check_file(post_desk, str(file))
    assert verdict.result == "same"
    assert not verdict.altered


def test_a_draft_is_held_against_the_desk_as_it_is(post_desk, tmp_path):
    desk = post_desk
    desk.records.add("clearing", clearing("2023-11-03"))
    target = paper(desk, tmp_path)
    assert check_file(desk, str(target)).result == "same"
    desk.records.add("clearing", clearing("2023-11-09"))
    verdict = check_file(desk, str(target))
    assert verdict.result == "different"
    assert "clearing_events" in {one.key for one in verdict.altered}


def test_annexes_are_not_blamed_for_later_corrections(signed, tmp_path):
    target = paper(signed, tmp_path, annex_registers=("clearing",))
    summary = make_summary(signed, PERIOD, with_ids=True)
    line = next(one for one in summary.lines if one.key == "clearing_events")
    signed.closing.amend_period(PERIOD, None, "Sửa số người")
    signed.records.edit("clearing", line.records[0], {"participants": 31})
    verdict = check_file(signed, str(target))
    assert verdict.result == "revised"
    assert any("31" in (one.paper, one.signed) for one in verdict.altered)


OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "scope": st.sampled_from(["post:BS", "district:Cao Lộc", "province"]),
        "type": st.sampled_from(["patrol", "clearing"]),
        "geography": st.sampled_from(["old", "new"]),
        "annex_registers": st.sampled_from([("patrol",), ("patrol", "track")]),
        **{
            name: st.booleans()
            for name in ("hide_empty", "by_commune", "charts", "methods", "short", "millions")
        },
    },
)


@given(asked=OPTIONS)
def test_a_paper_carries_its_request(asked):
    request = Request("summary", "2023-01-15..2023-02-14", **asked)
    text = request.as_text()
    assert request_of(text) == carried_request(text) == request
    # As LibreOffice writes the keywords of a PDF, and as other programs do.
    assert request_of(text.replace(" ", ", ").replace(",", ", ")) == request
    assert request_of(text.replace(" ", "; ")) == request
    assert request_of(text.replace(":", ", ").replace(" ", ", ")) == request
    assert request_of(text.replace(":", " ")) == request  # in a Word file that it saved


@pytest.mark.parametrize("text", ["", "summary", "summary 2023 - more=True"])
def test_a_request_that_is_none_or_of_a_later_version_is_not_guessed(text):
    assert request_of(text) is None


@pytest.mark.parametrize(
    "text",
    ["hello 2023-12 -", "register 2023-12 -", "register 2023-12 - type=hello",
     "summary 2023-12 - annex_registers=hello", "summary 2023-12 - geography=hello"],
)  # fmt: skip
def test_a_request_that_cannot_be_answered_is_none(text):
    assert carried_request(text) is None


@pytest.mark.parametrize("suffix", [".docx", ".pdf"])
def test_the_province_finds_what_was_typed_over_in_a_posts_file(tmp_path, suffix):
    with (
        Desk.create(tmp_path / "post", "post", "BS", "A", desk_id="a" * 32) as post,
        Desk.create(tmp_path / "province", "province", "20", "B", desk_id="b" * 32) as province,
    ):
        trust(post, province)
        post.records.add("clearing", clearing("2023-11-03"))
        post.closing.close_period(PERIOD, number="05")
        province.exchange.imports.take(send(post, tmp_path, PERIOD))
        target = paper(post, tmp_path, suffix)
        assert check_file(province, str(target)).result == "same"
        document = make_report(post, Request("summary", PERIOD)).document()
        blocks = [*map(partial(_forged, figure=30), document.blocks)]
        WRITERS[suffix](replace(document, blocks=blocks), target)
        (one,) = check_file(province, str(target)).altered
    assert (one.key, one.paper, one.signed) == ("clearing_participants", "999", "30")


@pytest.mark.parametrize("name", ["scan.jpg", "list.xlsx"])
def test_a_file_of_another_kind_is_named(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"\xff\xd8\xff")
    with pytest.raises(UserError, match=f"{name} không phải tệp PDF hay Word. .*mã QR"):
        paper_file(str(path))
    path.unlink()
    assert paper_file(str(path)) is None
