"""Combo boxes and dialogs that choose values, periods, files and USB sticks."""
