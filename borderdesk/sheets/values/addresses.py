"""Places in one cell: a hamlet and its commune, among the district, the province, the house where
people met and the markers they visited.

A cell with two hamlets, or two communes, is ambiguous and refused.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from borderdesk.base.i18n import N_, _
from borderdesk.base.names import hamlet_word
from borderdesk.base.text import fold
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.kinds import FieldError
from borderdesk.schema.unit_history import bare_name

LEFT_OUT = N_("Not read, as no name of a hamlet or commune: {value}.")
_COMMUNE_WORD = re.compile(
    r"\s*(?:(?:xã|thị trấn|tt|t\.t|phường)\s|(?:x|tt|t\.t)\.)", re.IGNORECASE
)
_SIGNS = re.compile(
    r"\s*(?:[,;\n]|\s[-–]\s)\s*"
    r"|\s+(?:và|&|\+)\s+(?=(?:xã|thị trấn|thôn|bản|xóm|khu)\s)"
    r"|(?<=\S)\s+(?=(?:xã|thị trấn|phường|huyện|tỉnh)\s|(?:x|tt|t\.t|h)\.)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s*[()\[\]]\s*")
_BETWEEN_HAMLETS = re.compile(r"\s*[,;\n]\s*|\s+(?:và|&|\+)\s+", re.IGNORECASE)
_HYPHEN = re.compile(r"\s*[-–]\s*")
_STROKE = re.compile(r"\s*/\s*")
_DISTRICT_WORD = re.compile(r"\A(?:huyen|thanh pho|tp|h)\b[. ]*")
_PROVINCE_WORD = re.compile(r"\A(?:tinh|t)\b[. ]*")
_MARKER = r"\d{3,4}(?:/\d{1,2}|\(\d{1,2}\))?"
_VENUE = re.compile(
    r"(?:(?:tại|ở) )?(?:(?:nhà (?:văn h[óo][aá]|sinh hoạt|cộng đồng|họp|riêng|ông|bà|anh|chị|dân)"
    r"|nvh|hội trường|trụ sở|ubnd|[uủ][ỷỹy] ban|(?:điểm )?trường|trạm|chợ|sân|khu vực|đồn|đ/c"
    r"|đồng chí"
    r"|\d{1,4} (?:hộ|khẩu|nhân khẩu|người|thôn|bản|xóm)|cả (?:xã|thôn|bản)|gia đình"
    r"|hộ (?:ông|bà)|(?:ngõ|ngách|số|số nhà) \d\w*"
    r"|đường|đoạn|từ|đến|(?:cột )?mốc"
    r"|(?P<many>các|những|toàn|trên|địa bàn))(?!\w)"
    rf"|{_MARKER}(?:\s*[-–]\s*{_MARKER})*\Z)"
)
"""The beginning of a part in small letters that is no place of its own: a house, a street, a
marker."""
_HAMLET_BEHIND = re.compile(r"(.*\S)\s+((?:thôn|xóm|bản)\s+[^\W\d_]\S*.*)", re.IGNORECASE)
_REMARK_BEHIND = re.compile(
    r"(?P<name>[^()\[\]]*\w)\s*(?:[(\[](?P<beside>[^()\[\]]+)[)\]]|(?P<old> cũ))"
)
"""A name with a remark in brackets: Ba Sơn (Xuất Lễ cũ)."""
_CODE_BESIDE = re.compile(r"(\d{5})\s*[-–:.]?\s*([^\W\d].*)|(.*\w)\s*[-–:]\s*(\d{5})")
"""The code of a commune beside its name: 06202 - Xuất Lễ."""
_NOW = re.compile(
    r"(?:nay (?:là|thuộc)|trước (?:đây )?(?:là|thuộc)|sáp nhập (?:vào|từ)|cũ là)\s+"
    r"|(?<=\S)\s+(?-i:cũ)\Z",
    re.IGNORECASE,
)
_OF_ANY = frozenset({"", "thon", "ban"})
_SMALLER = frozenset({"to"})
"""Words, folded, of the parts of a hamlet."""


class HamletAddress(NamedTuple):
    """The names of a hamlet and of a commune ("" for none), a commune with an ambiguous name with
    its district, and the words that were not read."""

    hamlet: str
    commune: str
    left_out: Sequence[str]

    def lived_at(self) -> "HamletAddress":
        """The same address of people: a hamlet may be named like a house (Trường Sơn, Chợ Mới)."""
        if self.hamlet or len(self.left_out) != 1:
            return self
        (name,) = self.left_out
        is_name = name.istitle() and name.replace(" ", "").isalpha()
        return self._replace(hamlet=name, left_out=[]) if is_name else self


class AddressReader:
    """Reads the places of one cell by the past and present names of units."""

    def __init__(self, book: ReferenceBook) -> None:
        self._book = book

    @cached_property
    def _districts_of(self) -> dict[str, set[str]]:
        """{name of a commune: those of the districts that one of this name, or what became it, ever
        was in}, bare."""
        units = self._book.units
        districts_by_commune: defaultdict[str, set[str]] = defaultdict(set)
        for unit in units.values():
            if unit.kind == "commune":
                districts, parent = (
                    districts_by_commune[bare_name(unit.name)],
                    units.get(unit.parent),
                )
                if parent is not None and parent.kind == "district":
                    districts.add(bare_name(parent.name))
                    for later in filter(None, map(units.get, unit.successors)):
                        districts_by_commune[bare_name(later.name)].add(bare_name(parent.name))
        return dict(districts_by_commune)

    @cached_property
    def _above(self) -> dict[str, set[str]]:
        """{kind of unit above communes: their names}, bare."""
        names_by_kind: defaultdict[str, set[str]] = defaultdict(set)
        for unit in self._book.units.values():
            if unit.kind != "commune":
                names_by_kind[unit.kind].add(bare_name(unit.name))
        return names_by_kind

    def read(self, text: str) -> HamletAddress:
        """The places that a text names. Raises FieldError for several of a kind."""
        if not any(map(str.isalnum, text)):
            return HamletAddress("", "", [])
        parts, venues = self._parts(text)
        while len(parts) > 1 and self._is_province(parts[-1]):
            parts.pop()
        district = self._district(parts)
        if district:
            parts.pop()
        at = self._commune_at(parts, sure=bool(district), alone=not venues)
        if at is None:
            return _settled(parts, "", venues)
        commune, before, behind = parts[at], parts[:at], parts[at + 1 :]
        self._require_one(commune, [*before, *behind])
        if before:
            venues += [part for part in behind if not hamlet_word(part)[0]]
            behind = [part for part in behind if part not in venues]
        if district and len(self._districts_of.get(bare_name(_plain(commune)), ())) > 1:
            commune = f"{commune}, huyện {district}"
        return _settled([*before, *behind], commune, venues)

    def within(self, text: str) -> HamletAddress | None:
        """The further parts of a hamlet cell: its commune, or a house; None for a hamlet alone, and
        for a text that is the name of a hamlet as a whole."""
        signs = (_SIGNS, _BRACKETS, _HYPHEN, _STROKE)
        if not any(sign.search(text) for sign in signs) and not _VENUE.match(text.lower()):
            return None
        try:
            address = self.read(text)
            if not self._is_of_unit(address.commune):
                # Tổ 2, Pò Mã: of several hamlets the last is no commune.
                parts, venues = self._parts(text)
                address = _settled(parts, "", venues)
        except FieldError:
            return None
        return address if address.commune or address.left_out else None

    def _is_of_unit(self, commune: str) -> bool:
        """Whether a part taken for a commune has its word, or a name that a commune ever had."""
        if not commune or begins_with_commune(commune):
            return True
        return bare_name(_plain(commune)).partition(",")[0] in self._districts_of

    def _parts(self, text: str) -> tuple[list[str], list[str]]:
        """The parts of a text that may be places, and those that are none."""
        parts = [part for part in _SIGNS.split(text) if part]
        for signs in (_BRACKETS, _HYPHEN, _STROKE):
            closer = [part for part in signs.split(text) if part]
            # Pò Mã-Xuất Lễ are two, Nà Phát-Bó Củng is the name of one.
            sure = signs is _BRACKETS or bare_name(closer[-1]) in self._districts_of
            if len(parts) == 1 and sure:
                parts = closer
        parts = [piece for part in parts for piece in _with_venue_apart(part)]
        venues = [part for part in parts if _VENUE.match(part.casefold())]
        if len(parts) > 1 and not text.islower():
            venues += [part for part in parts if part not in venues and self._is_remark(part)]
        return [part for part in parts if part not in venues], venues

    def _is_remark(self, part: str) -> bool:
        """Whether a part in small letters describes a place beside it: giáp biên, thôn cũ."""
        if not part.islower() or any(map(str.isdecimal, part)):
            return False
        # Khu cũ may be a name.
        return hamlet_word(part)[0] in _OF_ANY and bare_name(_plain(part)) not in self._districts_of

    def _is_province(self, part: str) -> bool:
        folded = fold(part)
        bare = _PROVINCE_WORD.sub("", folded, count=1)
        if bare in self._above["province"] or folded.startswith("tinh "):
            return True
        # Lạng Sơn is LS, or L.Sơn.
        short = bare.replace(".", "")
        return any(short in _initials(name) for name in self._above["province"])

    def _district(self, parts: Sequence[str]) -> str:
        """The district that the last part names, "" for none: of that word, or of that name behind
        a commune that was in it."""
        if len(parts) < 2:
            return ""
        folded = fold(parts[-1])
        bare = _DISTRICT_WORD.sub("", folded, count=1)
        before = bare_name(_plain(parts[-2]))
        if bare == folded and bare not in self._districts_of.get(before, ()):
            return ""
        is_known_district = bare in self._above["district"] or bare in self._above["province"]
        return parts[-1][len(parts[-1]) - len(bare) :] if is_known_district else ""

    def _commune_at(self, parts: Sequence[str], *, sure: bool, alone: bool) -> int | None:
        """The index of the part that names the commune: the one with its word, else the last with
        the name of a commune, else the last of several; alone: the cell had no other parts."""
        worded = [n for n, part in enumerate(parts) if _COMMUNE_WORD.match(part)]
        if worded:
            return worded[0]
        commune_places = [
            n for n, part in enumerate(parts) if bare_name(part) in self._districts_of
        ]
        if commune_places and (sure or len(parts) > 1 or not alone):
            return commune_places[-1]
        return len(parts) - 1 if len(parts) > 1 else None

    def _require_one(self, commune: str, other_parts: Sequence[str]) -> None:
        """Raise FieldError if another part names a commune of the same district too."""
        bare = bare_name(_plain(commune))
        districts = self._districts_of.get(bare, set())
        for part in other_parts:
            part_name = bare_name(_plain(part))
            neighbour = part_name != bare and districts & self._districts_of.get(part_name, set())
            if neighbour or _COMMUNE_WORD.match(part):
                raise FieldError(
                    _("This cell names several communes ({names}). Write one of them.").format(
                        names="; ".join(name[:60] for name in (commune, part))
                    )
                )


def _initials(name: str) -> tuple[str, str]:
    """A folded name in short: ls, lson."""
    words = name.split()
    return "".join(word[0] for word in words), words[0][0] + "".join(words[1:])


def remark_apart(text: str) -> tuple[str, str]:
    """A name and the remark in brackets behind it, without the words that join them: Ba Sơn,
    Xuất Lễ of Ba Sơn (Xuất Lễ cũ); a code and the name beside it; "" for no remark."""
    coded = _CODE_BESIDE.fullmatch(text.strip())
    if coded is not None:
        return coded[1] or coded[4], coded[2] or coded[3]
    match = _REMARK_BEHIND.fullmatch(text.strip())
    if match is None:
        return text, ""
    return match["name"], _NOW.sub("", (match["beside"] or match["old"]).strip())


def begins_with_commune(text: str) -> bool:
    """Whether a text names a commune, with its word in front."""
    return _COMMUNE_WORD.match(text) is not None


def hamlets_apart(text: str, is_known_hamlet: Callable[[str], object]) -> list[str]:
    """The hamlets that a text names one behind the other (Pò Mã, Bản Ranh); none where it names
    one. is_known_hamlet: whether the commune has one of that name."""
    name, remark = remark_apart(text)
    if remark[:1].isupper() and (
        _NOW.search(text.rstrip(")] ")) or (is_known_hamlet(name) and is_known_hamlet(remark))
    ):
        # Pò Mã (nay là Bản Ranh), or two that are known.
        return [name, remark]
    parts = [part for part in _BETWEEN_HAMLETS.split(text) if part]
    hamlet_parts = [
        part
        for part in parts
        if hamlet_word(part)[0] not in _SMALLER
        and not _VENUE.match(part.casefold())
        and (part[0].isupper() or part.isdigit() or hamlet_word(part)[0] or is_known_hamlet(part))
    ]
    return hamlet_parts if len(hamlet_parts) > 1 else []


def several_hamlets(names: Sequence[str]) -> FieldError:
    """The error for a cell that names several hamlets."""
    return FieldError(
        _("This cell names several hamlets ({names}). Write one of them.").format(
            names="; ".join(part[:60] for part in names[:4])
        )
    )


def _plain(commune: str) -> str:
    return _COMMUNE_WORD.sub("", commune, count=1).strip()


def _with_venue_apart(part: str) -> Iterator[str]:
    """A part, a house and the hamlet it is in (Nhà văn hóa thôn Pò Mã) as two parts."""
    match = _HAMLET_BEHIND.fullmatch(part)
    venue = _VENUE.match(match[1].casefold()) if match is not None else None
    if match is not None and venue is not None and not venue["many"]:
        yield from (match[1], match[2])
    else:
        yield part


def _settled(hamlets: Sequence[str], commune: str, other_parts: Sequence[str]) -> HamletAddress:
    """The address of a commune and the other parts. Raises FieldError for several hamlets."""
    left_out = [*other_parts]
    if len(hamlets) > 1:
        smaller = [part for part in hamlets if hamlet_word(part)[0] in _SMALLER]
        hamlets = [part for part in hamlets if part not in smaller]
        left_out += smaller
    if len(hamlets) > 1:
        raise several_hamlets(hamlets)
    return HamletAddress(hamlets[0] if hamlets else "", commune, left_out)
