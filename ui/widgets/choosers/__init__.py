"""Choosing: values, periods, files, sticks."""
