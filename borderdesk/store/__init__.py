"""The store: connection, locks, tables, migrations, search."""
