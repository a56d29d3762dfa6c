"""A dialog as high as its words need: Qt stops at a share of the screen and cuts them."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog


class FittedDialog(QDialog):
    """Takes the height that its contents need when it is shown and at `fit_height`."""

    def showEvent(self, event: QShowEvent) -> None:
        """Take the height that the contents need."""
        super().showEvent(event)
        self.fit_height()

    def fit_height(self) -> None:
        """Take the height that the contents need in the present width."""
        layout = self.layout()
        assert layout is not None
        self.resize(self.width(), layout.totalHeightForWidth(self.width()))
