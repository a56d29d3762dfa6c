"""Figures from records: indicators, scopes, targets, the state of the markers."""
