"""Widgets and helpers that all pages share."""
