"""Rules about the source tree: sizes, names, and places where the formatter is switched off."""

import ast
import re
import subprocess
import sys
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(path for folder in ("borderdesk", "ui") for path in (ROOT / folder).rglob("*.py"))
MOST_LINES, MOST_LINES_OF_FUNCTION = 500, 60
MOST_METHODS = 30
MOST_MODULES = 40
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
FRAMEWORK_CLASSES = frozenset({"Meta"})
"""Peewee reads a model's options from an inner class of this name."""

PARTICIPLES = frozenset(
    """
    Asked Bad Begun Broken Came Changed Checked Cleaned Closed Counted Covered Drawn Found Frozen
    Given Kept Known Linked Listed Loaded Made Marked Named Noted Read Reads Refused Restored Said
    Saved Says Seen Sent Shown Signed Since Soft Stopped Taken Told Typed Written
    """.split()
)
"""Participles: they say what happened to a thing, not what it is, and are no class names."""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def classes(path: Path) -> list[ast.ClassDef]:
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]


WRITERS = {"write_bytes", "write_text", "touch", "symlink_to", "hardlink_to"}
"""Methods that create or change a file by its name."""
COPIES = {"copy", "copy2", "copyfile", "copytree", "move"}
MAY_OPEN_TO_WRITE = {
    "borderdesk/base/files.py": "where all files are written",
    "borderdesk/base/catalogue.py": "run by the set-up, before the program is there",
    "borderdesk/base/standard_streams.py": "opens the device that swallows everything",
    "borderdesk/cli/app.py": "opens the device that swallows everything",
    "borderdesk/store/connection/locks.py": "opens lock files, into which nothing is written",
    "ui/reports/page_maker.py": "previews, in a new folder of a random name",
}
SCRATCH = {"TemporaryDirectory", "NamedTemporaryFile", "mkdtemp", "mkstemp", "mktemp"}


def opens_to_write(node: ast.Call) -> bool:
    """Whether a call may create or change a file by its name."""
    called = node.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    of = (
        called.value.id
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name)
        else ""
    )
    if of == "formatter":
        # The command-line library's method that adds to a help page.
        return False
    if name in WRITERS | SCRATCH or (of == "shutil" and name in COPIES):
        return True
    if of == "os" and name == "open":
        return "O_RDONLY" not in ast.unparse(node)
    if name != "open" or of in {"self", "zipfile", "archive"}:
        return False
    modes = [
        *node.args[: 1 if isinstance(called, ast.Attribute) else 2],
        *(k.value for k in node.keywords),
    ]
    texts = [one.value for one in modes if isinstance(one, ast.Constant)]
    return any(isinstance(t, str) and re.fullmatch(r"[rwxab+t]*[wxa+][rwxab+t]*", t) for t in texts)


def test_files_are_written_in_one_place():
    """A file with a predictable name may be somebody's link."""
    found = {
        str(path.relative_to(ROOT)): node.lineno
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and opens_to_write(node)
    }
    assert {name: line for name, line in found.items() if name not in MAY_OPEN_TO_WRITE} == {}


def test_every_label_says_that_its_text_is_no_markup():
    """Otherwise Qt guesses, and text that looks like markup loads what it names."""
    plain = ROOT / "ui" / "base" / "plain_text.py"
    found = {
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in FILES
        if path != plain
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "QLabel"
    }
    assert found == set()


def test_every_line_of_a_menu_is_ours_or_says_that_it_marks_no_key():
    """Qt interprets "&" as a mnemonic: typed text would be shown without it."""
    found = {
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") == "addAction"
        and getattr(getattr(node.func, "value", None), "id", "") in {"menu", "below"}
        and getattr(getattr(node.args[0], "func", node.args[0]), "id", "") != "plain_action"
        and getattr(getattr(node.args[0], "func", None), "id", "") != "_"
        and ast.unparse(node.args[0]) != "column.label"
    }
    assert found == set()


QT_FIELDS = {"QLineEdit", "QPlainTextEdit", "QTextEdit", "QSpinBox", "QDateEdit"}


def test_every_field_leaves_dropped_files_to_the_window():
    """Qt's own fields write the address of a dropped file into what is typed."""
    ours = ROOT / "ui" / "widgets" / "editors" / "text_line.py"
    found = {
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in FILES
        if path != ours
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Call) and getattr(node.func, "id", "") in QT_FIELDS)
        or (isinstance(node, ast.ClassDef) and QT_FIELDS & set(map(ast.unparse, node.bases)))
    }
    assert found == set()


NEIGHBOURS = re.compile(r"\.(nextInFocusChain|previousInFocusChain|focusProxy|screen)\(\)")
"""Methods of a widget that return something else than its child or parent."""


def test_what_is_no_child_of_a_widget_is_asked_for_in_one_place():
    """PySide ties it to the widget, and the garbage collector may destroy it."""
    asking = ROOT / "ui" / "base" / "neighbours.py"
    found = {
        str(path.relative_to(ROOT)): [found[0] for found in NEIGHBOURS.finditer(text)]
        for path in [*FILES, *(ROOT / "tests").rglob("*.py")]
        if path != asking and NEIGHBOURS.search(text := path.read_text(encoding="utf-8"))
    }
    assert found == {}


def test_no_file_is_long():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {str(p): n for p, n in lengths.items() if n > MOST_LINES} == {}


def test_no_function_is_long():
    sizes = {
        f"{path.relative_to(ROOT)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, FUNCTIONS) and node.end_lineno is not None
    }
    assert {name: lines for name, lines in sizes.items() if lines > MOST_LINES_OF_FUNCTION} == {}


def test_no_class_has_many_methods():
    sizes = {
        f"{path.stem}.{node.name}": sum(isinstance(part, FUNCTIONS) for part in node.body)
        for path in FILES
        for node in classes(path)
    }
    assert {name: count for name, count in sizes.items() if count > MOST_METHODS} == {}


def test_no_folder_holds_many_modules():
    """What fits on one screen; larger folders are divided into subfolders."""
    sizes = Counter(path.parent.relative_to(ROOT).as_posix() for path in FILES)
    assert {folder: n for folder, n in sizes.items() if n > MOST_MODULES} == {}


def test_no_class_is_named_twice():
    places = defaultdict(list)
    for path in FILES:
        for node in classes(path):
            places[node.name].append(str(path.relative_to(ROOT)))
    twice = {name: where for name, where in places.items() if len(where) > 1}
    assert twice.keys() - FRAMEWORK_CLASSES == set()


def test_no_class_is_named_by_a_participle():
    names = {node.name for path in FILES for node in classes(path)}
    assert {name for name in names if name.strip("_") in PARTICIPLES} == set()


def literal_ends(body: list[ast.stmt]) -> set[int]:
    """The last lines of data tables: literals assigned to a name in a module or class."""
    ends: set[int] = set()
    for node in body:
        if isinstance(node, ast.ClassDef):
            ends |= literal_ends(node.body)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            value = node.value
            if isinstance(value, ast.Call) and value.args:
                value = value.args[0]
            if isinstance(value, ast.Tuple | ast.List | ast.Set | ast.Dict):
                ends.add(node.end_lineno or 0)
    return ends


def test_only_tables_of_data_are_laid_out_by_hand():
    for path in FILES:
        lines = path.read_text(encoding="utf-8").splitlines()
        by_hand = {number for number, line in enumerate(lines, 1) if re.search(r"# fmt: \w+", line)}
        assert by_hand - literal_ends(tree(path).body) == set(), path


def test_what_measures_the_program_can_be_imported():
    """No test runs the whole bench or soak: a renamed name would only show at the next
    measurement."""
    folders = (ROOT / "tests" / name for name in ("bench", "soak"))
    names = [f"tests.{one.parent.name}.{one.stem}" for f in folders for one in f.glob("*.py")]
    wanted = [name for name in names if not name.endswith("__")]
    assert wanted
    code = f"import importlib\nfor name in {wanted}: importlib.import_module(name)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, check=False)
    assert done.returncode == 0
