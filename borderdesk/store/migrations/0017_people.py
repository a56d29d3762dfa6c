"""Accounts of a desk, its audit log, and what persons asked for of what is kept of them.

The triggers keep the audit log append-only; its chain shows what went round them.
"""

from typing import Any

STATEMENTS = (
    """
CREATE TABLE account (
    name TEXT PRIMARY KEY,
    full_name TEXT NOT NULL,
    role TEXT NOT NULL,
    disabled TEXT NOT NULL,
    created TEXT NOT NULL,
    created_by TEXT NOT NULL
)""",
    """
CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    time TEXT NOT NULL,
    account TEXT NOT NULL,
    role TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    chain BLOB NOT NULL
)""",
    "CREATE INDEX audit_by_time ON audit (time)",
    """
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """
CREATE TRIGGER audit_is_whole BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """
CREATE TABLE person_request (
    number INTEGER PRIMARY KEY,
    household TEXT NOT NULL,
    kind TEXT NOT NULL,
    received TEXT NOT NULL,
    acknowledged TEXT NOT NULL,
    settled TEXT NOT NULL
)""",
    """
INSERT INTO account (name, full_name, role, disabled, created, created_by)
    SELECT value, value, 'administrator', '', '', '' FROM meta WHERE key = 'user'
""",
    "INSERT INTO meta (key, value) VALUES ('audit_head', '0:')",
)


def up(_migrator: Any, db: Any) -> None:
    """Make the tables; the person of an older desk becomes its first account."""
    for statement in STATEMENTS:
        db.execute_sql(statement.strip())
