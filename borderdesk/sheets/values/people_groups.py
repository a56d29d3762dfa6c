"""People of several bodies in the cell of everybody (6 BP + 2 DQ), and the sum of their columns."""

import re
from collections.abc import Container, Mapping

from borderdesk.base.i18n import N_, in_every_language
from borderdesk.base.text import fold
from borderdesk.schema.kinds import Field, stored_doubt
from borderdesk.schema.kinds.sheet_cell import CellReading

OF_GROUPS = N_("Read as the sum of groups: {value}.")
LONGEST = 200
_FEWEST = 2
"""So many groups with columns of their own are everybody where no column is that of all."""
_BETWEEN = re.compile(r"\s*(?:[;+&\n]|,(?!\s*chiến sĩ)|\bvà\b)\s*", re.IGNORECASE)
_PERSONS = r"(?:(?:đ/c|đồng chí|người)\s*)?"
_COUNT_FIRST = re.compile(rf"(\d{{1,4}})\s*{_PERSONS}(\D+)\Z", re.IGNORECASE)
_COUNT_LAST = re.compile(rf"(\D+?)[\s:=]*(\d{{1,4}})\s*{_PERSONS}\Z", re.IGNORECASE)
_WHOLE = re.compile(
    rf"(\d{{1,4}})\s*{_PERSONS}[(:]\s*(?:trong đó:?\s*)?([^()]*)\)?\Z", re.IGNORECASE
)
"""Everybody before the groups: 8 (6 BP, 2 DQ)."""
_OF_PLACE = re.compile(r"\s+(?:xã|thôn|bản|đồn|địa phương|thường trực)\b.*", re.IGNORECASE)


class PeopleGroups:
    """The groups of people of one record type, by the words that lists have for them."""

    def __init__(self, fields: Mapping[str, Field], given_keys: Container[str]) -> None:
        """given_keys: those that have a column, or a value for all rows: of these a cell of
        everybody says nothing."""
        self._given_keys = given_keys
        self._groups: dict[str, dict[str, str]] = {}
        """{key of everybody: {words: key of the group}}."""
        for key, field in fields.items():
            if field.part_of:
                texts = (*in_every_language(field.label), *field.headings.split(";"))
                group_keys = self._groups.setdefault(field.part_of, {})
                group_keys |= dict.fromkeys(filter(None, map(fold, texts)), key)

    def read(self, key: str, text: str, reading: CellReading) -> dict[str, str] | None:
        """{key: number} of everybody and of the groups in a cell; None for one without groups."""
        if key not in self._groups or len(text) > LONGEST:
            return None
        whole = _WHOLE.match(text)
        groups = self._counts(whole[2] if whole else text, self._groups[key])
        if not groups:
            return None
        together = sum(groups.values())
        if whole and int(whole[1]) < together:
            return None
        number = int(whole[1]) if whole else together
        reading.doubt(OF_GROUPS, f"{text} → {number}")
        told = {part: str(count) for part, count in groups.items() if part not in self._given_keys}
        return {key: str(number), **told}

    def _counts(self, text: str, group_keys: Mapping[str, str]) -> dict[str, int]:
        """{key of a group: how many} of a text; {} if anything in it is no group."""
        counts: dict[str, int] = {}
        for part in _BETWEEN.split(text.strip(" .")):
            first, last = _COUNT_FIRST.match(part), _COUNT_LAST.match(part)
            words, number = (first[2], first[1]) if first else last.groups() if last else ("", "")
            key = group_keys.get(fold(_OF_PLACE.sub("", words)).strip(" .:-"))
            if key is None or key in counts:
                return {}
            counts[key] = int(number)
        return counts

    def add_sums(self, texts: dict[str, str], doubts: list[tuple[str, str]]) -> None:
        """Give a row of a list without a column of everybody the sum of its columns of groups."""
        for whole, group_keys in self._groups.items():
            columns = [key for key in dict.fromkeys(group_keys.values()) if key in self._given_keys]
            parts = [texts[key] for key in columns if key in texts]
            if whole in self._given_keys or len(columns) < _FEWEST or not parts:
                continue
            if all(map(str.isdecimal, parts)):
                texts[whole] = str(sum(map(int, parts)))
                words = f"{' + '.join(parts)} → {texts[whole]}"
                doubts.append((whole, stored_doubt(OF_GROUPS, words)))
