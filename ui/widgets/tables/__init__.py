"""Tables and the list of records."""
