"""Shows problems and doubts below the fields of a form."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from borderdesk.base.errors import InvalidRecord, UnconfirmedDoubts, UserError
from borderdesk.base.i18n import _
from borderdesk.schema.cleaning import CleaningResult
from borderdesk.schema.kinds import DESCRIBED_BY, doubt_text
from ui.records.form.fields_area import FieldsArea
from ui.records.form.form_contents import FormContents
from ui.records.form.form_doubts import Doubt, FormDoubts, inside_of, root_of
from ui.records.form.form_proposals import turns_of

AGAIN = 150
"""Debounce in milliseconds between an edit and the next validation."""


class FormReview:
    """Shows the problems of fields that had the focus and left."""

    def __init__(self, contents: FormContents, area: FieldsArea) -> None:
        self._contents = contents
        self._area = area
        self.doubts = FormDoubts()
        self.visited: set[str] = set()
        self._marks: dict[str, dict[str, str]] = {}
        """{field: {path of a note: its kind}}."""
        self._again = QTimer(area, singleShot=True, interval=AGAIN)
        self._again.timeout.connect(self._judge_again)

    def begin(self, confirmed: Iterable[Doubt] = ()) -> None:
        """Reset for another record with these confirmed doubts."""
        self.doubts.forget()
        self.doubts.already(confirmed)

    def forget(self) -> None:
        """Reset the notes: the fields have other values."""
        self.visited.clear()
        self._marks.clear()

    def questioned(self, key: str) -> str:
        """The path of the first problem or doubt in a field, "" for none."""
        marks = self._marks.get(key, {})
        return next((path for path, kind in marks.items() if kind in ("problem", "doubt")), "")

    def judge_typed(self) -> None:
        """Validate the edited fields of a restored form as if they had been left."""
        contents = self._contents
        self.visited |= contents.changes().keys() & {*contents.shown}
        if self.visited:
            self.judge(contents.check())

    def judge_soon(self) -> None:
        """Validate all fields after the debounce, as an edit may affect others."""
        if self.visited:
            self._again.start()

    def _judge_again(self) -> None:
        if not self._area.isVisible():
            return
        focused = QApplication.focusWidget()
        cells = self._contents.cells
        focused_key = next((key for key, cell in cells.items() if cell.editor.holds(focused)), "")
        self.judge(self._contents.check(), focused_key)

    def judge(self, checked: CleaningResult, besides: str = "") -> None:
        """Show problems and doubts of visited fields.

        besides: the field being edited, for which notes are only removed.
        """
        before = self._marks.get(besides, {}).keys()
        self._clear(self.visited)
        self.doubts.found((doubt.field, doubt.message) for doubt in checked.doubts)
        for kind, path, text in self._notes(checked):
            key = root_of(path)
            if key in self.visited and (key != besides or path in before):
                self.show_note(kind, path, text)

    def _notes(self, checked: CleaningResult) -> Iterator[tuple[str, str, str]]:
        """The notes for the fields: (key of SIGNS, path, text)."""
        asking = _("{doubt} If it is right, press F8 to keep it.")
        for path, message in self.doubts.open():
            yield "doubt", path, asking.format(doubt=doubt_text(message))
        for path, message in self.doubts.kept():
            yield "kept", path, doubt_text(message)
        yield from self._turns_offered()
        for path, message in checked.problems.items():
            yield "problem", path, message

    def _clear(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._contents.cells[key].clear_note()
            self._marks.pop(key, None)

    def _turns_offered(self) -> Iterator[tuple[str, str, str]]:
        """The offer to multiply people by days."""
        turns = turns_of(self._contents)
        if turns is None or not self._contents.raw(turns.key):
            return
        words = _("{people} people × {days} days = {turns}: press F9 to fill it in.")
        text = words.format(people=turns.people, days=turns.days, turns=turns.total)
        yield "hint", turns.key, text

    def show_note(self, kind: str, path: str, text: str) -> None:
        """Show a note of a kind (key of SIGNS) for a path."""
        key = root_of(path)
        cell = self._contents.cells.get(key)
        if cell is None:
            return
        inside = inside_of(path)
        self._marks.setdefault(key, {})[path] = kind
        if kind == "problem":
            cell.editor.mark(inside in ("", DESCRIBED_BY.name))
        if inside and cell.editor.show_inside(inside, text):
            return
        self._area.put_note(key, cell.show_note(kind, text))

    def keep_doubts(self) -> bool:
        """Confirm the doubts of the focused field, else all; False if there were none."""
        cells, focused = self._contents.cells, QApplication.focusWidget()
        inside = [key for key, cell in cells.items() if cell.editor.holds(focused)]
        confirmed = self.doubts.keep(inside) or self.doubts.keep(list(cells))
        if confirmed:
            self.judge(self._contents.check())
        return confirmed

    def show_doubtful(self, doubtful: UnconfirmedDoubts) -> None:
        """Show the doubts that stopped a save; saving again confirms them."""
        self.visited = set(self._contents.cells)
        self.doubts.asked(doubtful.doubts)
        self.judge(self._contents.check())
        self._focus_first([path for path, _message in doubtful.doubts])

    def show_refused(self, refused: InvalidRecord) -> None:
        """Show why a save was refused. Raises UserError for problems that belong to no field
        shown."""
        self.visited = set(self._contents.cells)
        # Possible duplicates are not the reason.
        self.doubts.asked(())
        self._clear(self._contents.cells)
        other_messages = []
        for path, message in refused.problems.items():
            if root_of(path) in self._contents.shown:
                self.show_note("problem", path, message)
            else:
                other_messages.append(message)
        self._focus_first_shown(refused.problems)
        if other_messages:
            raise UserError(" ".join(other_messages))

    def _focus_first(self, paths: Sequence[str]) -> None:
        for path in paths:
            if root_of(path) in self._contents.shown:
                self._contents.cells[root_of(path)].editor.focus()
                return

    def _focus_first_shown(self, problems: Mapping[str, str]) -> None:
        """Focus the first field with a problem."""
        for key in self._contents.shown:
            path = next((path for path in problems if root_of(path) == key), None)
            if path is not None:
                self._contents.cells[key].editor.focus(inside_of(path))
                return
