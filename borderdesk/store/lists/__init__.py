"""Lists of records: filtered, searched, sorted, read a page at a time."""
