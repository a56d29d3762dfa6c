"""The identities of desks: cards, units, set-up files, holdings and rules of authorship."""
