"""Unfinished forms and windows: stored as they are typed, offered again."""
