"""One import of lists: request, run, outcome, rejects, undo, template."""
