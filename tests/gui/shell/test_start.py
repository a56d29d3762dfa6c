"""The modules imported by a start, and those left for later."""

import enum
import os
import re
import subprocess
import sys
from collections import namedtuple
from pathlib import Path
from shutil import copytree

import pytest

from ui.shell import compile_cache, enum_maker
from ui.shell.compile_cache import CompileCache

ROOT = Path(__file__).resolve().parents[3]
LATER = {
    "click", "docx", "html", "lxml", "nacl", "openpyxl", "playhouse", "pypdfium2", "rapidfuzz",
    "reportlab", "xlrd", "xlsxwriter", "borderdesk.base.catalogue",
    "ui.widgets.choosers.file_choosers", "borderdesk.cli.app", "borderdesk.closing",
    "borderdesk.store.models.exchange",
    "borderdesk.store.models.closing", "borderdesk.schema.reference.files", "borderdesk.ledgers",
    "borderdesk.store.models.records", "borderdesk.store.models.backups", "borderdesk.exchange",
    "borderdesk.reports", "PySide6.QtPrintSupport",
}  # fmt: skip
"""Modules that the home page does not need."""


def python(*arguments: str, **env: str) -> str:
    """The output of a new Python process, on either stream."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env={**os.environ, **env},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        encoding="utf-8", timeout=60, check=True,
    )  # fmt: skip
    return done.stdout


WATCHED = """
import sys

class Output:
    def write(self, text):
        if text.startswith("painted"):
            print(*sys.modules, sep="\\n", file=sys.__stdout__)

    def flush(self):
        pass

sys.stdout = Output()
import main
sys.exit(main.main())
"""


def test_the_first_page_needs_little_of_the_program(post_template, tmp_path):
    folder = copytree(post_template, tmp_path / "desk")
    # -X importtime would not show modules imported by importlib.import_module, as lazy ones are.
    out = python(
        "-c", WATCHED, "--desk", str(folder),
        QT_QPA_PLATFORM="offscreen", BORDERDESK_BENCH_START="patrol",
    )  # fmt: skip
    brought = set(out.split())
    assert {"borderdesk.desk", "ui.shell.main_window", "PySide6.QtWidgets"} <= brought
    assert brought & LATER == set()


def test_no_source_is_read_for_what_is_imported_after_qt():
    out = python(
        "-c",
        "import linecache; from ui.shell.startup import prepare; prepare();"
        "from ui.shell import main_window; from ui.base import style;"
        "from PySide6.QtWidgets import QWidget;"
        "print(issubclass(main_window.MainWindow, QWidget), style.__file__ in linecache.cache)",
    )
    assert out == "True False\n"


def test_what_pyside_compiles_at_every_start_is_kept_compiled(tmp_path, monkeypatch):
    source, file = "x = 6 * 7", tmp_path / "cache" / "own.marshal"
    for _start in range(2):
        with CompileCache(file):
            code = compile(source, "own.py", "exec")
            found: dict[str, int] = {}
            exec(code, found)
        assert found["x"] == 42
        monkeypatch.setattr(compile_cache, "_compiled_anew", None)
    assert [path.name for path in file.parent.iterdir()] == ["own.marshal"]


def test_a_named_tuple_is_made_of_kept_code_and_evaluates_as_ever(tmp_path, monkeypatch):
    here = 7  # noqa: F841
    for _start in range(2):
        with CompileCache(tmp_path / "own.marshal"):
            made = namedtuple("made", "one two")
            assert eval("here + 1") == eval(" 2 * x", {"x": 4}) == 8
        assert made(1, two=2) == (1, 2)
        monkeypatch.setattr(compile_cache, "_compiled_anew", None)


ENUMERATIONS = """
import enum
import PySide6.QtCore
from ui.shell import enum_maker

def content(made):
    found = {}
    for key, value in vars(made).items():
        if isinstance(value, made):
            assert value.__objclass__ is made
            value = [(k, v) for k, v in vars(value).items() if k != "__objclass__"]
        elif key in ("_member_map_", "_value2member_map_"):
            value = [(k, v.name, v.value) for k, v in value.items()]
        found[key] = getattr(value, "__func__", value)
    return {key: found[key] for key in found.keys() - {"__dict__", "__weakref__"}}

made = []
def both(cls, *about, **named):
    usual = enum_maker._create(cls, *about, **named)
    ours = enum_maker._create_enum(cls, *about, **named)
    made.append((content(usual) == content(ours), usual))
    return ours

enum.EnumType._create_ = both
import PySide6.QtGui, PySide6.QtWidgets
for module in (PySide6.QtCore, PySide6.QtGui, PySide6.QtWidgets):
    for name in dir(module):
        getattr(module, name)
print(len(made) > 500, [str(usual) for same, usual in made if not same])
"""


def test_enumerations_of_qt_are_those_that_python_makes():
    assert python("-c", ENUMERATIONS) == "True []\n"


MASKS = """
import enum, sys
sys.path.insert(0, ".")
from ui.shell import enum_maker

about = (enum.Flag, "X", [("NONE", 0), ("A", 2), ("B", 4), ("ALL", 0xFE)])
pair = [make(*about, module="x", boundary=enum.KEEP)
        for make in (enum_maker._create, enum_maker._create_enum)]
for member in pair[0].__members__:
    said = [[str(~one[member]), str(list(one[member])), str(one[member] | one.A)] for one in pair]
    assert said[0] == said[1], said
"""


@pytest.mark.parametrize("program", [sys.executable, "/usr/bin/python3.11"])
def test_flags_are_turned_round_as_by_python_itself(program):
    """Also on the system's Python, which the Debian package uses: 3.11.2."""
    if Path(program).exists():
        subprocess.run([program, "-c", MASKS], cwd=ROOT, check=True)


def test_an_enumeration_that_is_not_plain_is_made_by_python(monkeypatch):
    usual: list[str] = []
    general = enum_maker._create

    def create(*about, **named):
        usual.append(about[1])
        return general(*about, **named)

    monkeypatch.setattr(enum_maker, "_create", create)
    made = enum_maker._create_enum(enum.Enum, "Texts", [("ONE", "a"), ("TWO", "b")], module="x")
    assert [member.value for member in made] == ["a", "b"]
    assert len(enum_maker._create_enum(enum.Flag, "Words", "ONE TWO", module="x")) == 2
    with pytest.raises(TypeError):
        enum_maker._create_enum(enum.Enum, "Twice", [("ONE", 1), ("ONE", 2)], module="x")
    assert usual == ["Texts", "Words", "Twice"]


PATTERNS = [
    (r"(?P<day>\d{1,2})[/.](?P<month>\d{1,2})(?!\w)", re.ASCII),
    ("Đồn|đồn|[à-ỹ]+", re.IGNORECASE),
    (rb"^\s*#.*?coding[:=]", re.MULTILINE),
    (r"a # comment", re.VERBOSE),
    (r"(?i:x)(y)?z{2,3}?", 0),
]
TEXTS = ["31/12 1.2x", "ĐỒN Biên Phòng", "  # coding: utf-8\n#coding=x", "a # comment", "Xyzz xzzz"]


def test_regular_expressions_of_a_start_are_kept_compiled(tmp_path, monkeypatch):
    file = tmp_path / "own.marshal"
    usual = [re.compile(*about) for about in PATTERNS]
    for _start in range(2):
        re.purge()
        with CompileCache(file):
            kept = [re.compile(*about) for about in PATTERNS]
        for one, other in zip(usual, kept, strict=True):
            assert (one, one.flags, one.groups) == (other, other.flags, other.groups)
            assert one.groupindex == other.groupindex
            texts = [t.encode() for t in TEXTS] if isinstance(one.pattern, bytes) else TEXTS
            found = [
                [m.group(0, *m.groupdict()) for m in p.finditer(t)]
                for p in (one, other)
                for t in texts
            ]
            assert found[: len(texts)] == found[len(texts) :]
        monkeypatch.setattr(compile_cache, "_code_of", None)
    assert re._compiler.compile is compile_cache._compile_pattern
    re.purge()


def test_a_pattern_that_is_wrong_is_refused_as_ever(tmp_path):
    with CompileCache(tmp_path / "own.marshal"), pytest.raises(re.error, match="position 1"):
        re.compile("a(")


def test_a_cache_of_compiled_code_that_is_broken_is_written_anew(tmp_path):
    file = tmp_path / "own.marshal"
    file.write_bytes(b"broken")
    for _start in range(2):
        with CompileCache(file):
            found: dict[str, int] = {}
            exec(compile("x = 1", "own.py", "exec"), found)
        assert found["x"] == 1
    assert file.read_bytes() != b"broken"


def test_the_style_is_the_same_everywhere():
    out = python(
        "-c",
        "from ui.shell.app import application; print(application().style().objectName())",
        QT_QPA_PLATFORM="offscreen", QT_STYLE_OVERRIDE="windows",
    )  # fmt: skip
    assert out == "fusion\n"


LARGE = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QLabel, QWidget
from borderdesk.desk import Desk
from ui.shell.app import application, main_window
from ui.shell.main_window import TEXT_SIZE
app = application()
usual = app.font().pointSizeF()
with Desk.open(Path(sys.argv[1])) as desk:
    desk.preferences.prefer(TEXT_SIZE, 200)
    window = main_window(desk, "vi")
    window.show()
    while not window.current().idle():
        app.processEvents()
    parts = [window.nav, window.language, window.current(), *window.status.findChildren(QLabel)]
    print({round(part.font().pointSizeF() / usual, 1) for part in parts})
    window.tasks.finish()
"""


def test_a_larger_text_that_was_chosen_is_everywhere_after_a_start(post_template, tmp_path):
    folder = copytree(post_template, tmp_path / "desk")
    said = python("-c", LARGE, str(folder), QT_QPA_PLATFORM="offscreen")
    assert said.endswith("{2.0}\n")
