"""The window: Qt widgets over the core, which they use only through its public interface."""
