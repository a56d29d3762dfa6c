"""The contents of each kind of report, as blocks."""
