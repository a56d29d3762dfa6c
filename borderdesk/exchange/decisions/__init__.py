"""Decisions of a person: doubles, versions of one record, notes to answer."""
