"""The actions of the window, declared once."""
