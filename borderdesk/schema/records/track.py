"""Marker-access tracks that were built."""

from borderdesk.base.i18n import N_
from borderdesk.schema.fields import Children, Choice, Commune, Count, Day, Marker, Tenths, money
from borderdesk.schema.record import Child, Record
from borderdesk.schema.records.parts import Funder

SURFACES = {
    "concrete": N_("Concrete"),
    "earth": N_("Earth"),
    "stone": N_("Stone"),
    "steps": N_("Steps"),
}


class TrackLine(Child):
    """One track: the marker it leads to and its length."""

    class Meta:
        legacy_table_names = False

    marker = Marker(N_("Marker"), required=True)
    length_m = Tenths(N_("Length"), unit=N_("m"))


class TrackFunder(Funder):
    """Who paid for the tracks."""

    class Meta:
        legacy_table_names = False


class Track(Record):
    """Tracks finished on one day."""

    class Meta:
        legacy_table_names = False

    type_name = "track"
    title = N_("Marker-access tracks")
    kind_key = "surface"
    completed_on = Day(N_("Completed on"), required=True, listed=True, event=True, sticky=True)
    commune = Commune(N_("Commune"), required=True, listed=True, sticky=True)
    count = Count(
        N_("Number of tracks"), least=1, default=1, required=True, listed=True, unit=N_("tracks")
    )
    lines = Children(N_("Tracks"), TrackLine)
    width_m = Tenths(N_("Width"), unit=N_("m"))
    surface = Choice(N_("Surface"), SURFACES, listed=True)
    labour_days = Tenths(N_("Work-days"), unit=N_("work-days"), listed=True)
    cost_vnd = money(N_("Cost"), listed=True)
    funders = Children(N_("Contributions"), TrackFunder)

    layout = (
        (N_("Work"), "completed_on commune count"),
        (N_("Tracks"), "lines width_m surface"),
        (N_("Resources"), "labour_days cost_vnd funders"),
        Record.common,
    )
    summary = "completed_on post commune count labour_days cost_vnd"
