"""Drafts of unfinished forms and windows, saved while typing."""
