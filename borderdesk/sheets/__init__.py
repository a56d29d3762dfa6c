"""The import of lists in the formats of posts: spreadsheets and CSV files become records."""
