"""Lists as posts keep them: spreadsheets and CSV files become records."""
