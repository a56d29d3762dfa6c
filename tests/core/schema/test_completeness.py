"""Completeness: every type has a factory, tables and texts; keys never change, as they are part of
the product's interface."""

import importlib
import pkgutil

import pytest
from babel.messages.pofile import read_po
from peewee import CompositeKey

from borderdesk.base.paths import RESOURCES
from borderdesk.ledgers.tables import ledgers
from borderdesk.schema.kinds import INTERNAL, PERSONAL, ChildrenField, ChoiceField, ColumnField
from borderdesk.schema.records import ALL_TYPES, RECORD_TYPES
from borderdesk.store import models
from borderdesk.store.connection.table_digests import TABLE
from borderdesk.store.connection.tables import (
    derived_models,
    index_columns,
    link_tables,
    search_table,
    table_name,
    type_columns,
)
from borderdesk.store.models.base import TableRow
from tests.factories import FACTORIES

TYPES = list(ALL_TYPES)

for module in pkgutil.iter_modules(models.__path__, f"{models.__name__}."):
    importlib.import_module(module.name)
ROWS = sorted([*TableRow.__subclasses__(), *ledgers().values()], key=table_name)
"""The model of every table that is not a record type's, in an order independent of imports."""

# Below stands what was released. It is the interface: it may grow, which needs no line here, but
# nothing of it may go or change. Add the fields of a release when it is tagged.
KEYS = {
    "patrol": "kind started_on ended_on from_marker to_marker communes participants of_whom_guards"
    " of_whom_militia of_whom_police of_whom_residents foreign_participants leader result findings"
    " inspected",
    "clearing": "kind started_on ended_on commune hamlet from_marker to_marker times participants"
    " of_whom_guards of_whom_militia of_whom_residents labour_days length_m",
    "track": "completed_on commune count lines width_m surface labour_days cost_vnd funders",
    "outreach": "form held_on commune hamlet other_places sessions attendance topics partners"
    " leaflets document_sets",
    "pledge": "signed_on programme count household commune hamlet witness",
    "registration": "subject household name commune hamlet from_on to_on from_marker to_marker"
    " length_km members",
    "programme": "programme done_on commune hamlet from_marker to_marker quantity length_km"
    " participants households labour_days cost_vnd funders",
    "coordination": "kind happened_on times channel counterpart level partner commune subject"
    " outcome",
    "incident": "happened_on commune category persons from_tip handling fine_vnd status closed_on",
    "household": "head commune hamlet phone citizen_id purpose review_on valid_from valid_to"
    " merged_into note",
}
COMMON = "post source_ref tags with_posts note"
CHILD_KEYS = {
    "patrol.inspected": "marker condition remark",
    "track.lines": "marker length_m",
    "track.funders": "name amount_vnd in_kind",
    "outreach.other_places": "commune hamlet attendance",
    "programme.funders": "name amount_vnd in_kind",
}
REQUIRED = {
    "patrol": "kind started_on from_marker to_marker communes participants result",
    "clearing": "kind started_on commune times participants",
    "track": "completed_on commune count",
    "outreach": "form held_on commune sessions topics",
    "pledge": "signed_on programme count household commune hamlet",
    "registration": "subject household name commune from_on",
    "programme": "programme done_on commune quantity",
    "coordination": "kind happened_on times counterpart partner subject",
    "incident": "happened_on commune category status",
    "household": "head commune hamlet",
}
EVENTS = {
    "patrol": "started_on", "clearing": "started_on", "track": "completed_on",
    "outreach": "held_on", "pledge": "signed_on", "registration": "from_on",
    "programme": "done_on", "coordination": "happened_on", "incident": "happened_on",
}  # fmt: skip
CODES = {
    "patrol.kind": "unilateral bilateral combined",
    "patrol.result": "unchanged violation damage",
    "patrol.inspected.condition": "intact damaged moved missing unreachable",
    "clearing.kind": "road_clearing road_repair sight_line",
    "track.surface": "concrete earth stone steps",
    "outreach.form": "session small_scale training broadcast handout",
    "registration.subject": "collective household individual",
    "coordination.kind": "exchange briefing talks conference twinning",
    "coordination.channel": "letter meeting hotline",
    "coordination.counterpart": "domestic china",
    "coordination.level": "post province",
    "incident.status": "open closed",
}
PERSONAL_KEYS = {"household.head", "household.phone", "household.citizen_id"}
INTERNAL_KEYS = {
    "patrol.findings", "patrol.leader", "patrol.inspected.remark", "pledge.witness",
    "coordination.subject", "coordination.outcome", "incident.handling", "household.purpose",
    "track.funders.name", "track.funders.in_kind", "programme.funders.name",
    "programme.funders.in_kind", *(f"{name}.note" for name in ALL_TYPES),
}  # fmt: skip


def every_field():
    """{type.key or type.children.key: the field} without the children fields themselves."""
    found = {}
    for name, model in ALL_TYPES.items():
        for key, field in model.columns().items():
            found[f"{name}.{key}"] = field
        for key, children in model.children().items():
            for inner, field in children.child.fields().items():
                found[f"{name}.{key}.{inner}"] = field
    return found


# ----------------------------------------------------------------------------- the interface


def test_the_types_are_those_of_the_product():
    released = [name for name in ALL_TYPES if name in KEYS]
    assert released == [*KEYS]
    assert [*RECORD_TYPES] == [name for name in ALL_TYPES if name != "household"]
    assert all(model.type_name == name for name, model in ALL_TYPES.items())


@pytest.mark.parametrize("name", TYPES)
def test_the_keys_of_a_type_are_the_interface(name):
    common = set() if name == "household" else set(COMMON.split())
    assert set(ALL_TYPES[name].fields()) >= set(KEYS.get(name, "").split()) | common


def test_the_keys_of_children_are_the_interface():
    found = {
        f"{name}.{key}": set(children.child.fields())
        for name, model in ALL_TYPES.items()
        for key, children in model.children().items()
    }
    released = {place: set(keys.split()) for place, keys in CHILD_KEYS.items()}
    assert {place: found[place] & keys for place, keys in released.items()} == released


@pytest.mark.parametrize("name", KEYS)
def test_what_is_required_is_the_interface(name):
    """A field unknown to older programs and sheets can never be required."""
    found = {key for key, field in ALL_TYPES[name].columns().items() if field.required}
    assert found == set(REQUIRED[name].split())


def test_the_day_a_record_counts_by_is_the_interface():
    events = {name: model.event() for name, model in ALL_TYPES.items()}
    assert {n: event.name for n, event in events.items() if event and n in KEYS} == EVENTS


def test_the_codes_of_choices_are_the_interface():
    found = {
        place: " ".join(field.options)
        for place, field in every_field().items()
        if isinstance(field, ChoiceField)
    }
    assert {place: found.get(place) for place in CODES} == CODES


def test_personal_and_internal_fields_are_exactly_those_listed():
    fields = every_field().items()
    assert {place for place, field in fields if field.part == PERSONAL} == PERSONAL_KEYS
    assert {place for place, field in fields if field.part == INTERNAL} == INTERNAL_KEYS
    by_record = {place for place, field in fields if field.personal_when is not None}
    assert by_record == {"registration.name"}


@pytest.mark.parametrize(
    ("subject", "part"),
    [("individual", PERSONAL), ("collective", "public"), ("household", "public")],
)
def test_only_the_name_of_an_individual_is_personal(subject, part):
    assert ALL_TYPES["registration"].part_of("name", {"subject": subject}) == part


# -------------------------------------------------------------------- factories and layouts


def test_every_type_has_a_factory():
    assert [name for name in ALL_TYPES if name not in FACTORIES] == []


@pytest.mark.parametrize("name", TYPES)
def test_the_form_shows_every_field_once(name):
    model = ALL_TYPES[name]
    placed = [key for _heading, keys in model.layout for key in keys.split()]
    # The post is chosen above the form.
    assert sorted(placed) == sorted(set(model.fields()) - {"post"})


@pytest.mark.parametrize("name", TYPES)
def test_the_list_names_fields_the_event_first(name):
    model = ALL_TYPES[name]
    assert set(model.listed()) <= set(model.columns())
    event = model.event()
    if event is not None:
        assert model.listed()[0] == event.name
    assert model.kind_key in ("", *model.columns())


# --------------------------------------------------------------------- the migrated schema


def columns_of(desk, table):
    return [str(row[1]) for row in desk.store.rows(f"PRAGMA table_info({table})")]


@pytest.mark.parametrize("name", TYPES)
def test_the_tables_of_a_type_have_its_columns(desk, name):
    model = ALL_TYPES[name]
    assert sorted(columns_of(desk, table_name(model))) == sorted(type_columns(model))
    for children in model.children().values():
        child = children.child
        assert columns_of(desk, table_name(child)) == ["row", "place", *child.fields()]
    for table in link_tables(model).values():
        assert columns_of(desk, table) == ["row", "unit"]
    assert columns_of(desk, search_table(model)) == ["words"]


@pytest.mark.parametrize("name", TYPES)
def test_the_indexes_of_a_type_are_in_the_schema(desk, name):
    table = table_name(ALL_TYPES[name])
    found = {
        tuple(row[2] for row in desk.store.rows(f"PRAGMA index_info({index[1]})"))
        for index in list(desk.store.rows(f"PRAGMA index_list({table})"))
    }
    assert set(index_columns(ALL_TYPES[name])) <= found
    assert ("id",) in found


@pytest.mark.parametrize("model", ROWS, ids=table_name)
def test_the_models_of_the_other_tables_have_the_columns_that_the_migrations_made(desk, model):
    told = {  # by a model: type, whether it may be absent, whether it is of the key
        name: (field.field_type, field.null, name in key_of(model))
        for name, field in model._meta.columns.items()
    }
    found = {
        str(row[1]): (
            "AUTO" if told.get(row[1], [""])[0] == "AUTO" and row[2] == "INTEGER" else row[2],
            not row[3] and not row[5],
            row[5] > 0,
        )
        for row in desk.store.rows(f"PRAGMA table_info({table_name(model)})")
    }
    assert {name: (KINDS.get(kind, kind), *rest) for name, (kind, *rest) in told.items()} == found


KINDS = {"INT": "INTEGER"}


def key_of(model):
    key = model._meta.primary_key
    return key.field_names if isinstance(key, CompositeKey) else (key.name,)


def test_the_schema_has_no_table_that_nothing_uses(desk):
    found = {
        str(row[0])
        for row in desk.store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    searches = {search_table(model) for model in ALL_TYPES.values()}
    known = {table_name(m) for m in [*ROWS, *derived_models()]}
    known |= {table for model in ALL_TYPES.values() for table in link_tables(model).values()}
    shadows = {t for t in found if any(t.startswith(f"{search}_") for search in searches)}
    # Internal tables of SQLite, the migrations, the digests and the audit log.
    own = {t for t in found if t.startswith("sqlite_")} | {"schema_migration", TABLE, "audit"}
    assert found - shadows - own == known | searches


# -------------------------------------------------------------------------------- the words


def shown_texts():
    """Every text of a type: title, notice, headings, labels, units, choices."""
    for model in ALL_TYPES.values():
        yield from (model.title, model.notice, *(heading for heading, _keys in model.layout))
        fields = [*model.fields().values()]
        for children in model.children().values():
            fields += children.child.fields().values()
        for field in fields:
            assert isinstance(field, ColumnField | ChildrenField)
            yield field.label
            yield getattr(field, "unit", "")
            yield from getattr(field, "options", {}).values()


def test_every_label_choice_heading_and_notice_is_translated():
    path = RESOURCES / "locale" / "vi" / "LC_MESSAGES" / "borderdesk.po"
    with path.open("rb") as file:
        known = {message.id: message.string for message in read_po(file, locale="vi")}
    assert sorted({text for text in shown_texts() if text and not known.get(text)}) == []
