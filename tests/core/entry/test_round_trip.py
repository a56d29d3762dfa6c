"""The output of `list` is accepted by `add` and gives the same records."""

import csv
import io
import json
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from tests.effort import tries
from tests.factories import example, raw

AWKWARD = [
    "=1+1", "+84 912 345 678", "-5", "@SUM(A1)", "'quoted", "''twice", "'=1", "'", "=", "-", "'-'",
    'say "no"', "a;b", "a,b", ";", ",", '"', '""', "a\\b", "007", "1.5", "1,5", "true", "null",
    "[]",
    "{}", "Hoà, hòa", "ĐẶNG", "a  b", "%s {value}", "\U0001f33e",
]  # fmt: skip
AWKWARD_LINES = [*AWKWARD, "một\nhai", "=một\n+hai", "một\n\nhai", 'a\n"b";c,\nd']


@pytest.fixture
def desks(province_template, tmp_path, cli_inline):
    """A function that returns the command line of a new desk."""
    made = []

    def fresh():
        folder = tmp_path / f"desk{len(made)}"
        made.append(folder)
        shutil.copytree(province_template, folder)
        return lambda *words, **rest: cli_inline("--desk", folder, *words, **rest)

    yield fresh
    for folder in made:
        shutil.rmtree(folder)


def text_of(run, kind, shape):
    done = run("list", kind, "--format", shape)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def listed(run, kind):
    return json.loads(text_of(run, kind, "json"))


def without_revisions(records):
    """What must be equal on another desk: the revision is left out, and similarity is judged
    anew."""
    return [{k: v for k, v in r.items() if k not in ("revision", "warnings")} for r in records]


def add(run, kind, text, *options):
    done = run("add", kind, *options, stdin=text)
    assert done.returncode == 0, done.stderr
    return [json.loads(line)["id"] for line in done.stdout.splitlines()]


def back_and_forth(desks, first, kind):
    """The JSON and CSV listed by `first`, added to new desks, are listed the same again."""
    expected = {k: without_revisions(listed(first, k)) for k in {"household", kind}}
    for shape in ("json", "csv"):
        second = desks()
        for one in dict.fromkeys(("household", kind)):
            text = text_of(first, one, shape)
            ids = add(second, one, text, "--format", shape)
            assert sorted(ids) == sorted(r["id"] for r in expected[one])
        assert {k: without_revisions(listed(second, k)) for k in expected} == expected
        for one in expected:
            assert text_of(second, one, "csv").count("\r\n") == text_of(first, one, "csv").count(
                "\r\n"
            )


@pytest.mark.parametrize("kind", ALL_TYPES)
def test_examples(desks, kind):
    first = desks()
    add(first, kind, "\n".join(json.dumps(example(kind, n)) for n in range(12)))
    back_and_forth(desks, first, kind)


TYPES = st.sampled_from(list(ALL_TYPES))


@settings(
    max_examples=tries(10, 30),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow,
                           HealthCheck.data_too_large],
)  # fmt: skip
@given(drawn=TYPES.flatmap(
    lambda kind: st.tuples(st.just(kind), st.lists(raw(kind, 2022, 2025), min_size=1, max_size=4))
))  # fmt: skip
def test_random_records(desks, drawn):
    kind, records = drawn
    first = desks()
    ids = add(first, kind, json.dumps(records, ensure_ascii=False))
    kept = {r["id"]: r for r in listed(first, kind)}
    for record, given_record in zip((kept[one] for one in ids), records, strict=True):
        for key, value in given_record.items():
            if key == "household" or (kind == "household" and key == "commune"):
                continue
            told = record[key]
            if isinstance(value, list) and value and isinstance(value[0], dict):
                told = [{k: v for k, v in row.items() if v is not None} for row in told]
            assert told == value, key
    back_and_forth(desks, first, kind)


def texts_of(field):
    """Edge cases of a text field."""
    return AWKWARD_LINES if getattr(field, "lines", False) else AWKWARD


AWKWARD_FIELDS = {
    "patrol": ("leader", "findings"), "clearing": ("hamlet", "note", "source_ref"),
    "coordination": ("subject",), "household": ("head", "hamlet", "phone", "purpose"),
    "registration": ("name",), "pledge": ("witness",), "incident": ("handling",),
}  # fmt: skip


@pytest.mark.parametrize("kind", AWKWARD_FIELDS)
def test_awkward_texts(desks, kind):
    first = desks()
    texts = {key: texts_of(ALL_TYPES[kind].fields()[key]) for key in AWKWARD_FIELDS[kind]}
    cases = [
        {key: of_key[n % len(of_key)] for key, of_key in texts.items()}
        for n in range(max(map(len, texts.values())))
    ]
    ids = add(first, kind, json.dumps([{**example(kind, n), **c} for n, c in enumerate(cases)]))
    kept = {r["id"]: {key: r[key] for key in texts} for r in listed(first, kind)}
    if "phone" in texts:
        # A telephone number is stored in its domestic form.
        cases = [
            {**one, "phone": "0912345678" if one["phone"].startswith("+84") else one["phone"]}
            for one in cases
        ]
    assert [kept[one] for one in ids] == cases
    back_and_forth(desks, first, kind)
    # No CSV cell is interpreted as a formula by spreadsheets, and its text is complete.
    rows = list(csv.DictReader(io.StringIO(text_of(first, kind, "csv"), newline="")))
    cells = {row["id"]: row for row in rows}
    for one, case in zip(ids, cases, strict=True):
        for key, text in case.items():
            assert not cells[one][key].startswith(("=", "+", "-", "@", "\t"))
            assert cells[one][key] in (text, f"'{text}")


def test_awkward_texts_in_children(desks):
    first = desks()
    seen = [{"marker": "1128", "condition": "intact", "remark": t} for t in AWKWARD_LINES]
    add(first, "patrol", json.dumps({**example("patrol"), "inspected": seen}))
    told = listed(first, "patrol")[0]["inspected"]
    assert [row["remark"] for row in told] == AWKWARD_LINES
    back_and_forth(desks, first, "patrol")


def test_texts_are_composed_and_trimmed(desks):
    first = desks()
    add(first, "clearing", json.dumps({**example("clearing"), "hamlet": "  Ba\u0309n Pha\u0323c ",
                                       "note": "mo\u0302\u0323t\r\nhai"}))  # fmt: skip
    (record,) = listed(first, "clearing")
    assert (record["hamlet"], record["note"]) == ("Bản Phạc", "một\nhai")
    back_and_forth(desks, first, "clearing")


@pytest.mark.parametrize("number", [0, 0.1, 0.5, 12.5, 1200, 1234567.8, 2_000_000_000, 99999999.9])
def test_quantities_are_exact(desks, number):
    first = desks()
    add(first, "clearing", json.dumps({**example("clearing"), "length_m": number}))
    (record,) = listed(first, "clearing")
    assert str(record["length_m"]) == str(number)
    back_and_forth(desks, first, "clearing")


def test_joined_households_come_back_in_any_order(desks):
    first = desks()
    heads = ["Lý A", "Nông B", "Triệu C"]
    ids = add(first, "household", json.dumps(
        [{"head": h, "commune": "06202-2023", "hamlet": "Pò Mã"} for h in heads]))  # fmt: skip
    for one, other in ((0, 2), (1, 0)):
        done = first("edit", "household", ids[one], stdin=json.dumps({"merged_into": ids[other]}))
        assert done.returncode == 0, done.stderr
    back_and_forth(desks, first, "household")


def test_records_across_the_change_of_units(desks):
    first = desks()
    for day, commune in (("2025-06-30", "06202"), ("2025-07-01", "06196"), ("2025-06-30", "06196")):
        add(first, "clearing", json.dumps({**example("clearing"), "started_on": day,
                                           "commune": commune}))  # fmt: skip
        add(first, "pledge", json.dumps({**example("pledge"), "signed_on": day,
                                         "household": {"head": "Lý A", "commune": commune,
                                                       "hamlet": "Pò Mã"}}))  # fmt: skip
    assert {h["commune"] for h in listed(first, "household")} == {
        "06202-2023", "06196-2023", "06196-2025",
    }  # fmt: skip
    for kind in ("clearing", "pledge"):
        back_and_forth(desks, first, kind)


def test_records_of_several_years_survive_json(cli_inline, tmp_path):
    """A demonstration of several years with every type, by JSON."""
    folder = tmp_path / "demo"
    assert cli_inline("--desk", folder, "demo", "--records", "400").returncode == 0

    def first(*words, **rest):
        return cli_inline("--desk", folder, *words, **rest)

    # A real desk has no invented post, and the demonstration has one.
    Desk.create(tmp_path / "second", "province", "20", "Người thử", demo=True).close()

    def second(*words, **rest):
        return cli_inline("--desk", tmp_path / "second", *words, **rest)

    kinds = ("household", *(k for k in ALL_TYPES if k != "household"))
    for kind in kinds:
        add(second, kind, text_of(first, kind, "json"))
    for kind in kinds:
        assert without_revisions(listed(second, kind)) == without_revisions(listed(first, kind))
