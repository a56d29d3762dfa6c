"""The keys of a desk: its key, wrapped for each account and for the recovery sheet."""
