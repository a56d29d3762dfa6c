"""The content of the home page: figures with their pace, tasks, state of the backups."""
