"""How widgets share the room of a page."""
