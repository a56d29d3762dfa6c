"""The vocabulary of the demonstration: invented people, hamlets and sentences of daily work.

No person in it is real. Names are combined from parts that are common in Lạng Sơn.
"""

from itertools import product

from borderdesk.schema.invented import MARK

PERSON = f"Người trình diễn {MARK}"

FAMILIES = (
    "Nông Hoàng Lý Triệu Vi Lương Hứa Đàm Lộc Chu Nguyễn Trần Dương Bế Mã La Phùng Mông Tô Lục"
    " Đinh Hà Ngô Lâm"
).split()
_MEN = (
    "Văn Đức Quang Minh Xuân Ngọc Công Trọng Mạnh Đình Thế Bảo".split(),
    "Tuấn Hùng Dũng Thắng Sơn Lâm Bình Cường Hải Nam Kiên Long Tiến Thành Toàn Vinh Quyết Chiến"
    " Khánh Trường Điệp Hòa Lợi Phúc Thịnh Tùng Việt Dương Giang Đạt Hiếu Nghĩa".split(),
)
_WOMEN = (
    "Thị Thu Bích Hồng Thanh Kim".split(),
    "Hoa Lan Hương Mai Nga Thủy Yến Liên Hằng Loan Nhung Hạnh Huệ Duyên Phượng Vân Tuyết Xuyến"
    " Thảo Oanh".split(),
)
GIVEN = tuple(f"{a} {b}" for pair in (_MEN, _WOMEN) for a, b in product(*pair))
"""Middle and given names; distinct without accents."""

NAMES = len(FAMILIES) * len(GIVEN)


def person(number: int) -> str:
    """The invented person of that number; the first `NAMES` are all different."""
    given_name, family_name = divmod(number % NAMES, len(FAMILIES))
    return f"{FAMILIES[family_name]} {GIVEN[given_name]}"


RANKS = ("Thiếu tá", "Đại úy", "Thượng úy", "Trung tá", "Thiếu tá", "Đại úy")
PURPOSE = "Theo dõi ký cam kết và đăng ký tự quản"

VIOLATIONS = (
    "Gặp người dân chăn thả gia súc sát đường biên, đã nhắc nhở, tuyên truyền tại chỗ.",
    "Phát hiện lối mòn mới qua đường biên, đã lập biên bản, rào chắn.",
    "Gặp người đi lấy củi quá đường biên, đã giải thích, lập biên bản.",
)
DAMAGES = (
    ("Chân mốc bị xói lở sau mưa lớn, đã báo cáo, đề nghị gia cố.", "Chân mốc bị xói lở"),
    ("Mốc bị cây đổ đè, đã dọn, đề nghị kiểm tra lại.", "Bị cây đổ đè"),
    ("Sơn chữ trên mốc bị mờ, đã đề nghị tô lại.", "Sơn chữ bị mờ"),
)
"""Texts of findings, each with the remark at the marker."""

SUBJECTS = {
    "exchange": (
        "Trao đổi tình hình an ninh trật tự khu vực biên giới",
        "Thông báo thời gian phát quang đường thông tầm nhìn",
        "Trao đổi tình hình dịch bệnh trên gia súc",
        "Thông báo mưa lũ, sạt lở gần mốc quốc giới",
    ),
    "briefing": (
        "Giao ban tình hình an ninh trật tự trong tháng",
        "Giao ban thực hiện quy chế phối hợp",
    ),
    "talks": (
        "Hội đàm về quản lý, bảo vệ mốc quốc giới",
        "Hội đàm về phối hợp tuần tra song phương",
    ),
    "conference": (
        "Hội nghị sơ kết phong trào tự quản đường biên, cột mốc",
        "Hội nghị quán triệt Luật Biên phòng Việt Nam",
    ),
    "twinning": ("Kết nghĩa cụm dân cư hai bên biên giới",),
}
OUTCOMES = (
    "Hai bên thống nhất nội dung, tiếp tục duy trì.",
    "Đã thống nhất kế hoạch tháng sau.",
    "Đã thông báo đầy đủ, hai bên ghi nhận.",
)

FINED = "Lập biên bản, xử phạt vi phạm hành chính."
WARNED = ("Nhắc nhở, tuyên truyền, cho ký cam kết.", "Lập biên bản, cảnh cáo, cho ký cam kết.")
HANDED_OVER = "Bàn giao cơ quan chức năng giải quyết."
REPAIRED = "Phối hợp chính quyền xã khắc phục hậu quả."
VERIFYING = "Đang xác minh."

FUNDERS = (
    f"Ủy ban nhân dân xã {MARK}",
    f"Nhân dân trong thôn {MARK}",
    f"Đoàn Thanh niên huyện {MARK}",
    f"Doanh nghiệp trên địa bàn {MARK}",
)
IN_KIND = ("Ngày công và vật liệu tại chỗ", "Cát, sỏi", "Cây giống", "Công vận chuyển")
