"""Updates of the program from a file: signed, tried on a copy of the desk, laid beside the old."""
