"""Ký số: dialog that signs an edition digitally with a token or a key file.

PIN and password stay in their field until the dialog closes and are not stored.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _, language
from borderdesk.base.lazy import lazy_module
from borderdesk.closing.editions import Edition
from borderdesk.desk import Desk
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.editions.signing_words import PERSON, PREFERENCE, ROLES, certificate_words
from borderdesk.reports.wording import PAPER_LANGUAGE
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.choosers.file_choosers import ask_files, ask_where
from ui.widgets.editors.form_labels import level_labels
from ui.widgets.editors.text_line import TextLine
from ui.widgets.password_fields import PasswordLine
from ui.widgets.push_button import push_button

if TYPE_CHECKING:
    from borderdesk.reports import batch
    from borderdesk.reports.editions import edition_signing
    from borderdesk.reports.paper import signature_marks
    from borderdesk.signing import keys
    from borderdesk.signing.certificates import Certificate
    from borderdesk.signing.keys import TokenCertificate
else:
    batch = lazy_module("borderdesk.reports.batch")
    edition_signing = lazy_module("borderdesk.reports.editions.edition_signing")
    keys = lazy_module("borderdesk.signing.keys")
    signature_marks = lazy_module("borderdesk.reports.paper.signature_marks")

TOKEN, FILE = "token", "file"
KEY_FILES, MODULES, PICTURES = "*.p12 *.pfx", "*.dll *.so *.so.* *.dylib", "*.png *.jpg *.jpeg"
WIDTH = 84
"""Width of the dialog in digits."""
SIGNED_ENDING = "_da-ky.pdf"


class _OfferedKey(NamedTuple):
    """A certificate to sign with, and doubts about it; token: its place on a token; fit: whether it
    may be used."""

    certificate: "Certificate"
    doubts: Sequence[str]
    token: "TokenCertificate | None" = None
    fit: bool = True


class SigningDialog(QDialog):
    """Signs the paper of one edition.

    done: called with the `edition_signing.SignedPaper` after it was saved.
    """

    def __init__(
        self,
        owner: QWidget,
        desk: Desk,
        tasks: Runner,
        edition: Edition,
        request: Request,
        done: Callable[[Any], None],
    ) -> None:
        super().__init__(owner)
        self._desk, self._tasks = desk, tasks
        self._edition, self._request, self._done = edition, request, done
        self._kept: dict[str, str] = desk.preferences.preferred(PREFERENCE, {})
        self._found: list[_OfferedKey] = []
        self._busy = 0
        self.setWindowTitle(_("Sign digitally"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * WIDTH)
        self._make_fields()
        self._lay_out()
        self._source_chosen()

    # ------------------------------------------------------------------------ building

    def _make_fields(self) -> None:
        self.source, self.role, self.choice = Chooser(), Chooser(), Chooser()
        self.source.addItem(_("A token that is plugged in (USB)"), TOKEN)
        self.source.addItem(_("A file with the key (.p12)"), FILE)
        self.source.setCurrentIndex(max(self.source.findData(self._kept.get("source", TOKEN)), 0))
        for role, words in ROLES.items():
            self.role.addItem(_(words), role)
        self.path, self.picture = TextLine(), TextLine()
        self.secret = PasswordLine()
        self.source.activated.connect(lambda _at: self._source_chosen())
        self.role.activated.connect(lambda _at: self._role_chosen())
        self.choice.activated.connect(lambda _at: self._show_certificate())
        self.path.textChanged.connect(lambda _text: self._forget())
        self.certificate = named(PlainLabel(), "card")
        self.problem = named(PlainLabel(), "problem")
        for label in (self.certificate, self.problem):
            label.setWordWrap(True)
        self.certificate.setMargin(8)
        self.look = push_button(
            _("Show the certificate"), _("Read whose key it is before signing"), self.read
        )
        self.sign = push_button(
            _("Sign and save…"), _("Sign, and save the signed PDF"), self.ask_where, main=True
        )
        self.close_button = push_button(_("Cancel"), _("Sign nothing"), self.reject)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        title = _("{period} of {scope}: {edition}").format(
            period=self._edition.period.title,
            scope=self._edition.scope.name,
            edition=self._edition.title,
        )
        head = named(PlainLabel(title[:1].upper() + title[1:]), "heading")
        head.setWordWrap(True)
        column.addWidget(head)
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        self.path_label, self.secret_label = PlainLabel(), PlainLabel()
        self._row(PlainLabel(_("Key")), self.source)
        self._row(self.path_label, self.path, self._browse(self.ask_path))
        self.choice_label = PlainLabel(_("Certificate of the token"))
        self._row(self.choice_label, self.choice)
        self._row(self.secret_label, self.secret)
        self._row(PlainLabel(_("Signs")), self.role)
        self._row(
            PlainLabel(_("Picture of signature or stamp (may be left out)")),
            self.picture,
            self._browse(self.ask_picture),
        )
        column.addLayout(self._form)
        level_labels(self._form)
        column.addWidget(self.certificate)
        column.addWidget(self.problem)
        row = QHBoxLayout()
        row.addWidget(self.look)
        row.addStretch(1)
        row.addWidget(self.sign)
        row.addWidget(self.close_button)
        column.addLayout(row)
        self._role_chosen()

    def _row(self, label: QLabel, field: QWidget, beside: QPushButton | None = None) -> None:
        label.setBuddy(field)
        field.setAccessibleName(label.text())
        if beside is None:
            self._form.addRow(label, field)
            return
        row = QHBoxLayout()
        row.addWidget(field, 1)
        row.addWidget(beside)
        self._form.addRow(label, row)

    @staticmethod
    def _browse(act: Callable[[], object]) -> QPushButton:
        return push_button(_("Choose…"), _("Choose a file"), act)

    # ------------------------------------------------------------------------ choosing

    def _source_chosen(self) -> None:
        source = self.source.currentData()
        token = source == TOKEN
        words = _("Module of the token (PKCS#11)") if token else _("File with the key")
        secret = _("PIN") if token else _("Password of the file")
        for label, field, text in (
            (self.path_label, self.path, words),
            (self.secret_label, self.secret, secret),
        ):
            label.setText(text)
            field.setAccessibleName(text)
        self.secret.clear()
        self.path.setText(self._kept.get(source, ""))
        self.choice_label.setVisible(token)
        self.choice.setVisible(token)
        self._forget()

    def _role_chosen(self) -> None:
        self.picture.setText(self._kept.get(f"picture of {self.role.currentData()}", ""))
        self._show_certificate()

    def ask_path(self) -> None:
        """Ask for the PKCS#11 module of the token, or for the key file."""
        token = self.source.currentData() == TOKEN
        title = _("Module of the token") if token else _("File with the key")
        ask_files(self, title, MODULES if token else KEY_FILES, self._path_chosen)

    def _path_chosen(self, files: Sequence[Path]) -> None:
        self.path.setText(str(files[0]))
        if self.source.currentData() == TOKEN:
            self.read()

    def ask_picture(self) -> None:
        """Ask for the picture of the signature or stamp."""
        title = _("Picture of signature or stamp")
        ask_files(self, title, PICTURES, lambda files: self.picture.setText(str(files[0])))

    # --------------------------------------------------------------------- certificate

    def _forget(self) -> None:
        """Drop the certificates; nothing can be signed until one is shown."""
        self._found = []
        self.choice.clear()
        self.certificate.hide()
        self.problem.hide()
        self._enable()

    def read(self) -> None:
        """Read the certificates of the token, or that of the file."""
        path, secret, desk = Path(self.path.text().strip()), self.secret.text(), self._desk
        if not self.path.text().strip():
            self._tell(self.path_label.text() + ": " + _("Choose a file first."))
            return

        def of_token() -> list[_OfferedKey]:
            return [
                _of_token(desk, certificate)
                for certificate in keys.token_certificates(path, secret)
            ]

        def of_file() -> list[_OfferedKey]:
            key = keys.file_key(path, secret)
            return [_offered(desk, key.certificate, key.chain)]

        self._forget()
        source = self._asked()
        work = of_token if self.source.currentData() == TOKEN else of_file
        self._run(work, lambda certificates: self._show_found(source, certificates))

    def _asked(self) -> tuple[str, str]:
        """The selected source and path."""
        return self.source.currentData(), self.path.text()

    def _show_found(self, source: tuple[str, str], offered: list[_OfferedKey]) -> None:
        if source != self._asked():
            return  # The source was changed meanwhile.
        self._found = offered
        for key in offered:
            self.choice.addItem(f"{key.certificate.name} · {key.certificate.issuer}")
        self._show_certificate()
        if not self.secret.text():
            self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    def _chosen(self) -> _OfferedKey | None:
        at = max(self.choice.currentIndex(), 0)
        return self._found[at] if at < len(self._found) else None

    def _show_certificate(self) -> None:
        chosen_key = self._chosen()
        if chosen_key is None:
            return
        self.certificate.setText("\n".join(certificate_words(chosen_key.certificate)))
        self.certificate.show()
        doubts = [*self._signer_doubts(chosen_key), *chosen_key.doubts]
        self.problem.setText("\n".join(doubts))
        self.problem.setVisible(bool(doubts))
        self._enable()

    def _signer_doubts(self, chosen_key: _OfferedKey) -> list[str]:
        if not chosen_key.fit or self.role.currentData() != PERSON:
            return []
        return edition_signing.signer_doubts(self._edition, chosen_key.certificate)

    def _enable(self) -> None:
        idle = not self._busy
        chosen_key = self._chosen()
        self.look.setEnabled(idle)
        self.sign.setEnabled(idle and chosen_key is not None and chosen_key.fit)
        # Enter in a line shows the certificate first, then signs; Qt would take the first button.
        (self.sign if self.sign.isEnabled() else self.look).setDefault(True)
        self._fit()

    # ------------------------------------------------------------------------- signing

    def ask_where(self) -> None:
        """Ask where to save the signed PDF, then sign."""
        name = batch.file_name(self._desk, self._request, SIGNED_ENDING)
        ask_where(self, name, ".pdf", self.sign_to)

    def sign_to(self, target: Path) -> None:
        """Create the edition's paper, sign and save it."""
        chosen_key, secret, desk = self._chosen(), self.secret.text(), self._desk
        path, picture = Path(self.path.text().strip()), self.picture.text().strip()
        role, edition, request = self.role.currentData(), self._edition.id, self._request
        if chosen_key is None:
            return
        preference = self._to_keep()

        def work() -> Any:
            shown = signature_marks.read_picture(Path(picture)) if picture else None
            key = (
                keys.token_key(path, chosen_key.token, secret)
                if chosen_key.token is not None
                else keys.opened_file(path, secret, chosen_key.certificate)
            )
            signing = edition_signing.SigningOptions(key, role, shown)
            signed_paper = edition_signing.sign_edition(desk, edition, request, signing, target)
            desk.preferences.prefer(PREFERENCE, preference)
            return signed_paper

        self._run(work, self._signed, write=True)

    def _to_keep(self) -> dict[str, str]:
        """The inputs to remember: paths, no secret."""
        source = self.source.currentData()
        return {
            **self._kept,
            "source": source,
            source: self.path.text().strip(),
            f"picture of {self.role.currentData()}": self.picture.text().strip(),
        }

    def _signed(self, signed_paper: Any) -> None:
        self.accept()
        self._done(signed_paper)

    # ---------------------------------------------------------------------- background

    def _fit(self) -> None:
        """Resize to the height of the visible contents."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        needed = layout.totalHeightForWidth(self.width())
        self.resize(self.width(), max(needed, layout.totalMinimumSize().height()))

    def idle(self) -> bool:
        """Whether nothing is being read or signed."""
        return not self._busy

    def _run(
        self, work: Callable[[], Any], then: Callable[[Any], None], *, write: bool = False
    ) -> None:
        self._busy += 1
        self.problem.setText(_("Working… A token may take some seconds."))
        self.problem.show()
        self._enable()

        def done(answer: Any) -> None:
            self._busy -= 1
            self.problem.hide()
            then(answer)
            self._enable()

        run = self._tasks.later if write else self._tasks.run
        run(work, done, self._failed, self)

    def _failed(self, error: Exception) -> None:
        self._busy -= 1
        self._enable()
        if not isinstance(error, UserError):
            self.problem.hide()
            raise error
        self.secret.clear()
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)
        self._tell(str(error))

    def _tell(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.show()
        self._fit()

    def done(self, result: int) -> None:
        """Close, and clear the PIN."""
        self.secret.clear()
        super().done(result)


def _of_token(desk: Desk, token_certificate: "TokenCertificate") -> _OfferedKey:
    """A certificate of a token, with doubts and the remaining PIN tries."""
    offered = _offered(desk, token_certificate.certificate, token_certificate.chain)
    doubts = [*filter(None, [*offered.doubts, token_certificate.tries])]
    return offered._replace(doubts=doubts, token=token_certificate)


def _offered(desk: Desk, certificate: "Certificate", chain: "Sequence[Certificate]") -> _OfferedKey:
    """A certificate with the reason why it cannot be used, or doubts about it."""
    refusal = edition_signing.why_refused(desk, certificate, chain)
    if refusal:
        return _OfferedKey(certificate, [refusal], fit=False)
    doubts = edition_signing.certificate_doubts(desk, certificate)
    if language() != PAPER_LANGUAGE:
        message = _(
            "What is signed now is the working translation: set the window to Vietnamese to sign"
            " the paper itself."
        )
        doubts = [message, *doubts]
    return _OfferedKey(certificate, doubts)
