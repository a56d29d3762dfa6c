"""The page of reports and closing."""
