"""Merging of received packages: into the desk, into the queue of waiting ones, and undo batch by
batch."""
