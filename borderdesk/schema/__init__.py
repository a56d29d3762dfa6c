"""The data model: kinds of field, record types, reference types, their canonical form."""
