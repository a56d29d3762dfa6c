"""Whether a word can be a Vietnamese syllable, by which wrongly read encodings are recognised."""

import re
import unicodedata
from functools import lru_cache

from borderdesk.base.text import fold

_ONSET = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx]"
_RIMES = (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây"
    " e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in"
    " inh ip it iu o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe"
    " oen oeo oet oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uac"
    " uan uang uanh uat uay uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông"
    " uôt up ut uơ uy uya uych uyên uyêt uyn uynh uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn"
    " ương ươp ươt ươu ưt ưu y yêm yên yêng yêt yêu"
).split()
_SYLLABLE = re.compile(f"(?:{_ONSET})?(?:{'|'.join(sorted(_RIMES, key=len, reverse=True))})")
_TONES = frozenset("\u0300\u0309\u0303\u0301\u0323")
_STOPPED = re.compile("(?:c|ch|p|t)$")
_STOP_TONES = frozenset("\u0301\u0323")
_LETTERS = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=50_000)
def is_syllable(word: str) -> bool:
    """Whether `word` is written like a Vietnamese syllable, its tone included."""
    lower = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in lower if mark in _TONES]
    bare = unicodedata.normalize("NFC", "".join(c for c in lower if c not in _TONES))
    if len(tones) > 1 or not _SYLLABLE.fullmatch(bare):
        return False
    return not _STOPPED.search(bare) or bool(tones and tones[0] in _STOP_TONES)


_FOLDED_RIMES = sorted({fold(rime) for rime in _RIMES}, key=len, reverse=True)
_FOLDED = re.compile(f"(?:{_ONSET})?(?:{'|'.join(_FOLDED_RIMES)})")


@lru_cache(maxsize=50_000)
def is_folded_syllable(word: str) -> bool:
    """Whether a folded word may be a syllable whose accents were left out."""
    return _FOLDED.fullmatch(word) is not None


def marked_words(text: str) -> list[str]:
    """The words of `text` that have a letter beyond ASCII."""
    return [word for word in _LETTERS.findall(text) if not word.isascii()]
