"""What each post handed in for each month, and whether its figures agree."""
