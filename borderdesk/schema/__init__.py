"""What is recorded: kinds of field, record types, reference types, their canonical form."""
