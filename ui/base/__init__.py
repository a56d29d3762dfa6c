"""Non-widget parts shared by the window: threads, style, translation, undo steps, child
processes."""
