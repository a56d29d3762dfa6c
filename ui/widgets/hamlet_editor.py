"""The editor of a hamlet: a line of text with proposals."""

from borderdesk.base.text import fold
from borderdesk.schema.kinds import ColumnField
from ui.widgets.editor import EditorContext
from ui.widgets.line_editor import LineEditor
from ui.widgets.search_combo import ComboOption, FoldedCompleter, OptionModel


class HamletEditor(LineEditor):
    """A hamlet: free text; those known in the commune are offered while it is typed."""

    def __init__(self, field: ColumnField, ground: EditorContext) -> None:
        super().__init__(field, ground)
        self._ground = ground
        self._within = field.within
        self._commune: str | None = None
        self._known: dict[str, str] = {}
        self.line.textEdited.connect(lambda _text: self._learn())

    def _learn(self) -> None:
        """Ask for the hamlets of the commune chosen, once."""
        commune = self._ground.other(self._within)
        if commune == self._commune:
            return
        self._commune = commune
        desk = self._ground.desk
        self._ground.ask(lambda: desk.households.hamlets(commune), self._offer, self)

    def settle(self) -> None:
        """Write a known hamlet that was typed without accents as it is spelt."""
        known = self._known.get(fold(self.raw()).strip())
        if known and known != self.raw():
            self.put(known)

    def _offer(self, names: list[str]) -> None:
        self._known = {fold(name): name for name in names}
        model = OptionModel([ComboOption(name, name) for name in names], blank=False)
        completer = FoldedCompleter(model, self.line, free=True)
        model.setParent(completer)
        self.line.setCompleter(completer)
        completer.activated.connect(lambda _text: self.done.emit())
        completer.done.connect(self.done)
        if self.line.hasFocus() and self.line.text():
            completer.setCompletionPrefix(self.line.text())
            completer.complete()
