"""How fast the program is, each line against a bare program that does the same work."""
