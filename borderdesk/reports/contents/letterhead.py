"""The head and foot of a desk's documents by its settings, as of a day."""

import datetime
from collections.abc import Container
from typing import Any, Literal, NamedTuple

from borderdesk.base.i18n import _
from borderdesk.base.text import fold
from borderdesk.closing.editions import Edition
from borderdesk.reports.blocks import Letter, Signature
from borderdesk.reports.paper import measures as m
from borderdesk.schema import settings
from borderdesk.session.session import Session

Template = Literal["government", "party"]

HEADS_OF = {"post": "ĐỒN TRƯỞNG", "liaison": "CHỈ HUY TRƯỞNG", "province": "CHỈ HUY TRƯỞNG"}
"""The office of the default signer by the role of the desk."""

SIGNER, RANK = "signer_name", "signer_rank"
"""The setting that names who signs; a closing may name another."""
FILLED_LATER = ("symbol", "addressees", "recipients")
"""Settings that a paper may have been signed without; filled in with their current values."""


class Letterhead(NamedTuple):
    """The settings that concern documents, as of a day.

    mode: one of `settings.MODES`, or ""; behalf: on whose behalf the signer signs then.
    """

    template: Template
    superior: str
    issuer: str
    symbol: str
    place: str
    mode: str
    behalf: str
    office: str
    rank: str
    name: str
    show_rank: bool
    addressees: tuple[str, ...]
    recipients: tuple[str, ...]
    archive: str
    circulation: str

    def letter(
        self,
        subject: str,
        *,
        number: str = "",
        day: datetime.date | None = None,
        year: int | None = None,
        signature: Signature | None = None,
        name: str = m.REPORT,
        letters: str = m.REPORT_LETTERS,
    ) -> Letter:
        """The letter of a document about `subject`; name, letters: the kind of document and its
        abbreviation, those of a report by default."""
        return Letter(
            superior=self.superior,
            issuer=self.issuer,
            place=self.place,
            name=name,
            symbol=self._symbol(letters),
            subject=subject,
            signature=signature or self.signature(),
            number=number,
            day=day,
            year=year,
            addressees=self.addressees,
            recipients=self.recipients,
            archive=self.archive,
            circulation=self.circulation,
            template=self.template,
        )

    def _symbol(self, letters: str) -> str:
        """BC-ĐBPBS, BC/ĐU: the letters of the kind of document are put before the desk's own, which
        a person may have typed with those of a report before them."""
        joint = "/" if self.template == "party" else "-"
        symbol = self.symbol.lstrip("/ ")
        for typed in (f"{m.REPORT_LETTERS}-", f"{m.REPORT_LETTERS}/"):
            symbol = symbol.removeprefix(typed)
        return joint.join(filter(None, (letters, symbol)))

    def unsigned_letter(self, subject: str, last: datetime.date) -> Letter:
        """The letter of a paper that has no number and day yet, on a period up to `last`: it is
        signed after that, so its year is that of the day after."""
        return self.letter(subject, year=(last + datetime.timedelta(days=1)).year)

    def letter_of(self, edition: Edition, subject: str) -> Letter:
        """The letter of an edition, with its own number, date and signer."""
        signer = edition.signer
        signature = None
        if signer.name or signer.office:
            signature = self.signature(
                mode=signer.mode, office=signer.office, rank=signer.rank, name=signer.name
            )
        return self.letter(
            subject, number=edition.document, day=edition.signed_on, signature=signature
        )

    def signature(
        self, *, mode: str | None = None, office: str = "", rank: str = "", name: str = ""
    ) -> Signature:
        """The signature of the default signer, or of the one described by all four arguments."""
        if mode is None and not (office or name):
            mode, office, rank, name = self.mode, self.office, self.rank, self.name
        shown = m.PARTY_MODES.get(mode or "", mode) if self.template == "party" else mode
        lines = {
            "": (office or self.behalf,),
            "Q.": (f"{shown} {office or self.behalf}",),
        }.get(mode or "", (f"{shown} {self.behalf}", office))
        return Signature(tuple(filter(None, lines)), name, rank if self.show_rank else "")


def wide_paper(session: Session, day: datetime.date) -> settings.Paper:
    """The paper of landscape pages on `day`: the day of signing, or today for what is not signed,
    because the printer holds today's paper."""
    value = session.book.setting(
        settings.WIDE_PAPER, day, settings.SETTINGS[settings.WIDE_PAPER].initial
    )
    return settings.PAPERS[fold(value)]


def letterhead(session: Session, day: datetime.date) -> Letterhead:
    """The letterhead on `day`: the day of signing, or the last of a period."""

    def value(key: str) -> str:
        return session.book.setting(key, day, settings.SETTINGS[key].initial)

    head = HEADS_OF.get(session.identity.role, "")
    template = settings.TEMPLATES[fold(value("template"))]
    issuer, mode = value("issuer") or session.title(), settings.mode_of(value("signer_mode"))
    return Letterhead(
        template="party" if template == "party" else "government",
        superior=value("superior"),
        issuer=issuer,
        symbol=value("symbol"),
        place=value("place_name"),
        mode=mode,
        behalf=value("signs_for") or (issuer if mode == "TM." else head),
        office=value("signer_office") or head,
        rank=value(RANK),
        name=value(SIGNER),
        show_rank=settings.is_yes(value("show_rank")),
        addressees=tuple(settings.entries(value("addressees"))),
        recipients=tuple(settings.entries(value("recipients"))),
        archive=value("archive"),
        circulation=m.INTERNAL if settings.is_yes(value("circulation")) else "",
    )


def issuing_body(session: Session) -> str:
    """The body that heads a paper made today."""
    return letterhead(session, session.today()).issuer


def kept_with(session: Session, edition: Edition) -> dict[str, Any]:
    """The letterhead that an edition is signed with, as JSON."""
    return letterhead(session, edition.signed_on)._asdict()


def signed_letterhead(session: Session, edition: Edition) -> Letterhead:
    """The letterhead of an edition: as it was signed, whatever the present settings; editions of
    older program versions have that of the day of signing."""
    now = letterhead(session, edition.signed_on)
    signed: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in edition.frame.get("letterhead", {}).items()
        if key in Letterhead._fields and (value or key not in FILLED_LATER)
    }
    return now._replace(**signed)


def missing_settings(session: Session) -> dict[str, str]:
    """{key: label} of what the settings lack for a paper to be signed: addressees, symbol,
    signer."""
    head = letterhead(session, session.today())
    needed = {"addressees": head.addressees, "symbol": head.symbol, SIGNER: head.name}
    return {key: _(settings.SETTINGS[key].label) for key, is_set in needed.items() if not is_set}


def letterhead_doubts(session: Session, supplied: Container[str] = ()) -> list[str]:
    """The missing settings for signing a paper, in words; supplied: the keys of settings that are
    supplied with the closing."""
    missing = {
        key: words for key, words in missing_settings(session).items() if key not in supplied
    }
    if not missing:
        return []
    return [
        _("Not set for the papers of this desk: {list}. See Settings.").format(
            list=", ".join(missing.values())
        )
    ]
