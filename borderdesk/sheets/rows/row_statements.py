"""Detects, in columns without a field, rows for a member of the household above, and rows that say
that something was not done.

Neither is a record, though both may have a name, a place and a day.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.base.text import accented, fold
from borderdesk.entry.headings import without_unit
from borderdesk.schema.kinds import Field
from borderdesk.schema.record import RevisionedModel
from borderdesk.sheets.columns.spread_rows import is_note
from borderdesk.sheets.columns.table import SheetColumn
from borderdesk.sheets.values.household_parts import HEAD

RELATIONS = frozenset(
    {"quan he", "quan he voi chu ho", "quan he chu ho", "quan he gia dinh", "moi quan he"}
    | {"quan he voi chu ho gia dinh", "moi quan he voi chu ho", "qh voi chu ho", "relation"}
)
"""Headings, folded, of the column of a person's relation to the head of the household."""
_HEAD_WORDS = "chu ho"
_HEADS = frozenset({"chu ho", "ch", "chu", "c ho", "chu ho gd", "dai dien", "dai dien ho", "head"})
_NOT_SIGNED = frozenset(
    {"chua ky", "khong ky", "chua ky cam ket", "khong ky cam ket", "tu choi ky", "khong dong y ky"}
)
_NOT_DONE = frozenset(
    {"chua thuc hien", "khong thuc hien", "chua lam", "hoan", "da hoan", "huy", "da huy"}
    | {"chua to chuc", "khong to chuc"}
    | {"bo", "loai", "loai bo", "bo ten", "xoa", "xoa ten", "gach ten", "trung", "ghi trung"}
    | {"bi trung", "trung lap", "ghi nham", "vao nham", "da co o tren", "da ghi o tren"}
)
"""Said of the record in a column about it; elsewhere of a card that was not made, or of goods."""
_BEGUN = re.compile(
    r"((?:da )?(?:hoan|huy)(?= (?:do|vi|den|sang|lich|buoi|chuyen|lui)\b)"
    r"|(?:chua|khong) (?:ky|to chuc|thuc hien)(?= (?:duoc|do|vi|vang|di)\b))"
)
"""Statements that may be followed by a reason or another day: Hoãn do mưa, Không tổ chức được."""
_ABSENT = frozenset(
    {"vang", "vang mat", "vang nha", "di vang", "khong co nha", "khong co mat", "khong gap"}
)
"""Said of a person who is to have signed."""
_REPEATS = re.compile(r"(?:ghi |bi )?trung (?:voi )?(?:so|stt|tt|dong|hang|muc)(?: thu tu)? \d+")
"""Said of a row that is written twice: Trùng với số 12."""
_SPELT_OUT = {
    "hoan": ("hoãn",),
    "huy": ("hủy", "huỷ"),
    "vang": ("vắng", "vang"),
    "bo": ("bỏ",),
    "loai": ("loại",),
    "trung": ("trùng",),
    "xoa": ("xóa", "xoá"),
}
"""Words that with other accents, some also without any, are the name of a person who signed."""
_DONE_HEADINGS = frozenset({"ky", "da ky", "ky cam ket", "da ky cam ket", "ket qua ky"})
_SIGNATURES = frozenset({"ky ten", "ky nhan", "chu ky"})
_UNDONE_HEADINGS = frozenset(
    {"chua ky", "khong ky", "chua ky cam ket", "khong ky cam ket", "vang mat khi ky"}
)
"""Headings, folded, of a column in which a mark means “not done”."""
_STATE_HEADINGS = frozenset(
    {"ket qua", "tinh trang", "trang thai", "tien do", "ghi chu", "note", "notes", "status"}
)
_NOT_YET = frozenset({"chua"})
_NO = frozenset({"chua", "khong", "no", "0", "false", "vang", "vang mat", "ko"})
"""In the column of a result "không" means that nothing was found."""
LONGEST = 40


class RowStatements:
    """Statements of the rows of a table about themselves, such as “not done”."""

    def __init__(
        self,
        model: type[RevisionedModel],
        columns: Sequence[SheetColumn],
        fields: Mapping[str, Field],
    ) -> None:
        unread = [column for column in columns if column.key is None and column.heading]
        names_people = model.matching is not None or bool(model.household_key())
        # Beside a column of heads it is that of the person who signed for them.
        of_heads = any(
            _HEAD_WORDS in without_unit(column.heading) for column in columns if column.key
        )
        self._relations = [
            column.place
            for column in unread
            if names_people and not of_heads and without_unit(column.heading) in RELATIONS
        ]
        # Names and hamlets are not such statements, and there are thousands of them.
        notes = [
            column
            for column in columns
            if column.key in model.columns() and is_note(fields[column.key])
        ]
        self._told = [
            (column.place, column.heading, _denials(without_unit(column.heading), names_people))
            for column in (*unread, *notes)
            if model.event() is not None
        ]
        headed = [(column.place, column.heading, without_unit(column.heading)) for column in unread]
        self._undone = [(at, text) for at, text, words in headed if words in _UNDONE_HEADINGS]
        self._done = [(at, text) for at, text, words in headed if words in _DONE_HEADINGS]
        by_name = any(column.key and column.key.rpartition(".")[2] == HEAD for column in columns)
        if model.event() is None or not (names_people and by_name):
            # Beside hamlets such columns have numbers of households.
            self._undone, self._done = [], []

    def is_of_member(self, cells: Sequence[CellValue]) -> bool:
        """Whether a row is of a member of a household who is not its head."""
        for place in self._relations:
            cell = cells[place] if place < len(cells) else ""
            if isinstance(cell, str) and cell.strip() and _folded(cell[:LONGEST]) not in _HEADS:
                return True
        return False

    def denial(self, cells: Sequence[CellValue]) -> tuple[str, str]:
        """The cell that marks a row as not done, and its heading; "" for none."""
        for place, heading, denials in self._told:
            cell = cells[place] if place < len(cells) else ""
            if isinstance(cell, str) and cell and len(cell) <= LONGEST:
                words = _folded(cell)
                if denials >= _NOT_DONE and _REPEATS.fullmatch(words):
                    return cell_text(cell), heading
                match = _BEGUN.match(words) if denials >= _NOT_DONE else None
                words = match[1] if match else words
                if words in denials and _is_spelt_out(words, cell):
                    return cell_text(cell), heading
        return self._mark_against(cells) if self._undone or self._done else ("", "")

    def _mark_against(self, cells: Sequence[CellValue]) -> tuple[str, str]:
        """A mark for what was not done, or a no (0, false) where one is for what was."""
        for place, heading in self._undone:
            words = _words_at(cells, place)
            if words and words not in _NO:
                return words, heading
        for place, heading in self._done:
            words = _words_at(cells, place)
            if words in _NO:
                return words, heading
        return "", ""


def _denials(heading: str, names_people: bool) -> frozenset[str]:
    """The texts under a heading that mean “not done”."""
    if heading in _DONE_HEADINGS or heading in _SIGNATURES:
        return _NOT_SIGNED | _NOT_DONE | _NO | _ABSENT
    if heading not in _STATE_HEADINGS:
        return _NOT_SIGNED
    return _NOT_SIGNED | _NOT_DONE | _NOT_YET | (_ABSENT if names_people else frozenset())


def _words_at(cells: Sequence[CellValue], place: int) -> str:
    """A cell folded, a number or a yes too; "" for none and for a longer text."""
    text = cell_text(cells[place]) if place < len(cells) else ""
    words = _folded(text) if len(text) <= LONGEST else ""
    return words if _is_spelt_out(words, text) else ""


def _is_spelt_out(words: str, cell: str) -> bool:
    return words not in _SPELT_OUT or any(
        spelling in accented(cell) for spelling in _SPELT_OUT[words]
    )


@lru_cache(maxsize=2_000)
def _folded(text: str) -> str:
    return " ".join(fold(text).strip(" .-–—/*()!").split())
