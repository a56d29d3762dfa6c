"""Backups of a desk, each proven by restoring it.

A backup is a whole copy of the desk's SQLite file, encrypted where the desk is, with a line behind
it (`store.connection.seal`) by which a single altered byte is noticed; any SQLite program opens it.
`backups.Backups` makes, lists and thins them out, `backups.restore` makes a desk of one.
"""
