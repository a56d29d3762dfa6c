"""The migrations are the only schema: what each released version came to never changes."""

import pytest

from borderdesk.store import schema
from borderdesk.store.database import SCHEMA_VERSION
from tests.keep_schema import DUMPS, dump, dump_file


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION + 1))
def test_the_migrations_of_a_version_make_the_tables_that_it_was_released_with(version):
    assert dump(version) == dump_file(version).read_text(encoding="utf-8")


def test_every_version_has_its_dump():
    assert [int(path.stem) for path in sorted(DUMPS.iterdir())] == [
        *range(1, len(schema.names()) + 1)
    ]
    assert len(schema.names()) == SCHEMA_VERSION


@pytest.mark.parametrize("version", [1, 3, 6])
def test_a_desk_of_an_older_version_comes_to_the_same_tables_as_a_new_one(version):
    database = schema.ScratchDatabase()
    with database.connection_context():
        schema.migrate(database, version)
        assert schema.is_upgradable(database, version)
        schema.migrate(database)
        found = "".join(f"{sql};\n" for sql in schema.definition(database).values())
    assert found == dump_file(SCHEMA_VERSION).read_text(encoding="utf-8")


def test_what_a_file_lacks_is_named():
    database = schema.ScratchDatabase()
    with database.connection_context():
        schema.migrate(database)
        raw = database.connection()
        assert schema.lacking(raw, SCHEMA_VERSION) == []
        raw.execute("DROP TABLE preference")
        raw.execute("ALTER TABLE card DROP COLUMN vouched")
        assert schema.lacking(raw, SCHEMA_VERSION) == ["card.vouched", "preference"]
        # What the first version did not have yet it does not lack.
        assert schema.lacking(raw, 1) == []
