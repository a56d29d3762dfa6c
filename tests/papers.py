"""Documents for visual checks and measurements: a post's report, a Party committee's, with annexes.

All content is invented. `python -m tests.papers` renders the accepted pictures of their pages anew,
into tests/data/pages: look at each before it is committed.
"""

import datetime
import tempfile
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image

from borderdesk.reports.blocks import (
    Annex,
    Block,
    Chart,
    Column,
    Document,
    Heading,
    Letter,
    LinkedValue,
    MarkedValue,
    PaperSeal,
    Paragraph,
    Row,
    Series,
    Signature,
    Table,
)
from borderdesk.reports.paper.pdf import write_pdf
from tests import year_papers

PICTURES = Path(__file__).parent / "data" / "pages"
DPI = 50
BODY = (
    "Trong tháng, đơn vị đã phối hợp với cấp ủy, chính quyền địa phương và các lực lượng trên địa"
    " bàn tuần tra, kiểm soát, bảo vệ đường biên, cột mốc; tình hình an ninh chính trị, trật tự an"
    " toàn xã hội khu vực biên giới cơ bản ổn định."
)
CODE = "BD1|1f3a9c02|2023-11|post:HN|1|5e884898da28|9f86d081884c|3b1a"
COLUMNS = (
    Column("TT", weight=0.5, align="center"),
    Column("Chỉ tiêu", weight=3),
    Column("Trong tháng", "number"),
    Column("+/−", "number", over="So với cùng kỳ"),
    Column("%", "percent", over="So với cùng kỳ"),
)


def letter(**changes: Any) -> Letter:
    """A post's letter."""
    given: dict[str, Any] = {
        "superior": "Bộ Chỉ huy BĐBP tỉnh Lạng Sơn",
        "issuer": "Đồn Biên phòng cửa khẩu quốc tế Hữu Nghị",
        "symbol": "BC-ĐBPHN",
        "place": "Lạng Sơn",
        "name": "BÁO CÁO",
        "subject": "Kết quả công tác tham gia bảo vệ chủ quyền lãnh thổ, an ninh biên giới quốc"
        " gia tháng 12 năm 2023",
        "signature": Signature(("KT. Đồn trưởng", "Phó Đồn trưởng"), "Nông Văn Ổn", "Trung tá"),
        "number": "5",
        "day": datetime.date(2024, 1, 5),
        "addressees": ("Bộ Chỉ huy BĐBP tỉnh Lạng Sơn", "Ủy ban nhân dân huyện Cao Lộc"),
        "recipients": ("Đảng ủy, Ban Chỉ huy Đồn", "Ủy ban nhân dân các xã biên giới"),
        "archive": "VT, VĐQC",
    }
    return Letter(**given | changes)


def table(rows: int = 12, to: str = "") -> Table:
    """A group and its rows; with `to`, figures that link there."""
    found = [Row(("I. Tuần tra, kiểm tra cột mốc",), "group")]
    for number in range(1, rows + 1):
        value = LinkedValue(1000 + number, to) if to else MarkedValue(1000 + number)
        label = "Lượt người tham gia tuần tra, kiểm tra đường biên, cột mốc"
        found.append(Row((str(number), label, value, -number, Decimal("12.5"))))
    return Table(COLUMNS, found, title="Số liệu trong kỳ")


def charts() -> tuple[Chart, Chart]:
    """Charts of a year by month, and of several communes."""
    months = Chart(
        "Phát quang, tu sửa theo tháng",
        tuple(f"T{number}" for number in range(1, 13)),
        (
            Series("Năm 2023", (31, 28, 35, 40, 29, 33, 30, 36, 41, None, None, None)),
            Series("Năm 2022", tuple(range(20, 32)), "before"),
            Series("Nhịp kế hoạch: 35 mỗi tháng", (35,) * 12, "pace"),
        ),
        unit="lần",
    )
    communes = Chart(
        "Phát quang và tuyên truyền theo xã",
        ("Quốc Khánh", "Đội Cấn", "Tân Minh", "Mẫu Sơn (Cao Lộc)", "Thanh Lòa"),
        (
            Series("Phát quang, tu sửa (lần)", (12, 3, 0, 7, 1)),
            Series("Tuyên truyền (buổi)", (1200, 300, 40, None, 7)),
        ),
        "panels",
    )
    return months, communes


def document(*blocks: Block, **changes: Any) -> Document:
    """A report for signing, of these blocks or with one block of each kind."""
    made = blocks or (
        Paragraph(BODY),
        Heading("Tình hình chung", 1, numbered=True),
        Paragraph(f"{BODY}\n{BODY} {BODY}"),
        Heading("Kết quả", 1, numbered=True),
        Heading("Tuần tra", 2, numbered=True),
        Heading("Đơn phương", 3, numbered=True),
        Paragraph(BODY),
        table(to="register"),
        Paragraph("* số liệu giấy của thời gian trước khi lập sổ.", "note"),
        Heading("Khó khăn, vướng mắc, kiến nghị", 1, numbered=True),
        Paragraph(BODY),
    )
    given: dict[str, Any] = {
        "title": "Tổng hợp số liệu, tháng 12 năm 2023",
        "subtitle": (),
        "blocks": made,
        "issuer": "Đồn",
        "lang": "vi",
        "author": "Nông Văn Ổn",
        "subject": "post:HN 2023-12",
        "footer": "Không dùng cho thông tin mật.",
        "letter": letter(),
        "annexes": (Annex("Sổ tuần tra", (table(60),), landscape=True, anchor="register"),
                    Annex("Biểu đồ", charts())),
        "seal": PaperSeal(CODE, f"Sổ 1f3a9c02, tháng 11 năm 2023. {CODE}"),
    }  # fmt: skip
    return Document(**given | changes)


def party() -> Document:
    """The same as a Party committee's report."""
    return document(
        letter=letter(
            template="party", superior="Đảng ủy BĐBP tỉnh Lạng Sơn",
            issuer="Đảng ủy Đồn Biên phòng Ba Sơn", symbol="BC/ĐU",
            signature=Signature(("TM. Đảng ủy", "Bí thư"), "Nông Văn Ổn"),
            addressees=("Đảng ủy BĐBP tỉnh Lạng Sơn",),
        ),
        annexes=(Annex("Sổ tuần tra", (table(3),), anchor="register"),),
    )  # fmt: skip


def invented() -> Document:
    """A demonstration desk's report for internal use, without a number yet."""
    return document(
        banner="SỐ LIỆU GIẢ ĐỊNH – dữ liệu trình diễn",
        letter=letter(number="", day=None, year=2024, addressees=(), circulation="LƯU HÀNH NỘI BỘ"),
    )


SHOWN = {"post": (document, 6), "party": (party, 1), "invented": (invented, 1)}
"""The documents stored as pictures, and how many of their pages."""

YEAR_PAGES = 2
"""Pages stored of each paper of `year_papers`."""


def pictures(folder: Path) -> dict[str, Image.Image]:
    """{name: picture} of every page of every document, small and grey."""
    found = {}
    for name, (make, most) in SHOWN.items():
        found |= _pages(name, make(), most, folder)
    with year_papers.year_desk(folder / "desk") as desk:
        for name, make in year_papers.documents(desk).items():
            found |= _pages(name, make(), YEAR_PAGES, folder)
    return found


def _pages(name: str, made: Document, most: int, folder: Path) -> dict[str, Image.Image]:
    """The first pages of a document."""
    target, found = folder / f"{name}.pdf", {}
    write_pdf(made, target)
    with pypdfium2.PdfDocument(target) as opened:
        for number, page in enumerate(islice(opened, most), start=1):
            rendered = page.render(scale=DPI / 72, grayscale=True)
            found[f"{name}-{number}"] = rendered.to_pil().convert("L")
    return found


def main() -> None:
    """Store the pictures as they are now."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        for name, picture in pictures(Path(folder)).items():
            picture.quantize(16).save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
