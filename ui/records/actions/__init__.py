"""The handlers of a record page's actions."""
