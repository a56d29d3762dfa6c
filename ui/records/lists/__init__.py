"""The list of one record type: rows, columns, filter, footer."""
