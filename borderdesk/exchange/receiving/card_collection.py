"""Many cards at once: those of a folder, of several files, or of a set-up file."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.files import readable_file
from borderdesk.base.i18n import _
from borderdesk.base.paths import is_folder_there
from borderdesk.exchange.desks.cards import Card, Cards, read_card
from borderdesk.exchange.desks.setup_file import SUFFIX, damaged_setup, read_setup
from borderdesk.exchange.reading.package_files import OtherFile, file_label, files_below
from borderdesk.session.session import Session

MARK_BYTES = 200
CARD_MARK = b"borderdesk-card"


class CardCollection(NamedTuple):
    """Cards that may be accepted together, by unit, and the skipped ones with reasons."""

    cards: list[Card]
    left: list[OtherFile]


def collect_cards(session: Session, paths: Sequence[Path]) -> CardCollection:
    """The cards in files, folders and set-up files that are not accepted on this desk yet.

    A card that was revoked or renewed on this desk after a set-up file was made is left out, and so
    is a damaged file of a folder. Raises UserError where a named file is no card.
    """
    cards: dict[str, Card] = {}
    skipped: list[OtherFile] = []
    for path in _card_files(paths, skipped):
        for card, decided in _readable_cards(path, skipped, must=path in paths):
            why = _doubt(session, card, decided, cards)
            if why is None:
                cards[card.desk] = card
            elif why:
                skipped.append(OtherFile(path, f"{card.unit} {card.desk[:8]}", why))
    return CardCollection(sorted(cards.values(), key=session.part(Cards).order_of), skipped)


def _card_files(paths: Iterable[Path], left_out: list[OtherFile]) -> Iterator[Path]:
    for path in paths:
        if not is_folder_there(path):
            yield path
            continue
        for file in files_below(path, left_out):
            if file.suffix.lower() == SUFFIX or _holds_card(file):
                yield file


def _holds_card(path: Path) -> bool:
    try:
        with readable_file(path) as file:
            return CARD_MARK in file.read(MARK_BYTES)
    except OSError:
        return False


def _readable_cards(path: Path, left_out: list[OtherFile], *, must: bool) -> list[tuple[Card, str]]:
    """The cards of a file; none of a damaged one of a folder, which is left out."""
    try:
        return _cards_in(path)
    except UserError as error:
        if must:
            raise
        left_out.append(OtherFile(path, file_label(path), str(error)))
        return []


def _cards_in(path: Path) -> list[tuple[Card, str]]:
    """The cards of a file, each with the moment (UTC) it was accepted elsewhere, "" for none."""
    if path.suffix.lower() != SUFFIX:
        return [(read_card(path), "")]
    setup = read_setup(path)
    cards = [(setup.card, setup.made)]
    wrong = damaged_setup(file_label(path))
    for card in setup.sections["cards"]:
        if type(card) is not dict or type(card.get("card")) is not dict:
            raise wrong
        if card.get("accepted") is True:
            decided = min(str(card.get("decided", setup.made)), setup.made)
            cards.append((Card.of(card["card"], wrong), decided))
    return cards


def _doubt(session: Session, card: Card, decided: str, cards: dict[str, Card]) -> str | None:
    """The reason why a card is left out: "" for one without a message, None if it is not left
    out."""
    card_entry = session.part(Cards).of(card.desk)
    if card.desk == session.identity.id or cards.get(card.desk) == card:
        return ""
    if card.desk in cards:
        return _("There are two cards of this desk: accept the right one by itself.")
    if card_entry is None:
        return None
    if card_entry.accepted and card_entry.card == card:
        return ""
    if decided and card_entry.noted >= decided:
        return _("Revoked or renewed here later: that stays.")
    return None
