"""Word forms of the unit: list of their fields with values, and filling a form."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QShowEvent

from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.text import fold
from borderdesk.closing.summary import make_summary
from borderdesk.closing.word_forms import KeptForm
from borderdesk.desk import Desk
from borderdesk.figures.indicators import BEFORE_PROGRAMMES
from borderdesk.reports import report_kinds
from borderdesk.reports.contents.requests import Request
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.choosers.file_choosers import ask_files, ask_where
from ui.widgets.editors.search_line import SearchLine
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.layout.scrolled import foot, scrolled_column
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import MessageBar
from ui.widgets.tables.row_choice import FoundRows
from ui.widgets.tables.rows_table import RowsTable, TableColumn

if TYPE_CHECKING:
    from borderdesk.reports.word_files import form_fields, own_forms
else:
    form_fields = lazy_module("borderdesk.reports.word_files.form_fields")
    own_forms = lazy_module("borderdesk.reports.word_files.own_forms")

EXAMPLE = next(f"{{{{{row.key}.value}}}}" for row in BEFORE_PROGRAMMES if row.charted)
"""A field of a form: the value of the first figure that is drawn by month."""


class FormPanel(DeskPanel):
    """Lists the fields for the selected period and scope, and fills a form.

    The fields are read when the panel becomes visible. `changed` is emitted after a form of a
    closed period was written, which makes its edition final.
    """

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self._request: Request | None = None
        self._shown: Request | None = None
        self._fields: list[form_fields.FormField] = []
        words = _("Search in the fields")
        self.search = SearchLine(words, words)
        self.kept = Chooser()
        self.table = RowsTable(
            _("Fields of a form"),
            [
                TableColumn(_("Field of the form"), 26),
                TableColumn(_("Now"), 17),
                TableColumn(_("What it is"), 24),
            ],
            _("Choose a report; the fields of its period stand here."),
        )
        self._lay_out()

    def _lay_out(self) -> None:
        column = scrolled_column(self)
        column.setContentsMargins(0, 0, 0, 0)
        hint = _(
            "Write fields such as {example} into a Word document of the unit; they are filled with"
            " the figures of the period chosen. Ctrl+C copies the field that is marked."
        ).format(example=EXAMPLE)
        words = named(PlainLabel(hint), "muted")
        words.setWordWrap(True)
        column.addWidget(words)
        self.search.seen.connect(lambda _text: self._fill())
        FoundRows(self.search, self.table)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        foot(self).addLayout(self._kept_row())

    def _kept_row(self) -> FlowLayout:
        """Combo box of the stored forms, with buttons to fill, add and remove."""
        self.kept.setAccessibleName(_("The form to fill"))
        self.kept.setToolTip(_("The form to fill"))
        self._show_kept([])
        self.keep_button = button(bind(self, "keep_form", self.ask_kept))
        self.remove_button = button(bind(self, "remove_form", self.remove))
        self.kept.currentIndexChanged.connect(lambda _index: self._kept_chosen())
        self.fill_button = button(bind(self, "fill_form", self.ask_form), main=True, keys=True)
        row = FlowLayout()
        row.add(self.kept, 1)
        for push in (self.fill_button, self.keep_button, self.remove_button):
            row.add(push)
        self._kept_chosen()
        return row

    def _kept_chosen(self) -> None:
        self.remove_button.setEnabled(bool(self.kept.currentData()))

    def _show_kept(self, forms: Sequence[KeptForm]) -> None:
        """Offer the stored forms; the selection is kept."""
        chosen_form = self.kept.currentData()
        with QSignalBlocker(self.kept):
            self.kept.clear()
            self.kept.addItem(_("A Word file…"), "")
            for form in forms:
                self.kept.addItem(form.name, form.name)
            self.kept.setCurrentIndex(max(self.kept.findData(chosen_form), 0))

    # ---------------------------------------------------------------------------- fields

    def show_request(self, request: Request) -> None:
        """Switch to another report."""
        self._request = request
        if self.isVisible():
            self._read()

    def showEvent(self, event: QShowEvent) -> None:
        """Read the fields of the report selected while hidden."""
        super().showEvent(event)
        self._read()

    def _read(self) -> None:
        request, desk = self._request, self._desk
        self._read_kept()
        if request is None or request == self._shown:
            return
        self._shown = request

        def work() -> form_fields.FormContent:
            return form_fields.form_content(
                desk, make_summary(desk, request.period, request.scope, geography=request.geography)
            )

        self.read(work, self._show)

    def _read_kept(self) -> None:
        desk = self._desk

        def show(forms: list[KeptForm]) -> None:
            self._show_kept(forms)
            self._kept_chosen()

        self.read(lambda: desk.word_forms.all(), show)

    def refresh(self) -> None:
        """Figures or texts may have changed: read again."""
        self._shown = None
        if self.isVisible():
            self._read()

    def _show(self, content: "form_fields.FormContent") -> None:
        self._fields = [*content.fields, *content.row_fields]
        self._fill()

    def _fill(self) -> None:
        words = fold(self.search.seen_text()).split()
        rows = [
            (f"{{{{{form_field.name}}}}}", form_field.value, form_field.label)
            for form_field in self._fields
        ]
        self.table.show_rows([row for row in rows if _has_all(words, fold(" ".join(row)))])

    # --------------------------------------------------------------------------- filling

    def ask_form(self) -> None:
        """Ask for a form unless a stored one is selected, then for the file to write."""
        if self.kept.currentData():
            self._form_chosen(self.kept.currentData())
            return
        words = _("A Word form of the unit")
        ask_files(self, words, "*.docx", lambda files: self._form_chosen(files[0]))

    def _form_chosen(self, template: Path | str) -> None:
        proposed = f"{Path(template).stem} (1).docx"
        ask_where(self, proposed, ".docx", lambda to: self.fill(template, to))

    # ------------------------------------------------------------------------ forms kept

    def ask_kept(self) -> None:
        """Ask for a Word file to store."""
        ask_files(self, _("A Word form of the unit"), "*.docx", lambda files: self.keep(files[0]))

    def keep(self, file: Path) -> None:
        """Store a Word file as form and select it."""
        desk = self._desk

        def done(form: KeptForm) -> None:
            self.kept.addItem(form.name, form.name)
            self.kept.setCurrentIndex(self.kept.findData(form.name))
            self.bar.notify(_("{name} is kept in this desk.").format(name=form.name))
            self._read_kept()

        self.write(lambda: own_forms.keep_form(desk, file), done)

    def remove(self) -> None:
        """Remove the selected form."""
        desk, name = self._desk, self.kept.currentData()

        def done(_none: None) -> None:
            self.bar.notify(_("{name} was taken out of this desk.").format(name=name))
            self._read_kept()

        self.write(lambda: desk.word_forms.remove_form(name), done)

    def fill(self, template: Path | str, target: Path) -> None:
        """Fill a form (a file, or the name of a stored one)."""
        request, desk = self._request, self._desk
        if request is None:
            return

        def done(_none: None) -> None:
            self.bar.notify(_("Saved as {file}").format(file=target.name))
            self.changed.emit()

        self.write(lambda: report_kinds.write_form(desk, template, request, target), done)


def _has_all(words: Sequence[str], text: str) -> bool:
    return all(word in text for word in words)
