"""Signing an edition's paper digitally: what is signed is what the edition says, here and now.

The PDF that gets a signature is made from the closed edition, or is a file that begins with the
very bytes of it (the same data gives the same bytes) and has nothing behind them but signatures
that are whole. A paper of another desk is signed on top of its valid signatures, when its figures
are those that the records here add up to. So no altered figure is ever signed.
"""

import datetime
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.base.files import file_content, write_atomically
from borderdesk.base.i18n import LANGUAGES, _, language, set_language
from borderdesk.base.lazy import lazy_module
from borderdesk.base.text import fold
from borderdesk.closing.closing import Closing
from borderdesk.closing.editions import CLOSED, Edition, read_figures, standing
from borderdesk.closing.lines import figures_hash
from borderdesk.closing.paper_check import SAME
from borderdesk.closing.paper_code import read_paper
from borderdesk.reports.contents.letterhead import letterhead
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.editions.signing_words import ORGANISATION, PERSON
from borderdesk.reports.paper import paper_files
from borderdesk.reports.paper.letter import SigningRoom
from borderdesk.reports.report_kinds import carried_request, make_report
from borderdesk.session.session import Session

if TYPE_CHECKING:
    from borderdesk.reports.editions import file_check
    from borderdesk.reports.paper import archive, pdf, signature_marks
    from borderdesk.schema.reference import authority
    from borderdesk.signing import certificates, keys, pdf_signing, validity
    from borderdesk.signing.certificates import Certificate
    from borderdesk.signing.validity import SignatureVerdict
else:
    archive = lazy_module("borderdesk.reports.paper.archive")
    authority = lazy_module("borderdesk.schema.reference.authority")
    certificates = lazy_module("borderdesk.signing.certificates")
    file_check = lazy_module("borderdesk.reports.editions.file_check")
    keys = lazy_module("borderdesk.signing.keys")
    pdf = lazy_module("borderdesk.reports.paper.pdf")
    pdf_signing = lazy_module("borderdesk.signing.pdf_signing")
    signature_marks = lazy_module("borderdesk.reports.paper.signature_marks")
    validity = lazy_module("borderdesk.signing.validity")

FIELDS = {PERSON: "NguoiKy", ORGANISATION: "CoQuan"}
"""{as whom: how the field of such a signature is called, numbered}."""

MOST_BYTES = 20 << 20
MOST_REASONS = 4
"""How many entries of a long list of differences are shown."""
PDF, SIGNED = ".pdf", b"/ByteRange"
"""How a PDF's name ends, and what is in every signed one."""


class SigningOptions(NamedTuple):
    """How somebody signs: `key` opens the key; role: PERSON or ORGANISATION; picture: of the
    signature or the stamp, None for words."""

    key: "AbstractContextManager[keys.SigningKey]"
    role: str = PERSON
    picture: bytes | None = None


class SignedPaper(NamedTuple):
    """A paper that was signed: the file, what its signatures are worth now; edition: whose it is,
    None for another desk's."""

    file: Path
    signatures: "list[SignatureVerdict]"
    edition: Edition | None


class _Paper(NamedTuple):
    """What gets a signature. room: where a letter is signed, None for another desk's paper; found:
    what the signatures in it are worth."""

    content: bytes
    room: SigningRoom | None
    edition: Edition | None
    place: str
    found: "Sequence[SignatureVerdict]" = ()


# ------------------------------------------------------------------------------- trust


def anchors(session: Session) -> "list[Certificate]":
    """The certificates of the authorities that the desk trusts."""
    return authority.trusted(session.book.entries("authorities"))


def file_signatures(session: Session, file: Path) -> "list[SignatureVerdict]":
    """What the signatures of a PDF file are worth; [] where it has none or is no PDF. Raises
    UserError for a file that cannot be read."""
    if file.suffix.lower() != PDF:
        return []
    content = file_content(file, MOST_BYTES)
    return validity.signatures(content, anchors(session)) if SIGNED in content else []


def text_signatures(session: Session, text: str) -> "list[SignatureVerdict]":
    """The same of the PDF file whose path a text is; [] for any other text."""
    file = Path(text.strip())
    if file.suffix.lower() != PDF or not file.is_file():
        return []
    return file_signatures(session, file)


def certificate_doubts(session: Session, certificate: "Certificate") -> list[str]:
    """What a person should know before signing by a certificate that is not refused."""
    if anchors(session):
        return []  # Who is vouched for by none of them does not sign.
    words = _("No authority is trusted at this desk yet, so that nobody vouches for {issuer}.")
    return [words.format(issuer=certificate.issuer)]


def signer_doubts(edition: Edition | None, certificate: "Certificate") -> list[str]:
    """What a person should know before signing a paper that names another one as its signer."""
    named = edition.signer.name if edition is not None else ""
    if {*fold(named).split()} <= {*fold(certificate.name).split()}:
        return []
    words = _("The paper is signed by {signer}, the certificate is that of {name}.")
    return [words.format(signer=named, name=certificate.name)]


def edition_of_file(session: Session, file: Path) -> Edition | None:
    """The edition in force whose paper, as its code says, a PDF file of this desk is."""
    known = paper_files.paper_file(str(file)) if file.suffix.lower() == PDF else None
    code = read_paper(known.code) if known is not None else None
    if code is None or code.desk != session.identity.id[:8]:
        return None
    return standing(session.store, code.period, code.scope)


def why_refused(
    session: Session, certificate: "Certificate", chain: "Sequence[Certificate]"
) -> str:
    """Why nobody signs by a certificate here: it may not sign now, or none of the authorities that
    the desk trusts vouches for it; "" where somebody may."""
    why, known = keys.why_unfit(certificate), anchors(session)
    if why or not known or validity.is_vouched_for(certificate, chain, known):
        return why
    return _(
        "The certificate of {name} is by {issuer}, which is none of the authorities that this desk"
        " trusts. If it should be one, an administrator adds it under Certification authorities."
    ).format(name=certificate.name, issuer=certificate.issuer)


def require_fit(
    session: Session, certificate: "Certificate", chain: "Sequence[Certificate]"
) -> None:
    """Raise OperationRefused for a certificate by which nobody signs here."""
    why = why_refused(session, certificate, chain)
    if why:
        nothing = _("Nothing was signed.")
        raise OperationRefused(f"{why} {nothing}")


# ------------------------------------------------------------------------------ signing


def sign_edition(
    session: Session, edition: str, request: Request, signing: SigningOptions, target: Path
) -> SignedPaper:
    """Sign the paper of a closed edition (its id), made now, on top of the signatures that it has;
    the file goes to `target` and is kept with the edition. Raises OperationRefused and UserError:
    then nothing is written and the edition is as it was."""
    session.require("period.close")
    with _noting(session, target, request.period, request.scope):
        made = _own_paper(session, request, None)
        if made.edition is None or made.edition.id != edition:
            raise OperationRefused(
                _("Only the edition in force can be signed, while it is not being amended.")
            )
        kept = session.part(Closing).scans.signed_file(edition)
        if kept is not None and kept.startswith(made.content):
            made = _continued(session, made, kept)
        return _signed(session, made, signing, target)


def sign_file(session: Session, file: Path, signing: SigningOptions, target: Path) -> SignedPaper:
    """Sign a PDF file, which has to be the paper of a closed edition of this desk, byte for byte,
    with or without signatures; or another desk's signed paper with the figures of the records here.
    Raises OperationRefused and UserError: then nothing is written."""
    session.require("period.close")
    with _noting(session, file, "", None):
        return _signed(session, _paper_of(session, file), signing, target)


def _signed(session: Session, paper: _Paper, signing: SigningOptions, target: Path) -> SignedPaper:
    if target.suffix.lower() != PDF:
        raise UserError(_("A signed paper is a PDF: write {suffix}.").format(suffix=PDF))
    names = pdf_signing.signature_names(paper.content)
    with signing.key as key:
        require_fit(session, key.certificate, key.chain)
        moment = certificates.utc_now()
        content = pdf_signing.signed(
            paper.content,
            key,
            _field(signing.role, names),
            _mark_of(paper, signing, names, key.certificate, moment),
            place=paper.place,
        )
    # Those before were found to hold, and what is added leaves them as they are.
    found = [*paper.found, validity.newest_signature(content, anchors(session))]
    if any(one.result == validity.BAD for one in found):
        raise UserError(_("The signature does not hold: the file was not written."))
    edition, certificate = paper.edition, key.certificate

    def keep() -> None:
        if edition is not None:
            who = f"{certificate.name} · {certificate.serial}"
            session.part(Closing).keep_signature(edition.id, target.name, content, who)

    write_atomically(target, content, keep)
    about = f"{edition.period.text} {edition.scope.text}" if edition else ""
    signer = {"by": certificate.name, "serial": certificate.serial}
    session.audit_notes.note_anyway(
        "paper.signed", target.name, **signer, **({"for": about} if about else {})
    )
    return SignedPaper(target, found, edition)


def _field(role: str, names: Sequence[str]) -> str:
    name, number = FIELDS[role], 1
    while f"{name}{number}" in names:
        number += 1
    return f"{name}{number}"


def _mark_of(
    paper: _Paper,
    signing: SigningOptions,
    names: Sequence[str],
    certificate: "Certificate",
    moment: datetime.datetime,
) -> "pdf_signing.SignatureMark":
    """The mark: the first person's between office and name, the stamp beside it; the others' in the
    corner of page 1."""
    room, first = paper.room, f"{FIELDS[signing.role]}1" not in names
    if room is not None and first and signing.role == PERSON:
        return signature_marks.person_mark(room, certificate, moment, signing.picture)
    if room is not None and first and signing.picture is not None:
        return signature_marks.stamp_mark(room, certificate, moment, signing.picture)
    others = len(names) - (f"{FIELDS[PERSON]}1" in names and room is not None)
    return signature_marks.corner_mark(max(others, 0), certificate, moment)


# -------------------------------------------------------------------- what may be signed


def _own_paper(session: Session, request: Request, author: str | None) -> _Paper:
    """The paper of the request as the desk makes it now; author: whom its properties name. Raises
    OperationRefused where it is not an edition's that is in force."""
    content = make_report(session, request)
    edition = content.edition
    if edition is None or edition.state != CLOSED:
        raise OperationRefused(
            _("Only the paper of a closed period is signed. Close the period first.")
        )
    lines = read_figures(session.store, edition.id)
    if figures_hash(edition.period, edition.scope, lines) != edition.figures_hash:
        raise OperationRefused(
            _("The figures of {edition} are not those that were closed. Run verify.").format(
                edition=edition.title
            )
        )
    document = content.document()
    if author is not None:
        document = replace(document, author=author)
    canvas = archive.new_canvas(document)
    setter = pdf.DocumentSetter(canvas, document, None)
    setter.write()
    room = setter.letter.signing_room if document.letter is not None else None
    place = letterhead(session, edition.signed_on).place
    return _Paper(b"".join(archive.archive_parts(canvas)), room, edition, place)


def _paper_of(session: Session, file: Path) -> _Paper:
    """What a file is: this desk's paper, or another's. Raises OperationRefused, UserError."""
    content = file_content(file, MOST_BYTES)
    known = paper_files.paper_file(str(file)) if file.suffix.lower() == PDF else None
    if known is None:
        raise UserError(_("{file} is no PDF of a paper.").format(file=file.name))
    code = read_paper(known.code)
    if code.desk != session.identity.id[:8]:
        verdict = file_check.check_file(session, str(file))
        return _foreign_paper(session, file, content, verdict.result == SAME, verdict.reasons)
    request = carried_request(known.made_of) or Request("summary", code.period, code.scope)
    made = _same_paper(session, request, paper_files.pdf_author(file), content)
    if made is None:
        verdict = file_check.check_file(session, str(file))
        message = _(
            "{file} is not the paper as this desk writes it: it was changed, or records of its"
            " annexes were. Write it again and sign that."
        ).format(file=file.name)
        raise OperationRefused(" ".join([message, *verdict.reasons[:MOST_REASONS]]))
    return _continued(session, made, content)


def _same_paper(session: Session, request: Request, author: str, content: bytes) -> _Paper | None:
    """The paper with which a file begins, in whichever language; None where it is another."""
    here = language()
    try:
        for lang in sorted(LANGUAGES, key=lambda one: one != here):
            set_language(lang)
            made = _own_paper(session, request, author)
            if content.startswith(made.content):
                return made
    finally:
        set_language(here)
    return None


def _continued(session: Session, made: _Paper, content: bytes) -> _Paper:
    """A paper as a file has it that begins with it and has signatures alone behind it. Raises
    OperationRefused for any other."""
    if content == made.content:
        return made
    found = validity.signatures(content, anchors(session))
    if (
        not found
        or any(one.result == validity.BAD for one in found)
        or not pdf_signing.begins_with_signature(content)
    ):
        raise OperationRefused(
            _("The file was changed after it was written or signed. Write it again and sign that.")
        )
    return made._replace(content=content, found=found)


def _foreign_paper(
    session: Session, file: Path, content: bytes, same: bool, reasons: Sequence[str]
) -> _Paper:
    found = validity.signatures(content, anchors(session))
    if not found or any(one.result == validity.BAD for one in found):
        raise OperationRefused(
            _(
                "{file} is a paper of another desk without a valid digital signature of it. Nothing"
                " was signed."
            ).format(file=file.name)
        )
    if not same:
        words = _("The figures of {file} are not those of the records here. Nothing was signed.")
        raise OperationRefused(" ".join((words.format(file=file.name), *reasons[:MOST_REASONS])))
    return _Paper(content, None, None, letterhead(session, session.today()).place, found)


@contextmanager
def _noting(session: Session, file: Path, period: str, scope: str | None) -> Iterator[None]:
    """Note in the audit log that signing failed."""
    try:
        yield
    except UserError:
        about = " ".join(filter(None, (period, scope)))
        facts = {"for": about} if about else {}
        session.audit_notes.note_anyway("paper.unsigned", file.name, **facts)
        raise
