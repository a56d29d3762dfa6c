"""The bases of pages and panels, and what speaks to the person."""
