"""The settings page: window, reference tables, accounts, backups."""
