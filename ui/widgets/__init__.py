"""Widgets and helpers that every page is made of."""
