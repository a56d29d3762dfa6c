"""What every part of the window stands on and is no widget: threads, look, translation."""
