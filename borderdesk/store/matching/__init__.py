"""Records that may be one thing: known records, doubles, work logged by several posts."""
