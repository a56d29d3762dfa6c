"""Values that a row takes from above: marks of repetition such as “nt”, and the commune and hamlet
of a caption between the rows or of the title."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from borderdesk.base.i18n import N_
from borderdesk.base.names import hamlet_word
from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.base.text import fold
from borderdesk.schema.kinds import HAMLET, UNIT, Field
from borderdesk.schema.kinds.sheet_cell import CellReading
from borderdesk.sheets.columns.child_columns import is_below
from borderdesk.sheets.columns.shared_columns import is_shared
from borderdesk.sheets.sources.cells import SheetRow

REPEATED = N_("A mark for “as above” was read as: {value}.")
PLACE_ABOVE = N_("The place was taken from a line above the rows: {value}.")
PLACE_OF_TITLE = N_("The place was taken from the title of the list: {value}.")
KIND_ABOVE = N_("The kind was taken from a line above the rows: {value}.")
KIND_OF_TITLE = N_("The kind was taken from the title of the list: {value}.")
DAY_ABOVE = N_("The day was taken from a line above the rows: {value}.")
KIND, DAY = "kind", "day"
"""What a line between the rows may name besides places, months and years."""
_MARKS = frozenset({"//", "nt", "n/t", "nhưnt", "nhưtrên", "nhutren", "ditto", "idem"})
_QUOTES = re.compile(r"(?:[\"”“„〃″]|['‘’]{2}|,,)+")
"""The same in signs: " or ''."""
_BETWEEN = str.maketrans("", "", " .-–—_()")
_NUMBER_BEFORE = re.compile(
    r"\A(?:[-–+*•]+\s*)?(?:(?:[IVXLC]+|\d{1,3}|[A-Za-zĐđ])\s*[.)/:\-–]\s*)?"
)
_COMMUNES = "xã|thị trấn|phường"
_HAMLETS = "thôn|bản|khu phố|khu dân cư|khu|khối phố|khối|tổ dân phố|xóm"
"""The words before the name of a commune, and of a hamlet."""
_COMMUNE = re.compile(
    rf"(?:^|[\s,;(\-–:/])(?:{_COMMUNES})[\s:.]+(?P<name>[^\W\d_][^,;:()/\-–]*)",
    re.IGNORECASE,
)
_DISTRICT = re.compile(
    r"\s*[,(\-–]\s*(?:(?:huyện|h\.)\s*(?P<named>[^,;:()\d]+)|(?<=\()(?P<bare>[^,;:()\d]+)\))",
    re.IGNORECASE,
)
"""The district behind a commune: , huyện Lộc Bình; (Lộc Bình)."""
_HAMLET = re.compile(
    rf"(?:^|[\s,;(\-–:/])(?P<name>(?:{_HAMLETS})[\s:.]+[\w][^,;:()/\-–]*)",
    re.IGNORECASE,
)
_CAPTION = re.compile(rf"(?:{_COMMUNES}|{_HAMLETS})[\s:.]+\S", re.IGNORECASE)
_TITLE_HAMLET = re.compile(
    r"(?<!\w)(?P<name>(?:thôn|bản|khối phố|khu phố|xóm)\s+[^\W\d_][^,;:()/\-–\d]*?)"
    rf"(?:\s*[,\-–]\s*|\s+)(?=(?:{_COMMUNES})\s)",
    re.IGNORECASE,
)
_TITLE_THON = re.compile(
    r"(?<!\w)(?P<name>(?:thôn|xóm)[\s:.]+[^\W\d_]"
    rf"(?:(?!\s(?:{_COMMUNES})\s)[^,;:()/\-–\d])*)",
    re.IGNORECASE,
)
_NAMES_PLACE = re.compile(rf"(?<!\w)(?:{_COMMUNES}|thôn|xóm)\s", re.IGNORECASE)
_MONTH = re.compile(
    r"tháng\s+(?P<month>0?[1-9]|1[0-2])(?:(?:\s+năm\s+|\s*[/.\-]\s*)(?P<year>20\d\d))?\s*[:.]?",
    re.IGNORECASE,
)
_YEAR = re.compile(
    r"(?:(?:quý|6 tháng)\s+\S+(?:\s*[/,\-]\s*|\s+))?(?:năm\s+)?(?P<year>20\d\d)\s*[:.]?",
    re.IGNORECASE,
)
"""A line that begins the rows of a year, or of a part of it: NĂM 2023, Quý I/2023."""
_LIST_TITLE = re.compile(
    r"(?:phụ lục|danh sách|biểu|bảng|sổ|tổng hợp|báo cáo|kết quả|thống kê|theo dõi)(?!\w)",
    re.IGNORECASE,
)
"""The beginning of the title of a list, also of a further one on the same sheet."""
_COUNT_BEHIND = re.compile(
    r"\s+(?:(?:ngày|năm|tháng|quý|đợt|gồm|có|huyện|tỉnh|\d).*"
    r"|(?:đã )?(?:ký (?:bản )?cam kết|ký kết|đăng ký|tham gia|thực hiện|chấp hành)(?!\w).*)\Z",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\d{1,2}[a-zđ]?(?!\w)(?! hộ)", re.IGNORECASE)
_OTHER_GROUP = re.compile(r"(?:cụm|làng|phố|chòm|ấp|buôn)\s", re.IGNORECASE)
"""The beginning of a group caption that is no known hamlet: it ends the group above."""
_MANY_BEFORE = re.compile(r"(?:các|những|từng|mỗi|toàn|trong|ở|theo|biên giới)\s*\Z", re.IGNORECASE)
_SIGNER = re.compile(
    r"(?:người (?:lập|ghi|tổng hợp|báo cáo)|trưởng (?:thôn|bản|khu|khối|xóm)|đồn trưởng"
    r"|chính trị viên|(?:chỉ huy|thủ trưởng|chủ tịch|đại diện|xác nhận|cán bộ|bí thư|kt\.|t/?m\.?)"
    r"(?=\s)|ubnd)",
    re.IGNORECASE,
)
MOST_SIGNING = 3
"""So many cells at most has the line of those who sign a list."""
LONGEST_CAPTION, LONGEST_MARK = 120, 12


def without_number(text: str) -> str:
    """A text without the number, letter or dash before it: II. Thôn Pò Mã."""
    return _NUMBER_BEFORE.sub("", text.strip(), count=1)


def is_repetition(cell: str) -> bool:
    """Whether a cell is a ditto mark for the cell above."""
    if len(cell) > LONGEST_MARK:
        return False
    mark = cell.translate(_BETWEEN).casefold()
    return mark in _MARKS or _QUOTES.fullmatch(mark) is not None


def is_caption(text: str) -> bool:
    """Whether a text names a commune or hamlet, with its word in front."""
    return _CAPTION.match(_NUMBER_BEFORE.sub("", text.strip(), count=1)) is not None


def is_signer(text: str) -> bool:
    """Whether a text is the title of a person who signs a list."""
    return _SIGNER.match(text) is not None


def is_rank(text: str) -> bool:
    """Whether a text only numbers a group of rows: I, II, A, 1."""
    return re.fullmatch(r"\(?(?:[IVXLC]+|[A-ZĐ]|[a-z]|\d{1,3})[.)/:]?", text) is not None


class PlaceNames:
    """The names of a commune and of a hamlet, "" where a text has none."""

    def __init__(self, commune: str = "", hamlet: str = "") -> None:
        self.commune = commune
        self.hamlet = hamlet

    def __bool__(self) -> bool:
        return bool(self.commune or self.hamlet)

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.hamlet, self.commune)))


IsCommune = Callable[[str], bool]
"""Whether a name is that of a commune: xã hội chủ nghĩa names none."""


def caption_places(texts: Sequence[str], is_commune: IsCommune) -> PlaceNames:
    """The places that a line between the rows names."""
    text = next((cell for cell in texts if is_caption(cell)), "")[:LONGEST_CAPTION]
    text = _NUMBER_BEFORE.sub("", text.strip(), count=1)
    commune, hamlet = _COMMUNE.search(text), _HAMLET.search(text)
    return PlaceNames(
        _commune_named(commune, is_commune) if commune else "",
        _cleaned(hamlet["name"]) if hamlet else "",
    )


def _commune_named(match: "re.Match[str]", is_commune: IsCommune) -> str:
    """The name of a commune in a text, with its district if that follows and is needed to identify
    it."""
    name = _cleaned(match["name"])
    behind = _DISTRICT.match(match.string, match.end())
    if behind is not None:
        whole = f"{name}, huyện {_cleaned(behind['named'] or behind['bare'])}"
        return whole if is_commune(whole) else name
    return name


def caption_period(texts: Sequence[str]) -> tuple[int | None, int | None]:
    """The month and the year that a line between the rows names; None for what it does not say, as
    one does not that sums up the rows above it."""
    words = [text for text in texts if text and not is_rank(text)]
    if len(words) != 1:
        return None, None
    caption_words = _NUMBER_BEFORE.sub("", words[0].strip(), count=1)
    match = _MONTH.fullmatch(caption_words)
    if match is not None:
        return int(match["month"]), int(match["year"]) if match["year"] else None
    year = _YEAR.fullmatch(caption_words)
    return None, int(year["year"]) if year is not None else None


def is_title(text: str) -> bool:
    """Whether a line between the rows is the title of a further list."""
    return _LIST_TITLE.match(_NUMBER_BEFORE.sub("", text.strip(), count=1)) is not None


def title_places(texts: Iterable[str], is_commune: IsCommune) -> PlaceNames:
    """The one commune and the one hamlet that the lines above the headings name."""
    communes: dict[str, str] = {}
    hamlets: dict[str, str] = {}
    for text in texts:
        for match in _COMMUNE.finditer(text):
            name = _commune_named(match, is_commune)
            if is_commune(name):
                communes.setdefault(fold(name), name)
        for pattern in (_TITLE_HAMLET, _TITLE_THON):
            for match in pattern.finditer(text):
                if not _MANY_BEFORE.search(text[: match.start()]):
                    name = _cleaned(match["name"])
                    hamlets.setdefault(fold(name), name)
    if len(communes) != 1:
        return PlaceNames()
    return PlaceNames(
        next(iter(communes.values())), next(iter(hamlets.values())) if len(hamlets) == 1 else ""
    )


def _cleaned(name: str) -> str:
    """A place's name as it is written in a list: no count behind, and not in capitals."""
    name = name.strip(" .:")
    word, bare = hamlet_word(name)
    before = name[: len(name) - len(bare)].rstrip(" .:")
    numbered = _NUMBERED.match(bare) if word else None
    if numbered is not None:
        # Khu 3: the number is its name.
        bare = numbered[0]
    name = f"{before} {bare}" if word else bare
    name = name if numbered is not None else _COUNT_BEHIND.sub("", name).strip(" .:")
    return name.title() if name.isupper() else name


def keys_of(fields: Mapping[str, Field], refers_to: str) -> tuple[str, ...]:
    """The keys of the fields that refer to `refers_to`, in their order."""
    return tuple(key for key, field in fields.items() if field.refers_to == refers_to)


def carried_keys(fields: Mapping[str, Field]) -> tuple[list[str], list[str]]:
    """The keys of communes and of hamlets, those of the record itself first."""
    plain_keys = (key for key in fields if not is_shared(key) and not is_below(key))
    own_first = sorted(plain_keys, key=lambda key: "." in key)
    communes = [key for key in own_first if fields[key].refers_to == UNIT]
    return communes, [key for key in own_first if fields[key].refers_to == HAMLET]


class CarriedValues:
    """The cells of the row above, and the places that hold for the rows that name none."""

    def __init__(self, places: PlaceNames) -> None:
        """places: those of the title."""
        self._title = places
        self._caption = PlaceNames()
        self._captions: dict[str, SheetRow] = {}
        """{UNIT, HAMLET, month, year, KIND or DAY: the line that names it}."""
        self._named: dict[str, str] = {}
        self._kind_of_title = ""
        self._above: Sequence[CellValue] = ()

    def note_caption(self, row: SheetRow, is_commune: IsCommune) -> tuple[int | None, int | None]:
        """Take the places that a line between the rows names for those below it; the month and year
        that it names."""
        texts = [text for text in map(cell_text, row.cells) if text]
        caption_place, (month, year) = caption_places(texts, is_commune), caption_period(texts)
        if caption_place.commune:
            self._end_named_within(UNIT, HAMLET)
            self._caption = caption_place
            self._captions[UNIT] = row
            self._captions.pop(HAMLET, None)
        elif caption_place.hamlet:
            self._end_named_within(HAMLET)
            self._caption = PlaceNames(self._caption.commune, caption_place.hamlet)
            self._captions[HAMLET] = row
        elif any(_OTHER_GROUP.match(_NUMBER_BEFORE.sub("", text, count=1)) for text in texts):
            self._caption = PlaceNames(self._caption.commune)
            self._title = PlaceNames(self._title.commune)
            self._captions[HAMLET] = row
        if year is not None:
            # The month of an earlier caption belongs to another year.
            self._captions.pop("month", None)
            self._captions["year"] = row
        if month is not None:
            self._captions["month"] = row
        return month, year

    def note_title(self, row: SheetRow, places: PlaceNames, *, is_dated: bool) -> None:
        """Take the places of the title of a further list, and forget those before it where it
        names any, of several too; is_dated: whether it names a month or year."""
        if is_dated:
            self._captions["month"] = row
        if any(_NAMES_PLACE.search(text) for text in map(cell_text, row.cells)):
            self._title, self._caption = places, PlaceNames()
            self._captions = {UNIT: row}

    def note_named(self, key: str, row: SheetRow, text: str, *, ends: bool) -> None:
        """Take the kind or day (`key`) that a line between the rows names for those below it; ends:
        whether that of an earlier line ends where it names none."""
        if text:
            self._end_places_within(key, row)
            self._named[key], self._captions[key] = text, row
        elif ends:
            self._end_named(key)

    def _end_places_within(self, key: str, row: SheetRow) -> None:
        """The places of the lines within a group of one kind or day are not those of the next."""
        begun = self._captions.get(key)
        for place in (UNIT, HAMLET) if begun is not None else ():
            line = self._captions.get(place)
            if line is not None and begun is not None and begun.number < line.number < row.number:
                self._caption = PlaceNames("" if place == UNIT else self._caption.commune)
                del self._captions[place]

    def _end_named_within(self, *places: str) -> None:
        """A kind or day that was named with a place, or within it, is not that of the next one."""
        lines = [self._captions[place] for place in places if place in self._captions]
        for key in (KIND, DAY):
            begun = self._captions.get(key)
            if begun is not None and any(line.number <= begun.number for line in lines):
                self._end_named(key)

    def _end_named(self, key: str) -> None:
        self._named.pop(key, None)
        self._captions.pop(key, None)

    def named(self, key: str) -> str:
        """The kind or day that a line above the row in hand names; "" for none."""
        return self._named.get(key, "")

    def note_kind_of_title(self, kind: str, row: SheetRow | None = None) -> None:
        """Take the kind that the title of the list names; row: that of a further list, which ends
        the kinds and days before it."""
        self._kind_of_title = "" if row is not None else kind
        if row is not None:
            self._end_named(DAY)
            self.note_named(KIND, row, kind, ends=True)

    def kind(self, reading: CellReading) -> str:
        """The kind of a row that names none; a doubt tells where it is from."""
        kind = self.named(KIND)
        if kind:
            reading.doubt(KIND_ABOVE, kind)
        elif self._kind_of_title:
            reading.doubt(KIND_OF_TITLE, self._kind_of_title)
        return kind or self._kind_of_title

    def captions(self) -> list[SheetRow]:
        """The lines between the rows that hold for the row in hand, in their order."""
        lines = {row.number: row for row in self._captions.values()}
        return [lines[number] for number in sorted(lines)]

    def has_places(self) -> bool:
        """Whether a caption or the title names any."""
        caption, title = self._caption, self._title
        return bool(caption.commune or caption.hamlet or title.commune or title.hamlet)

    def note_row(self, cells: Sequence[CellValue], repeated: Mapping[int, CellValue]) -> None:
        """Keep the cells of a row for the marks below it; repeated: what its own marks meant, by
        place."""
        self._above = cells
        if repeated:
            self._above = [repeated.get(place, cell) for place, cell in enumerate(cells)]

    def repeated(self, place: int, reading: CellReading, *, shown: bool) -> CellValue:
        """The cell above; shown: whether a doubt may quote it."""
        cell = self._above[place] if place < len(self._above) else ""
        text = cell_text(cell)
        if text and shown:
            reading.doubt(REPEATED, text[:60])
        return cell

    def fill(
        self,
        texts: dict[str, str],
        communes: Sequence[str],
        hamlets: Sequence[str],
        reading: CellReading,
    ) -> None:
        """Give the places of caption or title to the first of these keys where a row has no text
        for any."""
        for places, message in ((self._caption, PLACE_ABOVE), (self._title, PLACE_OF_TITLE)):
            names = [texts[key] for key in communes if key in texts]
            # A hamlet of a commune other than the row's is ignored.
            fits = not names or not places.commune or fold(names[0]).endswith(fold(places.commune))
            filled_in = []
            for keys, name in ((communes, places.commune), (hamlets, places.hamlet)):
                if name and keys and fits and not any(key in texts for key in keys):
                    texts[keys[0]] = name
                    filled_in.append(name)
            if filled_in:
                reading.doubt(message, ", ".join(reversed(filled_in)))
