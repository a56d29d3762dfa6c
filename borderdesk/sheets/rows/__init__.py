"""From the cells of a row to the input of the rules of entry."""
