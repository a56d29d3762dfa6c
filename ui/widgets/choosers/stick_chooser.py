"""Choosing where a file is written to: a stick that is plugged in, or a folder used before."""

from collections.abc import Iterable, Sequence

from ui.base.sticks import Stick, stick_words
from ui.widgets.choosers.chooser import Chooser

Entry = tuple[str, str]
"""What is shown, and the folder."""


class StickChooser(Chooser):
    """Offers sticks and folders; `currentData` is the chosen folder's path, "" for none."""

    def __init__(self, name: str, hint: str, characters: int) -> None:
        """name: for a screen reader; characters: the least width."""
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(hint)
        self.setMinimumContentsLength(characters)
        policy = Chooser.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.setSizeAdjustPolicy(policy)

    def offer(
        self, sticks: Sequence[Stick], folders: Iterable[str], chosen: str, first: Sequence[Entry]
    ) -> None:
        """Offer entries before all others, sticks, and folders; `chosen` becomes the current one
        if it is among them, else the first."""
        self.clear()
        entries = [*first, *((stick_words(stick), str(stick.folder)) for stick in sticks)]
        for words, folder in [*entries, *((folder, folder) for folder in folders if folder)]:
            if self.findData(folder) < 0:
                self.addItem(words, folder)
        self.setCurrentIndex(max(self.findData(chosen), 0))
