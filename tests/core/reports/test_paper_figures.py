"""The figures printed in the PDF against recomputed ones, for random desks; and every kind of
report with unusable input."""

import random
import re
from decimal import Decimal

import pytest
from hypothesis import given

from borderdesk.base.formats import format_number, format_percent
from borderdesk.reports.report_kinds import REPORTS
from tests.effort import tries
from tests.factories import PICKS, example
from tests.random_desks import (
    ACROSS,
    NUMBERS,
    PERIODS,
    QUIET,
    RECORDS,
    Y2023,
    copied,
    everything,
    fill,
    other_geography,
    scopes_of,
)
from tests.recompute import Months, Recompute
from tests.report_files import json_of, lines_of, words_of, written

COLUMNS = (
    "value", "previous", "change", "change_pct", "year_to_date", "target", "target_pct",
)  # fmt: skip
FIGURE = r"(?:–|−?[\d.]+(?:,\d+)?(?: %)?)"
TAIL = re.compile(rf"(?:\s+{FIGURE}){{7}}\s*$")


def shown(column, value):
    """A figure as printed, formatted by the rules of the specification."""
    if value is None:
        return "–"
    number = Decimal(value)
    text = format_percent(number) if column.endswith("_pct") else format_number(number)
    return text.replace("-", "−")


@pytest.mark.parametrize("cut", [0, 14], ids=["calendar", "cut-off 14"])
@pytest.mark.parametrize("span", [Y2023, ACROSS], ids=["2023", "across 01/07/2025"])
@QUIET
@given(drawn=RECORDS, number=NUMBERS)
def test_paper_figures_equal_their_recomputation(
    hamlets_template, tmp_path, span, cut, drawn, number
):
    folder, places = hamlets_template
    chance = random.Random(number)
    with copied(folder, tmp_path) as desk:
        if cut:
            desk.reference.set_setting("cut_off_day", str(cut))
        fill(desk, drawn, span)
        months = Months([("0001-01-01", cut)])
        again = Recompute(everything(desk), places, months, PICKS["programme"])
        period = chance.choice(PERIODS[span])
        first, last = months.window(period)
        geography, others = other_geography(last)
        scope, told_by = chance.choice(
            [(chance.choice(scopes_of(span, last)), None), (chance.choice(others), geography)]
        )
        pdf = written(desk, tmp_path, ".pdf", "summary", period, scope=scope, geography=told_by,
                      by_commune=False)  # fmt: skip
        lines = lines_of(pdf, annexes=False)
        printed = [
            re.findall(FIGURE, tail.group()) for line in lines if (tail := TAIL.search(line))
        ]  # fmt: skip
        rows = again.rows(scope, period, told_by)
        expected = [[shown(column, row[column]) for column in COLUMNS] for row in rows.values()]
        assert printed == expected, (scope, period, told_by)
        assert f"từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}" in " ".join(
            " ".join(lines).split()
        )


# -------------------------------------------------------------------- what cannot be used


@pytest.fixture
def asked(cli_inline, desk_folder, tmp_path):
    """Run a kind of report; its exit status and output."""

    def run(kind, period, *more, out="a.json"):
        needs = ("--type", "clearing") if REPORTS[kind].typed else ()
        done = cli_inline("--desk", desk_folder, "report", kind, "--period", period, "--out",
                          tmp_path / out, *needs, *more)  # fmt: skip
        assert "Traceback" not in done.stderr
        return done

    return run


ORDINARY = sorted(REPORTS.keys() - {"amendment"})  # only a closed period can be amended
KINDS = pytest.mark.parametrize("kind", ORDINARY)


@pytest.mark.parametrize("kind", sorted(REPORTS))
@pytest.mark.parametrize("period", ["2023-13", "2023-Q5", "tháng 12", "2023-12-31..2023-12-01"])
def test_an_unknown_period_writes_no_file(asked, tmp_path, kind, period):
    done = asked(kind, period)
    assert done.returncode == 1
    assert "2023-Q4" in done.stderr
    assert list(tmp_path.glob("*.json")) == list(tmp_path.glob(".*.part")) == []


@KINDS
@pytest.mark.parametrize(
    ("scope", "told"),
    [("post:XX", "XX"), ("commune:99999", "99999"), ("moon", "post:BS"),
     ("district:Hà Nội", "Hà Nội"), ("commune:Mẫu Sơn", "06238")],
)  # fmt: skip
def test_an_unknown_scope_writes_no_file(asked, tmp_path, kind, scope, told):
    done = asked(kind, "2023-12", "--scope", scope)
    assert done.returncode == 1
    assert told in done.stderr
    assert list(tmp_path.glob("*.json")) == []


@KINDS
@pytest.mark.parametrize("suffix", [".pdf", ".xlsx", ".json"])
def test_a_place_without_anything_has_a_proper_page(asked, tmp_path, kind, suffix):
    """A commune without any events, and a post without records."""
    for scope in ("commune:06187", "post:BX"):
        done = asked(kind, "2023-12", "--scope", scope, out=f"a{suffix}")
        assert (done.returncode, done.stderr.count("\n")) == (0, 1)  # where it was written
        assert (tmp_path / f"a{suffix}").stat().st_size > 150


SUFFIXES = (".pdf", ".docx", ".xlsx", ".json")


@KINDS
def test_a_target_that_cannot_be_written(asked, tmp_path, kind):
    (tmp_path / "file").write_text("cũ")
    # A writer does not depend on the kind: all four are tried with one kind, the most expensive
    # with every kind.
    for suffix in tries(SUFFIXES if kind == "summary" else SUFFIXES[:1], SUFFIXES):
        for out in (f"none/a{suffix}", f"file/a{suffix}"):
            done = asked(kind, "2023-12", out=out)
            assert done.returncode == 1
            assert done.stderr.strip()
    assert asked(kind, "2023-12", out="a.odt").returncode == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["desk", "file"]
    assert (tmp_path / "file").read_text() == "cũ"


@KINDS
def test_every_kind_in_english(cli_inline, desk_folder, tmp_path, kind):
    needs = ("--type", "clearing") if REPORTS[kind].typed else ()
    done = cli_inline("--lang", "en", "--desk", desk_folder, "report", kind, "--period", "2023-12",
                      "--out", tmp_path / "a.pdf", *needs)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, f"Written: {tmp_path / 'a.pdf'}.\n")
    words = words_of(tmp_path / "a.pdf")
    assert re.search("(?i)december|month 12 of 2023", words)
    # Texts that stay in Vietnamese are announced.
    if "hòm" in words or "Phụ lục" in words:
        assert "stay Vietnamese" in " ".join(words.split())
    assert "Phụ lục" not in words or "Kính gửi" in words


def test_long_names_everywhere(desk, tmp_path):
    """Names of a post and a commune with 200 characters, and figures of nine digits."""
    long = "Đồn Biên phòng " + "cửa khẩu quốc tế Hữu Nghị Quan " * 6
    post = f"code,name,gate,communes,communes_verified,invented\nBS,{long.strip()[:199]},,06202,1,0"
    (tmp_path / "posts.csv").write_text(post, encoding="utf-8")
    desk.reference.load(tmp_path / "posts.csv")
    desk.records.add("clearing", {**example("clearing"), "length_m": 987_654_321.5})
    for kind in ORDINARY:
        more = {"type": "clearing"} if REPORTS[kind].typed else {}
        pdf = written(desk, tmp_path, ".pdf", kind, "2023-03", scope="post:BS", **more)
        words = words_of(pdf).replace(" ", "")
        assert "QUANCỬAKHẨU" in words.upper(), kind
        if kind == "summary":
            assert "987.654.321,5" in words


def test_reviews_carry_ids_when_asked(desk, tmp_path):
    from borderdesk.figures.targets import set_target

    kept = desk.records.add("clearing", {**example("clearing"), "started_on": "2023-03-05"}).id
    desk.reference.write_targets(lambda s: set_target(s, "clearing_events", 2023, "province", "4"))
    (row,) = json_of(desk, tmp_path, "review", "2023", with_ids=True)["rows"]
    assert row["records"] == [kept]
    (row,) = json_of(desk, tmp_path, "review", "2023")["rows"]
    assert "records" not in row
