"""The editor of a hamlet: a line of text with proposals."""

from collections.abc import Sequence

from borderdesk.base.text import accented, fold
from borderdesk.schema.kinds import ColumnField
from ui.widgets.editors.editor import EditorContext
from ui.widgets.editors.line_editor import LineEditor
from ui.widgets.editors.offers import ComboOption, bare, ranked
from ui.widgets.editors.options import in_front


class HamletEditor(LineEditor):
    """A hamlet: free text; those known in the commune are offered while it is typed."""

    def __init__(self, field: ColumnField, ground: EditorContext) -> None:
        super().__init__(field, ground)
        self._ground = ground
        self._within = field.within
        self._commune: str | None = None
        self._names: Sequence[str] = ()
        self._waiting = False

    def _enter(self) -> None:
        super()._enter()
        self._learn()

    def _learn(self) -> None:
        """Ask for the hamlets of the commune chosen, once."""
        commune = self._ground.other(self._within)
        if commune == self._commune:
            return
        self._commune = commune
        desk = self._ground.desk
        self._waiting = True
        self._ground.ask(lambda: desk.households.hamlets(commune), self._offer, self)

    def learnt(self) -> bool:
        """Whether the hamlets asked for are here."""
        return not self._waiting

    def _offer(self, names: list[str]) -> None:
        self._names, self._waiting = names, False
        if self.completion is not None and self.completion.typed:
            self.completion.refresh()

    def find(self, text: str) -> list[ComboOption]:
        """The hamlets that fit a text, those used last first."""
        known = dict.fromkeys(self._names)
        options = in_front([ComboOption(name, name) for name in known], self.before)
        return ranked(text, options)

    def settle(self) -> None:
        """Write a known hamlet as it is spelt, where it was typed without accents now and no
        other fits: a search ignores accents, but never decides between two names."""
        text = self.raw().strip()
        typed = self.completion is not None and self.completion.typed
        if not typed or not text or fold(text) != accented(text):
            return
        known = known_by(text, self._names)
        if known and known != self.raw():
            self.put(known)


def known_by(text: str, names: Sequence[str]) -> str:
    """The one hamlet that a text without accents names, with its word (Thôn, Bản) or without;
    "" for none or several."""
    typed = fold(text)
    same = {name for name in names if typed in (fold(name), bare(fold(name)))}
    return same.pop() if len(same) == 1 else ""
