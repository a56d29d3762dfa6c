"""The table in a sheet: its headings, and which column is which field."""
