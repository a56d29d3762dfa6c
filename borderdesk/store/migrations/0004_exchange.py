"""Keep what desks send each other: keys and cards, packages out and in, notes, erasures."""

from typing import Any

TABLES = """
ALTER TABLE revision ADD COLUMN content TEXT;
CREATE TABLE own_key (
    desk TEXT PRIMARY KEY,
    signing TEXT NOT NULL,
    opening TEXT NOT NULL,
    made TEXT NOT NULL
);
CREATE TABLE card (
    desk TEXT PRIMARY KEY,
    unit TEXT NOT NULL,
    role TEXT NOT NULL,
    minisign TEXT NOT NULL,
    age TEXT NOT NULL,
    accepted INTEGER NOT NULL,
    noted TEXT NOT NULL
);
CREATE TABLE package_out (
    number INTEGER PRIMARY KEY,
    period TEXT NOT NULL,
    file TEXT NOT NULL,
    digest TEXT NOT NULL,
    last_seq INTEGER NOT NULL,
    records INTEGER NOT NULL,
    recipients TEXT NOT NULL,
    reason TEXT,
    made TEXT NOT NULL
);
CREATE TABLE batch (
    id TEXT PRIMARY KEY,
    digest TEXT UNIQUE NOT NULL,
    file TEXT NOT NULL,
    desk TEXT NOT NULL,
    unit TEXT NOT NULL,
    role TEXT NOT NULL,
    period TEXT NOT NULL,
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    number INTEGER NOT NULL,
    made TEXT NOT NULL,
    imported TEXT NOT NULL,
    undone INTEGER NOT NULL,
    figures TEXT NOT NULL,
    counts TEXT NOT NULL
);
CREATE INDEX batch_unit_period ON batch (unit, period);
CREATE TABLE claim (
    revision INTEGER NOT NULL REFERENCES revision (seq),
    batch TEXT NOT NULL REFERENCES batch (id) ON DELETE CASCADE,
    carried INTEGER NOT NULL,
    PRIMARY KEY (revision, batch)
) WITHOUT ROWID;
CREATE INDEX claim_batch ON claim (batch);
CREATE TABLE double_version (
    record TEXT PRIMARY KEY,
    type TEXT NOT NULL
);
CREATE TABLE refused_row (
    batch TEXT NOT NULL REFERENCES batch (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    type TEXT NOT NULL,
    record TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (batch, place)
) WITHOUT ROWID;
CREATE TABLE waiting_package (
    digest TEXT PRIMARY KEY,
    file TEXT NOT NULL,
    desk TEXT NOT NULL,
    reason TEXT NOT NULL,
    noted TEXT NOT NULL
);
CREATE TABLE review_note (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    record TEXT NOT NULL,
    text TEXT NOT NULL,
    author TEXT NOT NULL,
    desk TEXT NOT NULL,
    time TEXT NOT NULL
);
CREATE INDEX review_note_record ON review_note (record);
CREATE TABLE erasure (
    record TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    desk TEXT NOT NULL,
    time TEXT NOT NULL
);
"""


def up(_migrator: Any, db: Any) -> None:
    """Make every table of the exchange; a revision may be known by its content's hash alone."""
    for statement in TABLES.split(";"):
        if statement.strip():
            db.execute_sql(statement)
