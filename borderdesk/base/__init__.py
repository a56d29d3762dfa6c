"""Foundations used by every layer above: text, dates, numbers, languages, errors, paths, files."""
