"""The main window: start, first-run dialog, navigation, status bar, help."""
