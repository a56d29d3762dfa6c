"""Editor of one value chosen from a list."""

from collections.abc import Sequence

from borderdesk.base.errors import UserError
from borderdesk.schema.kinds import ColumnField
from ui.widgets.editors.editor import Editor, EditorContext, Raw
from ui.widgets.editors.offers import ComboOption
from ui.widgets.editors.options import in_front, options_of
from ui.widgets.editors.pick_addition import added_label, addition
from ui.widgets.editors.search_combo import SearchCombo


class ComboEditor(Editor):
    """A combo box with completion; text may be typed with or without accents."""

    def __init__(self, field: ColumnField, ground: EditorContext) -> None:
        self._field = field
        self._ground = ground
        self.combo = SearchCombo([])
        super().__init__(self.combo)
        self.combo.currentTextChanged.connect(self.edited)
        self.combo.picked.connect(self.done)
        self._before: tuple[str, ...] = ()
        self._offer()
        if field.pick_list:
            self.combo.more = self._addition
            self.combo.more_taken.connect(self._add)

    def prefer(self, codes: Sequence[str]) -> None:
        self._before = tuple(codes)
        self.refresh()

    def raw(self) -> str:
        return self.combo.code()

    def put(self, raw: Raw) -> None:
        field, book = self._field, self._ground.desk.book
        label = "" if raw == "" else field.show(field.from_code(raw), book)
        self.combo.put(raw, label)

    def settle(self) -> None:
        self.combo.settle()

    def refresh(self) -> None:
        if self._before or self._field.dated_choices or self._field.pick_list:
            self._offer()

    def _offer(self) -> None:
        self.combo.offer_later(self._options)

    def _options(self) -> Sequence[ComboOption]:
        return in_front(options_of(self._field, self._ground), self._before)

    def _addition(self, text: str) -> Sequence[ComboOption]:
        return addition(text, options_of(self._field, self._ground))

    def _add(self, code: str) -> None:
        """Add the typed text to the pick list and select it."""
        label = added_label(code)
        try:
            pick = self._ground.desk.records.add_pick(self._field.pick_list, label)
        except UserError:
            # The typed text stays; validation of the form shows the problem.
            return
        self._offer()
        self.combo.put(pick, label)
