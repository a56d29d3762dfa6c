"""Every measurement of an administrative document on paper, each with its source.

“I.3” and the like are parts of Phụ lục I, Phần I of Nghị định 30/2020/NĐ-CP; “PL V” is its table of
type sizes (Mục V); “Party” is the custom of Party papers (Hướng dẫn 36-HD/VPTW); “ours” is a choice
of this program. Lengths are in points; those ending in _MM in millimetres.
"""

from collections.abc import Mapping
from typing import NamedTuple

from borderdesk.schema.settings import Paper

MM = 72 / 25.4

A4 = (210 * MM, 297 * MM)  # I.1: 210 × 297 mm, upright
A3 = (297 * MM, 420 * MM)  # ours: for what lies across, which the decree leaves open
PAPERS: Mapping[Paper, tuple[float, float]] = {"A4": A4, "A3": A3}
TOP, BOTTOM = 20 * MM, 20 * MM  # I.3: 20–25 mm
LEFT, RIGHT = 30 * MM, 15 * MM  # I.3: left 30–35 mm, right 15–20 mm

LEADING = 1.17  # II.6.e: lines from single to 1,5; a single line of the face is 1,15
BASELINE = 0.92  # ours: room above for marks on capitals (Ậ, Ổ)

# ------------------------------------------------------------------- the head of page 1

HEAD_PAD = 2 * MM  # ours: separates the two columns
HEAD_LEFT = 74 * MM  # ours: leaves the right column 91 mm, room for the Quốc hiệu
NATION_SIZE = 12.0  # II.1.a: 12–13, capitals, bold
MOTTO_SIZE = 13.0  # II.1.b: 13–14, bold, a rule below as long as the line
SUPERIOR_SIZE = 12.0  # II.2.b: 12–13, capitals, upright
ISSUER_SIZE = 12.0  # II.2.b: 12–13, capitals, bold
SHORT_RULE = 0.42  # II.2.b, II.5.b: a rule from 1/3 to 1/2 of the line
NUMBER_SIZE = 13.0  # II.3.c: 13, upright, in the middle under the issuer
DATE_SIZE = 13.0  # II.4.c: 13–14, italic, on the line of the number
RULE_WIDTH = 0.6  # ours
RULE_GAP = 3.0  # ours: from the foot of a line to its rule
NUMBER_GAP = 8.0  # ours: from the rules to the line of number and date

# --------------------------------------------------------------------- title, addressees

NAME_SIZE = 14.0  # II.5.b: 13–14, capitals, bold, in the middle
SUBJECT_SIZE = 14.0  # II.5.b: 13–14, bold, in the middle, a short rule below
ADDRESSEE_SIZE = 13.0  # II.9.d: 13–14, upright

# --------------------------------------------------------------------------------- text

BODY_SIZE = 13.0  # II.6.e: 13–14, upright, both edges straight
HEADING_SIZE = 13.0  # II.6.đ: 13–14
INDENT = 10 * MM  # II.6.e: 1 or 1,27 cm
PARAGRAPH_GAP = 6.0  # II.6.e: at least 6 pt
NOTE_SIZE = 11.0  # ours
TABLE_SIZES = (12.0, 11.5, 11.0, 10.5, 10.0, 9.5)  # ours: the decree has none for tables
DENSE_SIZES = (8.5, 8.0, 7.5, 7.0)  # ours: of tables with many columns

# --------------------------------------------------------------------------------- foot

SIGNER_SIZE = 13.0  # II.7.đ: 13–14, capitals, bold; the name bold in small letters
SIGNING_ROOM = 28 * MM  # ours: for signature and stamp
RECIPIENTS_SIZE = 12.0  # II.9.d: 12, italic, bold
RECIPIENT_SIZE = 11.0  # II.9.d: 11, upright
CIRCULATION_SIZE = 13.0  # III.2.c: 13–14, capitals, bold, in a single frame
CIRCULATION_HEIGHT = 8 * MM  # III.2.b: as high as the frames of urgency
PAGE_NUMBER_SIZE = 13.0  # I.7: 13–14, upright, in the middle of the top margin, not on page 1
PAGE_NUMBER_LINE = 14 * MM  # ours: from the upper edge to the number's line

# -------------------------------------------------------------------------------- annex

ANNEX_SIZE = 14.0  # III.1.b: 14, bold, in the middle
ANNEX_TITLE_SIZE = 13.0  # III.1.b: 13–14, capitals, bold, in the middle
ANNEX_OF_SIZE = 13.0  # III.1.c: 13–14, italic, in the middle

SEAL_SIZE = 26 * MM  # ours: the side of the square code
SEAL_TEXT_SIZE = 9.0  # ours

# ------------------------------------------------------------------------- fixed wording
# The decree says these words; they are Vietnamese whatever the language of the desk.

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"  # II.1.a
MOTTO = "Độc lập - Tự do - Hạnh phúc"  # II.1.b
PARTY = "ĐẢNG CỘNG SẢN VIỆT NAM"  # Party
INTERNAL = "LƯU HÀNH NỘI BỘ"  # III.2.c
TO = "Kính gửi"  # II.9.b
REPORT, REPORT_LETTERS = "BÁO CÁO", "BC"  # II.3.b, II.5
PARTY_MODES = {"TM.": "T/M", "KT.": "K/T", "TL.": "T/L"}  # Party: how a signer signs
RECIPIENTS = "Nơi nhận"  # II.9.b
AS_ABOVE = "Như trên"  # II.9.b
KEPT = "Lưu"  # II.9.d
ANNEX = "Phụ lục"  # III.1.b
ANNEX_WORD = {"vi": ANNEX, "en": "Annex"}  # ours: of a paper that is no letter
POINTS = "a b c d đ e g h i k l m n o p q r s t u v x y".split()  # II.6.đ: the alphabet's order


class HeadSizes(NamedTuple):
    """The type sizes of the head of page 1 by template."""

    superior: float
    issuer: float
    nation: float
    number: float
    date: float


HEADS = {
    "government": HeadSizes(SUPERIOR_SIZE, ISSUER_SIZE, NATION_SIZE, NUMBER_SIZE, DATE_SIZE),
    "party": HeadSizes(13.0, 13.0, 14.0, 13.0, 13.0),  # Party: 14–15 and 14; ours: a size less
}


def page_size(wide_paper: Paper, landscape: bool) -> tuple[float, float]:
    """Width and height of a page: A4 for portrait, `wide_paper` for landscape."""
    if not landscape:
        return A4
    short, long = PAPERS[wide_paper]
    return long, short
