"""The pages of records: list, form, history."""
