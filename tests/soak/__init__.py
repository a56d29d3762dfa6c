"""Kills, power cuts, full disks and hostile inputs until something is lost: `run.py soak`."""
