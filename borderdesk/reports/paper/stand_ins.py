"""Letters that a document prints as substitutes, and the footnotes about them."""

from collections.abc import Sequence
from textwrap import shorten

from borderdesk.base.i18n import _
from borderdesk.base.letters import lacking, stand_in
from borderdesk.base.text import nfc
from borderdesk.reports.blocks import Document, Letter

MOST = 5
PLACE_LENGTH = 80


class StandIns:
    """Collects the letters that no face has while a document is set."""

    def __init__(self) -> None:
        self._places: dict[str, dict[str, None]] = {}

    def add(self, text: str, where: str) -> None:
        """Collect the letters of a text that need a substitute; where: the record, or the text."""
        for letter in lacking(nfc(text)):
            self._places.setdefault(letter, {})[where] = None

    def add_frame(self, document: Document) -> None:
        """Note those of a document's head, foot and frame."""
        frame = [document.banner, document.footer, document.issuer, document.title]
        frame += document.subtitle
        if document.letter is not None:
            frame += _texts(document.letter)
        for text in filter(None, frame):
            self.add(text, text)

    def notes(self) -> list[str]:
        """A footnote for the letters noted since the last call, one for all of the same places."""
        noted, self._places = self._places, {}
        letters: dict[tuple[str, ...], list[str]] = {}
        for letter, places in noted.items():
            letters.setdefault(tuple(places), []).append(letter)
        return [self._note(same, places) for places, same in letters.items()]

    @staticmethod
    def _note(letters: Sequence[str], places: Sequence[str]) -> str:
        text = "; ".join(shorten(place, PLACE_LENGTH, placeholder="…") for place in places[:MOST])
        if len(places) > MOST:
            text = _("{places}; and {count} more").format(places=text, count=len(places) - MOST)
        return _("{sign}: a letter that the type of this paper lacks, in: {places}.").format(
            sign=", ".join(map(stand_in, letters)), places=text
        )


def _texts(letter: Letter) -> list[str]:
    signer = letter.signature
    head = [letter.superior, letter.issuer, letter.symbol, letter.place, letter.subject]
    letter_texts = [letter.number, *letter.addressees, *letter.recipients, letter.archive]
    return [*head, *letter_texts, *signer.office, signer.rank, signer.name]
