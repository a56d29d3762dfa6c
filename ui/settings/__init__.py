"""The page of settings, reference tables and backups."""
