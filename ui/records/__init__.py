"""The pages of record types: list, form, drafts, windows."""
