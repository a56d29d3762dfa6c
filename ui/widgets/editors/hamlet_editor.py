"""Editor of a hamlet: a line edit with completion."""

from collections.abc import Sequence

from borderdesk.base.text import accented, fold
from borderdesk.schema.kinds import ColumnField
from ui.widgets.editors.editor import EditorContext
from ui.widgets.editors.line_editor import LineEditor
from ui.widgets.editors.offers import ComboOption, bare, ranked
from ui.widgets.editors.options import in_front


class HamletEditor(LineEditor):
    """Free text; the hamlets known in the commune are offered while typing."""

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
        """Query the hamlets of the selected commune, once per commune."""
        commune = self._ground.other(self._within)
        if commune == self._commune:
            return
        self._commune = commune
        desk = self._ground.desk
        self._waiting = True
        self._ground.ask(lambda: desk.households.hamlets(commune), self._offer, self)

    def learnt(self) -> bool:
        """Whether no query of hamlets is pending."""
        return not self._waiting

    def _offer(self, names: list[str]) -> None:
        self._names, self._waiting = names, False
        if self.completion is not None and self.completion.typed:
            self.completion.refresh()

    def find(self, text: str) -> list[ComboOption]:
        """The hamlets that fit a text, recently used first."""
        hamlet_names = dict.fromkeys(self._names)
        options = in_front([ComboOption(name, name) for name in hamlet_names], self.before)
        return ranked(text, options)

    def settle(self) -> None:
        """Replace a hamlet typed without accents by its known spelling, if it is the only match: a
        search ignores accents, but never decides between two names."""
        text = self.raw().strip()
        typed = self.completion is not None and self.completion.typed
        if not typed or not text or fold(text) != accented(text):
            return
        known_name = known_by(text, self._names)
        if known_name and known_name != self.raw():
            self.put(known_name)


def known_by(text: str, names: Sequence[str]) -> str:
    """The only hamlet that a text without accents names, with or without its prefix (Thôn, Bản); ""
    if there are none or several."""
    typed = fold(text)
    matches = {name for name in names if typed in (fold(name), bare(fold(name)))}
    return matches.pop() if len(matches) == 1 else ""
