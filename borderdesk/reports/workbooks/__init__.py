"""Reports and lists as spreadsheets."""
