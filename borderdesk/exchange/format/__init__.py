"""The form of a package and of the entries of a log: tables, texts, revisions, descriptor, zip."""
