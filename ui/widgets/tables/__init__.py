"""Table widgets, their models and key filters."""
