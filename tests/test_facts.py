"""Each fact is stated once: general code loops over declarations, and never names a field, record
type, reference table or indicator by its key, neither in Python nor in SQL, nor asks for the kind
of a field."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from borderdesk.figures.indicators import AFTER_PROGRAMMES, BEFORE_PROGRAMMES
from borderdesk.schema import kinds
from borderdesk.schema.kinds import ChildrenField, ColumnField, Field
from borderdesk.schema.records import ALL_TYPES, RECORD_TYPES
from borderdesk.schema.reference import REFERENCE_TYPES
from tests.test_structure import FILES, ROOT, tree
from ui.widgets.actions.all_actions import ACTIONS, PAGES
from ui.widgets.actions.home_actions import DAILY, NEW

DECLARATIONS = (
    "borderdesk/schema/records/",
    "borderdesk/schema/reference/",
    "borderdesk/store/migrations/",
    "borderdesk/store/models/",
    "borderdesk/demo/",  # invents records type by type
    "borderdesk/figures/indicators.py",
    "borderdesk/figures/sources.py",
)
"""Modules that declare types, fields and indicators, or invent a record of each."""

COMMON_WORDS = frozenset({"post", "commune", "note", "kind", "name", "form", "marker", "lines"})
"""Field keys that are also other words (the role of a desk, a kind of unit, the style of a
paragraph …): they are refused only as keys of a record's values."""

RECORD_WORDS = frozenset({"values", "described", "parts", "fields", "columns", "children", "raw"})
"""The usual names of a record's values and of a type's fields."""

OTHER_THINGS = {
    "borderdesk/base/measure_units.py": (
        (
            "communes hamlet hamlets household households incident leaflets markers persons"
            " sessions times track"
        ),
        "plurals of units of measure, in English",
    ),
    "borderdesk/cli/commands/accounts.py": ("subject", "keys of JSON of the audit log"),
    "borderdesk/cli/commands/closing.py": ("result", "keys of JSON of a verdict"),
    "borderdesk/cli/commands/exchange.py": (
        "household",
        "a word of the command line: erase household",
    ),
    "borderdesk/cli/commands/personal_data.py": (
        "household",
        "keys of JSON of a request of a person",
    ),
    "borderdesk/cli/commands/reference.py": (
        "households valid_from",
        "a command, and keys of the table of settings",
    ),
    "borderdesk/cli/commands/signing.py": ("result", "keys of JSON of a signature"),
    "borderdesk/closing/editions.py": ("signed_on", "the format of an edition"),
    "borderdesk/closing/facts.py": (
        "communes markers posts",
        "facts of a summary that no indicator counts",
    ),
    "borderdesk/entry/person_requests.py": (
        "household",
        "columns of the table of requests of persons",
    ),
    "borderdesk/entry/reference.py": ("valid_from", "columns of the table of settings"),
    "borderdesk/exchange/receiving/imports.py": (
        "status",
        "keys of JSON of what became of a package",
    ),
    "borderdesk/figures/regulations.py": ("signed_on", "columns of the table of regulations"),
    "borderdesk/overview/marker_visits.py": (
        "inspected",
        "what became of a marker: inspected, cleared",
    ),
    "borderdesk/overview/waiting.py": ("persons", "a page of the settings"),
    "borderdesk/reports/contents/coverage_report.py": (
        "condition",
        "keys of JSON of the state of the markers",
    ),
    "borderdesk/reports/handouts/due_markers.py": (
        "inspected",
        "what became of a marker: inspected, cleared",
    ),
    "borderdesk/reports/paper/font_subset.py": ("head", "tables of a font"),
    "borderdesk/reports/word_files/form_fields.py": (
        "outcome result",
        "fields of a form that a post made in Word",
    ),
    "borderdesk/reports/handouts/handbook.py": ("household", "pages of the handbook"),
    "borderdesk/reports/handouts/person_report.py": (
        "household households",
        "keys of JSON of what is kept of a person",
    ),
    "borderdesk/reports/contents/register.py": ("count", "keys of JSON of a register"),
    "borderdesk/reports/workbooks/xlsx.py": ("subject", "properties of a workbook"),
    "borderdesk/schema/book.py": ("hamlets markers", "declares the keys of these tables"),
    "borderdesk/schema/pick_lists.py": ("picks", "declares the key of the table"),
    "borderdesk/schema/post_areas.py": ("posts", "declares the key of the table"),
    "borderdesk/schema/unit_history.py": ("units", "declares the key of the table"),
    "borderdesk/schema/kinds/field.py": (
        "hamlet household",
        "what a value may refer to, and how a list is sorted",
    ),
    "borderdesk/schema/kinds/description.py": (
        "citizen_id hamlet head",
        "declares how a household is described",
    ),
    "borderdesk/schema/kinds/unit_scales.py": (
        "households leaflets persons sessions times",
        "plurals of units of measure, in English",
    ),
    "borderdesk/schema/record.py": ("source_ref tags with_posts", "declares what every record has"),
    "borderdesk/schema/settings.py": ("valid_from", "columns of the table of settings"),
    "borderdesk/session/audit_kinds.py": ("household", "kinds of entries of the audit log"),
    "borderdesk/sheets/imports/sheet_batches.py": ("hamlets", "keys of JSON of what a list added"),
    "borderdesk/cli/commands/sheets.py": ("hamlets", "an option of the command line"),
    "borderdesk/sheets/rows/row_statements.py": (
        "head status",
        "words that stand in lists of the posts",
    ),
    "borderdesk/updates/version_trial.py": ("clearing", "a page of another version of the program"),
    "ui/records/lists/list_footer.py": ("count", "a name for the style sheet"),
    "ui/reports/report_chooser.py": ("units", "the choice of old or new units"),
    "ui/settings/settings_form.py": ("valid_from", "columns of the table of settings"),
    "ui/settings/settings_page.py": ("persons", "pages of the settings"),
}
"""{module: keys of fields, types or tables that it uses with another meaning}."""

OTHER_COLUMNS = {
    "kind": "of the entries of a log, and of provisional places",
    "leader": "of the groups of joined households",
    "members": "of a count of such a group",
    "name": "of SQLite's own tables, and of accounts and forms",
    "valid_from": "of the table of settings",
}
"""{key of a field: which columns of other tables are called the same, in SQL}."""

ASKS_KINDS = {
    "borderdesk/schema/record.py": 3,  # inspects a type: its fields, columns, child rows
    "borderdesk/schema/kinds/children.py": 1,  # takes the type of a row apart
    "borderdesk/store/records/history.py": 1,  # tells fields from the store's own columns
}
"""{module that reads the declaration itself: how often it asks for a kind}."""


Nodes = list[ast.AST]


@cache
def general_code() -> dict[str, Nodes]:
    """{file: all nodes of its syntax tree}."""
    names = {str(path.relative_to(ROOT)): path for path in FILES}
    return {
        name: list(ast.walk(tree(path)))
        for name, path in names.items()
        if not name.startswith(DECLARATIONS)
    }


def declared_keys() -> frozenset[str]:
    """The keys of all types, fields, reference tables and indicators."""
    indicators = (*BEFORE_PROGRAMMES, *AFTER_PROGRAMMES)
    keys = {*ALL_TYPES, *REFERENCE_TYPES, *(indicator.key for indicator in indicators)}
    for model in ALL_TYPES.values():
        for key, field in model.fields().items():
            keys |= {key, *field.row_fields()}
    return frozenset(keys)


def texts_for_people(nodes: Nodes) -> set[int]:
    """The literals that are texts of the catalogue, or are in docstrings."""
    found: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"_", "N_", "ngettext"}:
            found |= {id(one) for one in node.args}
        if isinstance(node, ast.Expr):
            found.add(id(node.value))
    return found


def literals(nodes: Nodes) -> Iterator[ast.Constant]:
    said = texts_for_people(nodes)
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node


def last_word(node: ast.expr) -> str:
    """The last identifier of an expression: `values` of `self.one.values`, `columns` of
    `x.columns()`."""
    if isinstance(node, ast.Call):
        return last_word(node.func)
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def asked_of_a_record(nodes: Nodes) -> Iterator[ast.Constant]:
    """The literals used as keys of a record's values or of a type's fields."""
    for node in nodes:
        of: ast.expr | None = None
        key: ast.expr | None = None
        if isinstance(node, ast.Subscript):
            of, key = node.value, node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            if node.func.attr in {"get", "pop", "setdefault"}:
                of, key = node.func.value, node.args[0]
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            of, key = node.comparators[0], node.left
        if of is not None and isinstance(key, ast.Constant) and last_word(of) in RECORD_WORDS:
            yield key


def other_words(name: str) -> set[str]:
    """The declared keys that a file may use with another meaning."""
    return set(OTHER_THINGS.get(name, ("", ""))[0].split())


def test_no_general_code_names_a_field_type_or_indicator_by_its_key():
    keys = declared_keys()
    assert {"head", "citizen_id", "signed_on", "pledge", "leaflets"} <= keys
    assert keys >= COMMON_WORDS
    found = {
        f"{name}:{node.lineno} {node.value}"
        for name, nodes in general_code().items()
        for node in literals(nodes)
        if node.value in keys - COMMON_WORDS - other_words(name)
    }
    assert found == set()


def test_no_values_of_a_record_are_asked_for_a_key():
    keys = declared_keys()
    found = {
        f"{name}:{node.lineno} {node.value}"
        for name, nodes in general_code().items()
        for node in asked_of_a_record(nodes)
        if node.value in keys
    }
    assert found == set()


SQL = re.compile(
    r"\b(?:SELECT|FROM|WHERE|JOIN|BY|NULL|COALESCE|VALUES|CASE|AND|INSERT|UPDATE|SET)\b"
)
"""A word by which a literal is a statement, or a part of one."""


def test_no_sql_names_a_field_or_type_by_its_key():
    keys = declared_keys()
    found = {
        f"{name}:{node.lineno} {word}"
        for name, nodes in general_code().items()
        for node in literals(nodes)
        if SQL.search(node.value)
        for word in re.findall(r"[a-z_0-9]+", node.value)
        if word in keys - OTHER_COLUMNS.keys()
    }
    assert found == set()


def names_of_types(nodes: Nodes) -> set[str]:
    """The names of record types in a file, also those it has under another name."""
    types = {model.__name__ for model in ALL_TYPES.values()}
    for node in nodes:
        if isinstance(node, ast.Assign) and last_word(node.value) in types:
            types |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return types


def test_no_attribute_of_a_record_type_is_one_of_its_fields():
    """`Household.columns()[DESCRIBED_BY.name]`, not `Household.head`."""
    keys = declared_keys()
    found = {
        f"{name}:{node.lineno} {node.attr}"
        for name, nodes in general_code().items()
        for types in [names_of_types(nodes)]
        for node in nodes
        if isinstance(node, ast.Attribute) and node.attr in keys
        if getattr(node.value, "id", "") in types
    }
    assert found == set()


def test_every_exception_is_one():
    keys, code = declared_keys() - COMMON_WORDS, general_code()
    found = {name: {node.value for node in literals(code[name])} for name in OTHER_THINGS}
    needless = {name: other_words(name) - (said & keys) for name, said in found.items()}
    assert {name: words for name, words in needless.items() if words} == {}


def kinds_of_fields() -> set[str]:
    """The names of all field kinds, and of all editors except their base class."""
    own = {one.__name__ for one in (Field, ColumnField, ChildrenField, *kinds.KINDS)}
    for nodes in general_code().values():
        own |= {
            node.name
            for node in nodes
            if isinstance(node, ast.ClassDef)
            and any(getattr(base, "id", "").endswith("Editor") for base in node.bases)
        }
    return own


def test_nobody_asks_which_kind_a_field_is_of():
    """A kind answers through its attributes and methods, so that a new one is one module."""
    names, found = kinds_of_fields(), defaultdict(int)
    assert {"DayField", "ChildrenEditor", "HouseholdEditor"} <= names
    for name, nodes in general_code().items():
        for node in nodes:
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {
                "isinstance",
                "issubclass",
            }:
                asked = {last_word(one) for one in ast.walk(node.args[1])}  # type: ignore[arg-type]
                found[name] += bool(asked & names)
    assert {name: count for name, count in found.items() if count} == ASKS_KINDS


def test_a_type_that_is_logged_daily_has_its_action_by_that():
    """If it were named a second time, the action of a new type would be missing when its page
    opens."""
    keys = [ACTIONS[NEW + key].keys for key, model in RECORD_TYPES.items() if model.daily]
    assert keys[:4] == ["Alt+1", "Alt+2", "Alt+3", "Alt+4"]
    assert "" not in keys
    assert [key for key in ACTIONS if key.startswith(NEW)] == [NEW + key for key in DAILY]


def test_no_action_is_declared_by_two_pages():
    """The later of two would replace the other wherever it is bound."""
    assert len(ACTIONS) == sum(len(page) for page in PAGES)
