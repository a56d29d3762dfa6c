"""The full check of a desk, rebuilding, and reading damaged files."""
