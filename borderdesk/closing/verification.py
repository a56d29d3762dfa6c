"""The part of a desk's full check that concerns closed periods."""

from collections.abc import Iterator

from borderdesk.base.i18n import _
from borderdesk.closing.editions import read_editions, read_figures
from borderdesk.closing.lines import figures_hash
from borderdesk.store.database import Store


def edition_problems(store: Store) -> Iterator[str]:
    """A text for each edition whose figures are no longer those that were signed."""
    for edition in read_editions(store):
        lines = read_figures(store, edition.id)
        if figures_hash(edition.period, edition.scope, lines) != edition.figures_hash:
            yield _("{period} {scope}: the figures of edition {number} were altered.").format(
                period=edition.period.text, scope=edition.scope.text, number=edition.number
            )
