"""The unit's own Word forms: validated when added, and found by name or as a file."""

from pathlib import Path

from borderdesk.closing.word_forms import SUFFIX, KeptForm, WordForms, unknown_form
from borderdesk.reports.word_files.word_form import FormFile, check_form, form_file
from borderdesk.session.session import Session


def keep_form(session: Session, path: Path) -> KeptForm:
    """Keep a Word file as a form of this desk. Raises UserError for one that is no Word document,
    with macros, or too large."""
    form = form_file(path)
    check_form(form)
    return session.part(WordForms).keep_form(form.name, form.content)


def find_form(session: Session, form: Path | str) -> FormFile:
    """The form in a file, or by its name the one stored in the desk; a path without a file may be a
    name, with or without its ending. Raises UserError."""
    if isinstance(form, Path) and (form.exists() or form.name != str(form)):
        return form_file(form)
    forms = session.part(WordForms)
    for name in (str(form), f"{form}{SUFFIX}"):
        content = forms.content(name)
        if content is not None:
            return FormFile(name, content)
    if forms.all() or isinstance(form, str):
        raise unknown_form(str(form))
    return form_file(form)
