"""Every command: what it prints, in which shape, and its exit status."""

import csv
import datetime
import io
import json
import re
import shlex
import shutil
import subprocess
import sys

import click
import openpyxl
import pytest
from sqlcipher3 import dbapi2 as sqlite

from borderdesk.cli.program import program
from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES, RECORD_TYPES
from borderdesk.store.connection.database import SCHEMA_VERSION
from borderdesk.store.connection.locks import Lock
from tests.conftest import ROOT
from tests.factories import example

TYPES = list(ALL_TYPES)
LEAD = ["id", "post", "state", "revision", "warnings"]
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
HEX = re.compile(r"[0-9a-f]{64}")


@pytest.fixture
def province(desk_folder, cli_inline):
    """The command line on an empty desk of the province."""
    return lambda *words, **rest: cli_inline("--desk", desk_folder, *words, **rest)


@pytest.fixture
def post(post_template, tmp_path, cli_inline):
    """The command line on an empty desk of the post BS."""
    folder = shutil.copytree(post_template, tmp_path / "bs")
    return lambda *words, **rest: cli_inline("--desk", folder, *words, **rest)


def lines(done):
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def added(run, kind, *records, status=0):
    """Add records; the output for each."""
    done = run("add", kind, stdin="\n".join(json.dumps(r) for r in records))
    assert done.returncode == status, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def shown(run, kind, *options):
    done = run("list", kind, "--format", "json", *options)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def summary(run, tmp_path, *options):
    out = tmp_path / "summary.json"
    done = run("report", "summary", "--out", out, *options)
    assert (done.returncode, done.stdout) == (0, "")
    assert [str(out) in line for line in done.stderr.splitlines()] == [True]
    return json.loads(out.read_text(encoding="utf-8"))


def row_of(told, key):
    (row,) = [r for r in told["rows"] if r["key"] == key]
    return row


# ------------------------------------------------------------------------------- desks


@pytest.mark.parametrize(
    ("role", "unit", "title"),
    [
        ("post", "BS", "Đồn Biên phòng Ba Sơn"),
        ("post", "ba sơn", "Đồn Biên phòng Ba Sơn"),
        ("liaison", "cao loc", "Huyện Cao Lộc"),
        ("liaison", "Huyện Đình Lập", "Huyện Đình Lập"),
        ("province", "20", "Tỉnh Lạng Sơn"),
    ],
)
def test_init(cli_inline, tmp_path, role, unit, title):
    words = ("--desk", tmp_path / "new" / "desk", "init", "--role", role, "--unit", unit,
             "--user", "Hoàng Văn Nam")  # fmt: skip
    refused = cli_inline(*words)
    assert (refused.returncode, refused.stdout) == (4, "")
    assert "--no-password" in refused.stderr
    assert not (tmp_path / "new").exists()

    made = cli_inline(*words, "--no-password")
    assert (made.returncode, made.stdout) == (0, "")
    assert title in made.stderr
    assert len(made.stderr.splitlines()) == 3
    with Desk.open(tmp_path / "new" / "desk") as desk:
        assert (desk.identity.role, desk.title()) == (role, title)
        assert desk.identity.user == "Hoàng Văn Nam"
        before = desk.identity.id

    again = cli_inline(*words, "--no-password")
    assert (again.returncode, again.stdout) == (4, "")
    with Desk.open(tmp_path / "new" / "desk") as desk:
        assert desk.identity.id == before


@pytest.mark.parametrize(
    ("role", "unit", "user", "status"),
    [
        ("post", "XX", "A", 1),
        ("post", "20", "A", 1),
        ("liaison", "BS", "A", 1),
        ("province", "21", "A", 1),
        ("post", "BS", " ", 1),
        ("post", "BS", "hai\ndòng", 1),
        ("general", "BS", "A", 2),
    ],
)
def test_init_refuses(cli_inline, tmp_path, role, unit, user, status):
    done = cli_inline("--desk", tmp_path / "d", "init", "--role", role, "--unit", unit, "--user",
                      user, "--no-password")  # fmt: skip
    assert done.returncode == status
    assert done.stderr.strip()
    assert not (tmp_path / "d" / "desk.db").exists()


def test_the_folder_comes_from_the_environment(cli_inline, tmp_path, monkeypatch):
    monkeypatch.setenv("BORDERDESK_DIR", str(tmp_path / "mine"))
    done = cli_inline("init", "--role", "post", "--unit", "BS", "--user", "A", "--no-password")
    assert done.returncode == 0
    assert (tmp_path / "mine" / "desk.db").is_file()


def test_demo(cli_inline, tmp_path):
    folder = tmp_path / "demo"
    done = cli_inline("--desk", folder, "demo", "--records", "40", "--seed", "5")
    assert (done.returncode, done.stdout) == (0, "")
    assert "40" in done.stderr
    assert len([r for kind in RECORD_TYPES for r in shown(
        lambda *words: cli_inline("--desk", folder, *words), kind)]) == 40  # fmt: skip
    assert cli_inline("--desk", folder, "demo", "--records", "40").returncode == 4
    assert cli_inline("--desk", tmp_path / "x", "demo", "--records", "0").returncode == 2


# -------------------------------------------------------------------- what is not a desk


OPENING = ["posts", "units", "markers", "picks", "households", "list patrol", "verify",
           "setting list", "target list", "baseline list", "history patrol x"]  # fmt: skip


@pytest.mark.parametrize("command", OPENING)
def test_no_desk(cli_inline, tmp_path, command):
    done = cli_inline("--desk", tmp_path / "none", *command.split())
    assert (done.returncode, done.stdout) == (3, "")
    assert str(tmp_path / "none") in done.stderr
    assert not (tmp_path / "none").exists()


def test_a_newer_schema(province, desk_folder):
    with sqlite.connect(desk_folder / "desk.db") as raw:
        raw.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    raw.close()
    before = (desk_folder / "desk.db").read_bytes()
    done = province("list", "patrol")
    assert (done.returncode, done.stdout) == (3, "")
    assert province("verify", desk_folder / "desk.db").returncode == 3
    assert (desk_folder / "desk.db").read_bytes() == before


@pytest.mark.parametrize("content", [b"not a database at all" * 999, b"", b"SQLite format 3\0"])
def test_a_damaged_file(province, desk_folder, content):
    (desk_folder / "desk.db").write_bytes(content)
    done = province("list", "patrol")
    assert (done.returncode, done.stdout) == (3, "")
    assert "Traceback" not in done.stderr
    assert not content or (desk_folder / "desk.db").read_bytes() == content


@pytest.mark.parametrize("where", ["a name of the schema", "a text of a record", "a revision"])
def test_a_text_that_is_damaged(province, desk_folder, where):
    """Damage inside a text, which SQLite's own check does not notice."""
    added(province, "clearing", {**example("clearing"), "hamlet": "Thôn Pò Mã"})
    with sqlite.connect(desk_folder / "desk.db") as raw:
        raw.execute("PRAGMA journal_mode = DELETE")
    raw.close()
    file = desk_folder / "desk.db"
    whole = file.read_bytes()
    text = {
        "a name of the schema": b"labour_days",
        "a text of a record": "Thôn Pò Mã".encode(),
        "a revision": '"hamlet":"Thôn Pò Mã"'.encode(),
    }[where]
    assert text in whole
    file.write_bytes(whole.replace(text, b"\xff" + text[1:]))
    for command in ("list clearing --format json", "list clearing", "verify"):
        done = province(*command.split())
        assert done.returncode in (0, 1, 3), command
        assert "Traceback" not in done.stderr
        assert "ngoài dự kiến" not in done.stderr, (command, done.stderr)
        if command != "verify" and where != "a revision":
            assert (done.returncode, done.stdout) == (3, "")
            assert "phục hồi bản sao lưu" in done.stderr
    told = province("verify")
    assert told.returncode == 3 or not json.loads(told.stdout)["ok"]
    assert province("doctor").stderr == ""


def test_damage_inside_is_found(province, desk_folder):
    for n in range(40):
        added(province, "clearing", example("clearing", n))
    file = desk_folder / "desk.db"
    whole = bytearray(file.read_bytes())
    for page in range(8, len(whole) // 4096):
        whole[page * 4096 + 100 : page * 4096 + 900] = b"\xff" * 800
    file.write_bytes(whole)
    done = province("verify")
    assert done.returncode in (1, 3)
    assert "Traceback" not in done.stderr
    assert done.returncode == 3 or not json.loads(done.stdout)["ok"]


def test_a_restore_keeps_everybody_out(province, desk_folder):
    with Lock(desk_folder / "desk.lock") as lock:
        assert lock.take(exclusive=True)
        for command in OPENING:
            done = province(*command.split())
            assert (done.returncode, done.stdout) == (3, ""), command
        assert province("add", "clearing", stdin="{}").returncode == 3
    assert province("posts").returncode == 0


# ------------------------------------------------------------------------- wrong usage


WRONG = [
    [], ["nonsense"], ["list"], ["list", "nonsense"], ["list", "patrol", "--nosuch"],
    ["list", "patrol", "--limit", "x"], ["list", "patrol", "--limit", "-1"],
    ["list", "patrol", "--format", "yaml"], ["list", "patrol", "--format", "xlsx"],
    ["add"], ["add", "patrol", "a", "b"], ["delete", "patrol", "x"], ["report"],
    ["report", "summary"], ["report", "nonsense"], ["target", "set", "x", "year", "s", "1"],
    ["baseline", "set", "x"], ["setting", "set", "cut_off_day"], ["demo", "--records", "many"],
    ["--lang", "fr", "posts"], ["init", "--role", "post"], ["reference", "load"],
]  # fmt: skip
ENGLISH = re.compile(
    r"\b(no such|missing|invalid|value for|argument|choose|usage|option|command|unexpected"
    r"|got|extra|requires|is not|one of|did you|try|range|integer|error)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_wrong_usage(cli_inline, desk_folder, words):
    done = cli_inline("--desk", desk_folder, *words)
    assert (done.returncode, done.stdout) == (2, "")
    told = done.stderr.strip()
    assert told
    # Except for typed text, option names and codes every word is Vietnamese.
    bare = re.sub(r"'[^']*'|“[^”]*”|--[a-z-]+|\[[^]]*\]|\b[A-Z]{2,}\b", "", told)
    assert not ENGLISH.search(bare), told


def test_wrong_usage_in_english(cli_inline, desk_folder):
    done = cli_inline("--desk", desk_folder, "--lang", "en", "nonsense")
    assert done.returncode == 2
    assert "No such command" in done.stderr


def test_help_is_in_the_language_asked_for(cli_inline):
    vietnamese = cli_inline("--help")
    english = cli_inline("--lang", "en", "--help")
    assert (vietnamese.returncode, english.returncode) == (0, 0)
    assert "Add records from JSON or CSV." in english.stdout
    assert "Add records" not in vietnamese.stdout


# --------------------------------------------------------------------- reference data


def headed(done, count):
    """The rows of a table below its heading."""
    head, *rows = tabs(done, count)
    assert all(head)
    return rows


def tabs(done, count):
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert {len(row) for row in rows} == {count}
    return rows


def test_reference_lists(province):
    posts = headed(province("posts"), 9)
    assert len(posts) == 11  # The invented one exists in demonstrations only.
    wanted = ["BS", "Đồn Biên phòng Ba Sơn", "", "06196 06202 06238", "1", "0"]
    assert wanted in [row[:6] for row in posts]
    units = headed(province("units"), 9)
    assert len(units) == 109
    assert ["06622", "Xã Bính Xá", "06622-2023", "commune", "189-2023", "1", "2000-01-01",
            "2025-06-30", "06625-2025 06613-2025"] in units  # fmt: skip
    markers = [row[0] for row in headed(province("markers"), 5)]
    assert len(markers) == 474
    assert markers[:3] == ["962", "962/1", "963"]
    picks = headed(province("picks"), 5)
    assert len(picks) == 44
    assert ["luy_tre", "Lũy tre biên giới Việt", "programme", "Bamboo rampart", "gốc"] in picks


def test_households_are_listed_with_masked_ids(province):
    (made,) = added(province, "household", {**example("household"), "citizen_id": "020085001234"})
    assert headed(province("households"), 5) == [
        [made["id"], "Hoàng Văn Thụ Aa", "Bản Phạc", "Xã Xuất Lễ", "020•••••1234"]
    ]


HEADS = {
    "units": "id,code,name,kind,parent,border,valid_from,valid_to,successors",
    "posts": "code,name,gate,communes,communes_verified,invented",
    "markers": "marker,post,commune,invented",
    "hamlets": "commune,name,is_border,households_total,valid_from,valid_to",
    "picks": "list,code,vi,en,unit",
}
GOOD = {
    "units": "09999-2025,09999,Xã Thử,commune,20,1,2025-07-01,,",
    "posts": "ZZ,Đồn Thử,,06196,0,0",
    "markers": "1299/9,BS,06196-2023,1",
    "hamlets": "06196-2023,Pò Mã,1,40,2000-01-01,",
    "picks": "topic,moi,Chủ đề mới,New topic,",
}
LISTED = {"units": "units", "posts": "posts", "markers": "markers", "picks": "picks"}
BAD = [
    ("units", "09999-2025,09999,Xã Thử,village,20,1,2025-07-01,,", 2, "kind"),
    ("units", "09999-2025,09999,Xã Thử,commune,20,2,2025-07-01,,", 2, "border"),
    ("units", "09999-2025,09999,Xã Thử,commune,20,1,2025-02-30,,", 2, "valid_from"),
    ("units", "09999-2025,09999,Xã Thử,commune,20,1,2025-07-01,2024-01-01,", 2, "valid_to"),
    ("units", "09999-2025,09999,Xã Thử,commune,no,1,2025-07-01,,", None, "parent"),
    ("units", "09999-2025,09999,Xã Thử,commune,20,1,2025-07-01,,06196-2099", None, "successors"),
    ("posts", "Z Z,Đồn Thử,,06196,0,1", 2, "code"),
    ("posts", "ZZ,,,06196,0,1", 2, "name"),
    ("posts", "ZZ,Đồn Thử,,99999,0,0", None, "communes"),
    ("markers", "12,BS,06196-2023,1", 2, "marker"),
    ("markers", "1299/9,XX,06196-2023,1", None, "post"),
    ("markers", "1299/9,BS,06196-2099,1", None, "commune"),
    ("hamlets", "06196-2023,Pò Mã,1,many,2000-01-01,", 2, "households_total"),
    ("hamlets", "06196-2023,Pò Mã,yes,40,2000-01-01,", 2, "is_border"),
    ("hamlets", "99999-2023,Pò Mã,1,40,2000-01-01,", None, "commune"),
    ("hamlets", "06196-2023,Pò Mã,1,40,2023-W01-1,", 2, "valid_from"),
    ("picks", "colour,moi,Mới,New,", 2, "list"),
    ("picks", "topic,Mới,Mới,New,", 2, "code"),
    ("picks", "topic,moi,,New,", 2, "vi"),
    ("picks", "topic,moi", 2, "*"),
]


MORE = {"markers": 1, "posts": 3}
"""Columns of a list that a file may omit: the dates of a post, and its successors."""


@pytest.mark.parametrize("kind", HEADS)
def test_reference_load(province, tmp_path, kind):
    file = tmp_path / "some.csv"
    file.write_text(f"{HEADS[kind]}\r\n{GOOD[kind]}\r\n", encoding="utf-8-sig")
    for _twice in range(2):
        done = province("reference", "load", file)
        assert (done.returncode, done.stdout) == (0, "")
        assert done.stderr.startswith("1 ") or " 1 " in done.stderr
    if kind in LISTED:
        rows = headed(province(LISTED[kind]), len(HEADS[kind].split(",")) + MORE.get(kind, 0))
        key = GOOD[kind].split(",")[1 if kind in ("units", "picks") else 0]
        assert sum(row[0] == key for row in rows) == 1


def test_a_code_in_the_list_of_hamlets_means_the_unit_of_its_first_day(province, tmp_path):
    file = tmp_path / "hamlets.csv"
    rows = ["06196,Cũ,1,40,2000-01-01,2025-06-30", "06196,Mới,1,50,2025-07-01,"]
    file.write_text("\n".join([HEADS["hamlets"], *rows]), encoding="utf-8")
    assert province("reference", "load", file).returncode == 0
    for day, doubted in (("2025-06-30", True), ("2025-07-01", False)):
        record = {**example("clearing"), "commune": "06196", "started_on": day, "hamlet": "Mới"}
        (told,) = added(province, "clearing", record)
        assert ("hamlet" in told["warnings"]) is doubted
    file.write_text(f"{HEADS['hamlets']}\n06202,Mới,1,50,2025-07-01,\n", encoding="utf-8")
    assert province("reference", "load", file).returncode == 1


@pytest.mark.parametrize(("kind", "row", "line", "column"), BAD)
def test_reference_load_refuses(province, tmp_path, kind, row, line, column):
    file = tmp_path / "some.csv"
    good = GOOD[kind].replace("09999", "09998").replace("ZZ", "ZY").replace(",moi,", ",hay,")
    good = good.replace("1299/9", "1299/8")
    file.write_text(f"{HEADS[kind]}\n{row}\n{good}\n", encoding="utf-8")
    lists = [province(name).stdout for name in LISTED.values()]
    done = province("reference", "load", file)
    assert (done.returncode, done.stdout) == (1, "")
    (told,) = done.stderr.splitlines()
    where = told.partition(":")[0]
    assert where.endswith(column)
    assert line is None or f" {line}," in where
    assert [province(name).stdout for name in LISTED.values()] == lists


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b'code,name\n"open', "không".encode("utf-16")]
)
def test_reference_load_refuses_other_files(province, tmp_path, content):
    (tmp_path / "some.csv").write_bytes(content)
    done = province("reference", "load", tmp_path / "some.csv")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip()
    assert province("reference", "load", tmp_path / "none.csv").returncode == 1


def test_a_renamed_unit_is_found_by_its_new_name(province, tmp_path):
    (made,) = added(province, "clearing", example("clearing"))
    file = tmp_path / "units.csv"
    row = "06202-2023,06202,Xã Hoa Sim,commune,183-2023,1,2000-01-01,2025-06-30,06196-2025"
    file.write_text(f"{HEADS['units']}\n{row}\n", encoding="utf-8")
    assert province("reference", "load", file).returncode == 0
    assert [r["id"] for r in shown(province, "clearing", "--search", "hoa sim")] == [made["id"]]
    assert shown(province, "clearing", "--search", "xuất lễ") == []
    assert json.loads(province("rebuild").stdout)["ok"]


# --------------------------------------------------------------------------- settings


def test_settings(province):
    assert province("setting", "set", "cut_off_day", "14", "--from", "2023-06-01").returncode == 0
    assert province("setting", "set", "superior", "BỘ CHỈ HUY").returncode == 0
    rows = headed(province("setting", "list"), 4)
    assert ["cut_off_day", "14", "2023-06-01"] in [row[:3] for row in rows]
    assert ["superior", "BỘ CHỈ HUY", ""] in [row[:3] for row in rows]
    assert ["due_day", "5", ""] in [row[:3] for row in rows]
    assert ["paper", "A4", ""] in [row[:3] for row in rows]


@pytest.mark.parametrize(
    "words",
    [
        ["colour", "red"], ["cut_off_day", "29"], ["cut_off_day", "x"], ["cut_off_day", ""],
        ["paper", "A5"], ["paper", ""],
        ["issuer", "a\nb"], ["issuer", "x" * 201], ["cut_off_day", "1", "--from", "2023-02-30"],
        ["cut_off_day", "1", "--from", "20230101"], ["cut_off_day", "1", "--from", "2023-W01-1"],
    ],
)  # fmt: skip
def test_settings_refuse(province, words):
    before = province("setting", "list").stdout
    done = province("setting", "set", *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip()
    assert province("setting", "list").stdout == before


def test_the_cut_off_day_moves_the_summary(province, tmp_path):
    days = ("2022-10-01", "2023-11-14", "2023-11-15", "2023-12-14", "2023-12-15", "2022-12-15")
    for day in days:
        added(province, "clearing", {**example("clearing"), "started_on": day, "times": 1})
    told = summary(province, tmp_path, "--period", "2023-12")
    assert told["period"] == {"from": "2023-12-01", "to": "2023-12-31"}
    assert row_of(told, "clearing_events")["value"] == 2
    assert row_of(told, "clearing_events")["year_to_date"] == 4
    assert row_of(told, "clearing_events")["previous"] == 1
    assert province("setting", "set", "cut_off_day", "14").returncode == 0
    told = summary(province, tmp_path, "--period", "2023-12")
    assert told["period"] == {"from": "2023-11-15", "to": "2023-12-14"}
    assert row_of(told, "clearing_events")["value"] == 2
    assert row_of(told, "clearing_events")["year_to_date"] == 4
    assert row_of(told, "clearing_events")["previous"] is None
    told = summary(province, tmp_path, "--period", "2023")
    assert told["period"] == {"from": "2022-12-15", "to": "2023-12-14"}


# ----------------------------------------------------------------------------- records


@pytest.mark.parametrize("kind", TYPES)
def test_add_and_list_shapes(province, kind):
    (made,) = added(province, kind, example(kind))
    assert list(made) == ["id", "warnings"]
    assert UUID7.fullmatch(made["id"])
    assert all(isinstance(v, str) and v for v in made["warnings"].values())
    (record,) = shown(province, kind)
    lead = LEAD if kind != "household" else ["id", "revision", "warnings"]
    assert list(record)[: len(lead)] == lead
    assert set(record) == {*lead, *ALL_TYPES[kind].fields()}
    assert record["id"] == made["id"]
    assert record["warnings"] == made["warnings"]
    assert HEX.fullmatch(record["revision"])
    given = {k: v for k, v in example(kind).items() if k not in ("household", "commune")}
    for key, value in given.items():
        if isinstance(value, list) and isinstance(value[0], dict):
            assert [{k: v for k, v in r.items() if v is not None} for r in record[key]] == value
        else:
            assert record[key] == value, key
    several = {k for k, f in ALL_TYPES[kind].fields().items() if f.several}
    assert all(isinstance(record[key], list) for key in several)


def test_units_go_out_as_codes_and_households_as_ids(province):
    added(province, "pledge", example("pledge"))
    added(province, "patrol", example("patrol"))
    (pledge,), (household,) = shown(province, "pledge"), shown(province, "household")
    assert pledge["household"] == household["id"]
    assert household["commune"] == "06202-2023"
    assert shown(province, "patrol")[0]["communes"] == ["06196", "06202"]


def test_null_and_state_and_ignored_keys(province):
    record = {**example("clearing"), "state": "final", "hamlet": None, "note": "",
              "revision": "0" * 64, "warnings": {"x": "y"}}  # fmt: skip
    added(province, "clearing", record)
    (kept,) = shown(province, "clearing")
    assert (kept["state"], kept["hamlet"], kept["note"]) == ("final", None, None)
    assert kept["revision"] != "0" * 64
    (refused,) = added(province, "clearing", {**record, "state": "draft"}, status=1)
    assert set(refused["errors"]) == {"state"}


def test_labels_and_codes_and_unit_ids_mean_the_same(province):
    plain = example("clearing")
    for change in ({"kind": "phat quang duong thong tam nhin"}, {"commune": "06202-2023"},
                   {"kind": "Clearing of the sight-line"}, {"post": "ba son"}):  # fmt: skip
        added(province, "clearing", {**plain, **change})
    kept = shown(province, "clearing")
    assert {(r["kind"], r["commune"], r["post"]) for r in kept} == {("sight_line", "06202", "BS")}
    topic = {**example("outreach"), "topics": ["luật biên phòng việt nam", "Drugs", "phao"]}
    added(province, "outreach", topic)
    assert shown(province, "outreach")[0]["topics"] == ["bien_phong", "ma_tuy", "phao"]


def test_new_picks_only_when_asked(province):
    record = {**example("outreach"), "topics": ["Chủ đề lạ", "phao"]}
    before = province("picks").stdout
    (refused,) = added(province, "outreach", record, status=1)
    assert set(refused["errors"]) == {"topics"}
    assert province("picks").stdout == before
    done = province("add", "outreach", "--new-picks", stdin=json.dumps(record))
    assert done.returncode == 0
    assert shown(province, "outreach")[0]["topics"] == ["chu_de_la", "phao"]
    assert [r["id"] for r in shown(province, "outreach", "--search", "chủ đề lạ")] == [
        json.loads(done.stdout)["id"]
    ]
    assert "chu_de_la\tChủ đề lạ\ttopic" in province("picks").stdout
    assert json.loads(province("rebuild").stdout)["ok"]


def test_the_post_of_a_desk_is_its_own(post, province):
    record = {k: v for k, v in example("clearing").items() if k != "post"}
    added(post, "clearing", record)
    assert shown(post, "clearing")[0]["post"] == "BS"
    (refused,) = added(post, "clearing", {**record, "post": "TL"}, status=1)
    assert set(refused["errors"]) == {"post"}
    (refused,) = added(province, "clearing", record, status=1)
    assert set(refused["errors"]) == {"post"}


def test_edit_delete_undelete_history(province, desk_folder):
    (made,) = added(province, "clearing", example("clearing"))
    record = made["id"]
    (edited,) = lines(province("edit", "clearing", record, stdin='{"times": 3, "hamlet": null}'))
    assert list(edited) == ["id", "revision", "warnings"]
    (kept,) = shown(province, "clearing")
    assert (kept["times"], kept["hamlet"], kept["participants"]) == (3, None, 54)
    assert kept["revision"] == edited["revision"]

    no_reason = province("delete", "clearing", record)
    assert no_reason.returncode == 2
    assert province("delete", "clearing", record, "--reason", "  ").returncode == 1
    (gone,) = lines(province("delete", "clearing", record.upper(), "--reason", "nhập nhầm"))
    assert (list(gone), gone["id"]) == (["id", "revision"], record)
    assert shown(province, "clearing") == []
    assert province("delete", "clearing", record, "--reason", "x").returncode == 1
    assert province("edit", "clearing", record, stdin="{}").returncode == 1

    (back,) = lines(province("undelete", "clearing", record))
    assert list(back) == ["id", "revision", "warnings"]
    assert shown(province, "clearing") == [{**kept, "revision": back["revision"]}]
    assert province("undelete", "clearing", record).returncode == 1

    told = lines(province("history", "clearing", record))
    assert [list(one) for one in told] == [
        ["revision", "number", "parents", "author", "desk", "time", "reason", "deleted", "changed"]
    ] * 4
    assert [one["number"] for one in told] == [1, 2, 3, 4]
    assert [one["deleted"] for one in told] == [False, False, True, False]
    assert [one["reason"] for one in told] == [None, None, "nhập nhầm", None]
    assert [one["revision"] for one in told[1:]] == [
        edited["revision"], gone["revision"], back["revision"],
    ]  # fmt: skip
    assert [one["parents"] for one in told] == [[], *[[one["revision"]] for one in told[:3]]]
    whole = {key: kept[key] for key in ALL_TYPES["clearing"].fields()}
    whole |= {"times": 2, "hamlet": example("clearing")["hamlet"]}
    given = {key: value for key, value in whole.items() if value not in (None, [])}
    assert told[0]["changed"] == given
    assert told[1]["changed"] == {"times": 3, "hamlet": None}
    assert told[2]["changed"] == told[3]["changed"] == {}
    with Desk.open(desk_folder) as desk:
        assert {one["desk"] for one in told} == {desk.identity.id}
    assert json.loads(province("verify").stdout)["revisions"] == 4


def test_an_edit_that_changes_nothing_makes_no_revision(province):
    (made,) = added(province, "clearing", example("clearing"))
    (same,) = lines(province("edit", "clearing", made["id"], stdin='{"times": 2}'))
    assert same["revision"] == shown(province, "clearing")[0]["revision"]
    assert len(lines(province("history", "clearing", made["id"]))) == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ('{"times": 0}', "times"), ('{"colour": 1}', "colour"), ('{"id": "x"}', "id"),
        ('{"state": "draft"}', "state"), ('{"participants": null}', "participants"),
        ('{"ended_on": "2023-01-01"}', "ended_on"), ('{"post": "XX"}', "post"),
        ("[1]", "record"), ("{", "record"),
    ],
)  # fmt: skip
def test_edit_refuses(province, given, field):
    (made,) = added(province, "clearing", example("clearing"))
    before = shown(province, "clearing")
    done = province("edit", "clearing", made["id"], stdin=given)
    assert (done.returncode, done.stdout) == (1, "")
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == [field]
    assert shown(province, "clearing") == before


def test_of_very_many_problems_the_first_are_named_and_the_others_counted(province):
    given = {**example("clearing"), **{f"k{number}": 1 for number in range(20_000)}}
    (saved,) = added(province, "clearing", example("clearing"))
    done = province("add", "clearing", stdin=json.dumps(given))
    assert done.returncode == 1
    told = done.stderr.splitlines()
    assert len(told) == 102
    assert (told[0][:12], told[99][:13]) == ("dòng 1, k0: ", "dòng 1, k99: ")
    assert told[100] == "Còn 19.900 lỗi nữa."
    (outcome,) = (json.loads(line) for line in done.stdout.splitlines())
    assert len(outcome["errors"]) == 101
    assert outcome["errors"]["…"] == told[100]
    edited = province("edit", "clearing", saved["id"], stdin=json.dumps(given))
    assert edited.stderr.splitlines()[99:] == ["k99: Không có trường này.", f"…: {told[100]}"]
    many = "\n".join(json.dumps({"q": 1, "r": 2}) for _line in range(200))
    done = province("add", "clearing", stdin=many)
    named = done.stderr.splitlines()
    assert len(named) == 102
    errors = sum(len(outcome["errors"]) for outcome in map(json.loads, done.stdout.splitlines()))
    assert named[100] == f"Còn {errors - 100:,} lỗi nữa.".replace(",", ".")


def test_an_edit_may_give_the_whole_record_back(province):
    (made,) = added(province, "clearing", example("clearing"))
    (kept,) = shown(province, "clearing")
    (edited,) = lines(
        province("edit", "clearing", made["id"], stdin=json.dumps({**kept, "times": 7}))
    )
    (now,) = shown(province, "clearing")
    assert now == {**kept, "times": 7, "revision": edited["revision"]}


@pytest.mark.parametrize("given", ["", '{"times": 1}\n{"times": 2}'])
def test_edit_takes_one_object(province, given):
    (made,) = added(province, "clearing", example("clearing"))
    assert province("edit", "clearing", made["id"], stdin=given).returncode == 1


@pytest.mark.parametrize(
    "words", [["edit"], ["delete", "--reason", "x"], ["undelete"], ["history"]]
)
def test_commands_refuse_a_record_that_does_not_exist(province, words):
    (made,) = added(province, "clearing", example("clearing"))
    for kind, record in (
        ("patrol", made["id"]),
        ("clearing", made["id"][:-1] + "g"),
        ("clearing", ""),
    ):
        done = province(words[0], kind, record, *words[1:], stdin="{}")
        assert (done.returncode, done.stdout) == (1, ""), (kind, record)
        assert done.stderr.strip()


def test_another_desk_may_not_change_a_record(post, cli_inline, tmp_path):
    (made,) = added(post, "clearing", example("clearing"))
    (house,) = added(post, "household", example("household"))
    foreign = tmp_path / "other"
    shutil.copytree(tmp_path / "bs", foreign)
    with sqlite.connect(foreign / "desk.db") as raw:
        raw.execute("UPDATE meta SET value = 'TL' WHERE key = 'unit'")
        raw.execute(f"UPDATE meta SET value = '{'a' * 32}' WHERE key = 'desk'")
    raw.close()

    def other(*words, **rest):
        return cli_inline("--desk", foreign, *words, **rest)

    for kind, record in (("clearing", made["id"]), ("household", house["id"])):
        before = shown(other, kind)
        assert other("edit", kind, record, stdin='{"hamlet": "x"}').returncode == 4
        assert other("delete", kind, record, "--reason", "x").returncode == 4
        assert shown(other, kind) == before
    # The same post on another computer may change its record, but not the household.
    with sqlite.connect(foreign / "desk.db") as raw:
        raw.execute("UPDATE meta SET value = 'BS' WHERE key = 'unit'")
    raw.close()
    assert other("edit", "clearing", made["id"], stdin='{"hamlet": "x"}').returncode == 0
    assert other("edit", "household", house["id"], stdin='{"hamlet": "x"}').returncode == 4


def test_a_household_in_use_is_not_deleted(province):
    added(province, "pledge", example("pledge"))
    (house,), (pledge,) = shown(province, "household"), shown(province, "pledge")
    assert province("delete", "household", house["id"], "--reason", "x").returncode == 4
    assert province("delete", "pledge", pledge["id"], "--reason", "x").returncode == 0
    assert province("delete", "household", house["id"], "--reason", "x").returncode == 0


# ---------------------------------------------------------------------------- filters


@pytest.fixture
def crowd(province):
    """Clearings that differ in every filterable field."""
    records = [
        {
            **example("clearing", n), "post": ("BS", "TL", "NH")[n % 3],
            "commune": ("06202", "06196", "06193", "06148")[n % 4],
            "kind": ("road_clearing", "sight_line")[n % 2],
            "hamlet": ("Bản Phạc", "Khuổi Tát", None)[n % 3],
            "started_on": str(datetime.date(2023, 1, 1) + datetime.timedelta(days=17 * n % 340)),
        }
        for n in range(24)
    ]  # fmt: skip
    added(province, "clearing", *records)
    return shown(province, "clearing")


def between(first, last):
    return lambda r: first <= r["started_on"] <= last


@pytest.mark.parametrize(
    ("options", "keeps"),
    [
        ([], lambda _r: True),
        (["--from", "2023-05-01"], between("2023-05-01", "9")),
        (["--to", "2023-05-01"], between("0", "2023-05-01")),
        (["--from", "2023-03-04", "--to", "2023-03-10"], between("2023-03-04", "2023-03-10")),
        (["--post", "TL"], lambda r: r["post"] == "TL"),
        (["--post", "Thanh Lòa"], lambda r: r["post"] == "TL"),
        (["--commune", "06196"], lambda r: r["commune"] == "06196"),
        (["--commune", "cao lau"], lambda r: r["commune"] == "06196"),
        (["--kind", "sight_line"], lambda r: r["kind"] == "sight_line"),
        (["--search", "ban phac"], lambda r: r["hamlet"] == "Bản Phạc"),
        (["--search", "phạc"], lambda r: r["hamlet"] == "Bản Phạc"),
        (["--search", "phác"], lambda _r: False),
        (["--search", "tát", "--post", "TL", "--from", "2023-02-01", "--to", "2023-12-31"],
         lambda r: (r["hamlet"], r["post"]) == ("Khuổi Tát", "TL") and r["started_on"] > "2023-02"),
        (["--commune", "06193", "--kind", "road_clearing", "--to", "2023-07-01"],
         lambda r: r["commune"] == "06193" and r["kind"] == "road_clearing"
         and r["started_on"] <= "2023-07-01"),
    ],
)  # fmt: skip
def test_filters(province, crowd, options, keeps):
    expected = [r for r in crowd if keeps(r)]
    assert shown(province, "clearing", *options) == expected
    for limit, offset in ((3, 0), (3, 2), (0, 0), (100, 1), (1, 100)):
        part = shown(province, "clearing", *options, "--limit", limit, "--offset", offset)
        assert part == expected[offset : offset + limit]
    assert shown(province, "clearing", *options, "--offset", "4") == expected[4:]


def test_a_long_list_is_cut_where_it_is_asked(province):
    added(province, "incident", *(example("incident", n) for n in range(1030)))
    everything = [r["id"] for r in shown(province, "incident")]
    assert len(set(everything)) == 1030
    for limit, offset in ((3, 1), (600, 7), (1030, 500), (1, 1029)):
        part = shown(province, "incident", "--limit", limit, "--offset", offset)
        assert [r["id"] for r in part] == everything[offset : offset + limit]


def test_a_list_is_in_order_of_days(crowd):
    days = [r["started_on"] for r in crowd]
    assert len(days) == 24
    assert days == sorted(days)


@pytest.mark.parametrize(
    "options",
    [["--from", "2023-02-30"], ["--to", "20230201"], ["--post", "XX"], ["--commune", "99999"],
     ["--kind", "dancing"]],
)  # fmt: skip
def test_filters_refuse(province, options):
    done = province("list", "clearing", *options)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip()


# ----------------------------------------------------------------------------- formats


def test_a_table_masks_ids_and_json_does_not(province):
    added(province, "household", {**example("household"), "citizen_id": "020085001234"})
    table = province("list", "household").stdout
    assert "020•••••1234" in table
    assert "020085001234" not in table
    assert len(table.splitlines()) == 2
    assert shown(province, "household")[0]["citizen_id"] == "020085001234"


@pytest.mark.parametrize("kind", TYPES)
def test_tables_have_a_line_a_record(province, kind):
    given = example(kind)
    if kind == "coordination":
        given["subject"] = "hai\ndòng"
    added(province, kind, given, example(kind, 1))
    done = province("list", kind, "--format", "table")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert len(rows) == 3
    assert {len(row) for row in rows} == {1 + len(ALL_TYPES[kind].listed())}


@pytest.mark.parametrize("shape", ["json", "csv", "table"])
def test_out_writes_the_file_that_would_be_printed(province, tmp_path, shape):
    added(province, "clearing", example("clearing"))
    printed = province("list", "clearing", "--format", shape)
    done = province("list", "clearing", "--format", shape, "--out", tmp_path / "out")
    assert (done.returncode, done.stdout) == (0, "")
    assert (tmp_path / "out").read_bytes().decode() == printed.stdout
    assert province("list", "clearing", "--out", tmp_path / "no" / "out").returncode == 1


@pytest.mark.parametrize(
    "words",
    [("history", "clearing"), ("delete", "clearing", "--reason=x"), ("person", "report")],
)
def test_an_argument_in_another_encoding_is_shown_as_what_it_is(province, words):
    """A terminal of an old system passes on bytes that are no UTF-8."""
    done = province(*words, "b\udce1o")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "“b⟨U+DCE1⟩o” không phải chữ Unicode. Hãy gõ lại.\n"


def test_an_empty_list(province):
    assert province("list", "patrol", "--format", "json").stdout == "[]\n"
    assert len(province("list", "patrol", "--format", "csv").stdout.splitlines()) == 1
    assert len(province("list", "patrol").stdout.splitlines()) == 1


@pytest.mark.parametrize("kind", TYPES)
def test_spreadsheet(province, tmp_path, kind):
    added(province, kind, example(kind))
    out = tmp_path / "list.xlsx"
    done = province("list", kind, "--format", "xlsx", "--out", out)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", f"Đã ghi {out}.\n")
    (record,) = shown(province, kind)
    columns = ALL_TYPES[kind].columns()
    cells = list(openpyxl.load_workbook(out).active.iter_rows())
    row = next(line for line in cells if line[0].value == record["id"])
    for (key, field), cell in zip(columns.items(), row[1:], strict=False):
        if record[key] in (None, []):
            assert cell.value is None
        elif field.numeric:
            assert (cell.data_type, cell.value) == ("n", record[key])
        elif key.endswith("_on") or key in ("valid_from", "valid_to"):
            assert cell.is_date
            assert cell.value.date().isoformat() == record[key]
        else:
            assert isinstance(cell.value, str)
            assert cell.data_type == "s"


def test_a_csv_for_excel_in_vietnamese_has_a_bom_semicolons_and_commas(province, tmp_path):
    for kind in TYPES:
        if kind == "household":
            continue
        added(province, kind, {**example(kind), "note": "a; b"})
        out = tmp_path / f"{kind}.csv"
        done = province("list", kind, "--format", "csv", "--excel", "--out", out)
        assert done.returncode == 0
        assert out.read_bytes().startswith(b"\xef\xbb\xbf")
        cells = list(csv.reader(io.StringIO(out.read_text("utf-8-sig"), newline=""), delimiter=";"))
        (record,) = shown(province, kind)
        assert dict(zip(*cells, strict=True))["id"] == record["id"]
        # Read again by `add`, like the one with commas.
        cells[1][cells[0].index("id")] = ""
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=";").writerows(cells)
        done = province("add", kind, out, "--format", "csv")
        assert done.returncode == 0, done.stdout
        first, second = shown(province, kind)
        ignored = ("id", "revision", "warnings")
        for key in first.keys() - set(ignored):
            assert first[key] == second[key]
    row = province("list", "clearing", "--format", "csv", "--excel").stdout.splitlines()[1]
    assert ";27,5;" in row
    told = province("list", "pledge", "--format", "csv", "--words").stdout
    assert example("pledge")["household"]["head"] in told
    assert "Xuất Lễ" in told
    assert province("list", "pledge", "--words").returncode == 2


def test_csv_is_a_csv(province):
    added(province, "outreach", {**example("outreach"), "hamlet": 'Bản; "Phạc", =1'})
    text = province("list", "outreach", "--format", "csv").stdout
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["hamlet"] == 'Bản; "Phạc", =1'
    assert row["topics"] == "bien_phong;ma_tuy"
    assert json.loads(row["other_places"])[0]["attendance"] == 40


# ---------------------------------------------------------------------------- summary


ROW = ("key group label unit kind value previous change change_pct year_to_date target target_pct"
       " late").split()  # fmt: skip


def test_a_summary_has_its_members_and_rows(province, tmp_path, desk_folder):
    (made,) = added(province, "clearing", example("clearing"))
    told = summary(province, tmp_path, "--period", "2023-03")
    assert list(told) == ["desk", "period", "scope", "geography", "closed", "rows"]
    with Desk.open(desk_folder) as desk:
        assert told["desk"] == desk.identity.id
        assert [row["key"] for row in told["rows"]] == desk.figures.indicator_keys()
    assert (told["scope"], told["geography"], told["closed"]) == ("province", "old", False)
    assert all(list(row) == ROW for row in told["rows"])
    assert {row["kind"] for row in told["rows"]} == {"flow", "stock", "ratio"}
    assert all(row["group"] and row["label"] and row["unit"] for row in told["rows"])
    assert row_of(told, "clearing_length")["value"] == 1200
    assert row_of(told, "labour_days")["value"] == 27.5
    with_ids = summary(province, tmp_path, "--period", "2023-03", "--ids")
    assert all(list(row) == [*ROW, "records"] for row in with_ids["rows"])
    assert row_of(with_ids, "clearing_events")["records"] == [made["id"]]
    assert summary(province, tmp_path, "--period", "2025-08")["geography"] == "new"
    other = ("--period", "2023-03", "--geography", "new", "--scope", "commune:Ba Sơn")
    told = summary(province, tmp_path, *other)
    assert (told["geography"], told["scope"]) == ("new", "commune:Ba Sơn")
    assert row_of(told, "clearing_events")["value"] == 2


@pytest.mark.parametrize(
    ("role", "unit", "scope"),
    [("post", "BS", "post:BS"), ("liaison", "Cao Lộc", "district:183-2023")],
)
def test_a_summary_without_a_scope_is_the_desks_own(cli_inline, tmp_path, role, unit, scope):
    def run(*words, **rest):
        return cli_inline("--desk", tmp_path / "d", *words, **rest)

    assert (
        run("init", "--role", role, "--unit", unit, "--user", "A", "--no-password").returncode == 0
    )
    assert summary(run, tmp_path, "--period", "2023-03")["scope"] == scope


def test_names_of_scopes_match_folded(province, tmp_path):
    for scope in ("post:ba son", "commune:Xã Xuất Lễ", "commune:xuat le", "district:cao loc",
                  "district:Huyện Cao Lộc", "commune:06202-2023"):  # fmt: skip
        told = summary(province, tmp_path, "--period", "2023-03", "--scope", scope)
        assert told["scope"] == scope


# ----------------------------------------------------------- targets, baselines, clauses


def test_every_list_of_a_ledger_has_heads_and_takes_each_format(province):
    target = ("target", "set", "clearing_length", "2023", "province", "12,5")
    assert province(*target).returncode == 0
    words = ("baseline", "set", "leaflets", "2022", "province", "21000", "--source", "BC")
    assert province(*words).returncode == 0
    for name, wanted in (
        (
            "setting",
            {
                "key": "due_day",
                "value": "5",
                "valid_from": "",
                "label": "Hạn gửi số liệu (ngày của tháng sau)",
            },
        ),
        ("target", {"indicator": "clearing_length", "year": 2023, "value": 12.5, "no": ""}),
        ("baseline", {"indicator": "leaflets", "period": "2022", "value": 21000, "source": "BC"}),
    ):
        rows = json.loads(province(name, "list", "--format", "json").stdout)
        (row,) = [one for one in rows if wanted.items() <= one.items()]
        heads, *lines = csv.reader(province(name, "list", "--format", "csv").stdout.splitlines())
        assert heads == list(row)
        assert [str(cell) for cell in row.values()] in lines
        assert len(lines) == len(rows) == len(headed(province(name, "list"), len(heads)))


def test_target(province, tmp_path):
    words = ("target", "set", "clearing_events", "2023", "province", "420")
    assert province(*words, "--rule", "at_least", "--clause", "3a").returncode == 0
    assert province("target", "set", "leaflets", "2023", "district:cao loc", "12,5").returncode == 0
    rows = headed(province("target", "list"), 8)
    assert ["clearing_events", "2023", "province", "420", "at_least", "3a", "", ""] in rows
    assert ["leaflets", "2023", "district:183-2023", "12.5"] in [row[:4] for row in rows]
    assert province(*words[:-1], "421").returncode == 0
    assert len(headed(province("target", "list"), 8)) == 2
    told = summary(province, tmp_path, "--period", "2023-03")
    assert row_of(told, "clearing_events")["target"] == 421
    assert row_of(told, "clearing_events")["target_pct"] == 0


def test_a_target_beside_a_clause_of_a_regulation(province, tmp_path):
    clause = {"no": "2", "text": "", "indicator": "leaflets", "rule": "at_least", "value": 500,
              "scope": "province"}  # fmt: skip
    whole = {"number": "01/QC", "year": 2023, "clause": [clause]}
    (tmp_path / "r.json").write_text(json.dumps(whole), encoding="utf-8")
    assert province("regulation", "load", str(tmp_path / "r.json")).returncode == 0
    words = ("leaflets", "2023", "province")
    done = province("target", "set", *words, "400")
    assert "01/QC 2 500" in done.stderr
    assert [row[3] for row in headed(province("target", "list"), 8)] == ["400", "500"]
    assert province("target", "remove", *words, "--clause", "2").returncode == 1
    assert province("target", "remove", *words, "--regulation", "01/QC").returncode == 0
    assert [row[3] for row in headed(province("target", "list"), 8)] == ["400"]
    assert province("target", "remove", *words).returncode == 0
    assert headed(province("target", "list"), 8) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("3.848", "3848"), ("3 848", "3848"), ("1.000.000", "1000000"), ("3848", "3848"),
     ("12,5", "12.5"), ("12.5", "12.5"), ("1.234,5", "1234.5"), ("0", "0")],
)  # fmt: skip
def test_figures_are_typed_as_people_write_them(province, typed, kept):
    assert province("target", "set", "clearing_length", "2023", "province", typed).returncode == 0
    assert headed(province("target", "list"), 8)[0][3] == kept
    words = ("baseline", "set", "clearing_length", "2022", "province", typed, "--source", "BC")
    assert province(*words).returncode == 0
    assert headed(province("baseline", "list"), 6)[0][3] == kept


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense", "2023", "province", "1"], ["leaflets", "1999", "province", "1"],
        ["leaflets", "2023", "post:XX", "1"], ["leaflets", "2023", "moon", "1"],
        ["leaflets", "2023", "province", "many"], ["leaflets", "2023", "province", "-1"],
        ["leaflets", "2023", "province", "nan"], ["leaflets", "2023", "province", "1e99"],
        ["leaflets", "2023", "province", "1e3"], ["leaflets", "2023", "province", "1_000"],
        ["leaflets", "2023", "province", "٣"], ["leaflets", "2023", "province", "1.2.3"],
        ["leaflets", "2023", "province", "1", "--rule", "sometimes"],
        ["leaflets", "2023", "province", "1", "--clause", "x" * 41],
    ],
)  # fmt: skip
def test_target_refuses(province, words):
    # "-1" must not be taken for an option.
    done = province("target", "set", "--", *words) if "-1" in words else province(
        "target", "set", *words)  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip()
    assert headed(province("target", "list"), 8) == []


def test_baseline(province, tmp_path):
    added(province, "clearing", {**example("clearing"), "started_on": "2023-12-01", "times": 1})
    words = ("baseline", "set", "clearing_events", "2022-12", "province")
    assert province(*words, "40", "--source", "BC số 12").returncode == 0
    over = ("leaflets", "2022", "province", "21000", "--qualifier", "over", "--source", "Báo")
    assert province("baseline", "set", *over).returncode == 0
    rows = headed(province("baseline", "list"), 6)
    assert ["clearing_events", "2022-12", "province", "40", "exact", "BC số 12"] in rows
    told = summary(province, tmp_path, "--period", "2023-12")
    assert row_of(told, "clearing_events")["previous"] == 40
    assert row_of(told, "clearing_events")["change"] == -39
    assert row_of(told, "clearing_events")["change_pct"] == -97.5
    assert row_of(told, "leaflets")["previous"] is None


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["nonsense", "2022", "province", "1", "--source", "x"], 1),
        (["leaflets", "2022-13", "province", "1", "--source", "x"], 1),
        (["leaflets", "2022", "moon", "1", "--source", "x"], 1),
        (["leaflets", "2022", "province", "x", "--source", "x"], 1),
        (["leaflets", "2022", "province", "1", "--source", " "], 1),
        (["leaflets", "2022", "province", "1", "--source", "x", "--qualifier", "about"], 1),
        (["leaflets", "2022", "province", "1"], 2),
    ],
)
def test_baseline_refuses(province, words, status):
    done = province("baseline", "set", *words)
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.strip()
    assert headed(province("baseline", "list"), 6) == []


REGULATION = {
    "number": "01/QC", "year": 2023, "parties": ["BĐBP tỉnh", "Huyện Cao Lộc"],
    "signed_on": "2023-01-15",
    "clause": [
        {"no": "1", "text": "Giữ gìn đường biên"},
        {"no": "2", "text": "Phát quang", "indicator": "clearing_events", "rule": "at_least",
         "value": 420, "scope": "province"},
        {"no": "3", "text": "Ngày công", "indicator": "labour_days", "rule": "at_least",
         "value": 12.5, "scope": "district:Cao Lộc"},
    ],
}  # fmt: skip


def sheet_of(regulation, path):
    book = openpyxl.Workbook()
    for key in ("number", "year", "parties", "signed_on"):
        value = regulation[key]
        book.active.append([key, "; ".join(value) if isinstance(value, list) else value])
    keys = ["no", "text", "indicator", "rule", "value", "scope"]
    book.active.append(keys)
    for clause in regulation["clause"]:
        book.active.append([clause.get(key) for key in keys])
    book.save(path)


@pytest.mark.parametrize("shape", ["json", "xlsx"])
def test_regulation(province, tmp_path, shape):
    file = tmp_path / f"regulation.{shape}"
    if shape == "json":
        file.write_text(json.dumps(REGULATION), encoding="utf-8")
    else:
        sheet_of(REGULATION, file)
    for _twice in range(2):
        done = province("regulation", "load", file)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        assert "3" in done.stderr
    assert headed(province("target", "list"), 8) == [
        ["", "2023", "province", "", "", "1", "01/QC", "Giữ gìn đường biên"],
        ["clearing_events", "2023", "province", "420", "at_least", "2", "01/QC", "Phát quang"],
        ["labour_days", "2023", "district:183-2023", "12.5", "at_least", "3", "01/QC", "Ngày công"],
    ]
    told = summary(province, tmp_path, "--period", "2023-03")
    assert row_of(told, "clearing_events")["target"] == 420


def clause(**change):
    return {**REGULATION, "clause": [{**REGULATION["clause"][1], **change}]}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({**REGULATION, "colour": 1}, "colour"),
        ({k: v for k, v in REGULATION.items() if k != "number"}, "number"),
        ({**REGULATION, "year": "2023"}, "year"),
        ({**REGULATION, "year": True}, "year"),
        ({**REGULATION, "clause": {}}, "clause"),
        ({**REGULATION, "clause": [7]}, "clause[0]"),
        (clause(indicator="nonsense"), "clause[0].indicator"),
        (clause(rule="sometimes"), "clause[0].rule"),
        (clause(value="420"), "clause[0].value"),
        (clause(value=None), "clause[0].value"),
        (clause(scope="moon"), "clause[0].scope"),
        (clause(colour=1), "clause[0].colour"),
        (clause(text=["a", 1]), "clause[0].text"),
        (clause(value=-5), "clause[0].value"),
        (clause(value=float("nan")), "clause[0].value"),
        ({**REGULATION, "clause": [{"no": "1", "value": float("nan")}]}, "clause[0].value"),
        ({**REGULATION, "clause": [{"no": "1", "value": "x"}]}, "clause[0].value"),
        ({**REGULATION, "signed_on": "2023-02-30"}, "signed_on"),
        ({**REGULATION, "signed_on": "30/02/2023"}, "signed_on"),
    ],
)
def test_regulation_refuses(province, tmp_path, given, field):
    file = tmp_path / "regulation.json"
    file.write_text(json.dumps(given), encoding="utf-8")
    done = province("regulation", "load", file)
    assert (done.returncode, done.stdout) == (1, "")
    assert [line.split(": ")[0] for line in done.stderr.splitlines()] == [field]
    assert headed(province("target", "list"), 8) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.json", b"{"), ("a.json", b"[1]"), ("a.json", b"\xff"), ("a.json", b'{"clause": NaN}'),
     ("a.json", b'{"value": Infinity}'), ("a.xlsx", b"PK"), ("a.xlsx", b"")],
)  # fmt: skip
def test_regulation_refuses_other_files(province, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    done = province("regulation", "load", tmp_path / name)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip()
    assert province("regulation", "load", tmp_path / "none.json").returncode == 1


# -------------------------------------------------------------------------- maintenance


def test_verify(province, desk_folder, tmp_path):
    added(province, "clearing", example("clearing"))
    done = province("verify")
    assert done.returncode == 0
    (told,) = lines(done)
    assert list(told) == ["ok", "records", "revisions", "totals_hash", "problems"]
    assert (told["ok"], told["records"], told["revisions"], told["problems"]) == (True, 1, 1, [])
    assert HEX.fullmatch(told["totals_hash"])
    copy = tmp_path / "copy.db"
    with Desk.open(desk_folder) as desk:
        desk.store.copy_to(copy)
    whole = copy.read_bytes()
    assert lines(province("verify", copy)) == [told]
    assert copy.read_bytes() == whole
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "desk"]
    with sqlite.connect(copy) as raw:
        raw.execute("UPDATE clearing SET participants = participants + 1")
    raw.close()
    wrong = province("verify", copy)
    assert wrong.returncode == 1
    told = json.loads(wrong.stdout)
    assert (told["ok"], len(told["problems"])) == (False, 1)
    (tmp_path / "junk.db").write_bytes(b"junk" * 2000)
    assert province("verify", tmp_path / "junk.db").returncode == 3
    assert province("verify", tmp_path / "none.db").returncode == 1


def test_doctor(province, cli_inline, tmp_path, desk_folder):
    done = province("doctor")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert {len(row) for row in rows} == {3}
    assert {row[2] for row in rows} <= {"ok", "!"}
    assert done.returncode == (1 if any(row[2] == "!" for row in rows) else 0)
    # A missing backup is only advice: the desk works.
    added(province, "clearing", example("clearing"))
    later = province("doctor")
    (backup,) = (line for line in later.stdout.splitlines() if "đã ghi 1 lượt" in line)
    assert backup.endswith("\t!")
    assert later.returncode == done.returncode
    facts = {row[0]: row[1] for row in rows}
    assert {"BorderDesk", "Python", "peewee", "sqlcipher3", "reportlab", "SQLite"} <= set(facts)
    assert any("Ba Sơn" in how or "Lạng Sơn" in how for how in facts.values())
    assert any(how == "journal wal, synchronous 2" for how in facts.values())
    nowhere = cli_inline("--desk", tmp_path / "none", "doctor")
    assert nowhere.returncode == done.returncode
    assert not (tmp_path / "none").exists()
    (desk_folder / "desk.db").write_bytes(b"junk" * 2000)
    damaged = province("doctor")
    assert damaged.returncode == 3
    assert damaged.stdout.splitlines()[-1].endswith("\t!")


@pytest.mark.parametrize("words", [["--from", "2023-01-01"], ["--to", "2023-12-31"],
                                   ["--post", "BS"]])  # fmt: skip
def test_households_are_not_chosen_by_what_they_have_not(province, words):
    refused = province("list", "household", *words)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "Hộ gia đình" in refused.stderr


def commands_below(command, path=()):
    for name, one in sorted(command.commands.items()):
        yield (*path, name)
        if isinstance(one, click.Group):
            yield from commands_below(one, (*path, name))


def test_help_says_in_vietnamese_what_stands_for_what(cli_inline):
    assert cli_inline("--help").returncode == 0  # and every command is known now
    for path in [(), *commands_below(program)]:
        told = cli_inline(*path, "--help")
        assert told.returncode == 0
        english = re.findall(
            r"\b[A-Z]{4,}\b", re.sub(r"\b(JSON|XLSX|JPEG|PKCS|THAM)\b", "", told.stdout)
        )
        assert english == [], path
        assert "[TÙY CHỌN]" in told.stdout
    missing = cli_inline("target", "set")
    assert (missing.returncode, missing.stderr) == (2, "Thiếu đối số 'KHÓA'.\n")


def test_a_real_process(cli, desk_folder, tmp_path):
    """The program as a person starts it: output is UTF-8 with any locale, and nothing else is
    printed."""
    record = {**example("clearing"), "hamlet": "Khuổi Tát"}
    done = cli("--desk", desk_folder, "add", "clearing", stdin=json.dumps(record), LC_ALL="C",
               PYTHONUTF8="0")  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    told = cli("--desk", desk_folder, "list", "clearing", "--format", "json", LC_ALL="C",
               PYTHONUTF8="0")  # fmt: skip
    assert json.loads(told.stdout)[0]["hamlet"] == "Khuổi Tát"
    assert cli("--desk", tmp_path / "none", "verify").returncode == 3
    wrong = cli(
        "--desk", desk_folder, "list", "patrol", "--nosuch", LANG="en_US.UTF-8", LANGUAGE=""
    )
    assert wrong.returncode == 2
    assert not ENGLISH.search(re.sub(r"'[^']*'|--[a-z-]+", "", wrong.stderr)), wrong.stderr


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ("list clearing --format json >&-", 0, ""), ("add clearing >&- <in", 0, ""),
        ("add clearing <&-", 1, "Không có gì để đọc"), ("posts <&-", 0, ""),
        ("units >/dev/full", 1, "Không ghi được kết quả ra: đĩa đã đầy"),
        ("list clearing >/dev/full", 1, "Không ghi được kết quả ra: đĩa đã đầy"),
    ],
)  # fmt: skip
def test_streams_that_are_closed_or_full(desk_folder, tmp_path, command, status, said):
    (tmp_path / "in").write_text(json.dumps(example("clearing")))
    program = shlex.join([sys.executable, str(ROOT / "main.py"), "--desk", str(desk_folder)])
    done = subprocess.run(
        f"{program} {command}",
        shell=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert done.stderr.startswith(said)
    assert len(done.stderr.splitlines()) == (1 if said else 0), done.stderr


@pytest.mark.parametrize(
    "words", [["verify", "{long}"], ["restore", "{long}", "--into", "{to}"], ["backup", "{long}"],
              ["add", "clearing", "{long}"]],
)  # fmt: skip
def test_a_path_that_the_system_refuses_is_told(province, tmp_path, words):
    named = {"long": tmp_path / ("a" * 300), "to": tmp_path / "to"}
    done = province(*(word.format(**named) for word in words))
    assert (done.returncode, done.stdout) == (1, "")
    assert "tên quá dài" in done.stderr
    assert "ngoài dự kiến" not in done.stderr


@pytest.mark.parametrize("command", ["list clearing", "verify", "init --role post --unit BS"])
def test_a_desk_at_a_path_that_the_system_refuses(cli_inline, tmp_path, command):
    rest = ["--user", "A", "--no-password"] if command.startswith("init") else []
    done = cli_inline("--desk", tmp_path / ("a" * 300), *command.split(), *rest)
    assert (done.returncode, done.stdout) == (3, "")
    assert "tên quá dài" in done.stderr


def test_a_desk_that_cannot_be_made_leaves_nothing(tmp_path):
    """As when the disk is full halfway: no file may grow beyond 50 KiB."""
    words = ["--desk", str(tmp_path / "new"), *"init --role post --unit BS --user A".split()]
    program = shlex.join([sys.executable, str(ROOT / "main.py"), *words, "--no-password"])
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f 50; {program}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (1, 3)
    assert "ngoài dự kiến" not in done.stderr
    assert done.stderr
    assert list((tmp_path / "new").iterdir()) == []


def test_a_reader_that_goes_away_is_no_crash(desk_folder):
    process = subprocess.Popen(
        [sys.executable, "main.py", "--desk", str(desk_folder), "units"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    process.stdout.close()
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()
    assert process.wait() in (0, 1)
