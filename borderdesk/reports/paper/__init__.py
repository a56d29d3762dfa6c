"""Pages on paper: type, line breaks, tables, charts, letters, PDF/A."""
