"""A desk that is open: store, reference book, identity, calendar, named operations."""
