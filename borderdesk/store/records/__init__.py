"""Records in the store: revisions and the rows derived from them, read and written."""
