"""Speed measurements of the program, each against a bare program doing the same work."""
