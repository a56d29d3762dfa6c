"""The actions of the window: declaration, shortcuts, buttons."""
