"""The head and foot of an administrative document in Word, with the measurements of the PDF."""

from typing import NamedTuple

from borderdesk.reports.blocks import Letter
from borderdesk.reports.paper import measures as m
from borderdesk.reports.paper.faces import FontFace, faces
from borderdesk.reports.paper.letter import balanced, date_words, number_line, recipients
from borderdesk.reports.word_files import word_text as w

HALF = 0.48
"""Of the foot: the share of those who get the document."""
FOOT_GAP, TITLE_GAP, SEAL_GAP = 12.0, 12.0, 8.0
CIRCULATION_ROOM = 30.0


class SealCells(NamedTuple):
    """The cells that explain how to check a paper: paragraphs with the QR code and with its
    text."""

    code: str
    text: str


def letter_head(letter: Letter, room: float) -> str:
    """Two columns, number and date on one line; then title and addressees."""
    left, right = m.HEAD_LEFT, room - m.HEAD_LEFT
    sizes = m.HEADS[letter.template]
    number = w.paragraph(w.run(number_line(letter), size=sizes.number), "ReportHead")
    if letter.circulation:
        text = w.run(letter.circulation.upper(), bold=True, size=m.CIRCULATION_SIZE)
        sides = (CIRCULATION_ROOM, CIRCULATION_ROOM)
        number += w.paragraph(text, "ReportHead", framed=True, before=m.NUMBER_GAP, indents=sides)
    place = f"{letter.place.strip()}, " if letter.place.strip() else ""
    day = w.run(place + date_words(letter.day, letter.year), italic=True, size=sizes.date)
    upper = w.cell(_issuer(letter), left) + w.cell(_nation(letter, right), right)
    lower = w.cell(number, left) + w.cell(w.paragraph(day, "ReportHead"), right)
    head = w.table(w.row(upper) + w.row(lower), (left, right), pad=0, grid=False)
    return head + _title(letter, room) + _addressees(letter, room)


def _issuer(letter: Letter) -> str:
    regular, bold = faces().regular, faces().bold
    sizes, room = m.HEADS[letter.template], m.HEAD_LEFT - m.HEAD_PAD
    text = ""
    if letter.superior:
        words, _last = _broken(regular, letter.superior.upper(), sizes.superior, room)
        text += w.paragraph(w.run(words, size=sizes.superior), "ReportHead")
    words, last = _broken(bold, letter.issuer.upper(), sizes.issuer, room)
    text += w.paragraph(w.run(words, bold=True, size=sizes.issuer), "ReportHead")
    if letter.template == "party":
        return text + w.paragraph(w.run("*"), "ReportHead")
    return text + w.short_rule(m.HEAD_LEFT, last * m.SHORT_RULE) + w.gap(m.NUMBER_GAP)


def _nation(letter: Letter, room: float) -> str:
    party = letter.template == "party"
    names = [(m.PARTY if party else m.NATION, m.HEADS[letter.template].nation)]
    names += [] if party else [(m.MOTTO, m.MOTTO_SIZE)]
    text = "".join(
        w.paragraph(w.run(name, bold=True, size=size), "ReportHead") for name, size in names
    )
    name, size = names[-1]
    return text + w.short_rule(room, faces().bold.width(name) * size) + w.gap(m.NUMBER_GAP)


def _title(letter: Letter, room: float) -> str:
    bold = faces().bold
    words, last = _broken(bold, letter.name.upper(), m.NAME_SIZE, room)
    text = w.paragraph(w.run(words), "ReportTitle", keep=True)
    if letter.subject:
        words, last = _broken(bold, letter.subject, m.SUBJECT_SIZE, room * 0.86)
        text += w.paragraph(w.run(words), "ReportSubject", keep=True)
    return text + w.short_rule(room, last * m.SHORT_RULE)


def _addressees(letter: Letter, room: float) -> str:
    """Kính gửi: one addressee on the same line; several below each other, after the colon."""
    addressee_names = [name.strip().rstrip(";.") for name in letter.addressees if name.strip()]
    if not addressee_names:
        return ""
    if len(addressee_names) == 1:
        words = w.run(f"{m.TO}: {addressee_names[0]}")
        return w.paragraph(words, "ReportCentred", before=TITLE_GAP)
    face, size = faces().regular, m.ADDRESSEE_SIZE
    items = [f"- {name};" for name in addressee_names[:-1]] + [f"- {addressee_names[-1]}."]
    to = face.width(m.TO) * size
    widest = min(max(map(face.width, items)) * size, room - m.INDENT - to)
    shift = max(m.INDENT, (room - to - widest) / 2)
    words = w.run(f"{m.TO}:", size=size)
    first = w.paragraph(words, "ReportLeft", before=TITLE_GAP, indents=(shift, 0.0), keep=True)
    return first + "".join(
        w.paragraph(w.run(item, size=size), "ReportLeft", indents=(shift + to, 0.0))
        for item in items
    )


def letter_foot(letter: Letter, room: float, seal: SealCells | None) -> str:
    """Nơi nhận on the left and the seal below it, the signature on the right."""
    half, code = room * HALF, m.SEAL_SIZE + SEAL_GAP
    widths = (code, half - code, room - half)
    left, right = _recipients(letter), _signature(letter)
    if seal is None:
        rows = w.row(w.cell(left, half, span=2) + w.cell(right, room - half))
    else:
        upper = w.cell(left + w.gap(SEAL_GAP), half, span=2)
        lower = w.cell(seal.code, code) + w.cell(seal.text, half - code)
        rows = w.row(upper + w.cell(right, room - half, merged="restart")) + w.row(
            lower + w.cell(w.paragraph("", "ReportHead"), room - half, merged="continue")
        )
    return w.gap(FOOT_GAP, keep=True) + w.table(rows, widths, pad=0, grid=False)


def seal_table(seal: SealCells, room: float) -> str:
    """The seal of a paper that is no letter."""
    code = m.SEAL_SIZE + SEAL_GAP
    cells = w.cell(seal.code, code) + w.cell(seal.text, room - code)
    return w.gap(FOOT_GAP) + w.table(w.row(cells), (code, room - code), pad=0, grid=False)


def _recipients(letter: Letter) -> str:
    head = w.run(f"{m.RECIPIENTS}:", bold=True, italic=True, size=m.RECIPIENTS_SIZE)
    return w.paragraph(head, "ReportLeft", keep=True) + "".join(
        w.paragraph(w.run(line, size=m.RECIPIENT_SIZE), "ReportLeft", keep=True)
        for line in recipients(letter)
    )


def _signature(letter: Letter) -> str:
    office = "".join(
        w.paragraph(w.run(line.upper(), bold=True), "ReportHead", keep=True)
        for line in letter.signature.office
    )
    signer = " ".join(filter(None, (letter.signature.rank, letter.signature.name)))
    return office + w.paragraph(w.run(signer, bold=True), "ReportHead", before=m.SIGNING_ROOM)


def _broken(face: FontFace, text: str, size: float, room: float) -> tuple[str, float]:
    """A text broken into lines as in PDF, and how wide the last one is."""
    lines = balanced(face, text, room / size)
    return w.joined(lines), lines[-1][1] * size if lines else 0.0
