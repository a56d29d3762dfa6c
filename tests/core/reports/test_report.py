"""The summary on paper and in a spreadsheet: the same figures as the JSON, read by other
programs."""

import json
import re
import shutil
import subprocess
import unicodedata
from decimal import Decimal
from itertools import product

import openpyxl
import pytest

from borderdesk.base.formats import format_number, format_percent
from borderdesk.desk import Desk
from borderdesk.figures.targets import set_baseline, set_target
from tests.effort import tries
from tests.factories import example

pytestmark = pytest.mark.usefixtures("poppler")
LONG = "Mô hình " + "ánh sáng đường tuần tra biên giới quốc gia " * 4 + "Đặng Quốc Hưng"
BANNER = "SỐ LIỆU GIẢ ĐỊNH"
FIGURES = (
    "value", "previous", "change", "change_pct", "year_to_date", "target", "target_pct",
)  # fmt: skip


@pytest.fixture(scope="module")
def poppler():
    """The poppler programs that read the papers, installed in the container and on any Debian."""
    assert shutil.which("pdftotext"), "pdftotext is needed (poppler-utils)"
    assert shutil.which("pdffonts")


def fill(desk):
    """A busy month, one a year before it, paper figures, targets, and a very long name."""
    assert len(LONG) <= 200
    pick = f"list,code,vi,en,unit\nprogramme,rat_dai,{LONG},,bộ\n"
    file = desk.folder / "picks.csv"
    file.write_text(pick, encoding="utf-8")
    desk.reference.load(file)
    for n in range(3):
        for kind in ("patrol", "clearing", "track", "outreach", "pledge", "registration",
                     "programme", "coordination", "incident"):  # fmt: skip
            record = example(kind, 280 + n)
            desk.records.add(kind, record)
        desk.records.add("clearing", {**example("clearing"), "started_on": f"2022-12-1{n}",
                                     "participants": 1000 + n, "length_m": 1234.5})  # fmt: skip
    desk.records.add("clearing", {**example("clearing", 281), "participants": 3_600,
                                 "length_m": 0.5})  # fmt: skip
    desk.records.add("programme", {**example("programme", 281), "programme": "rat_dai",
                                  "quantity": 12.5})  # fmt: skip
    desk.reference.write_targets(
        lambda s: set_target(s, "clearing_events", 2023, "province", "420")
    )
    desk.reference.write_targets(lambda s: set_target(s, "labour_days", 2023, "province", "99.5"))
    desk.reference.write_targets(lambda s: set_baseline(
        s, "leaflets", "2022-12", "province", "21870", "BC 12"))  # fmt: skip
    desk.reference.write_targets(lambda s: set_baseline(
        s, "fines", "2022-12", "province", "9300", "BC", "over"))  # fmt: skip


@pytest.fixture(scope="module")
def desk_made(tmp_path_factory):
    """The folder of a demonstration desk, filled by hand."""
    folder = tmp_path_factory.mktemp("report") / "desk"
    with Desk.create(folder, "province", "20", "Người thử", demo=True) as desk:
        fill(desk)
    return folder


@pytest.fixture
def made(desk_made, cli_inline, tmp_path):
    """A function that writes the report of 2023-12 with the suffix, and returns the file."""

    def make(suffix, *options, period="2023-12", folder=desk_made):
        out = tmp_path / f"tổng hợp{suffix}"
        done = cli_inline("--desk", folder, "report", "summary", "--period", period, "--out", out,
                          *options)  # fmt: skip
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        return out

    return make


def said(path):
    return json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def pages(path):
    """The text of every page in its layout."""
    text = subprocess.run(
        ["pdftotext", "-layout", "-enc", "UTF-8", str(path), "-"], capture_output=True, check=True
    ).stdout.decode()
    return text.split("\f")[:-1]


def letter_of(sheets):
    """The pages before the annexes."""
    annex = next((n for n, sheet in enumerate(sheets) if "Phụ lục" in sheet), len(sheets))
    return sheets[:annex]


def words_of(path):
    """The text in content order, spaces joined."""
    text = subprocess.run(
        ["pdftotext", "-raw", "-enc", "UTF-8", str(path), "-"], capture_output=True, check=True
    ).stdout.decode()
    return " ".join(text.split())


def shown(row, column, marked):
    """A figure as the paper prints it."""
    value = row[column]
    if (row["key"], column) in BOUNDS:
        return f">{format_number(BOUNDS[row['key'], column])}*"
    if value is None:
        return "–"
    text = format_percent(value) if column.endswith("_pct") else format_number(value)
    text = text.replace("-", "−")
    return text + ("*" if (row["key"], column) in marked else "")


MARKED = {("leaflets", "previous")}
BOUNDS = {("fines", "previous"): 9_300}


def test_paper_says_the_figures_of_the_json(made):
    rows = said(made(".json"))["rows"]
    sheets = pages(made(".pdf"))
    tail = re.compile(r"(?:\s+(?:–|[>−]?[\d.]+(?:,\d+)?\*?(?: %)?)){7}\s*$")
    printed = [
        re.findall(r"–|[>−]?[\d.]+(?:,\d+)?\*?(?: %)?", tail.search(line).group())
        for sheet in letter_of(sheets)
        for line in sheet.splitlines()
        if tail.search(line)
    ]
    expected = [[shown(row, column, MARKED) for column in FIGURES] for row in rows]
    assert printed == expected
    participants = next(r for r in rows if r["key"] == "clearing_participants")
    assert format_number(participants["value"]) == "4.605"
    assert any("4.605" in sheet for sheet in sheets)


def test_sheet_says_the_figures_of_the_json(made):
    rows = said(made(".json"))["rows"]
    sheet = openpyxl.load_workbook(made(".xlsx")).active
    lines = [line for line in sheet.iter_rows() if re.fullmatch(r"\d+", str(line[0].value))]
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows, strict=True):
        assert [cell.value for cell in line[1:3]] == [row["label"], row["unit"]]
        for cell, column in zip(line[3:], FIGURES, strict=True):
            expected = BOUNDS.get((row["key"], column), row[column])
            assert cell.value == (None if expected is None else float(expected)), (row, column)
            if expected is not None:
                assert cell.data_type == "n"
                assert cell.number_format.endswith('"*"') == (
                    (row["key"], column) in {*MARKED, *BOUNDS}
                )


def test_no_figure_of_the_book_is_a_text(made):
    book = openpyxl.load_workbook(made(".xlsx"))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert sum(cell.data_type == "n" and cell.value is not None for cell in cells) > 100
    assert not [c.value for c in cells if re.fullmatch(r"[\d.,]+ ?%?", str(c.value)) and
                c.data_type != "n"]  # fmt: skip


def test_names_that_are_long_wrap_and_stay_whole(made):
    assert LONG.replace(" ", "") in words_of(made(".pdf")).replace(" ", "")
    for sheet in pages(made(".pdf")):
        assert not any(LONG[:150] in " ".join(line.split()) for line in sheet.splitlines())
    sheet = openpyxl.load_workbook(made(".xlsx")).active
    assert LONG in [cell.value for line in sheet.iter_rows() for cell in line]


def test_pages_are_numbered_and_heads_and_banner_repeat(made):
    sheets = pages(made(".pdf"))
    assert len(sheets) > 1
    letter = letter_of(sheets)
    assert 1 < len(letter) < len(sheets)
    assert all(BANNER in " ".join(sheet.split()) for sheet in sheets)
    for number, sheet in enumerate(letter, start=1):
        lines = [" ".join(line.split()) for line in sheet.splitlines() if line.strip()]
        assert (lines[1] == str(number)) == (number > 1), lines[:3]
        table = any(re.match(r"\d+ ", line) for line in lines)
        assert ("Chỉ tiêu" in " ".join(lines)) == table, number
    sheet = openpyxl.load_workbook(made(".xlsx")).active
    assert BANNER in sheet["A1"].value


def test_a_desk_of_real_figures_has_no_banner(desk_folder, made):
    for suffix in (".pdf", ".xlsx"):
        file = made(suffix, folder=desk_folder)
        if suffix == ".pdf":
            text = words_of(file)
        else:
            lines = openpyxl.load_workbook(file).active.iter_rows(values_only=True)
            text = str(list(lines))
        assert "GIẢ ĐỊNH" not in text.upper()


def test_the_text_is_composed_and_every_font_is_ours(made):
    file = made(".pdf")
    text = "".join(pages(file))
    assert "ế" in text
    assert unicodedata.is_normalized("NFC", text)
    assert "tỉnh Lạng Sơn" in " ".join(text.split())
    assert "\ufffd" not in text
    fonts = subprocess.run(["pdffonts", str(file)], capture_output=True, check=True, text=True)
    lines = fonts.stdout.splitlines()[2:]
    assert lines
    for line in lines:
        assert "LiberationSerif" in line
        assert re.search(r"\byes\s+yes\s+yes\b", line), line  # embedded, subset, with a map


SOME_SCOPES = ("post:BS", "district:Cao Lộc", "commune:06202")
SOME_PERIODS = ("2023-Q4", "2023", "2023-12-01..2023-12-10")


@pytest.mark.parametrize(
    ("scope", "period"),
    tries([*zip(SOME_SCOPES, SOME_PERIODS, strict=True)], [*product(SOME_SCOPES, SOME_PERIODS)]),
)
def test_every_scope_and_kind_of_period(made, scope, period):
    rows = said(made(".json", "--scope", scope, period=period))["rows"]
    words = words_of(made(".pdf", "--scope", scope, period=period))
    sheet = openpyxl.load_workbook(made(".xlsx", "--scope", scope, period=period)).active
    lines = [line for line in sheet.iter_rows() if re.fullmatch(r"\d+", str(line[0].value))]
    assert [line[3].value for line in lines] == [
        None if r["value"] is None else float(r["value"]) for r in rows
    ]
    known = {row["key"]: row["value"] for row in rows}
    assert format_number(known["clearing_participants"]) in words


def test_english_paper(made, cli_inline, desk_made, tmp_path):
    assert "Tuần tra đơn phương" in words_of(made(".pdf"))
    out = tmp_path / "english.pdf"
    done = cli_inline("--lang", "en", "--desk", desk_made, "report", "summary", "--period",
                      "2023-12", "--out", out)  # fmt: skip
    assert done.returncode == 0
    words = words_of(out)
    assert "Unilateral patrols" in words
    assert "INVENTED FIGURES" in words
    assert "4,605" in words


def test_vietnamese_words_are_those_of_the_rows(made):
    rows = said(made(".json"))["rows"]
    words = words_of(made(".pdf")).replace(" ", "")
    for row in rows:
        assert row["label"].replace(" ", "") in words
        assert row["group"].replace(" ", "") in words


# ------------------------------------------------------------------------------ refusals


@pytest.mark.parametrize("suffix", [".json", ".pdf", ".xlsx"])
def test_a_target_that_cannot_be_written(cli_inline, desk_made, tmp_path, suffix):
    def run(out):
        return cli_inline("--desk", desk_made, "report", "summary", "--period", "2023-12", "--out",
                          out)  # fmt: skip

    (tmp_path / f"folder{suffix}").mkdir()
    (tmp_path / "file").write_bytes(b"old")
    for out in (tmp_path / "none" / f"a{suffix}", tmp_path / "file" / f"a{suffix}"):
        done = run(out)
        assert (done.returncode, done.stdout) == (1, ""), out
        assert "Traceback" not in done.stderr
        assert done.stderr.strip()
    assert run(tmp_path / f"folder{suffix}").returncode in (1, 2)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", f"folder{suffix}"]
    assert (tmp_path / "file").read_bytes() == b"old"
    assert list((tmp_path / f"folder{suffix}").iterdir()) == []


def test_an_earlier_report_is_replaced_whole_or_not_at_all(cli_inline, desk_made, tmp_path):
    out = tmp_path / "a.json"
    out.write_text("old")
    words = ("--desk", desk_made, "report", "summary", "--out", out, "--period")
    assert cli_inline(*words, "2023-99").returncode == 1
    assert out.read_text() == "old"
    assert cli_inline(*words, "2023-12").returncode == 0
    assert json.loads(out.read_text())["closed"] is False
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.parametrize(
    "period",
    ["2023-13", "2023-00", "2023-Q5", "2023-Q0", "2023-H3", "23-12", "1999", "2201", "tháng 12", "",
     "2023-12-31..2023-12-01", "2023-02-30..2023-03-01", "2023-12-32", "2023-1", "2023-12-",
     "2023-01-15.."],
)  # fmt: skip
def test_unknown_periods(cli_inline, desk_made, tmp_path, period):
    done = cli_inline("--desk", desk_made, "report", "summary", "--out", tmp_path / "a.json",
                      f"--period={period}")  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert "2023-Q4" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("scope", "period", "told"),
    [
        ("post:XX", "2023-12", "XX"), ("post:", "2023-12", "“”"),
        ("commune:99999", "2023-12", "31/12/2023"), ("commune:Mẫu Sơn", "2023-12", "06238"),
        ("district:Hà Nội", "2023-12", "Hà Nội"), ("moon", "2023-12", "post:BS"),
        ("province:20", "2023-12", "post:BS"), ("district:Cao Lộc", "2025-12", "31/12/2025"),
        ("commune:06202", "2025-H2", "31/12/2025"), ("commune:Bính Xá", "2025-07", "31/07/2025"),
    ],
)  # fmt: skip
def test_unknown_scopes(cli_inline, desk_made, tmp_path, scope, period, told):
    done = cli_inline("--desk", desk_made, "report", "summary", "--out", tmp_path / "a.json",
                      "--period", period, "--scope", scope)  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert told in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.odt", "a", ".pdf", "a.pdf.txt"])
def test_unknown_formats(cli_inline, desk_made, tmp_path, name):
    done = cli_inline("--desk", desk_made, "report", "summary", "--period", "2023-12", "--out",
                      tmp_path / name)  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert ".xlsx" in done.stderr
    assert list(tmp_path.iterdir()) == []
