"""Entry of records as a table."""
