"""The command line for people: its language, how it describes types and files, what it accepts."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest

from borderdesk.cli.output import json_text
from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.reference import REFERENCE_TYPES
from borderdesk.session.preferences import LANGUAGE
from tests.certificates import authority_file
from tests.conftest import ROOT
from tests.factories import example

LISTED = [key for key, table in REFERENCE_TYPES.items() if table.list_help]


@pytest.fixture
def run(cli_inline, desk_folder):
    return lambda *words, **rest: cli_inline("--desk", desk_folder, *words, **rest)


# ------------------------------------------------------------------------ language


def test_the_language_stands_anywhere_on_the_line(run):
    for words in (["--lang", "en", "posts"], ["posts", "--lang", "en"], ["posts", "--lang=en"]):
        assert run(*words).stdout.startswith("Code\tName")
    assert run("posts", "--lang", "fr").returncode == 2


def test_without_it_the_language_is_the_desks_own(run, desk_folder):
    assert run("posts").stdout.startswith("Mã\tTên")
    for lang, head in (("en", "Code"), ("vi", "Mã")):
        with Desk.open(desk_folder) as desk:
            desk.preferences.prefer(LANGUAGE, lang)
        assert run("posts").stdout.startswith(head)
        assert run("posts", "--lang", "vi").stdout.startswith("Mã")
    with Desk.open(desk_folder) as desk:
        desk.preferences.prefer(LANGUAGE, "en")
    # Also its own errors, raised before the desk is open.
    assert "Invalid value" in run("list", "nonsense").stderr


@pytest.mark.parametrize("kept", ["fr", 3, None, {"a": 1}])
def test_a_language_there_is_none_of_is_vietnamese(run, desk_folder, kept):
    with Desk.open(desk_folder) as desk:
        desk.preferences.prefer(LANGUAGE, kept)
    assert run("posts").stdout.startswith("Mã\tTên")


# ------------------------------------------------------------------ fields, examples


@pytest.mark.parametrize("kind", ALL_TYPES)
def test_fields_lists_every_field_of_a_type(run, kind):
    model = ALL_TYPES[kind]
    told = json.loads(run("fields", kind, "--format", "json").stdout)
    by_key = {one["key"]: one for one in told}
    below = [
        f"{key}[].{each}" for key, rows in model.children().items() for each in rows.child.fields()
    ]
    assert set(by_key) == {*model.fields(), *below}
    for key, field in model.fields().items():
        assert by_key[key]["required"] == field.required
        if field.options:
            assert list(by_key[key]["choices"]) == list(field.options)
    for one in told:
        assert one["label"]
        assert one["kind"]
    table = run("fields", kind).stdout.splitlines()
    assert len(table) == len(told) + 1
    english = json.loads(run("fields", kind, "--format", "json", "--lang", "en").stdout)
    for rule in model.required_when:
        (said,) = [one["rules"][0] for one in english if one["key"] == rule.field]
        assert said.startswith(f"required when {rule.other} is")
    words = "".join(one["label"] + one["kind"] + "".join(one["rules"]) for one in english)
    assert words.isascii()


@pytest.mark.parametrize("shape", ["json", "csv"])
@pytest.mark.parametrize("kind", ALL_TYPES)
def test_an_example_is_taken_as_it_stands(run, tmp_path, kind, shape):
    printed = run("add", kind, "--template", shape)
    assert (printed.returncode, printed.stderr) == (0, "")
    if shape == "json":
        assert set(json.loads(printed.stdout)) == set(ALL_TYPES[kind].fields())
    else:
        assert next(csv.reader(io.StringIO(printed.stdout))) == list(ALL_TYPES[kind].fields())
    assert run("list", kind, "--format", "json").stdout == "[]\n"
    file = tmp_path / f"one.{shape}"
    file.write_text(printed.stdout, encoding="utf-8")
    done = run("add", kind, file)
    assert done.returncode == 0, done.stdout
    assert len(json.loads(run("list", kind, "--format", "json").stdout)) == 1


# ------------------------------------------------------------------ what is taken back


@pytest.mark.parametrize("kind", [k for k, m in ALL_TYPES.items() if m.referring("unit")])
def test_a_commune_goes_by_the_name_that_is_printed(run, desk_folder, kind):
    model = ALL_TYPES[kind]
    (key,) = model.referring("unit")
    with Desk.open(desk_folder) as desk:
        code, name = "06202", desk.book.unit_name("06202-2023")
        short = desk.book.unit_short("06202-2023")
    for given in (code, name, short, name.upper()):
        record = {**example(kind), key: [given] if model.columns()[key].several else given}
        if kind == "pledge":
            record |= {"household": None, "count": 2, "hamlet": "Pò Mã", "source_ref": "BB 1"}
        done = run("add", kind, stdin=json.dumps(record))
        assert done.returncode == 0, (given, done.stdout)
    shown = json.loads(run("list", kind, "--format", "json").stdout)
    assert len({json.dumps(one[key]) for one in shown}) == 1
    assert len(json.loads(run("list", kind, "--commune", name, "--format", "json").stdout)) == 4


def test_a_name_of_two_communes_needs_its_district(run):
    record = {**example("clearing"), "started_on": "2023-12-04"}
    done = run("add", "clearing", stdin=json.dumps({**record, "commune": "Xã Mẫu Sơn"}))
    assert done.returncode == 1
    told = json.loads(done.stdout)["errors"]["commune"]
    assert "Mẫu Sơn (Cao Lộc)" in told
    assert "Mẫu Sơn (Lộc Bình)" in told
    record["commune"] = "Xã Mẫu Sơn (Lộc Bình)"
    assert run("add", "clearing", stdin=json.dumps(record)).returncode == 0


def test_a_file_is_read_and_written_by_its_ending(run, tmp_path):
    run("add", "clearing", stdin=json.dumps(example("clearing")))
    (written,) = json.loads(run("list", "clearing", "--format", "json").stdout)
    for number, name in enumerate(("a.json", "a.csv", "A.CSV")):
        out = tmp_path / name
        assert run("list", "clearing", "--out", out).returncode == 0
        text = out.read_text("utf-8")
        assert (text[0] == "[") == name.endswith("json")
        # Its id is taken here: with another it is a second copy of the record.
        again = f"01890000-0000-7000-8000-{number:012}"
        out.write_text(text.replace(written["id"], again), encoding="utf-8")
        done = run("add", "clearing", out)
        assert (done.returncode, name) == (0, name), done.stdout
        run("delete", "clearing", again, "--reason", "thử")
    book = tmp_path / "a.xlsx"
    assert run("list", "clearing", "--out", book).returncode == 0
    assert book.read_bytes()[:2] == b"PK"
    told = run("add", "clearing", book)
    assert told.returncode == 2
    assert "sheet" in told.stderr


def test_a_report_says_what_it_wrote_and_what_it_replaced(run, tmp_path):
    out = tmp_path / "thang.json"
    words = ["report", "summary", "--period", "2023-12", "--out", out]
    first, second = run(*words), run(*words)
    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stderr == f"Đã ghi {out}.\n"
    assert second.stderr == f"Đã ghi {out}, thay cho tệp cũ cùng tên.\n"


# ------------------------------------------------------------------------------ tables


@pytest.mark.parametrize("name", [*LISTED, "households"])
def test_lists_of_reference_data_have_heads_and_formats(run, tmp_path, name):
    run("add", "household", stdin=json.dumps(example("household")))
    run("reference", "load", authority_file(tmp_path))
    table = [line.split("\t") for line in run(name).stdout.splitlines()]
    assert len({len(row) for row in table}) == 1
    assert all(table[0])
    listed = json.loads(run(name, "--format", "json").stdout)
    cells = list(csv.DictReader(io.StringIO(run(name, "--format", "csv").stdout)))
    assert len(table) - 1 == len(listed) == len(cells) > 0
    assert list(listed[0]) == list(cells[0])
    if name in LISTED:
        file = tmp_path / "same.csv"
        file.write_text(run(name, "--format", "csv").stdout, encoding="utf-8", newline="")
        assert run("reference", "load", file).returncode == 0
        assert [line.split("\t") for line in run(name).stdout.splitlines()] == table


# ----------------------------------------------------------------------------- streams


DEMO = (
    "import run; run.set_up = lambda _yes: None; run.demo_steps = list;"
    " run.prepare_for_window = lambda _yes: False; raise SystemExit(run.main(['demo']))"
)
"""`run.py demo` on a machine that is set up."""


@pytest.mark.parametrize("page", ["cp1252", "cp1258", "ascii"])
@pytest.mark.parametrize(
    "words",
    [["main.py", "list", "nonsense"], ["main.py"], ["-c", DEMO]],
    ids=["cli", "window", "run"],
)
def test_nothing_printed_depends_on_the_code_page(tmp_path, page, words):
    """Without a display, the window prints an explanation, also on a stream with a Windows code
    page."""
    env = {**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": page, "LC_ALL": "C"}
    env |= {"BORDERDESK_DIR": str(tmp_path / "desk"), "PATH": ""}
    env["XDG_DATA_HOME"] = str(tmp_path / "share")
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        env.pop(name, None)
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=env, capture_output=True, check=False
    )
    told = (done.stdout + done.stderr).decode("utf-8")
    assert "Traceback" not in told
    assert set(told) & set("ệộạ")


@pytest.mark.parametrize("module", ["tools.messages", "borderdesk.base.standard_streams"])
def test_a_program_without_a_console_prints_into_nothing(module):
    code = (
        f"import sys; from {module} import prepare_streams\n"
        "kept, sys.stdout, sys.stderr = sys.stderr, None, None\n"
        "prepare_streams(); print('Đã xong'); sys.stderr.write('lỗi'); sys.stderr.fileno()\n"
        "kept.write('done')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "done")


def test_json_stays_on_one_line_for_every_reader():
    value = ["a\x85b", "c\u2028d\u2029e", "f\x7fg\x9fh", "đồn"]
    assert len(json_text(value).splitlines()) == 1
    assert json.loads(json_text(value)) == value
