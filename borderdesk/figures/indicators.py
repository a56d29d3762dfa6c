"""The rows of every report, in order.

To add one: a line in its group here and its words in the catalogue of messages; nothing else names
it. `FlowIndicator` adds up what the records of a period bring (`sources` has the rows there are;
`distinct=True` counts different things), `StockIndicator` counts what is alive on the last day;
anything else is a class of its own (`pledges`, `ratios`).
"""

from collections.abc import Iterator

from borderdesk.base.i18n import N_
from borderdesk.figures.indicator import FlowIndicator, Indicator, StockIndicator
from borderdesk.figures.pledges import UNLISTED, FirstSignatures
from borderdesk.figures.ratios import ActiveCommuneCount, PledgeCoverage, ReachedHamletCount
from borderdesk.figures.sources import Summand
from borderdesk.schema.book import ReferenceBook


def _where(field: str, *codes: str, value: str = "1") -> str:
    listed = ", ".join(f"'{code}'" for code in codes)
    return f"CASE WHEN t.{field} IN ({listed}) THEN {value} END"


GATHERED = ("session", "training")


def _attendance(*forms: str) -> tuple[Summand, ...]:
    """Attendance, of which other places carry their own share in figures by commune."""
    return (
        Summand("outreach", _where("form", *forms, value="t.attendance")),
        Summand("outreach_elsewhere", f"-{_where('form', *forms, value='c.attendance')}"),
        Summand("outreach_here", _where("form", *forms, value="c.attendance")),
    )


PATROL, CLEARING, OUTREACH = N_("I. Patrols"), N_("II. Clearing, works"), N_("III. Outreach")
SELF, PLEDGES = N_("IV. Self-management"), N_("V. Pledges")
PROGRAMMES, RESOURCES = N_("VI. Programmes"), N_("VII. Resources mobilised")
COORDINATION, INCIDENTS = N_("VIII. Coordination, external relations"), N_("IX. Incidents")
RATIOS = N_("X. Ratios")

TIMES, TURNS, HOUSEHOLDS = N_("times"), N_("participant-turns"), N_("households")

SIGNED = FirstSignatures(
    "household_pledges",
    PLEDGES,
    N_("Households signing for the first time in the year"),
    HOUSEHOLDS,
    headline=True,
    how=N_("households whose first signature of the year is in it, and by minutes"),
)
BEFORE_PROGRAMMES: tuple[Indicator, ...] = (
    FlowIndicator("patrols_unilateral", PATROL, N_("Unilateral patrols"), TIMES,
        (Summand("patrol", _where("kind", "unilateral")),),
        how=N_("the unilateral patrols that began in the period, one each")),
    FlowIndicator("patrols_bilateral", PATROL, N_("Bilateral patrols"), TIMES,
        (Summand("patrol", _where("kind", "bilateral")),),
        how=N_("the bilateral patrols that began in the period, one each")),
    FlowIndicator("patrols_combined", PATROL, N_("Combined patrols"), TIMES,
        (Summand("patrol", _where("kind", "combined")),),
        how=N_("the combined patrols that began in the period, one each")),
    FlowIndicator("patrol_participants", PATROL, N_("Participants in patrols"), TURNS,
        (Summand("patrol", "t.participants"),),
        how=N_("participants of all patrols added up; one person on three patrols: three")),
    FlowIndicator("markers_inspected", PATROL, N_("Marker inspections"), N_("inspections"),
        (Summand("inspected", "1"),),
        how=N_("the markers listed by all patrols added up: one marker seen twice is two")),
    FlowIndicator("markers_covered", PATROL, N_("Markers inspected at least once"), N_("markers"),
        (Summand("inspected", "c.marker", distinct=True),), headline=True,
        how=N_("the different markers listed by the patrols; months do not add up")),
    FlowIndicator("clearing_events", CLEARING, N_("Clearing and repair works"), TIMES,
        (Summand("clearing", "t.times"),), charted=True, headline=True,
        how=N_("the times of all clearing and repair works added up")),
    FlowIndicator("clearing_participants", CLEARING, N_("Participants in clearing and repair"),
        TURNS,
        (Summand("clearing", "t.participants"),),
        how=N_("the participants of all clearing and repair works added up")),
    FlowIndicator("clearing_length", CLEARING, N_("Length cleared and repaired"), N_("m"),
        (Summand("clearing", "t.length_m"),), tenths=True,
        how=N_("the lengths of all clearing and repair works added up")),
    FlowIndicator("marker_tracks_built", CLEARING, N_("Marker-access tracks built"), N_("tracks"),
        (Summand("track", "t.count"),),
        how=N_("the numbers of tracks completed in the period added up")),
    FlowIndicator("marker_tracks_length", CLEARING, N_("Length of the tracks"), N_("m"),
        (Summand("track_line", "c.length_m"),), tenths=True,
        how=N_("the lengths of the lines of these tracks added up")),
    FlowIndicator("outreach_sessions", OUTREACH, N_("Gatherings and training"), N_("sessions"),
        (Summand("outreach", _where("form", *GATHERED, value="t.sessions")),),
        charted=True, headline=True,
        how=N_("the sessions of gatherings and training added up")),
    FlowIndicator("outreach_attendance", OUTREACH, N_("Attendance at gatherings and training"),
        TURNS,
        _attendance(*GATHERED), headline=True,
        how=N_("attendance of gatherings and training added up, by commune its share")),
    FlowIndicator("outreach_small_scale", OUTREACH, N_("Reached by small-scale outreach"), TURNS,
        _attendance("small_scale"),
        how=N_("the attendance of small-scale outreach added up")),
    FlowIndicator("outreach_broadcasts", OUTREACH, N_("Broadcasts, mobile outreach"),
        N_("sessions"),
        (Summand("outreach", _where("form", "broadcast", value="t.sessions")),),
        how=N_("the sessions of broadcasts and mobile outreach added up")),
    FlowIndicator("leaflets", OUTREACH, N_("Leaflets handed out"), N_("leaflets"),
        (Summand("outreach", "t.leaflets"),),
        how=N_("the leaflets of all forms of outreach added up")),
    FlowIndicator("legal_document_sets", OUTREACH, N_("Sets of legal documents"), N_("sets"),
        (Summand("outreach", "t.document_sets"),),
        how=N_("the document sets of all forms of outreach added up")),
    StockIndicator("collectives_registered", SELF, N_("Collectives registered"), N_("collectives"),
        "registration",
        "CASE WHEN t.subject = 'collective' THEN 1 END",
        how=N_("the registrations of collectives in force on the last day")),
    StockIndicator("households_registered", SELF, N_("Households registered"), HOUSEHOLDS,
        "registration", "t.household", of_households=True,
        how=N_("the different households with a registration in force on the last day")),
    StockIndicator("individuals_registered", SELF, N_("Individuals registered"), N_("persons"),
        "registration",
        "CASE WHEN t.subject = 'individual' THEN 1 END",
        how=N_("the registrations of individuals in force on the last day")),
    FlowIndicator("pledges_signed", PLEDGES, N_("Signatures to pledges"), N_("signatures"),
        (Summand("pledge", "t.count"),),
        how=N_("the signatures of all pledges added up, by list or by minutes")),
    SIGNED,
    FlowIndicator("household_pledges_unlisted", PLEDGES, N_("Of these by minutes, not listed yet"),
        HOUSEHOLDS, (UNLISTED,),
        how=N_("the households of pledges by minutes whose list is not typed yet")),
)  # fmt: skip

AFTER_PROGRAMMES: tuple[Indicator, ...] = (
    FlowIndicator("labour_days", RESOURCES, N_("Work-days mobilised"), N_("work-days"),
        (Summand("clearing", "t.labour_days"), Summand("track", "t.labour_days"),
         Summand("programme", "t.labour_days")), tenths=True,
        how=N_("the work-days of clearing, tracks and programmes added up")),
    FlowIndicator("funds", RESOURCES, N_("Funds"), N_("VND"),
        (Summand("track", "t.cost_vnd"), Summand("programme", "t.cost_vnd")),
        how=N_("the costs of tracks and programmes added up")),
    FlowIndicator("contributed", RESOURCES, N_("Of these contributed"), N_("VND"),
        (Summand("track_funder", "c.amount_vnd"), Summand("programme_funder", "c.amount_vnd")),
        how=N_("the amounts of the contributors of tracks and programmes added up")),
    *(
        FlowIndicator(key, COORDINATION, label, TIMES,
            (Summand("coordination", _where("kind", kind, value="t.times")),),
            how=N_("the times of this kind of meeting or exchange added up"))
        for key, kind, label in (
            ("exchanges", "exchange", N_("Exchanges of information")),
            ("briefings", "briefing", N_("Briefings")),
            ("talks", "talks", N_("Talks held")),
            ("conferences", "conference", N_("Conferences")),
            ("twinnings", "twinning", N_("Twinnings")),
        )
    ),
    FlowIndicator("incidents_new", INCIDENTS, N_("New incidents"), N_("incidents"),
        (Summand("incident", "1"),), headline=True,
        how=N_("the incidents that happened in the period, one each")),
    FlowIndicator("incidents_closed", INCIDENTS, N_("Incidents settled"), N_("incidents"),
        (Summand("incident_closed", "1"),),
        how=N_("the incidents settled in the period, whenever they happened")),
    StockIndicator("incidents_open", INCIDENTS, N_("Incidents being handled"), N_("incidents"),
        "incident", "1",
        how=N_("the incidents that happened by the last day and were not settled by then")),
    FlowIndicator("incident_persons", INCIDENTS, N_("Persons involved in incidents"), N_("persons"),
        (Summand("incident", "t.persons"),),
        how=N_("the persons involved in the period's incidents added up")),
    FlowIndicator("incident_tips", INCIDENTS, N_("Incidents known by residents' tips"), N_("tips"),
        (Summand("incident", "CASE WHEN t.from_tip = 1 THEN 1 END"),),
        how=N_("the period's incidents that residents' tips made known")),
    FlowIndicator("fines", INCIDENTS, N_("Fines"), N_("VND"),
        (Summand("incident", "t.fine_vnd"),),
        how=N_("the fines of the period's incidents added up")),
    PledgeCoverage("pledge_coverage", RATIOS, N_("Share of households that pledged"), N_("%"),
        signed=SIGNED,
        how=N_("households that pledged in the year so far, in percent of those there are")),
    ReachedHamletCount("border_hamlets_reached", RATIOS, N_("Border hamlets reached by outreach"),
        N_("hamlets"),
        how=N_("the different border hamlets with outreach in the period")),
    ActiveCommuneCount("communes_active", RATIOS, N_("Border communes with activity"),
        N_("communes"),
        how=N_("the different border communes with any record in the period")),
)  # fmt: skip


def programme_rows(book: ReferenceBook) -> Iterator[Indicator]:
    """A row for each programme of the pick list, in its own unit."""
    for code, pick in book.picks.get("programme", {}).items():
        if not code.replace("_", "").isalnum():
            # The code becomes part of a statement.
            raise ValueError(code)
        yield FlowIndicator(
            f"programme:{code}",
            PROGRAMMES,
            book.pick_label("programme", code),
            pick.unit,
            (Summand("programme", _where("programme", code, value="t.quantity")),),
            tenths=True,
            translated=False,
            how=N_("the quantities of this programme added up"),
        )


def all_rows(book: ReferenceBook) -> list[Indicator]:
    """Every row of a report, in order."""
    return [*BEFORE_PROGRAMMES, *programme_rows(book), *AFTER_PROGRAMMES]


def types_reaching_later(book: ReferenceBook) -> frozenset[str]:
    """The types of which a change may alter figures of periods after the record's own."""
    return frozenset(name for row in all_rows(book) for name in row.reaches_later)
