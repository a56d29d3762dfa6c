"""Input events that count as a person's activity."""

from PySide6.QtCore import QEvent

PRESENCE_EVENTS = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)
"""To be filtered at the native window, which gets no internal events of its widgets."""
