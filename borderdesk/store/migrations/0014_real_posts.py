"""Take invented posts out of a real desk: of those that no record names, what else names them names
the real post that shares their commune."""

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """Delete the posts; a demonstration or practice desk keeps them."""
    if db.execute_sql(
        "SELECT 1 FROM meta WHERE key IN ('demo', 'practice') AND value = '1'"
    ).fetchone():
        return
    posts = db.execute_sql("SELECT code, communes, invented FROM post ORDER BY rowid").fetchall()
    for code, communes, invented in posts:
        if not invented or _is_named(db, code):
            continue
        shared = [
            other
            for other, places, flag in posts
            if not flag and set(places.split()) & set(communes.split())
        ]
        if shared:
            db.execute_sql("UPDATE marker SET post = ? WHERE post = ?", (shared[0], code))
            db.execute_sql("DELETE FROM post WHERE code = ?", (code,))


TYPES = "patrol clearing track outreach pledge registration programme coordination incident".split()


def _is_named(db: Any, post: str) -> bool:
    """Whether a record, or the desk itself, is of the post."""
    unit = db.execute_sql("SELECT 1 FROM meta WHERE key = 'unit' AND value = ?", (post,)).fetchone()
    return bool(unit) or any(
        db.execute_sql(f"SELECT 1 FROM {table} WHERE post = ? LIMIT 1", (post,)).fetchone()
        for table in TYPES
    )
