"""Fault injection: kills, power cuts, full disks and hostile inputs (`run.py soak`)."""
