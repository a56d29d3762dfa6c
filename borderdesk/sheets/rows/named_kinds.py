"""The kind of record (patrol alone or with the other side, collective or household) that a line
between the rows, the title of a list or the name of its sheet gives to the rows below."""

import re
from collections.abc import Container, Iterable, Sequence

from borderdesk.entry.entry_rules import EntryRules
from borderdesk.schema.kinds import Field
from borderdesk.schema.record import RevisionedModel
from borderdesk.sheets.columns.carried_values import (
    LONGEST_CAPTION,
    is_rank,
    is_title,
    without_number,
)
from borderdesk.sheets.columns.row_words import TOTAL
from borderdesk.sheets.values.choices import ChoiceFinder

_QUOTES = re.compile(r"[\"“”„«»]")
_BEHIND = re.compile(r"\s*(?:[(:;]|[-–]\s|\s\d).*", re.DOTALL)
"""What a caption has behind the kind: (12 lần); : 3 tập thể."""


class NamedKinds:
    """Finds the kinds named in the texts of one list."""

    def __init__(
        self, model: type[RevisionedModel], rules: EntryRules, given_keys: Container[str]
    ) -> None:
        """given_keys: the keys that have a column, or a value for all rows: where the kind is among
        them nothing else gives it."""
        field = model.columns().get(model.kind_key)
        self._field: Field | None = None
        if field is not None and field.required and model.kind_key not in given_keys:
            self._field = field
        self.key = model.kind_key if self._field is not None else ""
        self._choices = ChoiceFinder(rules)

    def of_caption(self, texts: Sequence[str]) -> str:
        """The kind that a line between the rows names, with the sums of its rows behind it or not;
        "" for none."""
        words = next((text for text in texts if not is_rank(text)), "")
        if self._field is None or not words or len(words) > LONGEST_CAPTION:
            return ""
        caption_text = _QUOTES.sub("", _BEHIND.sub("", without_number(words))).strip()
        if TOTAL.match(caption_text.casefold()):
            return ""
        return self._choices.named(self._field, caption_text) or ""

    def of_titles(self, titles: Iterable[str], sheet: str) -> str:
        """The one kind that the name of the sheet or the titles of its list name; "" for none or
        several."""
        if self._field is None:
            return ""
        labels = set[str]()
        for title in titles:
            if is_title(title):
                labels |= self._choices.within(self._field, title)
            elif label := self.of_caption([title]):
                labels.add(label)
        of_title = labels.pop() if len(labels) == 1 else ""
        return self._choices.named(self._field, sheet) or of_title


def opens_group(texts: Sequence[str]) -> bool:
    """Whether a line between the rows is numbered, as that of a group is."""
    return bool(texts) and (is_rank(texts[0]) or without_number(texts[0]) != texts[0])
