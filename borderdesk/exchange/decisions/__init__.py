"""What a person decides: doubles, versions of one record, notes to answer."""
