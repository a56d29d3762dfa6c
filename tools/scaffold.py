"""Writing the files that a new field or record type begins with.

    run.py new field clearing signs_mended count   a migration; prints the other three places
    run.py new type rescue                         model, list line, migration, factory, words

What is written is ordinary code to be gone over: titles and labels are the key with blanks, and
the Vietnamese words are empty, which the tests of the catalogue refuse. Run it in a clean tree
and read the difference.
"""

import argparse
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from borderdesk.base.paths import MIGRATIONS, RESOURCES
from borderdesk.schema.record import Record
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.connection.tables import index_columns, search_table, type_columns

ROOT = Path(__file__).resolve().parents[1]
RECORDS = ROOT / "borderdesk" / "schema" / "records"
FACTORIES = ROOT / "tests" / "factories.py"
WORDS = RESOURCES / "locale" / "vi" / "LC_MESSAGES" / "borderdesk.po"
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
SQL_TYPES = {"BIGINT": "INTEGER", "BOOL": "INTEGER"}
"""Column types of migrations by those of peewee's fields; TEXT for others."""


class ScaffoldError(Exception):
    """Why nothing was written."""


# ------------------------------------------------------------------------------- kinds


def kinds() -> dict[str, type[Any]]:
    """{kind: field class} of all kinds that record types use: "count", "yes_no" …"""
    classes: dict[str, type[Any]] = {}
    for model in ALL_TYPES.values():
        for field in model.columns().values():
            name = type(field).__name__.removesuffix("Field")
            classes[re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()] = type(field)
    return classes


def sql_type(kind: type[Any]) -> str:
    """The column type of a kind of field."""
    return SQL_TYPES.get(kind.field_type, "TEXT")


def words_of(key: str) -> str:
    """The initial label of a key: "cable_m" → "Cable m"."""
    return key.replace("_", " ").capitalize()


# -------------------------------------------------------------------------- migrations


def write_migration(name: str, purpose: str, statements: Sequence[str]) -> Path:
    """Write the next migration and raise SCHEMA_VERSION; returns its path."""
    last = max(path.name[:4] for path in MIGRATIONS.glob("[0-9]*.py"))
    number = int(last) + 1
    path = MIGRATIONS / f"{number:04d}_{name}.py"
    shown_statements = "".join(f'    """\n    {s}\n    """,\n' for s in statements)
    path.write_text(
        f'"""{purpose}"""\n\nfrom typing import Any\n\n'
        f"STATEMENTS = (\n{shown_statements})\n\n\n"
        f"def up(_migrator: Any, db: Any) -> None:\n"
        f'    """{purpose}"""\n'
        f"    for statement in STATEMENTS:\n        db.execute_sql(statement)\n",
        encoding="utf-8",
    )
    raise_schema_version(number)
    return path


def keep_schema(migration: Path) -> tuple[Path, Path]:
    """Write the schema dump of a new migration, and a desk of it, for the tests."""
    subprocess.run([sys.executable, "-m", "tests.keep_schema"], cwd=ROOT, check=True)
    kept, number = ROOT / "tests" / "data", migration.name[:4]
    return kept / "schema" / f"{number}.sql", kept / "desks" / f"{number}.db.xz"


def raise_schema_version(number: int) -> None:
    """Write the number of the newest migration into the store."""
    pattern = re.compile(r"^SCHEMA_VERSION = \d+$", re.M)
    for path in sorted((ROOT / "borderdesk").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if pattern.search(text):
            path.write_text(pattern.sub(f"SCHEMA_VERSION = {number}", text), encoding="utf-8")


# ------------------------------------------------------------------------------- field


def new_field(type_name: str, key: str, kind: str) -> Iterator[str]:
    """Write the migration and the catalogue entry of a new field; yields lines for the report."""
    model = ALL_TYPES.get(type_name)
    classes = kinds()
    if model is None:
        raise ScaffoldError(f"There is no type {type_name}. Known: {', '.join(ALL_TYPES)}")
    if kind not in classes:
        raise ScaffoldError(f"There is no kind {kind}. Known: {', '.join(sorted(classes))}")
    if key in model.fields():
        raise ScaffoldError(f"{type_name} has a field {key} already.")
    statements = [f"ALTER TABLE {type_name} ADD COLUMN {key} {sql_type(classes[kind])}"]
    if classes[kind].linked:
        statements.append(link_table(type_name, key))
    purpose = f"Add the field {key} to {type_name}."
    migration = write_migration(f"{type_name}_{key}", purpose, statements)
    yield from written(migration, *keep_schema(migration))
    module = shown(Path(str(sys.modules[model.__module__].__file__)))
    field = classes[kind].__name__
    label = words_of(key)
    yield f'to write  {module}: {key} = {field}(N_("{label}"))'
    yield f"to write  {module}: {key} in `layout`"
    yield f'to write  {shown(add_words([label]))}: the msgstr of "{label}"'


def link_table(type_name: str, key: str) -> str:
    """The link table with a row per commune of a record."""
    columns = [
        f"row INTEGER NOT NULL REFERENCES {type_name} (row) ON DELETE CASCADE",
        "unit TEXT NOT NULL",
        "PRIMARY KEY (row, unit)",
    ]
    return f"{listed(f'CREATE TABLE {type_name}_{key}', columns)} WITHOUT ROWID"


# -------------------------------------------------------------------------------- type


def new_type(key: str) -> Iterator[str]:
    """Write the files of a new record type with a date, a commune and a number of people."""
    if key in ALL_TYPES:
        raise ScaffoldError(f"There is a type {key} already.")
    path = RECORDS / f"{key}.py"
    path.write_text(model_text(key), encoding="utf-8")
    yield from written(path, add_to_list(key))
    importlib.invalidate_caches()
    module = importlib.import_module(f"borderdesk.schema.records.{key}")
    model = getattr(module, class_name(key))
    purpose = f"Make the tables of {key}."
    migration = write_migration(key, purpose, list(tables(model)))
    yield from written(migration, *keep_schema(migration))
    labels = [words_of(key), "Held on", "Participants", "Work", "Place"]
    yield from written(add_factory(key), add_words(labels))
    yield f"to go over {shown(path)}: title, fields, rules, layout; then {shown(WORDS)}"


def class_name(key: str) -> str:
    """The class name of a type: "marker_survey" → "MarkerSurvey"."""
    return "".join(part.capitalize() for part in key.split("_"))


def model_text(key: str) -> str:
    """The module of a new type."""
    used = [kinds()[kind] for kind in ("commune", "count", "day", "hamlet")]
    # All field kinds are exported by one package.
    source = used[0].__module__.rpartition(".")[0]
    commune, count, day, hamlet = (kind.__name__ for kind in used)
    return f'''"""{words_of(key)}."""

from borderdesk.base.i18n import N_
from {source} import {", ".join(sorted((commune, count, day, hamlet)))}
from borderdesk.schema.record import Record


class {class_name(key)}(Record):
    """{words_of(key)} on one day."""

    type_name = "{key}"
    title = N_("{words_of(key)}")
    held_on = {day}(N_("Held on"), required=True, listed=True, event=True, sticky=True)
    commune = {commune}(N_("Commune"), required=True, listed=True, sticky=True)
    hamlet = {hamlet}(N_("Hamlet"))
    participants = {count}(N_("Participants"), least=1, required=True, listed=True)

    layout = (
        (N_("Work"), "held_on participants"),
        (N_("Place"), "commune hamlet"),
        Record.common,
    )
    summary = "held_on post commune participants"
    kind_key = ""
'''


def tables(model: type[Record]) -> Iterator[str]:
    """The statements that create a type's table, search index and other indexes."""
    name = model.type_name
    columns = [
        "row INTEGER PRIMARY KEY",
        "id TEXT UNIQUE NOT NULL",
        "revision INTEGER NOT NULL REFERENCES revision (seq)",
        *(f"{c} {sql_type(type(model._meta.fields[c]))}" for c in type_columns(model)[3:]),
    ]
    yield listed(f"CREATE TABLE {name}", columns)
    yield listed(
        f"CREATE VIRTUAL TABLE {search_table(model)} USING fts5",
        [
            "words, content='', contentless_delete=1, detail='none', prefix='2 3'",
            "tokenize=\"unicode61 remove_diacritics 0 tokenchars '/'\"",
        ],
    )
    for place, index in enumerate(index_columns(model)):
        label = "summary" if place == 0 else f"by_{'_'.join(index)}"
        yield f"CREATE INDEX {name}_{label} ON {name} ({', '.join(index)})"
    event = model.event()
    if event is not None:
        joint = f"CREATE INDEX {name}_joint ON {name} ({event.name})"
        yield f"{joint} WHERE with_posts IS NOT NULL"


def listed(statement: str, parts: Sequence[str]) -> str:
    """A statement with its parts in brackets, one per line."""
    return f"{statement} (\n        " + ",\n        ".join(parts) + "\n    )"


def add_to_list(key: str) -> Path:
    """Add the type to RECORD_TYPES."""
    path = RECORDS / "__init__.py"
    text = path.read_text(encoding="utf-8")
    line = f"from borderdesk.schema.records.{key} import {class_name(key)}"
    imports = re.findall(r"^from borderdesk\.schema\.records\..*$", text, re.M)
    text = text.replace("\n".join(imports), "\n".join(sorted([*imports, line])))
    text = text.replace("Incident,\n", f"Incident,\n        {class_name(key)},\n", 1)
    path.write_text(text, encoding="utf-8")
    return path


def add_factory(key: str) -> Path:
    """Add a strategy and an example of the type to FACTORIES."""
    strategy = f'''


@st.composite
def _{key}(draw: Any, window: Window) -> Raw:
    held_on = draw(days(window.first, window.last))
    return {{
        **draw(_common(window)),
        "held_on": held_on,
        "commune": draw(communes(held_on)),
        "participants": draw(counts(1)),
        **draw(_some(hamlet=texts())),
    }}


def _{key}_example(n: int) -> Raw:
    return {{"post": "BS", "held_on": "2023-06-01", "commune": "06202", "participants": n + 1}}


FACTORIES: dict[str, Factory] = {{
    "{key}": Factory(_{key}, _{key}_example),
'''
    text = FACTORIES.read_text(encoding="utf-8")
    head = "\n\nFACTORIES: dict[str, Factory] = {\n"
    FACTORIES.write_text(text.replace(head, strategy, 1), encoding="utf-8")
    return FACTORIES


def add_words(texts: Sequence[str]) -> Path:
    """Add missing texts to the catalogue, with empty translations."""
    catalogue = WORDS.read_text(encoding="utf-8")
    missing = [text for text in texts if f'msgid "{text}"\n' not in catalogue]
    head, _blank, rest = catalogue.partition("\n\n")
    entries = [f'msgid "{text}"\nmsgstr ""' for text in missing]
    WORDS.write_text("\n\n".join([head, *entries, rest]), encoding="utf-8")
    return WORDS


# --------------------------------------------------------------------------- the command


def written(*paths: Path) -> Iterator[str]:
    """A report line per written file."""
    return (f"written   {shown(path)}" for path in paths)


def shown(path: Path) -> str:
    """A path relative to the project's folder."""
    return path.relative_to(ROOT).as_posix()


def main(arguments: Sequence[str]) -> int:
    """Write the files; print what was written and what is left to do; returns the exit status."""
    parser = argparse.ArgumentParser(prog="run.py new")
    commands = parser.add_subparsers(dest="what", required=True)
    field = commands.add_parser("field", help="a field of a record type")
    field.add_argument("type", metavar="TYPE")
    field.add_argument("key", metavar="KEY")
    field.add_argument("kind", metavar="KIND", help=", ".join(sorted(kinds())))
    commands.add_parser("type", help="a record type").add_argument("key", metavar="KEY")
    options = parser.parse_args(arguments)
    if not KEY.fullmatch(options.key):
        parser.error(f"{options.key} is not a key: small letters, digits and _")
    try:
        if options.what == "field":
            lines = list(new_field(options.type, options.key, options.kind))
        else:
            lines = list(new_type(options.key))
    except ScaffoldError as problem:
        parser.error(str(problem))
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
