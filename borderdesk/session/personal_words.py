"""The personal data of a household in all its versions, to find other places where it was typed."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from peewee import fn

from borderdesk.base.lazy import lazy_module
from borderdesk.base.names import like_head
from borderdesk.base.text import accented, fold, nfc
from borderdesk.schema.kinds import DESCRIBED_BY, HOUSEHOLD, PERSONAL
from borderdesk.schema.record import Values
from borderdesk.schema.records.household import Household
from borderdesk.session.draft_forms import CHANGE, OWNER, ROUND, TABLE
from borderdesk.store.connection.database import Store
from borderdesk.store.models.desk import DraftRow
from borderdesk.store.records.history import NewVersion, revisions_of
from borderdesk.store.records.record_queries import households_ever_named

if TYPE_CHECKING:
    from borderdesk.store.models import exchange as exchange_models
    from borderdesk.store.models import sheets as sheet_models
else:
    # A record is saved and deleted without them.
    exchange_models = lazy_module("borderdesk.store.models.exchange")
    sheet_models = lazy_module("borderdesk.store.models.sheets")

LEAST_DIGITS = 8
"""Of a number that is a person's own: a telephone, a citizen ID."""
LEFT_OUT = "…"
MOST_WORDS = 8
"""Of a head's name with the title before it."""
BETWEEN_DIGITS = " .-"
_NUMBER = re.compile(rf"\d[\d{BETWEEN_DIGITS}]*\d")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W_]+")
"""A word, also of a file's name."""
RAWS = "raws"
"""{field: its content}, in the texts of a form's draft."""
ROWS = "rows"
"""[{column: text}], in those of a table; a household's parts are `household.head` and the like."""
TICKED = "ticked"
"""{household: its hamlet}, in those of a round."""


class PersonalWords(NamedTuple):
    """names: folded, each with the folded hamlets it was stored with; spellings: the same names
    with their accents; numbers: digits alone; records: the households of this person."""

    names: Mapping[str, set[str]]
    spellings: set[str]
    numbers: set[str]
    records: frozenset[str] = frozenset()

    def taken_out(self, text: str) -> str:
        """A text with its person's names of several words and numbers left out."""
        text = _NUMBER.sub(lambda match: self._without_number(match[0]), nfc(text))
        words = list(_WORD.finditer(text))
        spelled = [accented(word[0]) for word in words]
        spans = [
            (words[at].start(), words[at + count - 1].end())
            for name in self.spellings
            if (count := name.count(" ") + 1) > 1
            for at in range(len(words) - count + 1)
            if _is_name(" ".join(spelled[at : at + count]), name)
        ]
        # Names of several versions may overlap: what stands behind them stays.
        remaining, copied_to = "", 0
        for start, end in sorted(spans):
            if start >= copied_to:
                remaining += text[copied_to:start] + LEFT_OUT
            copied_to = max(copied_to, end)
        return remaining + text[copied_to:]

    def _without_number(self, text: str) -> str:
        digits = re.sub(r"\D", "", text)
        return LEFT_OUT if any(number in digits for number in self.numbers) else text

    def describe(self, raws: Mapping[str, Any]) -> bool:
        """Whether the typed description of a household fits this person."""
        texts = {key: raw for key, raw in raws.items() if isinstance(raw, str)}
        if any(_field_numbers(text) & self.numbers for text in texts.values()):
            return True
        head, hamlet = (
            _folded_words(texts.get(key, "")) for key in (DESCRIBED_BY.name, DESCRIBED_BY.hamlet)
        )
        return head in self.names and (not hamlet or hamlet in self.names[head])

    def without(self, form: str, texts: dict[str, Any]) -> dict[str, Any] | None:
        """The texts of a draft of this form without this person; None where it is of nobody
        else."""
        raws, rows, ticked = (texts.get(key) for key in (RAWS, ROWS, TICKED))
        if isinstance(raws, dict):
            if form == Household.type_name and self.describe(raws):
                return None
            described = [
                k for k, raw in raws.items() if isinstance(raw, dict) and self.describe(raw)
            ]
            return {**texts, RAWS: {**raws, **dict.fromkeys(described, "")}}
        if form.startswith(TABLE) and isinstance(rows, list):
            is_household = form == f"{TABLE}{Household.type_name}"
            cleared = [_row_without(self, row, is_household=is_household) for row in rows]
            return {**texts, ROWS: cleared}
        if form.startswith(ROUND) and isinstance(ticked, dict):
            still_ticked = {
                record: hamlet for record, hamlet in ticked.items() if record not in self.records
            }
            return {**texts, TICKED: still_ticked}
        if form.startswith(CHANGE) and any(map(self.is_named_in, texts.values())):
            return None
        return texts

    def is_named_in(self, text: Any) -> bool:
        """Whether a value is a text that is, or holds, a name or number of this person."""
        if not isinstance(text, str):
            return False
        return _folded_words(text) in self.names or self.taken_out(text) != nfc(text)


def personal_words(
    store: Store, records: Iterable[str], unsaved: Iterable[Values] = ()
) -> PersonalWords:
    """The personal data of these households in all their versions; unsaved: those not stored
    yet."""
    records = frozenset(records)
    names: dict[str, set[str]] = {}
    spellings: set[str] = set()
    numbers: set[str] = set()
    head, hamlet = DESCRIBED_BY.name, DESCRIBED_BY.hamlet
    keys = _personal_keys()
    stored = (
        version.values() or {} for record in records for version in revisions_of(store, record)
    )
    for values in (*unsaved, *stored):
        if head in values:
            hamlets = names.setdefault(_folded_words(values[head]), set())
            hamlets.add(_folded_words(values.get(hamlet) or ""))
            spellings.add(_words(accented(values[head])))
        for key in keys:
            numbers |= _long_numbers(str(values.get(key) or ""))
    return PersonalWords(names, spellings, numbers, records)


def without_persons(
    store: Store, record: str, reason: str, edits: Iterable[NewVersion] = ()
) -> str:
    """A reason given for a record, without the names and numbers of the households that it is or
    named: a reason is public, goes out with packages, and stays when they are erased. edits: those
    that are made for this reason, whose households count too."""
    households = {record, *households_ever_named(store, record)}
    unsaved: list[Values] = []
    for edit in edits:
        values = edit.values or {}
        households.update(filter(None, map(values.get, edit.model.referring(HOUSEHOLD))))
        unsaved += [values] if edit.model is Household else []
    return personal_words(store, households, unsaved).taken_out(reason)


def without_households(store: Store, text: str) -> str:
    """A text of general matters (the reason of a closing, a file's name), without the names and
    numbers of any household of this desk: it goes out or stays when they are erased."""
    household_ids = _named_households(store, nfc(text))
    return personal_words(store, household_ids).taken_out(text) if household_ids else text


def _named_households(store: Store, text: str) -> set[str]:
    """The households whose name or number may stand in a text, titles and accents aside."""
    words = _WORD.findall(text)
    names = {
        like_head(" ".join(words[at : at + count]))
        for count in range(2, MOST_WORDS + 1)
        for at in range(len(words) - count + 1)
    }
    key = Household.like_key
    # The name stands before the first | of the key.
    conditions = [(key >= f"{name}|") & (key < f"{name}}}") for name in names]
    runs = {re.sub(r"\D", "", number) for number in _NUMBER.findall(text)}
    if long_numbers := [number for number in runs if len(number) >= LEAST_DIGITS]:
        conditions += [
            _digits_of(key).contains(number)
            for key in _personal_keys()
            if key != DESCRIBED_BY.name
            for number in long_numbers
        ]
    queries = (
        store.fetch(Household.select(Household.id).where(condition)) for condition in conditions
    )
    return {row[0] for rows in queries for row in rows}


def _digits_of(key: str) -> Any:
    """The text of a field as a column without what stands between the digits of a number; several
    numbers stay apart."""
    column = Household._meta.fields[key]
    for sign in BETWEEN_DIGITS:
        column = fn.REPLACE(column, sign, "")
    return column


def _long_numbers(text: str) -> set[str]:
    """The digits of all of a text, and of each number in it, that may be a person's own."""
    numbers = {re.sub(r"\D", "", number) for number in (text, *_NUMBER.findall(text))}
    return {number for number in numbers if len(number) >= LEAST_DIGITS}


def _field_numbers(text: str) -> set[str]:
    """The same of a typed field; of one with words in it no single number: it may be another
    person's."""
    return _long_numbers(text if _LETTER.search(text) is None else re.sub(r"\D", "", text))


def drop_typed(store: Store, words: PersonalWords) -> int:
    """Delete the drafts of a new household that describe the same person, and remove the
    description from drafts and rows of tables that name a new household, from rounds and from
    changes of many records; returns the number of changed drafts."""
    changed = 0
    for draft, form, text in list(
        store.fetch(DraftRow.select(DraftRow.id, DraftRow.form, DraftRow.texts))
    ):
        texts, name = json.loads(text), form.split(OWNER)[0]
        cleared = words.without(name, texts) if isinstance(texts, dict) else texts
        if cleared is None:
            store.execute(DraftRow.delete().where(DraftRow.id == draft))
        elif cleared != texts:
            value = json.dumps(cleared, ensure_ascii=False)
            store.execute(DraftRow.update(texts=value).where(DraftRow.id == draft))
        changed += cleared != texts
    return changed


def drop_named(store: Store, words: PersonalWords) -> None:
    """Take this person out of the names of the spreadsheets that were taken in, and out of the
    reasons for which personal data were sent."""
    package = exchange_models.PackageOutRow
    for number, reason in list(store.fetch(package.select(package.number, package.reason))):
        cleared = reason and words.taken_out(reason)
        if cleared != reason:
            store.execute(package.update(reason=cleared).where(package.number == number))
    row = sheet_models.SheetBatchRow
    for batch, text in list(store.fetch(row.select(row.id, row.files))):
        files = json.dumps([words.taken_out(file) for file in json.loads(text)], ensure_ascii=False)
        if files != text:
            store.execute(row.update(files=files).where(row.id == batch))


def _row_without(
    words: PersonalWords, row: dict[str, str], *, is_household: bool
) -> dict[str, str]:
    """A row of a table without what it says of this person, in its place; is_household: whether
    the row itself is one."""
    described: dict[str, dict[str, str]] = {}
    for key, text in row.items():
        before, _dot, part = key.rpartition(".")
        if before or is_household:
            described.setdefault(before, {})[part] = text
    described_here = {before for before, raws in described.items() if words.describe(raws)}
    return {key: text for key, text in row.items() if key.rpartition(".")[0] not in described_here}


def _personal_keys() -> list[str]:
    """The fields of a household that are personal: the name of its head, and its numbers."""
    return [key for key, field in Household.columns().items() if field.part == PERSONAL]


def _is_name(typed: str, name: str) -> bool:
    """Whether typed words are a name, both `accented`: with its accents ("lý do" is no Lý Đô),
    unless one of the two was typed without any."""
    folded = fold(name)
    return typed == name or (fold(typed) == folded and folded in (typed, name))


def _folded_words(text: str) -> str:
    return _words(fold(text))


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text))
