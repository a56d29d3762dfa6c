"""Patrols along the border line, with the markers inspected."""

from collections.abc import Iterator

from borderdesk.base.errors import Problem
from borderdesk.base.i18n import N_, _
from borderdesk.schema.fields import (
    INTERNAL,
    Children,
    Choice,
    Communes,
    Count,
    Day,
    Marker,
    Soft,
    Stretch,
    Text,
    short_text,
)
from borderdesk.schema.record import Child, Record
from borderdesk.schema.records.parts import CONDITIONS, ends_after, groups_within

KINDS = {
    "unilateral": N_("Unilateral"),
    "bilateral": N_("Bilateral, joint (with the Chinese side)"),
    "combined": N_("Combined with militia, police"),
}
RESULTS = {
    "unchanged": N_("Found unchanged"),
    "violation": N_("Violation found"),
    "damage": N_("Marker or works damaged"),
}
LONG_DAYS = 15


class PatrolInspected(Child):
    """A marker seen on the patrol, and how it was found."""

    class Meta:
        legacy_table_names = False

    marker = Marker(N_("Marker"), required=True)
    condition = Choice(N_("Condition"), CONDITIONS, required=True)
    remark = Text(N_("Remark"), part=INTERNAL)


class Patrol(Record):
    """A patrol from one marker to another."""

    class Meta:
        legacy_table_names = False

    type_name = "patrol"
    title = N_("Patrols")
    kind = Choice(N_("Kind of patrol"), KINDS, required=True, listed=True)
    started_on = Day(N_("From date"), required=True, listed=True, event=True, sticky=True)
    ended_on = Day(N_("To date"), past=True)
    from_marker = Marker(N_("From marker"), required=True, listed=True)
    to_marker = Marker(N_("To marker"), required=True, listed=True)
    communes = Communes(
        N_("Communes"), required=True, listed=True, along=("from_marker", "to_marker")
    )
    participants = Count(
        N_("Participants"),
        least=1,
        required=True,
        listed=True,
        soft_over=200,
        per_day=True,
        unit=N_("participant-turns"),
    )
    of_whom_guards = Count(N_("Border guards"))
    of_whom_militia = Count(N_("Militia"))
    of_whom_police = Count(N_("Police"))
    of_whom_residents = Count(N_("Residents"))
    foreign_participants = Count(N_("Chinese side (not added)"))
    leader = short_text(N_("Led by"), part=INTERNAL)
    result = Choice(N_("Result"), RESULTS, required=True, listed=True)
    findings = Text(N_("Findings"), part=INTERNAL)
    inspected = Children(
        N_("Markers inspected"),
        PatrolInspected,
        stretch=Stretch(("from_marker", "to_marker"), "marker", {"condition": "intact"}),
    )

    layout = (
        (N_("Work"), "kind started_on ended_on"),
        (N_("Place"), "from_marker to_marker communes"),
        (
            N_("People"),
            (
                "participants of_whom_guards of_whom_militia of_whom_police of_whom_residents"
                " foreign_participants leader"
            ),
        ),
        (N_("Outcome"), "result findings inspected"),
        Record.common,
    )
    summary = "started_on post kind participants"

    def check(self) -> Iterator[Problem]:
        yield from ends_after(self, "started_on", "ended_on")
        if self.ended_on and self.started_on and (self.ended_on - self.started_on).days > LONG_DAYS:
            yield Soft("ended_on", N_("Longer than 15 days."))
        yield from groups_within(
            self, "of_whom_guards", "of_whom_militia", "of_whom_police", "of_whom_residents"
        )
        if self.result not in (None, "unchanged") and not self.findings:
            yield Problem("findings", _("Must be filled in unless found unchanged."))
