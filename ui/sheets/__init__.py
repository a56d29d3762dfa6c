"""Import of lists from spreadsheets: assignment of columns to fields, preview of the rows,
saving."""
