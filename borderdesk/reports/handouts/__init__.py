"""Papers that are no reports: cards, receipts, forms for the field, handbook."""
