"""Files between desks: cards, packages out, packages in, what was received from whom."""
