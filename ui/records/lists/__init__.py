"""The list of a record type: model view, columns, filter, footer."""
