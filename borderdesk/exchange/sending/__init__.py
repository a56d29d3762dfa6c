"""Sending packages and receipts: their content, their receivers, and the record of what was
sent."""
