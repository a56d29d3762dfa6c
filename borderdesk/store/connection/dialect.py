"""The SQL constructs that differ between SQLite and PostgreSQL: the only module to change for
another database.

All other SQL is valid in both. Portable forms are used where they exist: an insert that skips
existing rows is `INSERT … ON CONFLICT DO NOTHING`, a largest value of several tables is MAX over a
UNION ALL, and bytes become hex in Python.
"""


def in_order(outer: str, inner: str, on: str) -> str:
    """A join of two tables (`name alias`) that reads `outer` first.

    SQLite has no statistics of a desk (it is never analysed), so its choice of the outer table of a
    plain JOIN is a guess. PostgreSQL: a plain JOIN.
    """
    return f"{outer} CROSS JOIN {inner} ON {on}"


def by_index(table: str, index: str) -> str:
    """A table (`name alias`) read through this index, which covers the query.

    PostgreSQL: the table alone; it finds a covering index itself.
    """
    return f"{table} INDEXED BY {index}"


def matches(search: str) -> str:
    """The condition that a full-text table holds the words of the next parameter.

    PostgreSQL: a tsvector column and `@@ to_tsquery`.
    """
    return f"{search} MATCH ?"


def joined_ids(column: str) -> str:
    """The aggregate that gives the ids in a column as one text, for `split_ids`: reading half a
    million of them takes a third of what a row each takes.

    PostgreSQL: `string_agg(column, ',')`.
    """
    return f"GROUP_CONCAT({column})"


def split_ids(joined: str | None) -> list[str]:
    """The ids in a text of `joined_ids`."""
    return joined.split(",") if joined else []


def temporary_table(name: str, columns: str) -> str:
    """The statement that creates a temporary table of this connection if it is missing.

    The same in PostgreSQL but for the schema of the table (`temp.` in SQLite, `pg_temp.` in
    PostgreSQL).
    """
    return f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} ({columns})"


def word_counts(search: str, name: str) -> str:
    """The statement that makes a temporary table (term, doc, cnt) of a full-text table's words.

    PostgreSQL: `ts_stat`.
    """
    return (
        f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{name} USING fts5vocab('main', '{search}', 'row')"
    )
