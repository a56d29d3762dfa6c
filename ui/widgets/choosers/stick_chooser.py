"""Combo box for the folder to write a file to: a plugged-in USB stick, or a folder used before."""

from collections.abc import Iterable, Sequence

from ui.base.sticks import Stick, stick_words
from ui.widgets.choosers.chooser import Chooser

Entry = tuple[str, str]
"""Label and path of a folder."""


class StickChooser(Chooser):
    """Offers sticks and folders; `currentData` is the path of the selected folder, "" for none."""

    def __init__(self, name: str, hint: str, characters: int) -> None:
        """name: accessible name; hint: tooltip; characters: minimum width in characters."""
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(hint)
        self.setMinimumContentsLength(characters)
        policy = Chooser.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.setSizeAdjustPolicy(policy)

    def offer(
        self,
        sticks: Sequence[Stick],
        folders: Iterable[str],
        chosen_folder: str,
        first: Sequence[Entry],
    ) -> None:
        """Rebuild the entries: those of `first`, then sticks, then folders. Selects `chosen_folder`
        if present, else the first entry."""
        self.clear()
        entries = [*first, *((stick_words(stick), str(stick.folder)) for stick in sticks)]
        for words, folder in [*entries, *((folder, folder) for folder in folders if folder)]:
            if self.findData(folder) < 0:
                self.addItem(words, folder)
        self.setCurrentIndex(max(self.findData(chosen_folder), 0))
