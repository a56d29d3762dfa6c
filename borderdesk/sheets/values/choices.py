"""Choices as lists write them: several in one cell, and labels cut short."""

import re
from collections.abc import Mapping, Sequence
from functools import partial

from borderdesk.base.i18n import N_, _, in_every_language
from borderdesk.base.text import fold
from borderdesk.entry.entry_rules import EntryRules
from borderdesk.schema.kinds import Field
from borderdesk.schema.kinds.sheet_cell import CellReading

SHORTENED = N_("The entry was written in short and read as: {value}.")
LENGTHENED = N_("The entry has more words and was read as: {value}.")
_ITEM = re.compile(r"(?:\d{1,2}|[a-zđ])[.)/]\s*(?=[^\W\d])")
"""The number before each of several entries in a cell."""
_AROUND = " .,;:-–"
_ABOUT = re.compile(
    r"\A(?:(?:công tác|nội dung|chuyên đề|mô hình|chương trình|phong trào|ký cam kết|cam kết)\s+)?"
    r"(?:(?:tuyên truyền|phổ biến|quán triệt|giáo dục)\s+)?(?:về\s+|việc\s+)?",
    re.IGNORECASE,
)
_AT_PLACE = re.compile(
    r"\s+(?:(?:(?:cấp|của)\s+)?(?:xã|huyện|tỉnh|phường|thị trấn)(?:\s.*)?"
    r"|(?:(?:từ|đoạn|khu vực|tại|ở)\s+)+(?!\s)[^,;]*|(?:cột\s+)?mốc\s+[\d/ \-–]*)\Z",
    re.IGNORECASE,
)
_PLUS = re.compile(r"\s*(?:\+|\s&\s)\s*")
_NO = frozenset({"khong", "chua", "ko", "no", "not", "without"})
_MARKS = re.compile(r"[\s,;:.()/\-–]+")


class ChoiceFinder:
    """Converts the cells of choices to codes and labels of the rules of entry."""

    def __init__(self, rules: EntryRules) -> None:
        self._rules = rules
        self._labels: dict[Field, dict[str, str]] = {}
        self._found: dict[tuple[Field, str], tuple[str, str]] = {}
        """{(field, text): the doubt, the text it was read as}."""

    def read(self, field: Field, text: str, reading: CellReading) -> str:
        """The text of a cell in full words; as it is where it is no choice, or not one alone."""
        if not (field.options or field.pick_list):
            return text
        if not field.several:
            return self._one(field, text, reading)
        parts = (_ITEM.sub("", part.strip()) for part in self._parts(field, text).split(";"))
        return ";".join(self._one(field, part, reading) for part in parts)

    def _one(self, field: Field, text: str, reading: CellReading) -> str:
        if not text or self._is_known(field, text):
            return text
        cache_key = (field, text)
        if cache_key not in self._found:
            labels = self._labels_of(field)
            code = field.codes.get(fold(text.strip(_AROUND)))
            known_label = _(field.options[code]) if code else only_label(text, labels)
            if known_label is None:
                longer = _label_behind(text, labels) if field.options else None
                self._found[cache_key] = (LENGTHENED, longer or self._within(field, text) or text)
            else:
                self._found[cache_key] = (SHORTENED, known_label or text)
        message, label = self._found[cache_key]
        if label != text:
            reading.doubt(message, f"{text[:60]} → {label}")
        return label

    def named(self, field: Field, text: str) -> str | None:
        """The label of the one choice that a text is, or ends with; None for none."""
        code = field.codes.get(fold(text.strip(_AROUND)))
        if code is not None:
            return _(field.options[code])
        labels = self._labels_of(field)
        if (words := choice_words(text)) in labels:
            return labels[words]
        return only_label(text, labels) or _label_behind(text, labels)

    def within(self, field: Field, text: str) -> set[str]:
        """The labels of two words or more that a longer text has in it, none of them a part of
        another one."""
        words = f" {choice_words(text)} "
        labels = self._labels_of(field)
        others = {choice_words(name): _(field.options[code]) for name, code in field.codes.items()}
        code_by_words = {**others, **labels}
        found = [name for name in code_by_words if " " in name and f" {name} " in words]
        return {
            code_by_words[name]
            for name in found
            if not any(name != longer and f" {name} " in f" {longer} " for longer in found)
        }

    def _within(self, field: Field, text: str) -> str | None:
        """The choice in a text with the words before and behind it that lists have: Tuyên truyền
        về …, Công an xã Xuất Lễ, Phát quang … từ mốc 1180 đến mốc 1182."""
        bare_text = _AT_PLACE.sub("", _ABOUT.sub("", text.strip(_AROUND)))
        if not bare_text or bare_text == text.strip(_AROUND):
            return None
        labels = self._labels_of(field)
        code = field.codes.get(fold(bare_text))
        if code is not None:
            return _(field.options[code])
        return labels.get(choice_words(bare_text)) or only_label(bare_text, labels)

    def _is_known(self, field: Field, text: str) -> bool:
        if field.pick_list:
            return self._rules.book.pick_code(field.pick_list, text) is not None
        folded = fold(text)
        return any(
            folded == code or folded in map(fold, in_every_language(label))
            for code, label in field.options.items()
        )

    def _labels_of(self, field: Field) -> Mapping[str, str]:
        """{words of a label, in any language: the displayed label} of the choices."""
        if field not in self._labels:
            self._labels[field] = {
                choice_words(name): label
                for code, label in field.offered(self._rules.book, self._rules.today, "")
                for name in self._names(field, code)
            }
        return self._labels[field]

    def _names(self, field: Field, code: str) -> Sequence[str]:
        if not field.pick_list:
            return in_every_language(field.options[code])
        entry = self._rules.book.picks[field.pick_list][code]
        return [*filter(None, (entry.vi, entry.en))]

    def _parts(self, field: Field, text: str) -> str:
        """The text with its picks separated by semicolons instead of + or commas, which labels may
        hold too; unchanged if one of them is unknown."""
        apart = _PLUS.sub(", ", text)
        if ";" in text or "," not in apart:
            return text
        parts, labels = [part.strip() for part in apart.split(",")], []
        is_known_choice = partial(self._is_known, field)
        while parts:
            for count in range(len(parts), 0, -1):
                label = ", ".join(parts[:count])
                if is_known_choice(label) or only_label(label, self._labels_of(field)):
                    labels.append(label)
                    del parts[:count]
                    break
            else:
                return text
        return ";".join(labels)


def _label_behind(text: str, labels: Mapping[str, str]) -> str | None:
    """The one label at the end of a text with other words before it (Tuần tra đơn phương), unless
    one of them is a negation."""
    words = choice_words(text)
    ends = [label for label in labels if words.endswith(f" {label}")]
    longest = max(ends, key=len, default="")
    before = words.removesuffix(longest)
    # Bậc đá has two readings: one label or the other.
    has_rival = any(f" {label} " in f" {before}" for label in labels)
    # So has phát quang, tu sửa đường tuần tra, where the first half belongs to another label.
    has_rival = has_rival or any(label.startswith(before) for label in labels if before)
    if not longest or has_rival or _NO.intersection(before.split()):
        return None
    return labels[longest]


def choice_words(text: str) -> str:
    """A text or a label as they are compared: folded, without marks."""
    return _MARKS.sub(" ", fold(text)).strip()


def only_label(text: str, labels: Mapping[str, str]) -> str | None:
    """The one label that begins with the words of a text or, of two words or more, has them; None
    for none or several."""
    words = choice_words(text)
    if len(words) < 2:
        return None
    candidates = {
        label for label_words, label in labels.items() if label_words.startswith(f"{words} ")
    }
    if not candidates and " " in words:
        candidates = {
            label for label_words, label in labels.items() if f" {words} " in f" {label_words} "
        }
    return candidates.pop() if len(candidates) == 1 else None
