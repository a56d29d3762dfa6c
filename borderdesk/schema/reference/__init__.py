"""Reference data: its tables and the files it is loaded from."""
