"""The submissions of each post for each month, and the comparison of their figures."""
