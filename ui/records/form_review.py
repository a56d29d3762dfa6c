"""What is wrong or doubtful with the fields of a form, shown beside them."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from borderdesk.base.errors import InvalidRecord, UnconfirmedDoubts, UserError
from borderdesk.base.i18n import _
from borderdesk.schema.cleaning import CleaningResult
from borderdesk.schema.kinds import doubt_text
from ui.records.fields_area import FieldsArea
from ui.records.form_contents import FormContents
from ui.records.form_doubts import FormDoubts, root_of
from ui.records.form_proposals import turns_of

AGAIN = 150
"""Milliseconds after a key in which what is said of the fields is worked out again."""


class FormReview:
    """Shows the problems of the fields that the keyboard has left so far."""

    def __init__(self, contents: FormContents, area: FieldsArea) -> None:
        self._contents = contents
        self._area = area
        self.doubts = FormDoubts()
        self.visited: set[str] = set()
        self._again = QTimer(area, singleShot=True, interval=AGAIN)
        self._again.timeout.connect(self._judge_again)

    def judge_soon(self) -> None:
        """Say of every field what the values make of it now, whichever of them was changed, once
        the person pauses."""
        if self.visited:
            self._again.start()

    def _judge_again(self) -> None:
        if not self._area.isVisible():
            return
        inside = QApplication.focusWidget()
        cells = self._contents.cells
        here = next((key for key, cell in cells.items() if cell.editor.holds(inside)), "")
        self.judge(self._contents.check(), here)

    def judge(self, checked: CleaningResult, besides: str = "") -> None:
        """Show what is wrong or doubtful with the fields that were left so far; besides: the one
        that is typed in, of which only what is mended is taken away."""
        cell = self._contents.cells.get(besides)
        if cell is not None and besides in self.visited and not cell.has_note():
            self.visited.discard(besides)
            self.judge(checked)
            self.visited.add(besides)
            return
        for key in self.visited:
            self._contents.cells[key].clear_note()
        self.doubts.found((doubt.field, doubt.message) for doubt in checked.doubts)
        for path, message in self.doubts.open():
            if root_of(path) in self.visited:
                words = _("{doubt} If it is right, press F8 to keep it.")
                self.show_note("doubt", path, words.format(doubt=doubt_text(message)))
        for path, message in self.doubts.kept():
            if root_of(path) in self.visited:
                self.show_note("kept", path, doubt_text(message))
        self._offer_turns()
        for path, message in checked.problems.items():
            if root_of(path) in self.visited:
                self.show_note("problem", path, message)

    def _offer_turns(self) -> None:
        """Note beside the turns what people times days would make."""
        turns = turns_of(self._contents)
        if turns is None or turns.key not in self.visited or not self._contents.raw(turns.key):
            return
        words = _("{people} people × {days} days = {turns}: press F9 to fill it in.")
        text = words.format(people=turns.people, days=turns.days, turns=turns.total)
        self.show_note("hint", turns.key, text)

    def show_note(self, kind: str, path: str, text: str) -> None:
        """Show a note of this kind (a key of SIGNS) at what `path` names."""
        key = root_of(path)
        cell = self._contents.cells.get(key)
        if cell is None:
            return
        inside = path[len(key) :].lstrip(".")
        if kind == "problem":
            cell.editor.mark(inside in ("", "head"))
        if inside and cell.editor.show_inside(inside, text):
            return
        self._area.put_note(key, cell.show_note(kind, text))

    def keep_doubts(self) -> bool:
        """Keep the doubtful values shown: of the field in focus, else all; False for none."""
        cells, focused = self._contents.cells, QApplication.focusWidget()
        inside = [key for key, cell in cells.items() if cell.editor.holds(focused)]
        kept = self.doubts.keep(inside) or self.doubts.keep(list(cells))
        if kept:
            self.judge(self._contents.check())
        return kept

    def show_doubtful(self, doubtful: UnconfirmedDoubts) -> None:
        """Show what a saving stopped at; saving once more keeps it."""
        self.visited = set(self._contents.cells)
        self.doubts.asked(doubtful.doubts)
        self.judge(self._contents.check())
        self._focus_first([path for path, _message in doubtful.doubts])

    def show_refused(self, refused: InvalidRecord) -> None:
        """Show why a saving was refused. Raises UserError for what no field shown is to blame
        for."""
        self.visited = set(self._contents.cells)
        for cell in self._contents.cells.values():
            cell.clear_note()
        strangers = []
        for path, message in refused.problems.items():
            if root_of(path) in self._contents.shown:
                self.show_note("problem", path, message)
            else:
                strangers.append(message)
        self._focus_first_shown(refused.problems)
        if strangers:
            raise UserError(" ".join(strangers))

    def _focus_first(self, paths: Sequence[str]) -> None:
        for path in paths:
            if root_of(path) in self._contents.shown:
                self._contents.cells[root_of(path)].editor.focus()
                return

    def _focus_first_shown(self, problems: Mapping[str, str]) -> None:
        """Put the keyboard into the first field, as they stand, that has a problem."""
        for key in self._contents.shown:
            path = next((path for path in problems if root_of(path) == key), None)
            if path is not None:
                self._contents.cells[key].editor.focus(path[len(key) :].lstrip("."))
                return
