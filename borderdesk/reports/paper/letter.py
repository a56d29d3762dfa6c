"""Sets the head, title, addressees and foot of an administrative document."""

import datetime
import re
from typing import NamedTuple

from borderdesk.base.i18n import _
from borderdesk.reports.blocks import Document, Letter, PaperSeal, Signature
from borderdesk.reports.paper import measures as m
from borderdesk.reports.paper.faces import FontFace, Line, faces, printable
from borderdesk.reports.paper.flow import GRID, Canvas, PageFrame, PagePiece, TextStack
from borderdesk.reports.paper.qr_code import draw_code
from borderdesk.reports.wording import NO_BREAK, in_sentence

LANG = "vi"
"""The language of texts prescribed by the decree, whatever that of the report."""

ROOM_FOR_NUMBER, ROOM_FOR_DAY = " " * 8, " " * 5
_TOGETHER = re.compile(
    r"(biên phòng|cửa khẩu|quốc tế|quốc gia|biên giới|lãnh thổ|chủ quyền|an ninh|chỉ huy|công tác"
    r"|kết quả|lạng sơn|tháng \d+|quý \w+|năm \d+)",
    re.IGNORECASE,
)
"""Phrases in names and titles that are not broken between lines."""


def balanced(face: FontFace, text: str, room: float) -> list[Line]:
    """Break `text` into as few lines as `room` ems allow, of nearly equal length, without breaking
    within a name."""
    tied = _TOGETHER.sub(lambda match: match[0].replace(" ", NO_BREAK), printable(text))
    return [(line.replace(NO_BREAK, " "), width) for line, width in face.balanced(tied, room)]


def number_line(letter: Letter) -> str:
    """Số: 05/BC-ĐBPBS, blank without a number; on Party papers Số 05-BC/ĐU."""
    number = letter.number.strip()
    if number.isdecimal():
        number = f"{int(number):02d}"
    if "/" in number:  # entered with its symbol
        return f"Số: {number}" if letter.template == "government" else f"Số {number}"
    if letter.template == "party":
        return f"Số {number or ROOM_FOR_NUMBER}-{letter.symbol}"
    return f"Số: {number or ROOM_FOR_NUMBER}/{letter.symbol}"


def date_words(day: datetime.date | None, year: int | None = None) -> str:
    """ngày 05 tháng 01 năm 2024: a zero before days under 10, and before months 1 and 2 only."""
    if day is None:
        return f"ngày{ROOM_FOR_DAY}tháng{ROOM_FOR_DAY}năm {year or ROOM_FOR_DAY}"
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def annex_word(document: Document) -> str:
    """The word for an annex: the decree's; of a paper that is no letter in its language."""
    return m.ANNEX if document.letter is not None else m.ANNEX_WORD[document.lang]


def reference(letter: Letter) -> str:
    """(Kèm theo Báo cáo số 05/BC-ĐBPBS ngày 05 tháng 01 năm 2024 của Đồn …), for an annex."""
    return f"(Kèm theo {citation(letter)})"


def citation(letter: Letter) -> str:
    """A document as cited in another one: Báo cáo số 05/BC-ĐBPBS ngày … tháng … năm … của …."""
    number = number_line(letter).replace("Số:", "số").replace("Số", "số")
    when = date_words(letter.day, letter.year)
    return f"{letter.name.capitalize()} {number} {when} của {in_sentence(letter.issuer)}"


def archive_line(letter: Letter) -> str:
    """The last line of Nơi nhận: - Lưu: VT, XX."""
    return f"- {m.KEPT}: {letter.archive.strip().rstrip('.') or 'VT'}."


def recipients(letter: Letter) -> list[str]:
    """The lines of Nơi nhận, with “Như trên” first if there are addressees."""
    recipient_names = [m.AS_ABOVE] if letter.addressees else []
    recipient_names += [name.strip().rstrip(";.") for name in letter.recipients]
    return [*(f"- {name};" for name in recipient_names if name), archive_line(letter)]


class SigningRoom(NamedTuple):
    """The place between the signer's office and name: its page (from 0), and its edges in points
    from the lower left corner."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


class LetterSetter:
    """Turns the parts of a letter into pieces of a flow; signing_room: once the foot is drawn."""

    def __init__(self, canvas: Canvas, letter: Letter, sheet: PageFrame) -> None:
        self.canvas = canvas
        self.letter = letter
        self.sheet = sheet
        self.sizes = m.HEADS[letter.template]
        self.signing_room: SigningRoom | None = None

    # -------------------------------------------------------------------------- head

    def head(self) -> PagePiece:
        """The two columns at the top of page 1, number and date on one line below them."""
        left_room = m.HEAD_LEFT
        left = TextStack(self.sheet.left, left_room, LANG)
        right = TextStack(self.sheet.left + left_room, self.sheet.room - left_room, LANG)
        self._issuer(left)
        self._nation(right)
        line = max(left.height, right.height) + m.NUMBER_GAP
        if self.letter.template == "government":
            left.gap(line - left.height)
            right.gap(line - right.height)
        self._number(left)
        self._date(right)
        self._circulation(left)

        def draw(top: float) -> None:
            left.draw(self.canvas, top)
            right.draw(self.canvas, top)
            self._frame_circulation(top - left.height)

        return PagePiece(max(left.height, right.height), draw)

    def _issuer(self, column: TextStack) -> None:
        regular, bold = faces().regular, faces().bold
        for text, face, size in (
            (self.letter.superior, regular, self.sizes.superior),
            (self.letter.issuer, bold, self.sizes.issuer),
        ):
            if text:
                room = (column.room - m.HEAD_PAD) / size
                column.write(face, size, balanced(face, text.upper(), room))
        if self.letter.template == "party":
            column.write(regular, self.sizes.number, [("*", regular.width("*"))])
        elif self.letter.issuer:
            column.rule(m.SHORT_RULE)

    def _nation(self, column: TextStack) -> None:
        bold = faces().bold
        if self.letter.template == "party":
            column.write(bold, self.sizes.nation, [(m.PARTY, bold.width(m.PARTY))])
        else:
            column.write(bold, self.sizes.nation, [(m.NATION, bold.width(m.NATION))])
            column.write(bold, m.MOTTO_SIZE, [(m.MOTTO, bold.width(m.MOTTO))])
        column.rule(1.0)

    def _number(self, column: TextStack) -> None:
        face, size = faces().regular, self.sizes.number
        text = printable(number_line(self.letter))
        column.write(face, size, face.balanced(text, column.room / size))

    def _date(self, column: TextStack) -> None:
        face, size = faces().italic, self.sizes.date
        place = self.letter.place.strip()
        text = f"{place}, " if place else ""
        text = printable(text + date_words(self.letter.day, self.letter.year))
        if self.letter.template == "party":
            column.gap(m.NUMBER_GAP / 2)
        column.write(face, size, face.balanced(text, column.room / size))

    def _circulation(self, column: TextStack) -> None:
        if not self.letter.circulation:
            return
        column.gap(m.NUMBER_GAP + (m.CIRCULATION_HEIGHT - m.CIRCULATION_SIZE * m.LEADING) / 2)
        bold = faces().bold
        text = printable(self.letter.circulation.upper())
        column.write(bold, m.CIRCULATION_SIZE, [(text, bold.width(text))])
        column.gap((m.CIRCULATION_HEIGHT - m.CIRCULATION_SIZE * m.LEADING) / 2)

    def _frame_circulation(self, bottom: float) -> None:
        if not self.letter.circulation:
            return
        width = faces().bold.width(self.letter.circulation.upper()) * m.CIRCULATION_SIZE
        width += m.CIRCULATION_SIZE
        middle = self.sheet.left + m.HEAD_LEFT / 2
        with self.canvas.structure.artefact():
            self.canvas.setLineWidth(m.RULE_WIDTH)
            self.canvas.rect(middle - width / 2, bottom, width, m.CIRCULATION_HEIGHT)
            self.canvas.setLineWidth(GRID)

    # ------------------------------------------------------------------------- title

    def title(self) -> PagePiece:
        """The kind of document and its subject, with a short rule below."""
        bold = faces().bold
        stack = TextStack(self.sheet.left, self.sheet.room, LANG)
        name = self.letter.name.upper()
        lines = balanced(bold, name, stack.room / m.NAME_SIZE)
        stack.write(bold, m.NAME_SIZE, lines, role="H1")
        if self.letter.subject:
            room = stack.room * 0.86 / m.SUBJECT_SIZE
            stack.write(bold, m.SUBJECT_SIZE, balanced(bold, self.letter.subject, room), role="")
        stack.rule(m.SHORT_RULE)
        return stack.piece(self.canvas)

    def addressees(self) -> PagePiece | None:
        """Kính gửi: one addressee on the same line; several below each other, after the colon."""
        addressee_names = [
            name.strip().rstrip(";.") for name in self.letter.addressees if name.strip()
        ]
        if not addressee_names:
            return None
        face, size = faces().regular, m.ADDRESSEE_SIZE
        stack = TextStack(self.sheet.left, self.sheet.room, LANG)
        if len(addressee_names) == 1:
            text = printable(f"{m.TO}: {addressee_names[0]}")
            stack.write(face, size, face.balanced(text, stack.room / size))
            return stack.piece(self.canvas)
        ends = [*(";" for _name in addressee_names[1:]), "."]
        items = [
            printable(f"- {name}{end}") for name, end in zip(addressee_names, ends, strict=True)
        ]
        to = face.width(m.TO) * size
        widest = min(max(face.width(item) for item in items) * size, stack.room - m.INDENT - to)
        shift = max(m.INDENT, (stack.room - to - widest) / 2)
        stack.write(face, size, [(f"{m.TO}:", face.width(f"{m.TO}:"))], 0.0, shift)
        room = (stack.room - shift - to) / size
        for item in items:
            stack.write(face, size, face.lines(item, room), 0.0, shift + to)
        return stack.piece(self.canvas)

    # -------------------------------------------------------------------------- foot

    def foot(self, seal: PaperSeal | None) -> PagePiece:
        """Nơi nhận and the seal on the left, the signature on the right."""
        half = self.sheet.room * 0.48
        left = TextStack(self.sheet.left, half, LANG)
        right = TextStack(self.sheet.left + half, self.sheet.room - half, LANG)
        self._recipients(left)
        down = _sign(right, self.letter.signature)
        seal_top = left.height + 8
        height = max(left.height, right.height)
        if seal is not None:
            height = max(height, seal_top + m.SEAL_SIZE)

        def draw(top: float) -> None:
            left.draw(self.canvas, top)
            right.draw(self.canvas, top)
            page, edge = self.canvas.getPageNumber() - 1, top - down
            self.signing_room = SigningRoom(
                page, right.left, edge - m.SIGNING_ROOM, right.left + right.room, edge
            )
            if seal is not None:
                draw_seal(self.canvas, seal, self.sheet.left, top - seal_top, half)

        return PagePiece(height, draw)

    def _recipients(self, column: TextStack) -> None:
        heading, face = faces().bold_italic, faces().regular
        # Aligns the baseline with that of the signer's office, which is set larger.
        column.gap((m.SIGNER_SIZE - m.RECIPIENTS_SIZE) * m.BASELINE)
        text = f"{m.RECIPIENTS}:"
        column.write(heading, m.RECIPIENTS_SIZE, [(text, heading.width(text))], 0.0)
        size = m.RECIPIENT_SIZE
        for line in recipients(self.letter):
            column.write(face, size, face.lines(printable(line), column.room / size), 0.0)


def _sign(column: TextStack, signature: Signature) -> float:
    """Office, space for signature and stamp, name; how far down that space begins."""
    bold, size = faces().bold, m.SIGNER_SIZE
    for line in signature.office:
        column.write(bold, size, balanced(bold, line.upper(), column.room / size))
    down = column.height
    column.gap(m.SIGNING_ROOM)
    name = printable(" ".join(filter(None, (signature.rank, signature.name))))
    if name:
        column.write(bold, size, bold.balanced(name, column.room / size))
    return down


def draw_seal(canvas: Canvas, seal: PaperSeal, left: float, top: float, room: float) -> None:
    """Draw the QR code, and its text beside it in small type."""
    bottom, right = top - m.SEAL_SIZE, left + m.SEAL_SIZE
    alternative = _("QR code of this paper: {code}").format(code=seal.code)
    with canvas.structure.figure(alternative, (left, bottom, right, top)):
        draw_code(canvas, seal.code, left, bottom, m.SEAL_SIZE)
    face, size = faces().italic, m.SEAL_TEXT_SIZE
    beside = TextStack(left + m.SEAL_SIZE + 6, room - m.SEAL_SIZE - 12)
    beside.write(face, size, face.lines(printable(seal.text), beside.room / size), 0.0)
    beside.draw(canvas, top)
