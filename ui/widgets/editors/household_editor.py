"""Editor of a household: found by search, or described in place when new."""

from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.text import accented, fold
from borderdesk.entry.households import FoundHousehold
from borderdesk.schema.kinds import DESCRIBED_BY, ColumnField
from borderdesk.schema.kinds.field import labelled
from borderdesk.schema.record import ANEW
from borderdesk.schema.records.household import Household
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.widgets.editors.completion import ENTER, Completion
from ui.widgets.editors.editor import Editor, EditorContext, EditorFactory, Raw, paint_wrong
from ui.widgets.editors.offers import ComboOption
from ui.widgets.editors.options import only_commune
from ui.widgets.editors.text_line import TextLine

PAUSE = 250
STAYING = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
PLACE_KEYS = (DESCRIBED_BY.commune, DESCRIBED_BY.hamlet)
NEW_KEYS = (*PLACE_KEYS, DESCRIBED_BY.identity)
NEW = ""
"""The code of the list entry that creates a new household."""


class HouseholdEditor(Editor):
    """A line edit for the name of the head; the fields of a new household open below."""

    def __init__(self, _field: ColumnField, ground: EditorContext, make: EditorFactory) -> None:
        """make: creates the editor of a part of a new household."""
        box = QWidget()
        super().__init__(box)
        self._ground = ground
        self._chosen = ""
        self._anew = False
        self._place: Mapping[str, Raw] = {}
        self.line = TextLine()
        self.line.setPlaceholderText(_("Type the head's name, then choose"))
        self._panel = QWidget()
        self._panel.hide()
        self._make = make
        self._notes: dict[str, QLabel] = {}
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.line, 0, 0)
        grid.addWidget(self._panel, 1, 0)
        box.setFocusProxy(self.line)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._look_up)
        self.line.textEdited.connect(self._typed)
        self.line.seen.connect(lambda _text: self._look_soon())
        self.line.installEventFilter(self)
        # Created after this event filter: filters installed later see keys first.
        self.completion = Completion(self.line)
        self.completion.taken.connect(self._take)
        self.completion.done.connect(self.done)

    @cached_property
    def parts(self) -> Mapping[str, Editor]:
        """The editors of a new household's fields, created at first use, as most records refer to a
        known household."""
        ground = self._ground._replace(other=self._part)
        parts = {key: self._make(Household.columns()[key], ground) for key in NEW_KEYS}
        self._fill_panel(parts)
        for part in parts.values():
            part.edited.connect(self.edited)
            part.done.connect(self.done)
        for before, after in pairwise([self.line, *(part.widget for part in parts.values())]):
            QWidget.setTabOrder(before, after)
        return parts

    def _made(self) -> Mapping[str, Editor]:
        """The part editors, or {} while they are not created."""
        return self.parts if "parts" in vars(self) else {}

    def _part(self, key: str) -> str:
        """The raw value of another part; parts do not read other fields of the form."""
        return str(self.parts[key].raw()) if key in self._made() else ""

    def _fill_panel(self, parts: Mapping[str, Editor]) -> None:
        inner = QGridLayout(self._panel)
        inner.setContentsMargins(12, 0, 0, 0)
        hint = named(PlainLabel(_("New household: fill in where it lives.")), "muted")
        hint.setWordWrap(True)
        inner.addWidget(hint, 0, 0, 1, 2)
        for place, (key, part) in enumerate(parts.items()):
            field = Household.columns()[key]
            label, note = PlainLabel(labelled(field)), named(PlainLabel(), "problem")
            label.setBuddy(part.widget)
            part.describe(_(field.label), _("New household"))
            note.setWordWrap(True)
            note.hide()
            self._notes[key] = note
            row, column = (1 + 3 * (place // 2), place % 2)
            for down, widget in enumerate((label, part.widget, note)):
                inner.addWidget(widget, row + down, column)
        inner.setColumnStretch(0, 1)
        inner.setColumnStretch(1, 1)

    def describe(self, label: str, hint: str) -> None:
        super().describe(label, hint)
        self.line.setAccessibleName(label)
        self.line.setAccessibleDescription(hint)

    # --------------------------------------------------------------------- value

    def raw(self) -> Raw:
        text = self.line.text().strip()
        if self._chosen or not text:
            return self._chosen
        parts = {key: part.raw() for key, part in self._made().items()}
        anew = {ANEW: ANEW} if self._anew else {}
        return {DESCRIBED_BY.name: text, **{key: raw for key, raw in parts.items() if raw}, **anew}

    def put(self, raw: Raw) -> None:
        described = raw if isinstance(raw, dict) else {}
        self._chosen = raw if isinstance(raw, str) else ""
        self._anew = ANEW in described
        self._pause.stop()
        name = self._ground.desk.household_name(self._chosen) if self._chosen else ""
        self.line.setText(described.get(DESCRIBED_BY.name, name))
        self.line.setCursorPosition(0)
        for key, part in (self.parts if described else self._made()).items():
            part.put(described.get(key, ""))
        self._panel.setVisible(bool(described))

    def put_before(self, inside: QWidget, raw: Raw) -> bool:
        """Fill a part of a new household from the household before: its place, never its ID."""
        for key, part in self._made().items():
            if part.holds(inside):
                previous = self._place_before(raw).get(key, "")
                part.put(previous or part.raw())
                return bool(previous)
        return super().put_before(inside, raw)

    def _place_before(self, raw: Raw) -> Mapping[str, Raw]:
        if isinstance(raw, dict):
            return {key: raw.get(key, "") for key in PLACE_KEYS}
        try:
            place = self._ground.desk.households.place(raw)
        except UserError:
            return {}
        return dict(zip(PLACE_KEYS, place, strict=True))

    def prefer_place(self, place: Mapping[str, Raw]) -> None:
        """Remember where the last new household lives; it is the default for the next."""
        self._place = place

    def _place_ahead(self) -> Mapping[str, Raw]:
        """The default place of a new household: the last one, else the post's only commune."""
        own_commune = only_commune(self._ground.desk, self._ground.day())
        return self._place or {DESCRIBED_BY.commune: own_commune}

    def chosen(self) -> str:
        """The id of the selected household, "" for none or a new one."""
        return self._chosen

    def tab_stops(self) -> list[QWidget]:
        return [self.line, *(part.widget for part in self._made().values())]

    def parts_within(self) -> list[Editor]:
        return list(self._made().values())

    def settle(self) -> None:
        for part in self.parts_within():
            part.settle()

    def refresh(self) -> None:
        for part in self._made().values():
            part.refresh()

    # ------------------------------------------------------------------- finding

    def _typed(self, text: str) -> None:
        self._chosen = ""
        self._anew = False
        self.edited.emit()
        if not text.strip():
            self._pause.stop()
            self._panel.hide()

    def _look_soon(self) -> None:
        """Start the debounce timer of the search for the text on the screen, including a word being
        composed."""
        if self.line.hasFocus() and not self._chosen and self.line.seen_text().strip():
            self._pause.start()

    def _look_up(self) -> None:
        text = self.line.seen_text().strip()
        if not text or self._chosen or not self.line.hasFocus():
            return
        desk = self._ground.desk
        self._ground.ask(
            lambda: desk.households.find(text),
            lambda households: self._offer(text, households),
            self,
        )

    def _offer(self, text: str, households: list[FoundHousehold]) -> None:
        """Show the search results, unless the text has changed meanwhile."""
        if text != self.line.seen_text().strip() or self._chosen or not self.line.hasFocus():
            return
        if not households:
            self.completion.close()
            self._open()
            return
        ordered = sorted(households, key=lambda household: not _begins(household, text))
        options = [
            ComboOption(household.id, _label(household), household.mark) for household in ordered
        ]
        options.append(ComboOption(NEW, self._new_words(text, ordered)))
        fits = _begins(ordered[0], text)
        self.completion.offer(options, best=0 if fits else len(options) - 1)

    @staticmethod
    def _new_words(text: str, households: list[FoundHousehold]) -> str:
        same = sum(accented(household.head) == accented(text) for household in households)
        if same:
            words = _("New household: another {name}, besides the {count} above")
            return words.format(name=text, count=same)
        return _("New household: {name}").format(name=text)

    def _take(self, option: ComboOption) -> None:
        if option.code == NEW:
            # The list showed the namesakes: the person decided against all of them.
            self._anew = True
            self._open()
            self.edited.emit()
            return
        self._chosen = option.code
        self.line.setText(self._ground.desk.household_name(self._chosen))
        self.line.setCursorPosition(0)
        self._panel.hide()
        self.edited.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tab, Enter and loss of focus open the fields of a new household."""
        kind = event.type()
        if watched is not self.line or kind not in (QEvent.Type.KeyPress, QEvent.Type.FocusOut):
            return super().eventFilter(watched, event)
        leaving = isinstance(event, QFocusEvent) and event.reason() not in STAYING
        going = isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Tab, *ENTER)
        if (going or leaving) and self.line.text().strip() and not self._chosen:
            if isinstance(event, QKeyEvent) and event.key() in ENTER and self._look_now():
                return True
            self._open()
        return super().eventFilter(watched, event)

    def _look_now(self) -> bool:
        """Enter before the debounce timer fired: search at once and show the results; True if there
        are any. If exactly one household has this name, it is selected."""
        if not self._pause.isActive():
            return False
        self._pause.stop()
        text = self.line.text().strip()
        households = self._ground.desk.households.find(text)
        if not households:
            return False
        self._offer(text, households)
        same = [household for household in households if accented(household.head) == accented(text)]
        if len(same) == 1:
            self.completion.take_marked()
            self.done.emit()
        return True

    def _open(self) -> None:
        """Show the fields of a new household, with its default place."""
        self._pause.stop()
        if self._panel.isHidden():
            for key, raw in self._place_ahead().items():
                if not self.parts[key].raw():
                    self.parts[key].put(raw)
        self._panel.show()

    # ------------------------------------------------------------------ problems

    def show_inside(self, path: str, text: str) -> bool:
        """Show a problem of a part of the new household; False if it has no such part."""
        part = self.parts.get(path)
        if part is None:
            return False
        self._panel.setVisible(True)
        note = self._notes[path]
        note.setText(f"✗ {text}")
        note.show()
        part.mark(True)
        return True

    def clear_inside(self) -> None:
        """Remove the problems of the parts."""
        for key, note in self._notes.items():
            note.hide()
            self.parts[key].mark(False)

    def mark(self, wrong: bool) -> None:
        paint_wrong(self.line, wrong)

    def focus(self, path: str = "") -> None:
        target = self.parts[path].widget if path in self._made() else self.line
        target.setFocus(Qt.FocusReason.TabFocusReason)


def _label(household: FoundHousehold) -> str:
    return ", ".join(part for part in (household.head, household.hamlet, household.commune) if part)


def _begins(household: FoundHousehold, text: str) -> bool:
    """Whether the head's name begins with the text; accents count only if any were typed."""
    form = fold if fold(text) == accented(text) else accented
    return form(household.head).startswith(form(text))
