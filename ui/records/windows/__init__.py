"""Windows above a list: history, deleted records, household, round, mass change, joining of
hamlets."""
