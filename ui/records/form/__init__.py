"""The form of one record, generated from the declaration of its type."""
