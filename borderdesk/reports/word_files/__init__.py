"""Reports as Word documents, and units' own Word forms."""
