"""The exchange of files between desks: cards, set-up files, packages out and in, the board."""
