"""The full check of a desk, rebuilding, and reading what is damaged."""
