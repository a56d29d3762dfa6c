"""Whether two names of persons differ only by a slip of the pen, and how similar two names are.

Names that differ by a letter mostly belong to two persons (An, Anh; Hùng, Hường). A slip is a
difference that hardly occurs between true names: a word that is no syllable, the last letter
missing from a long word, swapped letters, words joined or in another order, a middle name left out.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from borderdesk.base.lazy import lazy_module
from borderdesk.base.names import head_name, is_family, tone_key
from borderdesk.base.syllables import is_folded_syllable

if TYPE_CHECKING:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA, Indel
else:
    process = lazy_module("rapidfuzz.process")
    Indel = lazy_module("rapidfuzz.distance.Indel")
    OSA = lazy_module("rapidfuzz.distance.OSA")

_LEAST_ALIKE = 0.7
"""The share of equal letters that any slip leaves."""
_LONG = 5


class SlipIndex:
    """An index of names for finding slips: a query compares only names that share a trace which a
    slip leaves unchanged, instead of a whole hamlet."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._places: defaultdict[Any, list[int]] = defaultdict(list)
        self._indexed = 0
        """The number of names, from the first on, that are indexed by their traces."""

    def add(self, name: str) -> None:
        """Add a name, at the next place."""
        self._names.append(name)

    def _index(self) -> None:
        """Index the names added since the last query; lazy, as many an index is never queried."""
        for place in range(self._indexed, len(self._names)):
            for trace in _traces(self._names[place]):
                self._places[trace].append(place)
        self._indexed = len(self._names)

    def slips_of(self, name: str, most: int) -> list[int]:
        """The places of the names that are `name` but for a slip, as `slips_of` has them."""
        if not self._names:
            return []
        self._index()
        near = {place for trace in _traces(name) for place in self._places.get(trace, ())}
        places = [place for place in sorted(near) if self._names[place] != name]
        if not places:
            return []
        return [places[n] for n in slips_of(name, [self._names[p] for p in places], most)]


@lru_cache(maxsize=100)
def _traces(name: str) -> frozenset[Any]:
    """The traces of a name; two names that differ by a slip share at least one: all letters, all
    words, all words but the one at the same position, or the first word and the last."""
    words = tuple(name.split())
    shortened = enumerate([words[:n] + words[n + 1 :] for n in range(len(words))])
    ends = (words[:1], words[-1:])
    return frozenset((name.replace(" ", ""), tuple(sorted(words)), ends, *shortened))


def slips_of(name: str, names: Sequence[str], most: int) -> list[int]:
    """The places of the names that are `name` but for a slip, the likeliest first; those that are
    that very name are none. Names: folded, as `like_head` gives them."""
    matches = process.extract(
        name, names, scorer=Indel.normalized_similarity, score_cutoff=_LEAST_ALIKE, limit=None
    )
    return [
        place
        for candidate, _share, place in matches
        if candidate != name and is_slip(name, candidate)
    ][:most]


def is_slip(name: str, other_name: str) -> bool:
    """Whether two folded names are one but for a slip."""
    if name.replace(" ", "") == other_name.replace(" ", ""):
        return True
    words, other_words = name.split(), other_name.split()
    if len(words) == len(other_words):
        pairs = list(zip(words, other_words, strict=True))
        differing = [n for n, (word, another) in enumerate(pairs) if word != another]
        if len(differing) == 1:
            return _is_slipped_word(*pairs[differing[0]], family=differing == [0])
        return len(words) > 2 and sorted(words) == sorted(other_words)
    short, long = sorted((words, other_words), key=len)
    if len(short) < 2 or len(long) - len(short) != 1:
        return False
    return any(long[:n] + long[n + 1 :] == short for n in range(1, len(long) - 1))


@lru_cache(maxsize=20_000)
def _is_slipped_word(word: str, other_word: str, *, family: bool) -> bool:
    if OSA.distance(word, other_word, score_cutoff=1) > 1:
        return False
    if family and is_family(word) != is_family(other_word):
        return True
    if not (is_folded_syllable(word) and is_folded_syllable(other_word)):
        return True
    short, long = sorted((word, other_word), key=len)
    return len(long) >= _LONG and (long[:-1] == short or sorted(word) == sorted(other_word))


def likeness_of(first_name: str, second_name: str) -> int:
    """How alike two names are as they are written, accents and all: 0 to 100."""
    keys = [tone_key(head_name(name)) for name in (first_name, second_name)]
    return round(100 * Indel.normalized_similarity(*keys))
