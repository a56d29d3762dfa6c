"""What sets a machine up, builds, and helps a developer: standard library only."""
