"""Signed editions: the state of a period, digital signatures, checking a file."""
