"""Base classes of pages and panels, and the message bar."""
