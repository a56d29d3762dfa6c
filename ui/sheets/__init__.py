"""Lists from spreadsheets: which column is which field, and what becomes of every row."""
