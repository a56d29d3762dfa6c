"""Invalid input of every kind: reported with line and field, and never stored in part."""

import io
import json
import os
import select
import shutil
import subprocess
import sys
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import example as example_of
from hypothesis import strategies as st

from borderdesk.base.errors import InvalidRecord
from borderdesk.desk import Desk
from borderdesk.entry.record_input import _whole_object, csv_records, read_json
from borderdesk.schema.records import ALL_TYPES
from tests.conftest import ROOT
from tests.effort import tries
from tests.factories import example

GOOD = example("clearing")
WAIT = 60
"""Seconds after which a program without an answer counts as hanging."""


@pytest.fixture
def run(desk_folder, cli_inline):
    """The command line on an empty desk of the province."""
    return lambda *words, **rest: cli_inline("--desk", desk_folder, *words, **rest)


@pytest.fixture
def state(desk_folder):
    """The content of the desk: the row count of every table, and the totals hash."""

    def now():
        with Desk.open(desk_folder) as desk:
            tables = [r[0] for r in desk.store.rows(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%_search_%'"
            )]  # fmt: skip
            found = desk.maintenance.verify()
            assert found["ok"], found
            counts = {t: desk.store.value(f"SELECT COUNT(*) FROM {t}") for t in sorted(tables)}
            return counts, found["totals_hash"], dict(desk.store.rows("SELECT * FROM meta"))

    return now


def words(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def refused(run, state, kind, content, *options, tmp_path):
    """Add the content of a file, which must be refused as a whole; {line: its errors}."""
    before = state()
    file = tmp_path / "input"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = run("add", kind, file, *options)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    assert "Error" not in done.stderr, done.stderr
    told = words(done)
    assert told
    assert all(list(one) == ["line", "errors"] and one["errors"] for one in told)
    assert state() == before
    # What a person reads names the same lines and fields.
    spoken = done.stderr.splitlines()
    pairs = [(one["line"], field) for one in told for field in one["errors"]]
    assert len([s for s in spoken if s.startswith("dòng ")]) == len(pairs)
    for (line, field), sentence in zip(pairs, spoken, strict=False):
        shown = field.encode(errors="backslashreplace").decode()
        assert sentence.startswith(f"dòng {line}, {shown}: "), sentence
    return {one["line"]: one["errors"] for one in told}


# --------------------------------------------------------------------- fields, one by one

NOT_COUNTS = [3.7, 5.0, True, False, "5", [5], {"n": 5}, [[[5]]], "", None]
RAW_NUMBERS = ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "5e0", "5.0", "9" * 5000, "-1"]
TOO_LONG = "đ" * 201
HUGE = "đ" * 4001
OUTREACH = example("outreach")
PLEDGE = example("pledge")
PATROL = example("patrol")
NOBODY = "0189aaaa-aaaa-7aaa-8aaa-aaaaaaaaaaaa"

CASES = [
    *(("clearing", {"participants": bad}, "participants") for bad in NOT_COUNTS),
    *(("clearing", {"times": bad}, "times") for bad in NOT_COUNTS[:-2]),
    ("clearing", {"participants": 0}, "participants"),
    ("clearing", {"participants": -1}, "participants"),
    ("clearing", {"participants": 2 * 10**9 + 1}, "participants"),
    ("clearing", {"participants": 10**30}, "participants"),
    ("clearing", {"length_m": "12"}, "length_m"),
    ("clearing", {"length_m": 1.25}, "length_m"),
    ("clearing", {"length_m": -0.1}, "length_m"),
    ("clearing", {"length_m": 2 * 10**9 + 0.1}, "length_m"),
    ("clearing", {"length_m": True}, "length_m"),
    ("clearing", {"length_m": [1]}, "length_m"),
    ("clearing", {"length_m": ""}, "length_m"),
    ("clearing", {"of_whom_guards": ""}, "of_whom_guards"),
    ("clearing", {"tags": ""}, "tags"),
    ("incident", {"from_tip": ""}, "from_tip"),
    ("track", {"cost_vnd": 10**12 + 1}, "cost_vnd"),
    ("track", {"cost_vnd": 1.5}, "cost_vnd"),
    ("clearing", {"colour": "red"}, "colour"),
    ("clearing", {"POST": "BS"}, "POST"),
    ("clearing", {"": 1}, ""),
    ("clearing", {"colour": None}, "colour"),
    ("clearing", {"colour": ""}, "colour"),
    ("clearing", {"\ud800": 1}, "\ud800"),
    ("clearing", {"row": 1}, "row"),
    ("clearing", {"started_on": "2023-02-30"}, "started_on"),
    ("clearing", {"started_on": "2023-13-01"}, "started_on"),
    ("clearing", {"started_on": "2023-12-01T00:00"}, "started_on"),
    ("clearing", {"started_on": "01/12/2023"}, "started_on"),
    ("clearing", {"started_on": "20231201"}, "started_on"),
    ("clearing", {"started_on": "1999-12-31"}, "started_on"),
    ("clearing", {"started_on": "2199-12-31"}, "started_on"),
    ("clearing", {"started_on": 20231201}, "started_on"),
    ("clearing", {"started_on": None}, "started_on"),
    ("clearing", {"ended_on": "2023-01-01"}, "ended_on"),
    ("clearing", {"ended_on": "2199-01-01"}, "ended_on"),
    ("clearing", {"kind": "dancing"}, "kind"),
    ("clearing", {"kind": 3}, "kind"),
    ("clearing", {"kind": []}, "kind"),
    ("clearing", {"kind": None}, "kind"),
    ("clearing", {"hamlet": TOO_LONG}, "hamlet"),
    ("clearing", {"hamlet": "a\0b"}, "hamlet"),
    ("clearing", {"hamlet": "a\nb"}, "hamlet"),
    ("clearing", {"hamlet": "a\x1bb"}, "hamlet"),
    ("clearing", {"hamlet": "a\u0007b"}, "hamlet"),
    ("clearing", {"hamlet": "a\ud800b"}, "hamlet"),
    ("clearing", {"hamlet": 7}, "hamlet"),
    ("clearing", {"note": HUGE}, "note"),
    ("clearing", {"note": "a\0b"}, "note"),
    ("clearing", {"note": "a\u001bb"}, "note"),
    ("clearing", {"commune": "99999"}, "commune"),
    ("clearing", {"commune": "\ud800"}, "commune"),
    ("clearing", {"commune": 6202}, "commune"),
    ("clearing", {"commune": "183"}, "commune"),
    ("clearing", {"commune": "06196-2025"}, "commune"),
    ("clearing", {"commune": "06202", "started_on": "2025-07-01"}, "commune"),
    ("clearing", {"post": "XX"}, "post"),
    ("clearing", {"post": "\udfff"}, "post"),
    ("clearing", {"post": 1}, "post"),
    ("clearing", {"post": None}, "post"),
    ("clearing", {"with_posts": ["BS"]}, "with_posts"),
    ("clearing", {"with_posts": ["XX"]}, "with_posts"),
    ("clearing", {"with_posts": "TL"}, "with_posts"),
    ("clearing", {"with_posts": [["TL"]]}, "with_posts"),
    ("clearing", {"from_marker": "12"}, "from_marker"),
    ("clearing", {"from_marker": "1146/123"}, "from_marker"),
    ("clearing", {"from_marker": "١١٤٦"}, "from_marker"),
    ("clearing", {"from_marker": 1146}, "from_marker"),
    ("clearing", {"of_whom_guards": 53, "of_whom_militia": 53}, "participants"),
    ("clearing", {"id": "7"}, "id"),
    ("clearing", {"id": 7}, "id"),
    ("clearing", {"id": f"{NOBODY}\n"}, "id"),
    ("clearing", {"id": NOBODY.replace("-", "")}, "id"),
    ("clearing", {"state": "draft"}, "state"),
    ("clearing", {"tags": ["no such movement"]}, "tags"),
    ("outreach", {"topics": []}, "topics"),
    ("outreach", {"topics": "phao"}, "topics"),
    ("outreach", {"topics": ["no such topic"]}, "topics"),
    ("outreach", {"topics": [None]}, "topics"),
    ("outreach", {"topics": [1]}, "topics"),
    ("outreach", {"form": "handout", "other_places": None}, "sessions"),
    ("outreach", {"attendance": 0, "other_places": None}, "attendance"),
    ("outreach", {"attendance": None, "other_places": None}, "attendance"),
    ("outreach", {"attendance": 39}, "attendance"),
    ("outreach", {"other_places": 7}, "other_places"),
    ("outreach", {"other_places": [7]}, "other_places[0]"),
    ("outreach", {"other_places": [{}, []]}, "other_places[1]"),
    ("outreach", {"other_places": [{"commune": "06196", "attendance": 1.5}]},
     "other_places[0].attendance"),
    ("outreach", {"other_places": [{"commune": "06196"}]}, "other_places[0].attendance"),
    ("outreach", {"other_places": [{"attendance": 3}]}, "other_places[0].commune"),
    ("outreach", {"other_places": [{"commune": "06196", "attendance": ""}]},
     "other_places[0].attendance"),
    ("outreach", {"other_places": ""}, "other_places"),
    ("track", {"lines": [{"marker": "1128", "length_m": ""}]}, "lines[0].length_m"),
    ("outreach", {"other_places": [{"commune": "06196", "attendance": 3, "x": 1}]},
     "other_places[0].x"),
    ("pledge", {"household": NOBODY}, "household"),
    ("pledge", {"household": "Nông Văn A"}, "household"),
    ("pledge", {"household": 5}, "household"),
    ("pledge", {"household": None}, "household"),
    ("pledge", {"household": {}}, "household.head"),
    ("pledge", {"household": {**PLEDGE["household"], "commune": "99999"}}, "household.commune"),
    ("pledge", {"household": {**PLEDGE["household"], "phone": "1"}}, "household.phone"),
    ("pledge", {"household": {**PLEDGE["household"], "citizen_id": "12"}}, "household.citizen_id"),
    ("pledge", {"household": {**PLEDGE["household"], "head": "a\0"}}, "household.head"),
    ("pledge", {"count": 2}, "household"),
    ("pledge", {"programme": "no such"}, "programme"),
    ("patrol", {"communes": []}, "communes"),
    ("patrol", {"communes": ["99999"]}, "communes"),
    ("patrol", {"communes": "06196"}, "communes"),
    ("patrol", {"findings": None}, "findings"),
    ("patrol", {"inspected": [{"marker": "1128"}]}, "inspected[0].condition"),
    ("patrol", {"inspected": [{"marker": "1128", "condition": "fine"}]}, "inspected[0].condition"),
    ("incident", {"closed_on": None}, "closed_on"),
    ("incident", {"from_tip": 1}, "from_tip"),
    ("incident", {"from_tip": "true"}, "from_tip"),
    ("registration", {"name": None}, "name"),
    ("registration", {"subject": "individual"}, "members"),
    ("registration", {"to_on": "2000-01-01"}, "to_on"),
    ("programme", {"programme": "phao"}, "programme"),
    ("programme", {"quantity": None}, "quantity"),
    ("household", {"citizen_id": "12345678901"}, "citizen_id"),
    ("household", {"citizen_id": "02008500012x"}, "citizen_id"),
    ("household", {"merged_into": NOBODY}, "merged_into"),
    ("household", {"valid_to": "2022-12-31"}, "valid_to"),
    ("household", {"head": " "}, "head"),
    ("household", {"post": "BS"}, "post"),
]  # fmt: skip


@pytest.mark.parametrize("kind", dict.fromkeys(case[0] for case in CASES))
def test_a_wrong_field_is_named(run, state, tmp_path, kind):
    """Every wrong line stands between two right ones, for which nothing is reported."""
    cases = [(change, field) for one, change, field in CASES if one == kind]
    lines = [example(kind, 0)]
    for number, (change, _field) in enumerate(cases, start=1):
        lines += [{**example(kind, 2), **change}, example(kind, 2 * number + 1)]
    content = "\n".join(json.dumps(line) for line in lines)
    told = refused(run, state, kind, content, tmp_path=tmp_path)
    assert list(told) == list(range(2, len(lines), 2))
    for (change, field), errors in zip(cases, told.values(), strict=True):
        assert field in errors, (change, errors)


@pytest.mark.parametrize("number", RAW_NUMBERS)
@pytest.mark.parametrize("field", ["participants", "length_m"])
def test_numbers_of_a_wrong_form_are_refused(run, state, tmp_path, field, number):
    line = json.dumps({**GOOD, field: "@"}).replace('"@"', number)
    if field == "length_m" and number in ("5e0", "5.0"):
        (tmp_path / "input").write_text(line)
        assert run("add", "clearing", tmp_path / "input").returncode == 0
        return
    told = refused(run, state, "clearing", line, tmp_path=tmp_path)
    assert list(told) == [1]
    assert set(told[1]) <= {field, "record"}


def test_minus_nought_is_nought(run):
    assert run("add", "clearing", stdin=json.dumps({**GOOD, "length_m": -0.0})).returncode == 0
    assert json.loads(run("verify").stdout)["ok"]
    (record,) = json.loads(run("list", "clearing", "--format", "json").stdout)
    assert str(record["length_m"]) == "0"


def test_every_wrong_field_of_every_line_is_told(run, state, tmp_path):
    content = "\n".join(
        json.dumps(line)
        for line in [
            {**GOOD, "kind": "x", "participants": 0}, GOOD, {"colour": 1}, {**GOOD, "times": 1.5},
        ]
    )  # fmt: skip
    told = refused(run, state, "clearing", content, tmp_path=tmp_path)
    assert {line: set(errors) for line, errors in told.items()} == {
        1: {"kind", "participants"},
        3: {"colour", "kind", "started_on", "commune", "participants", "post"},
        4: {"times"},
    }


def test_rules_of_two_fields_are_told_beside_wrong_fields(run, state, tmp_path):
    lines = [
        {**PLEDGE, "count": 2, "household": None, "colour": 1},
        {**PATROL, "ended_on": "2000-01-01", "participants": 0, "findings": None, "kind": "x"},
        {**example("incident"), "closed_on": None, "persons": "2"},
        {"post": "BS", "result": 3}, {"form": "session"}, {"count": "2"},
    ]  # fmt: skip
    kinds = ["pledge", "patrol", "incident", "patrol", "outreach", "pledge"]
    told = [
        set(refused(run, state, kind, json.dumps(line), tmp_path=tmp_path)[1])
        for kind, line in zip(kinds, lines, strict=True)
    ]
    assert told[0] == {"colour", "commune", "hamlet", "source_ref"}
    assert told[1] == {"ended_on", "participants", "findings", "kind"}
    assert told[2] == {"closed_on", "persons"}
    assert "result" in told[3]
    assert "findings" not in told[3]
    assert {"attendance", "topics", "post"} <= told[4]
    assert "count" in told[5]
    assert "source_ref" not in told[5]


def test_numbers_are_told_as_the_language_writes_them(run):
    line = json.dumps({**GOOD, "participants": 0, "note": HUGE})
    (told,) = words(run("add", "clearing", stdin=line))
    assert "2.000.000.000" in told["errors"]["participants"]
    assert "4.000" in told["errors"]["note"]
    (told,) = words(run("--lang", "en", "add", "clearing", stdin=line))
    assert "2,000,000,000" in told["errors"]["participants"]
    assert "4,000" in told["errors"]["note"]


# ------------------------------------------------------------------------- broken JSON

LINE = json.dumps(GOOD)
BROKEN = [
    ("a line", f"{LINE}\n{LINE[:-5]}\n{LINE}", 2, [1, 3]),
    ("a word", f"{LINE}\nhello\n{LINE}", 2, [1, 3]),
    ("a number", f"{LINE}\n7\n{LINE}", 2, [1, 3]),
    ("a list in lines", f"{LINE}\n[{LINE}]\n{LINE}", 2, [1, 3]),
    ("null", "null", 1, []),
    ("first line", f"{LINE[:-1]}, \n{LINE}", 1, [2]),
    ("first line, more behind", f"{LINE[:-1]}\n{LINE}\n\n{LINE}\n", 1, [2, 4]),
    ("first line, in a text", f'{{"hamlet": "\n{LINE}\n{LINE}', 1, [2, 3]),
    ("first line, where a value may stand", f'{{"hamlet":\n{LINE}\n{LINE}', 1, [2, 3]),
    ("first line, with a comma behind", f"{LINE},\n{LINE}", 1, [2]),
    ("over lines, then a broken line", f"{LINE[:-1]}\n}}\n{LINE}\n7", 4, [1, 3]),
    ("two in a line", f"{LINE}{LINE}\n{LINE}", 1, [2]),
    ("twice", f'{LINE}\n{{"times": 1, {LINE[1:]}\n{LINE}', 2, [1, 3]),
    ("twice inside", json.dumps({**OUTREACH, "other_places": "@"}).replace(
        '"@"', '[{"commune": "06196", "commune": "06202", "attendance": 1}]'), 1, []),
    ("bad byte", f"{LINE}\n".encode() + b'{"hamlet": "\xff"}\n' + LINE.encode(), 2, [1, 3]),
    ("utf-16", LINE.encode("utf-16"), 1, []),
    ("bad byte first", b"\xff\n" + LINE.encode(), 1, [2]),
    ("array cut short", f"[{LINE},\n{LINE[:-9]}", 2, [1]),
    ("array not ended", f"[{LINE},\n{LINE}", 3, [1, 2]),
    ("array, comma at the end", f"[{LINE},]", 2, [1]),
    ("array, no comma", f"[{LINE} {LINE}]", 2, [1]),
    ("array with more behind", f"[{LINE}] {LINE}", 2, [1]),
    ("array of arrays", f"[[{LINE}], {LINE}]", 1, [2]),
    ("array, key twice", f'[{LINE}, {{"times": 1, {LINE[1:]}]', 2, [1]),
    ("array, key twice amid", f'[{LINE}, {{"times": 1, {LINE[1:]}, {LINE}]', 2, [1, 3]),
    ("array, a broken line", f"[{LINE},\n{LINE[:-5]},\n{LINE}]", 2, [1, 3]),
    ("array, a broken object", json.dumps([GOOD, {"x": "@"}, GOOD], indent=2).replace(
        '"@"', "@"), 2, [1, 3]),
    ("array, a broken object with children", json.dumps(
        [OUTREACH, {**OUTREACH, "attendance": "@"}, OUTREACH], indent=1).replace('"@"', "@"),
     2, [1, 3]),
    ("array, comma and blank at the end", f"[{LINE}, ]", 2, [1]),
    ("array, bad byte", f"[{LINE},\n".encode() + b'{"hamlet": "\xff"}]', 2, [1]),
    ("array, bad byte in a line of its own", b"[" + b",\n".join(
        [LINE.encode(), b'{"hamlet": "\xff"}', LINE.encode()]) + b"]", 2, [1, 3]),
    ("pretty, cut short", json.dumps(GOOD, indent=1)[:-2], 1, []),
    ("nested", f'{LINE}\n{{"hamlet": {"[" * 100_000}\n{LINE}', 2, [1, 3]),
    ("nested array", "[" * 100_000, 1, []),
    ("nested object", '{"a":' * 50_000 + "1" + "}" * 50_000, 1, []),
    ("long line", LINE + "\n" + json.dumps({**GOOD, "note": "x" * 10_000_000}) + "\n" + LINE,
     2, [1, 3]),
    ("nul", LINE + "\n\0\n" + LINE, 2, [1, 3]),
]  # fmt: skip


OF_OUTREACH = ("twice inside", "array, a broken object with children")


@pytest.mark.parametrize(("name", "content", "line", "good"), BROKEN, ids=[c[0] for c in BROKEN])
def test_broken_json(run, state, tmp_path, name, content, line, good):
    kind = "outreach" if name in OF_OUTREACH else "clearing"
    told = refused(run, state, kind, content, tmp_path=tmp_path)
    assert list(told) == [line]
    assert set(told[line]) <= {"record", "times", "commune", "note", "a"}

    done = run("add", kind, tmp_path / "input", "--keep-going")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    outcome = words(done)
    assert [one["line"] for one in outcome if "errors" in one] == [line]
    assert sum("id" in one for one in outcome) == len(good)
    assert state()[0][kind] == len(good)
    order = ["id" in one for one in outcome]
    assert order == [n in good for n in sorted([line, *good])]


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (b"", 0), (b"\n \n\t\n", 0), (b"[]", 0), (b" [ ] ", 0), (LINE.encode("utf-8-sig"), 1),
        (json.dumps(GOOD, indent=2).encode(), 1), (f"\n\n{LINE}\r\n\r\n{LINE}\r\n".encode(), 2),
        (json.dumps([GOOD, GOOD], indent=2).encode("utf-8-sig"), 2), (f"\n[{LINE}]\n".encode(), 1),
        (LINE.replace(", ", " ,\n").encode(), 1),
    ],
)  # fmt: skip
def test_json_that_is_in_order(run, state, tmp_path, content, count):
    (tmp_path / "input").write_bytes(content)
    done = run("add", "clearing", tmp_path / "input")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(words(done)) == count == state()[0]["clearing"]


def test_line_numbers_count_empty_lines(run, state, tmp_path):
    told = refused(run, state, "clearing", f"{LINE}\n\n\n7\n", tmp_path=tmp_path)
    assert list(told) == [4]


def test_a_file_that_is_not_there(run, state, tmp_path):
    before = state()
    assert run("add", "clearing", tmp_path / "none").returncode == 1
    assert run("add", "clearing", tmp_path).returncode in (1, 2)
    assert state() == before


# ---------------------------------------------------------------------------------- ids


def test_an_id_that_is_taken(run, state, tmp_path):
    with_id = {**GOOD, "id": NOBODY}
    assert words(run("add", "clearing", stdin=json.dumps(with_id)))[0]["id"] == NOBODY
    for kind, record in (("clearing", with_id), ("patrol", {**PATROL, "id": NOBODY.upper()})):
        told = refused(run, state, kind, json.dumps(record), tmp_path=tmp_path)
        assert set(told[1]) == {"id"}
    run("delete", "clearing", NOBODY, "--reason", "x")
    told = refused(run, state, "clearing", json.dumps(with_id), tmp_path=tmp_path)
    assert set(told[1]) == {"id"}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
LINES = st.dictionaries(st.text(max_size=4), VALUES).map(json.dumps)


@given(line=LINES, cut=st.integers(0, 60), put=st.text(max_size=3), end=st.sampled_from(["", "\n"]))
@example_of(line='{"a": 1, "a": 2}', cut=0, put="", end="\n")
@example_of(line='{"a": 1} {"b": 2}', cut=0, put="", end="")
@example_of(line='{"a": 1}', cut=0, put="\ufeff", end="\r\n")
def test_a_line_is_read_alike_quickly_and_closely(line, cut, put, end):
    text = line[:cut] + put + line[cut:] + end
    quick = _whole_object(text.encode("utf-8", "surrogatepass"))
    if quick is not None:
        assert repr(quick) == repr(read_json(text))
    elif text.isascii() and text.strip() == text.rstrip("\n") and not put:
        with pytest.raises(InvalidRecord):
            read_json(text)


def test_an_id_twice_in_one_batch(run, state, tmp_path):
    lines = "\n".join(json.dumps({**GOOD, "id": one}) for one in (NOBODY, NOBODY.upper()))
    told = refused(run, state, "clearing", lines, tmp_path=tmp_path)
    assert {line: set(errors) for line, errors in told.items()} == {2: {"id"}}
    done = run("add", "clearing", tmp_path / "input", "--keep-going")
    assert [("id" in one, one.get("line")) for one in words(done)] == [(True, None), (False, 2)]


def test_an_id_far_apart_in_one_batch(run, state, tmp_path):
    lines = [json.dumps({**GOOD, "id": NOBODY}), *[LINE] * 1200, json.dumps({**GOOD, "id": NOBODY})]
    told = refused(run, state, "clearing", "\n".join(lines), tmp_path=tmp_path)
    assert list(told) == [1202]


def test_a_refused_line_makes_no_household(run, state, tmp_path):
    other = {**PLEDGE, "household": {**PLEDGE["household"], "head": "Lý B"}}
    lines = [json.dumps({**other, "programme": "nonsense"}), json.dumps(PLEDGE)]
    refused(run, state, "pledge", "\n".join(lines), tmp_path=tmp_path)
    done = run("add", "pledge", tmp_path / "input", "--keep-going")
    assert ["id" in one for one in words(done)] == [False, True]
    assert state()[0]["household"] == 1


def test_a_refused_line_leaves_no_pick(run, state, tmp_path):
    line = json.dumps({**OUTREACH, "topics": ["Chủ đề lạ"], "leaflets": -1})
    refused(run, state, "outreach", line, "--new-picks", tmp_path=tmp_path)
    before = state()
    done = run("add", "outreach", tmp_path / "input", "--new-picks", "--keep-going")
    assert done.returncode == 1
    assert state() == before


# ------------------------------------------------------------------------------- CSV


CSV = "kind,started_on,commune,participants,post\r\nroad_repair,2023-03-01,06202,5,BS\r\n"
BROKEN_CSV = [
    ("count", CSV + "road_repair,2023-03-01,06202,3.7,BS\r\n", 3),
    ("cells", CSV + "road_repair,2023-03-01\r\n", 3),
    ("more cells", CSV + "road_repair,2023-03-01,06202,5,BS,7\r\n", 3),
    ("quote", CSV + 'road_repair,2023-03-01,06202,"5,BS\r\n', 3),
    ("quote within", CSV + 'road_repair,2023-03-01,06202,"5"x,BS\r\n', 3),
    ("byte", CSV.encode() + b"road_repair,2023-03-01,\xff,5,BS\r\n", 3),
    ("nul", CSV + "road_repair,2023-03-01,06202,5,B\0S\r\n", 3),
]


@pytest.mark.parametrize(
    ("content", "line"), [c[1:] for c in BROKEN_CSV], ids=[c[0] for c in BROKEN_CSV]
)
def test_broken_csv(run, state, tmp_path, content, line):
    told = refused(run, state, "clearing", content, "--format", "csv", tmp_path=tmp_path)
    assert list(told) == [line]


@pytest.mark.parametrize(
    "bad",
    [
        '"road"x,2023-03-01,06202,5,BS',
        '"road_repair,2023-03-01,06202,5,BS',
        'road_repair,2023-03-01,06202,5,"BS',
        "road_repair,2023-03-01,06202,x,BS",
        "a,b,c",
    ],
)
def test_good_lines_of_a_broken_csv_are_kept(run, state, tmp_path, bad):
    good = "road_repair,2023-03-02,06202,6,BS\r\n"
    quoted = 'road_repair,2023-03-02,06202,7,"BS"\r\n'
    content = f"{CSV}{bad}\r\n\r\n{good}x,x,x,x,x\r\n{quoted}"
    told = refused(run, state, "clearing", content, "--format", "csv", tmp_path=tmp_path)
    assert list(told) == [3, 6]
    outcome = words(run("add", "clearing", tmp_path / "input", "--format", "csv", "--keep-going"))
    assert ["id" in one for one in outcome] == [True, False, True, False, True]


def test_a_csv_record_of_several_lines_is_named_by_its_first(run, state, tmp_path):
    head, good = CSV.split("\r\n", 1)
    content = f'{head},note\r\nx,2023-03-01,06202,5,BS,"a\r\nb"\r\n{good.strip()},x,x\r\n'
    told = refused(run, state, "clearing", content, "--format", "csv", tmp_path=tmp_path)
    assert list(told) == [2, 4]


def test_a_key_twice_in_a_cell_of_a_csv(run, state, tmp_path):
    content = (
        "post,completed_on,commune,lines\r\n"
        'BS,2023-03-01,06202,"[{""marker"": ""1128"", ""marker"": ""1129""}]"\r\n'
    )
    told = refused(run, state, "track", content, "--format", "csv", tmp_path=tmp_path)
    assert set(told[2]) == {"lines"}


@pytest.mark.parametrize(
    "content", ["", "\r\n", "colour\r\nred\r\n", "kind,kind\r\nx,y\r\n", b"\xff\xfe", b"\0\0"]
)
def test_csv_without_a_head(run, state, tmp_path, content):
    before = state()
    (tmp_path / "input").write_bytes(content if isinstance(content, bytes) else content.encode())
    done = run("add", "clearing", tmp_path / "input", "--format", "csv")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "Error" not in done.stderr
    assert done.stderr.strip()
    assert state() == before


def test_a_list_in_words_is_told_to_be_one_for_the_command_sheet(run, tmp_path):
    (tmp_path / "words.csv").write_text(
        "Loại công việc,Từ ngày\nPhát quang đường tuần tra,3/11/2026\n", encoding="utf-8"
    )
    done = run("add", "clearing", tmp_path / "words.csv")
    assert done.returncode == 1
    assert "sheet" in done.stderr


def test_a_household_named_in_words_is_told_how_one_is_named(run, tmp_path):
    line = '{"signed_on":"2026-11-04","programme":"phao","household":"Lý A Sáng, Nà Mỏ"}'
    (tmp_path / "one.json").write_text(line, encoding="utf-8")
    done = run("add", "pledge", tmp_path / "one.json")
    assert done.returncode == 1
    assert "mã" in json.loads(done.stdout)["errors"]["household"]


# ---------------------------------------------------------------------------- a pipe


def test_lines_are_acknowledged_while_the_pipe_is_open(desk_folder):
    """A good, a bad and a good line; each is acknowledged before the next is sent."""
    process = subprocess.Popen(
        [sys.executable, "main.py", "--desk", str(desk_folder), "add", "clearing", "--keep-going"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with process:
        for n, line in enumerate([LINE, '{"kind": 1}', LINE], start=1):
            process.stdin.write(f"{line}\n".encode())
            process.stdin.flush()
            ready, _, _ = select.select([process.stdout], [], [], WAIT)
            assert ready, f"no answer to line {n}"
            told = json.loads(os.read(process.stdout.fileno(), 100_000))
            if n == 2:
                assert told["line"] == 2
                assert "kind" in told["errors"]
                continue
            # Durable already, for anybody else.
            with Desk.open(desk_folder) as desk:
                assert desk.records.read("clearing", told["id"])[0]["participants"] == 54
        process.stdin.close()
        assert process.wait(WAIT) == 1
        assert process.stderr.read() == b""


def test_others_save_while_a_list_is_on_its_way(run, state, desk_folder):
    """Others can save while a list is read that waits for its end."""
    process = subprocess.Popen(
        [sys.executable, "main.py", "--desk", str(desk_folder), "add", "clearing"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with process:
        # Far more than the buffer of a pipe: once it is written, most of it was read.
        process.stdin.write(f"{LINE}\n".encode() * 2_000)
        assert run("add", "clearing", stdin=LINE).returncode == 0
        assert state()[0]["clearing"] == 1
        process.stdin.close()
        assert len(process.stdout.read().splitlines()) == 2_000
        assert process.wait(WAIT) == 0
        assert process.stderr.read() == b""
    assert state()[0]["clearing"] == 2_001


def test_many_lines_are_acknowledged_in_order(run, state, tmp_path):
    lines, expected = [], []
    for n in range(1300):
        good = n % 7 != 3
        lines.append(json.dumps({**GOOD, "participants": 54 + n if good else -n, "times": 1}))
        expected.append(good)
    (tmp_path / "input").write_text("\n".join(lines))
    done = run("add", "clearing", tmp_path / "input", "--keep-going")
    outcome = words(done)
    assert ["id" in one for one in outcome] == expected
    assert [one["line"] for one in outcome if "line" in one] == [
        n + 1 for n in range(1300) if not expected[n]
    ]
    kept = {r["id"]: r["participants"] for r in json.loads(
        run("list", "clearing", "--format", "json").stdout)}  # fmt: skip
    assert [kept[one["id"]] for one in outcome if "id" in one] == [
        54 + n for n in range(1300) if expected[n]
    ]
    assert state()[0]["clearing"] == sum(expected)


# ------------------------------------------------------------------------------- fuzz


KEYS = st.sampled_from([
    *{k for model in ALL_TYPES.values() for k in model.fields()}, "id", "state", "x", "", "\ud800",
])  # fmt: skip
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
    st.sampled_from(["BS", "06202", "2023-03-01", "phao", "session", "1128", NOBODY, "-0.0"]),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
CHANGES = st.dictionaries(KEYS, VALUES, max_size=3)


@st.composite
def fuzz(draw):
    kind = draw(st.sampled_from(list(ALL_TYPES)))
    lines = []
    for n in range(draw(st.integers(1, 4))):
        how = draw(st.sampled_from(["bytes", "value", "changed", "changed", "cut"]))
        if how == "bytes":
            lines.append(draw(st.binary(max_size=30)))
        elif how == "value":
            lines.append(json.dumps(draw(VALUES)).encode())
        else:
            text = json.dumps({**example(kind, n), **draw(CHANGES)}).encode()
            lines.append(text[: draw(st.integers(0, len(text)))] if how == "cut" else text)
    array = draw(st.booleans())
    content = b"[" + b",".join(lines) + b"]" if array else b"\n".join(lines)
    return kind, content, draw(st.sampled_from([[], ["--keep-going"], ["--new-picks"],
                                                ["--format", "csv"]]))  # fmt: skip


@settings(
    max_examples=tries(25, 80),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=fuzz())
def test_no_input_crashes(province_template, tmp_path, cli_inline, drawn):
    kind, content, options = drawn
    # Another folder: a desk copied back to its old place would be reported as an older one.
    folder = shutil.copytree(province_template, tmp_path / uuid.uuid4().hex)
    try:
        (tmp_path / "input").write_bytes(content)
        done = cli_inline("--desk", folder, "add", kind, tmp_path / "input", *options)
        assert done.returncode in (0, 1)
        assert "Traceback" not in done.stderr
        assert "Error" not in done.stderr, done.stderr
        told = [json.loads(line) for line in done.stdout.splitlines()]
        assert (done.returncode == 1) == (done.stderr != "" or any("errors" in o for o in told))
        kept = json.loads(cli_inline("--desk", folder, "list", kind, "--format", "json").stdout)
        assert {o["id"] for o in told if "id" in o} <= {r["id"] for r in kept}
        assert cli_inline("--desk", folder, "verify").returncode == 0
        assert cli_inline("--desk", folder, "rebuild").returncode == 0
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("declared", ["", "sep=;\n"])
def test_days_of_a_csv_that_have_the_month_first_are_refused(declared):
    days = ["02/08/2023"] * 70 + ["04/21/2023", "2023-02-08", "", "03/15/2023"]
    rows = [f"{day};02/08/2023" for day in days]
    text = declared + "\n".join(["started_on;note", *rows])
    lines = list(csv_records(ALL_TYPES["clearing"], io.StringIO(text, newline="")))
    first = 3 if declared else 2
    assert [number for number, _raw in lines] == [*range(first, first + len(days))]
    refused = [number - first for number, raw in lines if isinstance(raw, InvalidRecord)]
    assert refused == [*range(71), 73]
    assert all("tháng trước ngày" in str(raw) for number, raw in lines if number - first in refused)
    told = "\n".join(["started_on;note", *rows, "21/04/2023;"])
    lines = list(csv_records(ALL_TYPES["clearing"], io.StringIO(told, newline="")))
    assert not any(isinstance(raw, InvalidRecord) for _number, raw in lines)


def test_days_of_a_csv_out_of_a_pipe_are_judged_by_its_last_row(desk_folder):
    """A pipe cannot be read twice: it is read to its end first."""
    rows = ["02/08/2023;12", "03/15/2023;12", "04/21/2023;12"]
    start = "kind;commune;participants;started_on;labour_days\n"
    given = start + "".join(f"road_repair;06202;5;{row}\n" for row in rows)
    words = ["add", "clearing", "--format", "csv", "--keep-going"]
    done = subprocess.run(
        [sys.executable, "main.py", "--desk", str(desk_folder), *words],
        cwd=ROOT, input=given.encode(), capture_output=True, timeout=WAIT, check=False,
    )  # fmt: skip
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["line"] for one in told] == [2, 3, 4]
    assert all("tháng trước ngày" in one["errors"]["started_on"] for one in told)
    assert done.returncode == 1
