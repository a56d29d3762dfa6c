"""Records in and out: the rules of entry, lookups, tables, JSON and CSV."""
