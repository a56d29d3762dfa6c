"""What each kind of report says, as blocks."""
