"""The commands, a module a topic."""
