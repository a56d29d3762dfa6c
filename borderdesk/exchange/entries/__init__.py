"""Entries of a log that are no revisions: statements, notes, verdicts, erasures, editions."""
