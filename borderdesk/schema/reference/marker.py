"""Boundary markers."""

from collections.abc import Sequence
from typing import Any

from borderdesk.base.i18n import N_
from borderdesk.base.text import marker_key
from borderdesk.schema.book import MARKERS, MarkerEntry
from borderdesk.schema.kinds import MARKER, PostField
from borderdesk.schema.kinds.marker import MARKER_FORM
from borderdesk.schema.post_areas import POSTS
from borderdesk.schema.reference.columns import FlagColumn, LinkColumn, TextColumn
from borderdesk.schema.reference.commune_choice import CommuneChoice
from borderdesk.schema.reference.table import HELD, ReferenceType
from borderdesk.schema.reference.unit import commune_choices
from borderdesk.schema.unit_history import UNITS


class MarkerTable(ReferenceType):
    """A boundary marker, the post responsible for it and the unit it is in."""

    class Meta:
        table_name = "marker"

    table_key = MARKERS
    title = N_("Markers")
    hint = HELD
    noun = N_("markers")
    shipped = True
    entry = MarkerEntry
    list_help = N_("List the boundary markers in order.")
    print_order = "marker name_of:post post commune invented"
    named_by = MARKER
    names_itself = True
    invented_column = "invented"

    marker = TextColumn(N_("Marker"), limit=7, required=True, primary_key=True, pattern=MARKER_FORM)
    post = LinkColumn(N_("Post"), POSTS, by=("code",), kind=PostField)
    commune = LinkColumn(
        N_("Commune"), UNITS, by=("id",), choices=commune_choices, field=CommuneChoice
    )
    invented = FlagColumn(N_("Invented"))

    @classmethod
    def sorted_entries(cls, entries: Sequence[Any]) -> Sequence[Any]:
        """In order along the border."""
        return sorted(entries, key=lambda entry: marker_key(entry.marker))
