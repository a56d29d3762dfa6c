"""What the buttons of a page of records do."""
