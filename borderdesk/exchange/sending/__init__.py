"""Packages and receipts out: their content, receivers, and what was sent."""
