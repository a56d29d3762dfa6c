"""Which column of a list is which field: one recogniser for pasted tables and for spreadsheets.

A heading names a field by its key, by its label in either language or by one of the headings that
the field declares; accents, case, marks and a unit in brackets do not count.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from borderdesk.base.i18n import in_every_language
from borderdesk.base.names import tone_key
from borderdesk.base.text import accented, fold
from borderdesk.schema.kinds import Field

LONGEST_HEADING = 200
MOST_BOTH = 6
"""So many words at most has a heading in two languages without a sign between them."""
FEWEST_HEADINGS = 2
"""So many columns at least are named by a row of headings."""

NUMBERING = frozenset(
    {"tt", "stt", "s t t", "so tt", "so thu tu", "thu tu", "no"}
    | {"no stt", "stt no", "no tt", "tt no"}
)
"""Headings, folded, of the column that numbers the rows."""
DISTRICTS = frozenset({"huyen", "quan huyen", "huyen thanh pho", "huyen tp", "district"})
"""Headings, folded, of columns that distinguish communes of the same name."""
_BESIDES = (
    "nhan khau; so nhan khau; so khau; khau; so nguoi trong ho; ky ten; chu ky; ky nhan; nam sinh;"
    " ngay sinh; ngay thang nam sinh; gioi tinh; dan toc; ton giao; nghe nghiep; ly do; reason;"
    " ly do khong nhan; tinh; quoc tich; don vi ung ho; don vi tai tro; don vi dong gop;"
    " don vi thi cong; ngay cap; noi cap; quan he; quan he voi chu ho; quan he chu ho;"
    " don vi tinh; dvt; ho khau; so ho khau; so so ho khau"
)
WITHOUT_FIELD = NUMBERING.union(DISTRICTS, _BESIDES.split("; "))
"""Headings, folded, of columns that lists have and records do not."""

_DONE_WORDS = r"(?:ky|cam ket|tham gia|tham du|nghe|tuyen truyen|dang ky|huong ung)\b"
_DONE = re.compile(rf"(?:(?:da|duoc|co|thuc te|truc tiep) )*{_DONE_WORDS}")
_DONE_WORD = re.compile(rf"\b{_DONE_WORDS}")
"""A part of a folded heading that counts only those who did something (Số hộ đã ký), not the
total."""
_NOT_DONE = re.compile(
    r"(?:chua|khong|con lai|vang|duoc giao|(?:(?:theo|cua|trong) )?(?:ke hoach|chi tieu|du kien))\b"
)
_OF_OTHERS = re.compile(
    r"(?:(?:la|cua) )?(?:nu|vo(?! chong)|chong(?! vo)|con|cha|me|nguoi than|ngheo"
    r"|can ngheo|khau|chinh sach)\b"
)
"""The continuation of a heading that makes it one of other persons (Số CCCD của vợ), or of some
alone (Số hộ nghèo)."""
_VAGUE = frozenset({"noi dung", "dia diem", "don vi", "so luong", "thoi gian"})
"""Headings, folded, with a wider meaning than a label that contains their words."""
_SUM = re.compile(r"\b(?:tổng số|tổng cộng|tổng|trong đó)\b:?", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*")
_NUMBERED = re.compile(r"\(?([0-9]{1,3}|[A-Za-z]|[IVXivx]{1,5})\)?\Z")
_IN_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]\Z")
_INSIDE = re.compile(r"[(\[]([^)\]]*)[)\]]")
_MARKS = re.compile(r"[\s.,:;*/\\\-–_\"'“”]+")


class NamedColumn(Protocol):
    """A column that a heading may name: a field, or a part of a household (household.head)."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def field(self) -> Field: ...


class HeadingForms(NamedTuple):
    """The names of a column: its label folded, all other names folded, its label as displayed, all
    names with accents, and the words of its unit in each language."""

    label: str
    others: frozenset[str]
    written: str
    accented: frozenset[str]
    unit: tuple[frozenset[str], ...]


class HeadingMatch(NamedTuple):
    """The match of a heading: the columns it may name, the words of their matching names, whether
    it has no other words, whether it adds which persons did something, whether it names a part of a
    sum, and whether it names the unit of the column."""

    keys: Sequence[str]
    words: frozenset[str]
    exact: bool
    done: bool = False
    of_sum: bool = False
    of_unit: bool = False

    def says_more(self, other: "HeadingMatch") -> bool:
        """Whether this heading is the one meant where both name the same column."""
        # A heading that adds which persons are counted (Lượt người là nữ) is only a part of the
        # field.
        firm, others_firm = self.exact or self.done, other.exact or other.done
        if firm != others_firm:
            return firm
        if self.of_unit != other.of_unit:
            # Lượt người are turns, Số người may be those who made them.
            return self.of_unit
        if self.words != other.words:
            return self.words > other.words
        if self.done != other.done:
            return self.done
        return (self.exact, not self.of_sum) > (other.exact, not other.of_sum)


_NO_COLUMN = HeadingMatch((), frozenset(), exact=False)


@lru_cache(maxsize=20_000)
def heading_words(text: str) -> str:
    """A heading folded, with single spaces for all marks."""
    return _MARKS.sub(" ", fold(text[:LONGEST_HEADING])).strip()


@lru_cache(maxsize=20_000)
def without_unit(text: str) -> str:
    """A heading folded, without its brackets; whole where nothing else is left."""
    return heading_words(_BRACKETS.sub(" ", text[:LONGEST_HEADING])) or heading_words(text)


def in_brackets(cell: str) -> list[str]:
    """The texts in the brackets of a heading, folded; a unit is no heading."""
    return [heading_words(inside) for inside in _INSIDE.findall(cell[:LONGEST_HEADING])]


def describes_columns(texts: Iterable[str]) -> bool:
    """Whether a row below the headings only numbers the columns (1 2 3, (1) (2) (3), A B 1 2) or
    gives the units they are in, in brackets."""
    filled = [text.strip() for text in texts if text.strip()]
    if filled and all(map(_IN_BRACKETS.match, filled)):
        return True
    numbered = len(filled) > 1 and all(map(_NUMBERED.match, filled))
    return numbered and len(set(filled)) == len(filled)


@lru_cache(maxsize=4_000)
def _declared(key: str, label: str, headings: str) -> frozenset[str]:
    return frozenset(filter(None, map(heading_words, _texts(key, label, headings))))


@lru_cache(maxsize=4_000)
def _declared_accents(key: str, label: str, headings: str) -> frozenset[str]:
    return frozenset(map(_with_accents, _texts(key, label, headings)))


def _texts(key: str, label: str, headings: str) -> tuple[str, ...]:
    return (key, *in_every_language(label), *headings.split(";"))


@lru_cache(maxsize=100)
def _unit_words(unit: str) -> tuple[frozenset[str], ...]:
    texts = in_every_language(unit) if unit else ()
    return tuple(frozenset(heading_words(text).split()) for text in texts)


@lru_cache(maxsize=20_000)
def _with_accents(text: str) -> str:
    return _MARKS.sub(" ", tone_key(text[:LONGEST_HEADING])).strip()


def forms_of(columns: Iterable[NamedColumn]) -> dict[str, HeadingForms]:
    """{key: the names of the column}."""
    return {
        column.key: HeadingForms(
            heading_words(column.label),
            _declared(column.key, column.field.label, column.field.headings),
            column.label,
            _declared_accents(column.key, column.field.label, column.field.headings),
            _unit_words(column.field.unit),
        )
        for column in columns
    }


def recognised(cells: Sequence[str], columns: Sequence[NamedColumn]) -> list[str | None]:
    """The key named by each of a row of headings, None for none; each key once, by the most
    specific heading (of Số hộ and Số hộ ký the latter), else by the first.

    If a household's part and a field of the record share a heading (Xã), it is the household's if
    another heading names the household and the record's own depends on there being none.
    """
    forms = forms_of(columns)
    heading_matches = [
        _with_unit(_naming(cell, forms), forms) if cell else _NO_COLUMN for cell in cells
    ]
    described = {
        match.keys[0].partition(".")[0]
        for match in heading_matches
        if match.keys and all("." in key for key in match.keys)
    }
    conditional = {column.key for column in columns if column.field.when is not None}
    assigned_keys: set[str] = set()
    assigned: list[str | None] = [None] * len(heading_matches)
    for place in _clearest_first(heading_matches):
        free = [key for key in heading_matches[place].keys if key not in assigned_keys]
        key = _settled(free, described, conditional) if free else None
        assigned[place] = key
        if key is not None:
            assigned_keys.add(key)
    return assigned


def _with_unit(match: HeadingMatch, forms: Mapping[str, HeadingForms]) -> HeadingMatch:
    """A match with whether its words are those of the unit that the column is in."""
    units = (words for key in match.keys[:1] for words in forms[key].unit)
    return (
        match._replace(of_unit=True)
        if any(unit_words <= match.words for unit_words in units)
        else match
    )


def _clearest_first(heading_matches: Sequence[HeadingMatch]) -> list[int]:
    """The positions of headings, less specific ones of the same column last."""
    places = [place for place, match in enumerate(heading_matches) if match.keys]
    by_key: dict[str, list[int]] = {}
    for place in places:
        for key in heading_matches[place].keys:
            by_key.setdefault(key, []).append(place)
    behind = {
        place: sum(heading_matches[rival].says_more(heading_matches[place]) for rival in rivals)
        for rivals in by_key.values()
        if len(rivals) > 1
        for place in rivals
    }
    return sorted(places, key=lambda place: behind.get(place, 0))


def says_done(heading: str) -> bool:
    """Whether a heading has only words for “done”: Đã ký, Tham gia, Ký cam kết."""
    words = without_unit(heading)
    return _DONE.match(words) is not None and not _NOT_DONE.match(words)


def _naming(cell: str, forms: Mapping[str, HeadingForms]) -> HeadingMatch:
    """The columns a heading may name: those of exactly that text, else of that text without its
    unit, else the only one whose label has all its words, else the one it begins with, else the one
    it names in two languages."""
    words, bare = heading_words(cell), without_unit(cell)
    if not words or bare in WITHOUT_FIELD:
        return _NO_COLUMN
    says_done = _DONE_WORD.search(bare) is not None
    # The place (commune): the words in the brackets say more than those before them.
    for text in (words, bare, *in_brackets(cell)):
        same, by_other_name = _of_that_text(text, cell, forms)
        if same and not any(key.partition(".")[2] for key in by_other_name):
            return HeadingMatch(same, _word_set(text), exact=True, done=says_done)
        if same or by_other_name:
            return HeadingMatch(
                list(dict.fromkeys([*same, *by_other_name])),
                _word_set(text),
                exact=True,
                done=says_done,
            )
    within = [key for key, form in forms.items() if _has_words(form.written, cell)]
    if within:
        return (
            HeadingMatch(within, _word_set(bare), exact=True, done=says_done)
            if len(within) == 1
            else _NO_COLUMN
        )
    by_beginning = _begun(bare, forms)
    shorter = _SUM.sub(" ", cell).strip()
    if by_beginning.keys or shorter == cell.strip():
        return by_beginning if by_beginning.keys else _in_two_languages(cell, forms)
    return _naming(shorter, forms)._replace(of_sum=True)


def _of_that_text(
    text: str, cell: str, forms: Mapping[str, HeadingForms]
) -> tuple[list[str], list[str]]:
    """The columns whose label is the folded text, and those that have it as another name."""
    same = [key for key, form in forms.items() if text == form.label]
    by_other_name = [key for key, form in forms.items() if text in form.others]
    if " " in text or cell.isascii():
        return same, by_other_name
    # Of single words the accents count: Cộng (all together) is not Công (work).
    variants = {_with_accents(cell), _with_accents(_BRACKETS.sub(" ", cell))}
    variants.update(map(_with_accents, _INSIDE.findall(cell)))
    keys = [key for key, form in forms.items() if variants & form.accented]
    return [key for key in same if key in keys], [key for key in by_other_name if key in keys]


def _in_two_languages(cell: str, forms: Mapping[str, HeadingForms]) -> HeadingMatch:
    """The column that both parts of a heading name (Ngày / Date), or one part beside a foreign word
    behind a stroke (Nội dung / Topic)."""
    texts = _all_texts(tuple(forms.values()))
    for parts, may_be_foreign in _halves(cell):
        if not any(heading_words(part) in texts for part in parts):
            continue
        language_matches = [
            {key for keys in _of_that_text(heading_words(part), part, forms) for key in keys}
            for part in parts
        ]
        shared = set.intersection(*language_matches)
        if may_be_foreign and not all(language_matches):
            foreign, own_texts = parts if language_matches[1] else parts[::-1]
            shared = (
                set.union(*language_matches)
                if foreign.isascii() and not own_texts.isascii()
                else set()
            )
        if shared:
            keys = [key for key in forms if key in shared]
            return HeadingMatch(keys, _word_set(heading_words(cell)), exact=True)
    return _NO_COLUMN


def _halves(cell: str) -> Iterator[tuple[list[str], bool]]:
    """The possible splits of a heading into two parts, each with whether a slash separates them."""
    apart = [part.strip() for part in cell.split("/")]
    if len(apart) == 2:
        yield apart, True
    words = cell.split()
    for place in range(1, len(words) if len(words) <= MOST_BOTH else 0):
        yield [" ".join(words[:place]), " ".join(words[place:])], False


@lru_cache(maxsize=200)
def _all_texts(forms: tuple[HeadingForms, ...]) -> frozenset[str]:
    """Whatever names one of the columns, folded."""
    return frozenset().union(*(form.others | {form.label} for form in forms))


@lru_cache(maxsize=4_000)
def _word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


@lru_cache(maxsize=20_000)
def _has_words(label: str, heading: str) -> bool:
    """Whether a label has all words of a heading; accents count where the heading has any, for
    the first syllables of Nơi and Nội dung are different words."""
    bare = _BRACKETS.sub(" ", heading[:LONGEST_HEADING])
    split_words = heading_words if bare.isascii() else _accented_words
    words = set(split_words(bare).split())
    # One syllable is rarely a word: Công is no Công an, and Số may be that of anything.
    vague = " ".join(heading_words(bare).split()) in _VAGUE
    return len(words) > 1 and not vague and words <= set(split_words(label).split())


def _accented_words(text: str) -> str:
    return _MARKS.sub(" ", accented(text[:LONGEST_HEADING]))


def _begun(words: str, forms: Mapping[str, HeadingForms]) -> HeadingMatch:
    """The columns with the longest name, of two words or more, that the heading begins with; none
    if it continues with persons who did not do something, or with other persons."""
    longest, keys = "", dict[str, None]()
    for key, form in forms.items():
        for text in (form.label, *form.others):
            if " " in text and words.startswith(f"{text} ") and len(text) >= len(longest):
                keys = {**(keys if text == longest else {}), key: None}
                longest = text
    ending = words[len(longest) + 1 :]
    if not keys or _NOT_DONE.match(ending) or _OF_OTHERS.match(ending):
        return _NO_COLUMN
    says_done = _DONE_WORD.search(words) is not None
    return HeadingMatch([*keys], _word_set(longest), exact=False, done=says_done)


def _settled(keys: list[str], described: set[str], conditional: set[str]) -> str | None:
    """The intended one of several columns of the same heading, None for an ambiguous one."""
    if len(keys) == 1:
        return keys[0]
    parts = [key for key in keys if "." in key]
    record_keys = [key for key in keys if "." not in key]
    theirs = [key for key in parts if key.partition(".")[0] in described]
    if theirs and all(key in conditional for key in record_keys):
        return theirs[0] if len(theirs) == 1 else None
    if len(record_keys) == 1:
        return record_keys[0]
    return parts[0] if not record_keys and len(parts) == 1 else None
