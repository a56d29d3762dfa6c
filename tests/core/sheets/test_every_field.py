"""Every field that `add` takes can be imported from a sheet: the template of its type, filled
in."""

import datetime
import json
import shutil

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from borderdesk.sheets.columns.carried_values import is_repetition
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.store.lists.listing import Filter
from tests.core.sheets import sheet_files as files
from tests.effort import tries
from tests.factories import raw


def cell_of(column, record):
    """The cell content for a field's JSON value."""
    owner, _dot, part = column.key.partition(".")
    value = record.get(owner)
    if part:
        value = value.get(part) if isinstance(value, dict) else None
    if value is None or value == []:
        return None
    if column.field.is_date:
        return datetime.date.fromisoformat(value)
    if isinstance(value, list):
        rows = isinstance(value[0], dict)
        return json.dumps(value, ensure_ascii=False) if rows else "; ".join(value)
    return value


def test_a_template_has_every_field(post_desk):
    for type_name, model in ALL_TYPES.items():
        columns = post_desk.sheet_templates.columns(type_name)
        owners = {column.key.partition(".")[0] for column in columns}
        assert owners == model.fields().keys(), type_name
        described = {"head", "commune", "hamlet", "citizen_id"}
        for key, field in model.fields().items():
            if field.refers_to == "household" and type_name != "household":
                parts = {c.key.partition(".")[2] for c in columns if c.key.startswith(f"{key}.")}
                assert parts == described


@pytest.mark.parametrize("type_name", list(ALL_TYPES))
def test_a_filled_template_gives_the_records_that_json_gives(
    province_template, tmp_path_factory, type_name
):
    @settings(
        max_examples=tries(2, 20), phases=[Phase.generate], deadline=None,
        suppress_health_check=list(HealthCheck), derandomize=True,
    )  # fmt: skip
    @given(st.data())
    def check(data):
        folder = tmp_path_factory.mktemp("every")
        records = [data.draw(raw(type_name)) for _n in range(3)]
        for record in records:
            for value in record.values():
                assume(not (isinstance(value, str) and is_repetition(value)))
            for key in ("id", "state"):
                record.pop(key, None)
        found = []
        for door in (by_json, by_template):
            desk_folder = folder / door.__name__
            shutil.copytree(province_template, desk_folder)
            with Desk.open(desk_folder) as desk:
                found.append(door(desk, folder, type_name, records))
        assert found[0] == found[1]

    check()


def by_json(desk, _folder, type_name, records):
    for record in records:
        desk.records.add(type_name, record)
    return kept(desk, type_name)


def by_template(desk, folder, type_name, records):
    path = folder / "list.xlsx"
    desk.sheet_templates.write(type_name, path)
    columns = desk.sheet_templates.columns(type_name)
    page = files.opened(path)
    page.delete_rows(2, 3)
    for number, record in enumerate(records, start=2):
        page.cell(number, 1).value = number - 1
        for place, column in enumerate(columns, start=2):
            cell = page.cell(number, place)
            cell.value = cell_of(column, record)
            if isinstance(cell.value, str):
                cell.data_type = "s"
    page.parent.save(path)
    outcome = desk.sheets.import_sheet(type_name, path, SheetRequest(encoding="unicode"))
    assert [one.reason for one in outcome.refused] == []
    return kept(desk, type_name)


def kept(desk, type_name):
    """The records of a type and the households, without the ids that each desk assigns."""
    shown = []
    for name in (type_name, "household"):
        for one in desk.lists.stream(name, Filter()):
            values = {k: v for k, v in one.values.items() if not _is_id(ALL_TYPES[name], k)}
            shown.append(repr(sorted(values.items())))
    return sorted(set(shown))


def _is_id(model, key):
    return model.fields()[key].refers_to == "household"
