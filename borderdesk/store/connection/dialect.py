"""Where SQLite's SQL differs from PostgreSQL's: the only module to change for another database.

All other SQL is valid in both. What can be written portably is: an insert that leaves rows out
which are there is `INSERT … ON CONFLICT DO NOTHING`, a largest value of several tables is MAX over
a UNION ALL, and bytes become hex in Python.
"""


def in_order(outer: str, inner: str, on: str) -> str:
    """A join of two tables (`name alias`) that reads `outer` first.

    SQLite has no statistics here (a desk is never analysed), so which table a plain JOIN begins
    with is a guess. PostgreSQL: a plain JOIN.
    """
    return f"{outer} CROSS JOIN {inner} ON {on}"


def by_index(table: str, index: str) -> str:
    """A table (`name alias`) read through this index, which holds all that is asked of it.

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
    """The statement that makes a table of this connection alone, unless it is there.

    The same in PostgreSQL but for the schema it stands in (`temp.` here, `pg_temp.` there).
    """
    return f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} ({columns})"


def word_counts(search: str, name: str) -> str:
    """The statement that makes a temporary table (term, doc, cnt) of a full-text table's words.

    PostgreSQL: `ts_stat`.
    """
    return (
        f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{name} USING fts5vocab('main', '{search}', 'row')"
    )
