"""The window: Qt widgets over the core, which they ask and never go round."""
