"""The editor of one value out of a list."""

from collections.abc import Sequence

from borderdesk.schema.kinds import ColumnField
from ui.widgets.editor import Editor, EditorContext, Raw
from ui.widgets.options import in_front, options_of
from ui.widgets.search_combo import SearchCombo


class ComboEditor(Editor):
    """One of a list: typed with or without accents, or chosen."""

    def __init__(self, field: ColumnField, ground: EditorContext) -> None:
        self._field = field
        self._ground = ground
        self.combo = SearchCombo(options_of(field, ground))
        super().__init__(self.combo)
        self.combo.currentTextChanged.connect(self.edited)
        self.combo.picked.connect(self.done)
        self._before: tuple[str, ...] = ()

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
        if self._before or self._field.dated_choices:
            self.combo.offer(in_front(options_of(self._field, self._ground), self._before))
