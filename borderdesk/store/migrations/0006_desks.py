"""Keep what waits between desks: quarantined packages, set-up files, places learned from others;
and index what points at a revision, so that one can be taken out."""

from typing import Any

TABLES = """
ALTER TABLE waiting_package ADD COLUMN unit TEXT NOT NULL DEFAULT '';
ALTER TABLE waiting_package ADD COLUMN period TEXT NOT NULL DEFAULT '';
ALTER TABLE waiting_package ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE waiting_package ADD COLUMN content BLOB;
ALTER TABLE review_note ADD COLUMN reply_to TEXT;
ALTER TABLE card ADD COLUMN vouched TEXT NOT NULL DEFAULT '';
CREATE TABLE retired_key (
    opening TEXT PRIMARY KEY,
    retired TEXT NOT NULL
);
CREATE TABLE refused_package (
    file TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    noted TEXT NOT NULL
);
CREATE TABLE provisional_place (
    kind TEXT NOT NULL,
    list TEXT NOT NULL,
    code TEXT NOT NULL,
    made TEXT NOT NULL,
    cells TEXT NOT NULL,
    PRIMARY KEY (kind, list, code)
) WITHOUT ROWID;
CREATE TABLE setup_made (
    number INTEGER PRIMARY KEY,
    digest TEXT NOT NULL,
    made TEXT NOT NULL
);
CREATE TABLE setup_applied (
    desk TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    digest TEXT NOT NULL,
    made TEXT NOT NULL,
    applied TEXT NOT NULL
);
CREATE INDEX batch_first ON batch (first, last);
CREATE INDEX patrol_revision ON patrol (revision);
CREATE INDEX clearing_revision ON clearing (revision);
CREATE INDEX track_revision ON track (revision);
CREATE INDEX outreach_revision ON outreach (revision);
CREATE INDEX pledge_revision ON pledge (revision);
CREATE INDEX registration_revision ON registration (revision);
CREATE INDEX programme_revision ON programme (revision);
CREATE INDEX coordination_revision ON coordination (revision);
CREATE INDEX incident_revision ON incident (revision);
CREATE INDEX household_revision ON household (revision);
"""


def up(_migrator: Any, db: Any) -> None:
    """Make the tables and columns."""
    for statement in TABLES.split(";"):
        if statement.strip():
            db.execute_sql(statement)
