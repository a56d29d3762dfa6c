"""NULL and bytes are bound directly, without a search for adapters."""

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from borderdesk.store.connection.bound_values import AS_THEY_ARE
from borderdesk.store.connection.database import Store


def test_the_store_binds_null_and_bytes_by_functions_of_c():
    for kind, unchanged in AS_THEY_ARE.items():
        assert sqlcipher.adapters[kind, sqlcipher.PrepareProtocol] is unchanged, Store
        assert not hasattr(unchanged, "__code__")


def test_they_come_back_as_they_were_given():
    connection = sqlcipher.connect(":memory:")
    row = (None, b"", bytes(range(256)), "chữ", 7, 1.5)
    connection.execute("CREATE TABLE t (a, b, c, d, e, f)")
    connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)", [row, row])
    assert connection.execute("SELECT * FROM t").fetchall() == [row, row]
    told = connection.execute("SELECT typeof(a), typeof(b), typeof(c) FROM t").fetchone()
    assert told == ("null", "blob", "blob")
    connection.close()


class _Digest(bytes):
    """A subclass of bytes."""


@pytest.mark.parametrize("kind", [bytearray, memoryview, _Digest])
def test_what_is_as_good_as_bytes_is_bound_as_they_are(kind):
    connection = sqlcipher.connect(":memory:")
    row = connection.execute("SELECT ?, typeof(?2)", [kind(b"a\0b"), kind(b"")]).fetchone()
    assert row == (b"a\0b", "blob")
    connection.close()
