"""The window itself: start, first run, navigation, status bar, help."""
