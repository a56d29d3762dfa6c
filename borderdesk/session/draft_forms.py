"""The names by which drafts say which form they are of."""

TABLE = "grid:"
"""Prefix of a draft's form, before a type name: the grid of that type, not its form."""

LEDGER = "ledger:"
"""Prefix of a draft's form, before a ledger's name: its rows while a person edits them."""

ROUND = "round:"
"""Prefix of a draft's form, before a type name: a round whose records are of that type; "ticked"
holds who is ticked in it."""

CHANGE = "change:"
"""Prefix of a draft's form, before a type name: a change of many of its records."""

SPELLINGS = "spellings:"
"""The form of a draft: the spellings of a hamlet to be joined, in records of every type."""

OWNER = "\x1f"
"""Between a draft's form and the account that it is of; the desk's first account needs none, so
that the drafts of an open desk and of earlier versions are its."""
