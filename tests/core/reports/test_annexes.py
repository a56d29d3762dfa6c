"""Annexes of a summary: communes, and the registers that its figures link to."""

import datetime
import json

import pytest

from borderdesk.base.i18n import _, language
from borderdesk.base.progress import no_progress
from borderdesk.closing.summary import make_summary
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.post_presence import post_columns
from borderdesk.figures.scopes import make_view
from borderdesk.figures.targets import set_baseline, set_target
from borderdesk.reports.blocks import LinkedValue, Paragraph, Table, plain_of
from borderdesk.reports.contents.commune_annex import PlaceAnnex
from borderdesk.reports.contents.register import register_anchor, short_id
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.contents.summary_paper import as_document
from borderdesk.reports.report_kinds import make_report
from borderdesk.schema.records import RECORD_TYPES
from tests.exchanging import clearing, new_desk, send, trust
from tests.factories import example
from tests.report_files import words_of, written


def paper(desk, period, scope, **asked):
    """The document of a summary with its lazy blocks and annexes evaluated."""
    request = Request("summary", period, scope, **asked)
    document = as_document(
        make_summary(desk, period, scope), desk, language(), request, no_progress
    )
    annexes = [(annex, list(annex.blocks)) for annex in document.annexes]
    return list(document.blocks), annexes


def rows_of(blocks):
    return [
        row for block in blocks if isinstance(block, Table) for row in block.rows
    ]  # fmt: skip


def test_figures_lead_to_the_registers_that_are_annexed(desk):
    saved = {
        kind: [desk.records.add(kind, example(kind, n)).id for n in (280, 281)]
        for kind in ("clearing", "patrol", "pledge", "incident")
    }
    annexed = ("clearing", "pledge", "incident")
    blocks, annexes = paper(desk, "2023-12", "post:BS", annex_registers=annexed)
    anchors = {annex.anchor for annex, _made in annexes if annex.anchor}
    assert anchors == {register_anchor(kind) for kind in annexed}
    links = {
        row.cells[1]: cell.to
        for row in rows_of(blocks)
        for cell in row.cells
        if isinstance(cell, LinkedValue) and cell.to
    }
    assert set(links.values()) == anchors
    assert links["Phát quang, tu sửa"] == register_anchor("clearing")
    assert links["Hộ ký cam kết lần đầu trong năm"] == register_anchor("pledge")
    assert "Tuần tra song phương" not in links
    for annex, made in annexes:
        if annex.anchor:
            kind = annex.anchor.removeprefix("register-")
            shorts = {str(plain_of(row.cells[1])) for row in rows_of(made) if row.kind == "row"}
            assert shorts == {short_id(record) for record in saved[kind]}


def test_nothing_leads_anywhere_without_a_register(desk):
    desk.records.add("clearing", example("clearing", 280))
    blocks, _annexes = paper(desk, "2023-12", "post:BS")
    assert not [
        c for row in rows_of(blocks) for c in row.cells if isinstance(c, LinkedValue) and c.to
    ]


def test_every_indicator_knows_the_types_it_adds_up(desk):
    for row in all_rows(desk.book):
        types = row.types
        assert types, row.key
        assert set(types) <= set(RECORD_TYPES)


@pytest.mark.parametrize("wanted", [True, False])
def test_the_annex_by_commune_is_there_unless_it_is_not_wanted(desk, tmp_path, wanted):
    desk.records.add("clearing", example("clearing", 280))
    told = words_of(
        written(desk, tmp_path, ".pdf", "summary", "2023-12", scope="post:BS", by_commune=wanted)
    )
    assert ("SỐ LIỆU THEO TỪNG XÃ" in told) == wanted
    # A commune has no annex, nor has a month without events.
    for scope, period in (("commune:06202", "2023-12"), ("post:BS", "2021-12")):
        _blocks, annexes = paper(desk, period, scope)
        assert "Số liệu theo từng xã" not in [annex.title for annex, _made in annexes]


def test_annexes_of_a_signed_report_have_nothing_that_came_later(desk):
    add = {**example("clearing"), "started_on": "2023-03-05", "participants": 70}
    kept = desk.records.add("clearing", add).id
    desk.closing.close_period("2023-03", "province")
    desk.records.add("clearing", {**example("clearing"), "started_on": "2023-03-06"})
    _blocks, annexes = paper(desk, "2023-03", "province", annex_registers=("clearing",))
    (register,) = [made for annex, made in annexes if annex.anchor]
    record, total = rows_of(register)
    assert (record.kind, record.cells[1], total.kind) == ("row", short_id(kept), "total")
    # Any later record removed the sum from the paper.
    assert (total.cells[0], 70 in total.cells) == (1, True)
    (communes,) = [made for annex, made in annexes if annex.title == "Số liệu theo từng xã"]
    cells = [
        row.cells for row in rows_of(communes) if row.cells[1:2] == ("Phát quang, tu sửa",)
    ]  # fmt: skip
    (row,) = cells
    # Once in its commune's column, once in its district's own.
    assert (sum(row[3:-1]), row[-1]) == (4, 2)


def test_the_command_line_annexes_and_hides(cli_inline, desk_folder, tmp_path):
    def report(name, *more):
        out = tmp_path / name
        done = cli_inline("--desk", desk_folder, "report", "summary", "--period", "2023-12",
                          "--scope", "post:BS", "--out", out, *more)  # fmt: skip
        assert (done.returncode, done.stderr) == (0, f"Đã ghi {out}.\n")
        return words_of(out)

    done = cli_inline("--desk", desk_folder, "add", "clearing",
                      stdin=json.dumps(example("clearing", 280)))  # fmt: skip
    assert done.returncode == 0
    short = short_id(json.loads(done.stdout)["id"])
    plain = report("a.pdf")
    assert "SỐ LIỆU THEO TỪNG XÃ" in plain
    assert short not in plain
    assert "Vụ việc mới" in plain
    told = report("b.pdf", "--annex-register", "clearing", "--no-communes", "--hide-empty")
    assert short in told
    assert "SỐ LIỆU THEO TỪNG XÃ" not in told
    assert "Vụ việc mới" not in told


def test_a_share_of_more_than_all_is_told_on_every_paper(desk, tmp_path):
    file = tmp_path / "hamlets.csv"
    file.write_text(
        "commune,name,is_border,households_total,valid_from,valid_to\n"
        "06202-2023,Pò Mã,1,2,2000-01-01,\n06196-2023,Bản Phạc,1,90,2000-01-01,\n", "utf-8",
    )  # fmt: skip
    desk.reference.load(file)
    for n in range(3):
        home = {"head": f"Lý Văn {n}", "commune": "06202", "hamlet": "Pò Mã"}
        desk.records.add("pledge", {"post": "BS", "signed_on": "2023-11-02", "programme": "phao",
            "household": home})  # fmt: skip

    def noted(kind="summary", scope="commune:06202", **asked):
        made = make_report(desk, Request(kind, "2023-11", scope, **asked)).document()
        blocks = [*made.blocks, *(block for annex in made.annexes for block in annex.blocks)]
        return [b.text for b in blocks if isinstance(b, Paragraph) and "150" in str(b.text)]

    # 3 of 2 households in one commune; 3 of 92 in both.
    assert [len(noted()), len(noted(short=True)), len(noted("years"))] == [1, 1, 1]
    (only,) = noted(scope="post:BS")
    assert only.startswith(_("Share of households that pledged") + ", Xuất Lễ:")


def test_no_paper_tells_what_a_post_did_in_one_of_several_units(desk):
    for scope, value in (("commune:06184", "100"), ("post:CL", "77"), ("post:BS", "5")):
        kept = desk.figures.scope_text(scope, datetime.date(2023, 5, 31))
        desk.reference.write_targets(
            lambda store, kept=kept, value=value: set_baseline(
                store, "clearing_events", "2023-05", kept, value, "BC 5"
            )
        )

    def told(scope, *, by_post=False):
        view = make_view(desk, "2023-05", scope)
        found = PlaceAnnex(desk, view).figures(post_columns(desk, view) if by_post else None)
        figures = (found.shown(n, "clearing_events").value for n in range(len(found.columns)))
        return {column.name: value for column, value in zip(found.columns, figures, strict=True)}

    # Two posts work in Đồng Đăng, and Chi Lăng works in two districts.
    assert told("post:BL") == {"Bảo Lâm": 0, "Đồng Đăng": 0}
    assert told("district:Cao Lộc")["Đồng Đăng"] == 100
    for district in ("district:Lộc Bình", "district:Đình Lập"):
        assert told(district, by_post=True)["Chi Lăng"] == 0
    assert told("district:Cao Lộc", by_post=True)["Ba Sơn"] == 5
    assert told("province", by_post=True)["Chi Lăng"] == 77


def test_the_annexes_of_a_district_are_all_of_it_and_nothing_else(desk):
    """A patrol crosses the district's edge, a post of another district works in it."""
    done = {**example("clearing"), "started_on": "2023-05-04", "times": 1, "with_posts": []}
    crossing = {**example("patrol"), "started_on": "2023-05-04", "ended_on": None,
                "communes": ["06193", "06166"], "with_posts": []}  # fmt: skip
    desk.records.add("patrol", {**crossing, "post": "TL"})
    for post, commune in (("TL", "06193"), ("TL", "06193"), ("TT", "06166"), ("TT", "06193")):
        desk.records.add("clearing", {**done, "post": post, "commune": commune})
    view = make_view(desk, "2023-05", "district:Cao Lộc")

    def told(columns):
        found = PlaceAnnex(desk, view).figures(columns)
        values = (found.shown(n, "clearing_events").value for n in range(len(found.columns)))
        told = zip((column.name for column in found.columns), values, strict=True)
        return found.whole["clearing_events"].value, {name: n for name, n in told if n}, found

    assert told(None)[:2] == (3, {"Thanh Lòa": 3})
    assert "Nơi khác" not in {column.name for column in told(None)[2].columns}
    assert told(post_columns(desk, view))[:2] == (3, {"Thanh Lòa": 2, "Tân Thanh": 1})
    assert post_columns(desk, view)[-1].name == "Tân Thanh"


def test_a_post_that_works_elsewhere_has_its_annex_across_the_page(desk):
    """The width was decided by the post's own communes alone: 13 columns were squeezed on a
    portrait page."""

    def across(communes):
        for commune in communes:
            done = {**example("clearing"), "started_on": "2023-05-04", "commune": commune}
            desk.records.add("clearing", done)
        _blocks, annexes = paper(desk, "2023-05", "post:BS")
        return next(annex.landscape for annex, _made in annexes)

    assert not across(["06196", "06184"])
    assert across(["06190"])


def test_annexes_of_a_signed_report_say_which_records_a_post_corrected_since(tmp_path):
    """A package changes what the guard would refuse here: 3 on the paper linked to a register of
    one record."""
    with (
        new_desk(tmp_path / "bs", "post", "BS", 1) as bs,
        new_desk(tmp_path / "province", "province", "20", 3) as province,
    ):
        trust(bs, province)
        changed, moved, gone, before, _kept = (
            bs.records.add("clearing", clearing(None, started_on=day)).id
            for day in ("2023-12-04", "2023-12-05", "2023-12-06", "2023-11-30", "2023-12-07")
        )
        province.exchange.imports.take(send(bs, tmp_path / "a", "2023-12"))
        for scope in ("province", "post:TL"):
            province.closing.close_period("2023-12", scope)
        province.reference.write_targets(
            lambda store: set_target(store, "clearing_events", 2023, "province", "9")
        )

        def notes(scope="province"):
            asked = Request("summary", "2023-12", scope, annex_registers=("clearing", "patrol"))
            annexes = [*make_report(province, asked).document().annexes]
            review = make_report(province, Request("review", "2023-12", scope)).document()
            blocks = [*(b for annex in (*annexes, *review.annexes) for b in annex.blocks)]
            told = [b.text for b in blocks if isinstance(b, Paragraph)]
            return [text for text in told if text.startswith("Sau khi ký")]

        assert notes() == []
        bs.records.edit("clearing", changed, {"participants": 90})
        bs.records.edit("clearing", moved, {"started_on": "2023-10-06"})
        bs.records.delete("clearing", gone, "nhầm")
        bs.records.edit("clearing", before, {"participants": 91})
        bs.records.add("clearing", clearing(None, started_on="2023-12-08"))
        province.exchange.imports.take(send(bs, tmp_path / "b", "2023-12"))
        # By commune, by post, the register of clearings alone, and the units of the review.
        assert notes() == [_corrected(3)] * 4
        assert notes("post:TL") == []


def _corrected(count):
    return (
        f"Sau khi ký, {count} việc đã được sửa hoặc xóa; ở đây theo sổ hiện nay nên cộng lại có"
        " thể khác số đã ký."
    )
