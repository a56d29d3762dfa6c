"""From the cells of a row to what the rules of entry are given."""
