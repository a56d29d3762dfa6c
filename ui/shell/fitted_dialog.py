"""Dialog as high as its word-wrapped texts need; Qt limits the height to a share of the screen."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog


class FittedDialog(QDialog):
    """Resizes to the height of its contents when shown and by `fit_height`."""

    def showEvent(self, event: QShowEvent) -> None:
        """Resize to the contents."""
        super().showEvent(event)
        self.fit_height()

    def fit_height(self) -> None:
        """Resize to the height that the contents need at the current width."""
        layout = self.layout()
        assert layout is not None
        self.resize(self.width(), layout.totalHeightForWidth(self.width()))
