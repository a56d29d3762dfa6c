"""Matches hamlet names of lists with known hamlets; collects unknown ones once each.

Nothing is guessed: an unknown hamlet stays as written unless a person assigns it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from borderdesk.base.i18n import N_, _
from borderdesk.base.name_likeness import slips_of
from borderdesk.base.names import hamlet_in_full, hamlet_word, like_hamlet, tone_key
from borderdesk.base.text import fold, sort_key
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.invented import is_invented_name
from borderdesk.schema.kinds import DESCRIBED_BY, FieldError
from borderdesk.schema.records.household import Household
from borderdesk.sheets.values.addresses import hamlets_apart, several_hamlets
from borderdesk.store.connection.database import Store
from borderdesk.store.records.record_queries import distinct_texts

MOST_NAMED = 6
_AROUND = " .,;:*"
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_PLAIN = "thon"
"""The word, folded, that any hamlet may have in front."""
INVENTED_NAME = N_(
    "“{name}” is a hamlet of the demonstration; a list does not add it here. If there is one of"
    " this name, enter it under “Hamlets” with its first day."
)


class UnknownHamlet(NamedTuple):
    """A hamlet that neither the list nor a household of this desk has, or had: its commune (a
    unit's id), its name as the sheet writes it, the number of rows, and the known hamlets: those
    with a similar name, and all of them."""

    commune: str
    name: str
    rows: int
    near: Sequence[str]
    known: Sequence[str]


class HamletFinder:
    """Finds hamlets for the rows of one import."""

    def __init__(
        self,
        store: Store,
        book: ReferenceBook,
        decided: Mapping[tuple[str, str], str] | None = None,
        *,
        adds_real: bool = False,
    ) -> None:
        """decided: {(commune or "" for all, folded name as written): name} assigned by a person;
        adds_real: unknown ones are added to the list of a desk whose records count, so that those
        of the demonstration are refused."""
        self._store = store
        self._book = book
        self._decided = decided or {}
        self._known: dict[str, dict[str, str]] = {}
        """By commune {name as written in some list: the hamlet's own name}."""
        self._adds_real = adds_real
        self._rows: dict[tuple[str, str], int] = {}
        """{unknown hamlet: its number of rows}."""

    def find(self, text: str, commune: str) -> str:
        """The name of the hamlet of the commune that a text means, in its known spelling; a new one
        unchanged. Raises FieldError with the names when several match."""
        hamlet_names = self._names(commune)
        hamlet = hamlet_names.get(text)
        if hamlet is None:
            hamlet = hamlet_names[text] = self._meant(text, commune, hamlet_names)
        if self.is_new(commune, hamlet):
            self.count(commune, hamlet)
        return hamlet

    def is_known(self, text: str, commune: str) -> bool:
        """Whether a name was that of a hamlet of the commune before this import."""
        return bool(_fitting(text, self._sure(commune)))

    def is_new(self, commune: str, name: str) -> bool:
        """Whether a hamlet that was found is none of those known before."""
        return (commune, name) in self._rows

    def count(self, commune: str, name: str) -> None:
        """Count one more row that names a new hamlet."""
        self._rows[commune, name] += 1

    def _meant(self, text: str, commune: str, hamlet_names: Mapping[str, str]) -> str:
        if not any(map(str.isalnum, text)):
            raise FieldError(_("This is no name of a hamlet."))
        text = text.strip(_AROUND)
        decided = self._decided.get((commune, fold(text)), self._decided.get(("", fold(text))))
        fitting = _fitting(decided or text, set(hamlet_names.values()))
        if len(fitting) > 1:
            raise FieldError(several_named(text, fitting))
        if fitting:
            return fitting[0]
        names = set(hamlet_names.values())
        if not decided and (apart := hamlets_apart(text, lambda part: _fitting(part, names))):
            raise several_hamlets(apart)
        new = decided or hamlet_in_full(text)
        if self._adds_real and is_invented_name(self._book.lineage(commune), new):
            raise FieldError(_(INVENTED_NAME).format(name=new[:60]))
        self._rows[commune, new] = 0
        return new

    def _names(self, commune: str) -> dict[str, str]:
        if commune not in self._known:
            units = self._book.lineage(commune)
            names = [hamlet.name for hamlet in self._book.hamlets if hamlet.commune in units]
            names += distinct_texts(
                self._store, Household, DESCRIBED_BY.hamlet, DESCRIBED_BY.commune, commune
            )
            self._known[commune] = {name: name for name in names}
        return self._known[commune]

    def unknown(self) -> list[UnknownHamlet]:
        """The unknown ones that rows named, in the order they were met."""
        return [
            UnknownHamlet(commune, name, rows, self._near(commune, name), self._sure(commune))
            for (commune, name), rows in self._rows.items()
            if rows
        ]

    def _sure(self, commune: str) -> list[str]:
        """The hamlets of the commune that were known before."""
        names = set(self._names(commune).values())
        return sorted((name for name in names if (commune, name) not in self._rows), key=sort_key)

    def _near(self, commune: str, name: str) -> list[str]:
        """The other hamlets of the commune with nearly that name, known ones first."""
        other_names = {
            known_name for known_name in self._names(commune).values() if known_name != name
        }
        sure = sorted(
            other_names, key=lambda known_name: ((commune, known_name) in self._rows, known_name)
        )
        folded = [like_hamlet(known_name) for known_name in sure]
        key_of_name = like_hamlet(name)
        same = [
            known_name for known_name, key in zip(sure, folded, strict=True) if key == key_of_name
        ]
        slips = [sure[place] for place in slips_of(key_of_name, folded, MOST_NAMED)]
        return list(dict.fromkeys([*same, *slips]))[:MOST_NAMED]


def _fitting(text: str, hamlet_names: Iterable[str]) -> list[str]:
    """The known hamlets that a name may mean: of exactly that name, else of that name with a
    different or no word in front, else, for a name typed without accents, of the same letters."""
    hamlet_names, key = sorted(hamlet_names), _key(text)
    exact = [name for name in hamlet_names if _key(name) == key]
    if exact:
        return exact[:1]
    word, bare = hamlet_word(text)
    candidates = [(name, *hamlet_word(name)) for name in hamlet_names]
    candidates = [
        candidate
        for candidate in candidates
        if candidate[1] == word or {candidate[1], word} & {"", _PLAIN}
    ]
    same = [name for name, _word, short in candidates if _key(short) == _key(bare)]
    # Thôn Bản Vàng is the hamlet that is also called Bản Vàng.
    same = same or [
        name
        for name in hamlet_names
        if _key(bare if word == _PLAIN else text) == _key(_without_plain_word(name))
    ]
    if same or not text.isascii():
        return same
    whole = [name for name in hamlet_names if fold(name) == fold(text)]
    return whole or [name for name, _word, short in candidates if fold(short) == fold(bare)]


@lru_cache(maxsize=20_000)
def _key(name: str) -> str:
    """A name as it is compared: Thôn 01 is Thôn 1."""
    return tone_key(_ZEROS.sub("", name))


def _without_plain_word(name: str) -> str:
    word, bare = hamlet_word(name)
    return bare if word == _PLAIN else name


def several_named(text: str, names: Iterable[str]) -> str:
    """The question which of several was meant."""
    listed = list(names)
    shown = "; ".join([*listed[:MOST_NAMED], *(["…"] if len(listed) > MOST_NAMED else [])])
    return _("“{value}” may be one of several: {names}. Write which.").format(
        value=text[:60], names=shown
    )
