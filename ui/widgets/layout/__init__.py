"""Layouts and containers that adapt to window size and text size."""
