"""Files of lists, read as rows of cells: .xlsx, .xls, .ods, text, old fonts."""
