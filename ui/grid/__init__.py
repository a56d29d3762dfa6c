"""Entry of many records as a grid (a table like a spreadsheet)."""
