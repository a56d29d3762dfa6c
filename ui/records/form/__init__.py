"""The form of one record, made from the declaration of its type."""
