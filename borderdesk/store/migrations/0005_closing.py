"""Keep what was signed: editions with their figures and events, narratives, scans."""

from typing import Any

TABLES = """
CREATE TABLE edition (
    id TEXT PRIMARY KEY,
    period TEXT NOT NULL,
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    scope TEXT NOT NULL,
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    document TEXT NOT NULL,
    signed_on TEXT NOT NULL,
    signer TEXT NOT NULL,
    author TEXT NOT NULL,
    closed TEXT NOT NULL,
    final TEXT,
    last_seq INTEGER NOT NULL,
    totals_hash TEXT NOT NULL,
    figures_hash TEXT NOT NULL,
    values_hash TEXT NOT NULL,
    replaces TEXT REFERENCES edition (id),
    reason TEXT,
    frame TEXT NOT NULL
);
CREATE UNIQUE INDEX edition_standing ON edition (scope, period) WHERE state IN ('closed', 'opened');
CREATE INDEX edition_days ON edition (state, last);
CREATE INDEX edition_last_seq ON edition (last_seq);
CREATE TABLE edition_figure (
    edition TEXT NOT NULL REFERENCES edition (id),
    place INTEGER NOT NULL,
    key TEXT NOT NULL,
    heading TEXT NOT NULL,
    label TEXT NOT NULL,
    unit TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT,
    previous TEXT,
    year_to_date TEXT,
    target TEXT,
    late TEXT,
    from_paper TEXT NOT NULL,
    doubles INTEGER NOT NULL,
    carried TEXT,
    PRIMARY KEY (edition, place)
) WITHOUT ROWID;
CREATE TABLE edition_event (
    id INTEGER PRIMARY KEY,
    edition TEXT NOT NULL REFERENCES edition (id),
    what TEXT NOT NULL,
    author TEXT NOT NULL,
    time TEXT NOT NULL,
    reason TEXT
);
CREATE INDEX edition_event_edition ON edition_event (edition);
CREATE TABLE attachment (
    id TEXT PRIMARY KEY,
    edition TEXT NOT NULL REFERENCES edition (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    size INTEGER NOT NULL,
    digest TEXT NOT NULL,
    author TEXT NOT NULL,
    time TEXT NOT NULL,
    content BLOB NOT NULL
);
CREATE INDEX attachment_edition ON attachment (edition);
CREATE TABLE narrative (
    period TEXT NOT NULL,
    scope TEXT NOT NULL,
    part TEXT NOT NULL,
    last TEXT NOT NULL,
    text TEXT NOT NULL,
    author TEXT NOT NULL,
    time TEXT NOT NULL,
    PRIMARY KEY (period, scope, part)
) WITHOUT ROWID;
"""


def up(_migrator: Any, db: Any) -> None:
    """Make every table of closing."""
    for statement in TABLES.split(";"):
        if statement.strip():
            db.execute_sql(statement)
