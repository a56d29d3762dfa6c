"""Shows problems and doubts beside the fields of a form."""

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
"""Milliseconds after a key in which what is said of the fields is worked out again."""


class FormReview:
    """Shows the problems of the fields that the keyboard has left so far."""

    def __init__(self, contents: FormContents, area: FieldsArea) -> None:
        self._contents = contents
        self._area = area
        self.doubts = FormDoubts()
        self.visited: set[str] = set()
        self._marks: dict[str, dict[str, str]] = {}
        """{field: {path of what is said of it: the kind of note}}."""
        self._again = QTimer(area, singleShot=True, interval=AGAIN)
        self._again.timeout.connect(self._judge_again)

    def begin(self, kept: Iterable[Doubt] = ()) -> None:
        """Begin with another record, of which these doubts were kept."""
        self.doubts.forget()
        self.doubts.already(kept)

    def forget(self) -> None:
        """Other values stand in the fields: say nothing of them yet."""
        self.visited.clear()
        self._marks.clear()

    def questioned(self, key: str) -> str:
        """The path of the first thing in a field that is wrong or doubtful, "" for nothing."""
        marks = self._marks.get(key, {})
        return next((path for path, kind in marks.items() if kind in ("problem", "doubt")), "")

    def judge_typed(self) -> None:
        """Judge what was typed into a form that is shown again, as if the keyboard had left it."""
        contents = self._contents
        self.visited |= contents.changes().keys() & {*contents.shown}
        if self.visited:
            self.judge(contents.check())

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
        that is typed in, of which only what is corrected is taken away."""
        before = self._marks.get(besides, {}).keys()
        self._clear(self.visited)
        self.doubts.found((doubt.field, doubt.message) for doubt in checked.doubts)
        for kind, path, text in self._notes(checked):
            key = root_of(path)
            if key in self.visited and (key != besides or path in before):
                self.show_note(kind, path, text)

    def _notes(self, checked: CleaningResult) -> Iterator[tuple[str, str, str]]:
        """What there is to say of the fields: (a key of SIGNS, the path, the words)."""
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
        """What people times days would make, to be said beside the turns."""
        turns = turns_of(self._contents)
        if turns is None or not self._contents.raw(turns.key):
            return
        words = _("{people} people × {days} days = {turns}: press F9 to fill it in.")
        text = words.format(people=turns.people, days=turns.days, turns=turns.total)
        yield "hint", turns.key, text

    def show_note(self, kind: str, path: str, text: str) -> None:
        """Show a note of this kind (a key of SIGNS) at what `path` names."""
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
        # Another record that may be the same is not why.
        self.doubts.asked(())
        self._clear(self._contents.cells)
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
                self._contents.cells[key].editor.focus(inside_of(path))
                return
