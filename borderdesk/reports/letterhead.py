"""What a desk's settings say stands on its documents, as of a day."""

import datetime
from typing import Literal, NamedTuple

from borderdesk.base.text import fold
from borderdesk.closing.editions import Edition
from borderdesk.reports import measures as m
from borderdesk.reports.blocks import Letter, Signature
from borderdesk.schema import settings
from borderdesk.session.session import Session

Template = Literal["government", "party"]

HEADS_OF = {"post": "ĐỒN TRƯỞNG", "liaison": "CHỈ HUY TRƯỞNG", "province": "CHỈ HUY TRƯỞNG"}
"""Who signs for a desk until its settings say otherwise."""


class Letterhead(NamedTuple):
    """The settings of a document, as of a day; `letter` makes one of them.

    mode: one of `settings.MODES`, or ""; behalf: for whom the signer signs then.
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
        """A document about `subject`: a report unless `name` and its `letters` say otherwise."""
        joint = "/" if self.template == "party" else "-"
        return Letter(
            superior=self.superior,
            issuer=self.issuer,
            place=self.place,
            name=name,
            symbol=joint.join(filter(None, (letters, self.symbol))),
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

    def letter_of(self, edition: Edition, subject: str) -> Letter:
        """The document of an edition: its own number, date and signer."""
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
        """Who signs: as the settings say, or somebody named (all four are then his)."""
        if mode is None and not (office or name):
            mode, office, rank, name = self.mode, self.office, self.rank, self.name
        lines = {
            "": (office or self.behalf,),
            "Q.": (f"Q. {office or self.behalf}",),
        }.get(mode or "", (f"{mode} {self.behalf}", office))
        return Signature(tuple(filter(None, lines)), name, rank if self.show_rank else "")


def wide_paper(session: Session, day: datetime.date) -> settings.Paper:
    """The paper of what lies across, on `day`: that of signing, or today for what is not signed,
    for it is printed on what the printer holds now."""
    value = session.book.setting("paper", day, settings.SETTINGS["paper"].initial)
    return settings.PAPERS[fold(value)]


def letterhead(session: Session, day: datetime.date) -> Letterhead:
    """The settings of documents on `day`: that of signing, or a period's last."""

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
        rank=value("signer_rank"),
        name=value("signer_name"),
        show_rank=settings.is_yes(value("show_rank")),
        addressees=tuple(settings.entries(value("addressees"))),
        recipients=tuple(settings.entries(value("recipients"))),
        archive=value("archive"),
        circulation=m.INTERNAL if settings.is_yes(value("circulation")) else "",
    )
