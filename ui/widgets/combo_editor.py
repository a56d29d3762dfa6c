"""The editor of one value out of a list."""

from collections.abc import Sequence
from typing import Any

from borderdesk.schema import fields
from borderdesk.schema.fields import Kind
from ui.widgets.editor import Editor, EditorContext, Raw
from ui.widgets.options import in_front, options_of
from ui.widgets.search_combo import SearchCombo


class ComboEditor(Editor):
    """One of a list: typed with or without accents, or chosen."""

    def __init__(self, field: Kind, ground: EditorContext) -> None:
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
        label = "" if raw == "" else self._field.show(self._stored(raw), self._ground.desk.book)
        self.combo.put(raw, label)

    def settle(self) -> None:
        self.combo.settle()

    def _stored(self, raw: str) -> Any:
        return raw == "true" if isinstance(self._field, fields.YesNo) else raw

    def refresh(self) -> None:
        if self._before or isinstance(self._field, fields.Commune):
            self.combo.offer(in_front(options_of(self._field, self._ground), self._before))
