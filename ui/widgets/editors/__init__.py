"""Editors of the fields of a form, and the lists they offer."""
