"""The first page and the border strip."""
