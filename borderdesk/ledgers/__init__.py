"""Reference data, settings and targets as tables that a person edits."""
