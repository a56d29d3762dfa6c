"""Splits the figures of the published year over invented records.

The article on the year 2023 has the totals of the province, not the single events. Each total is
apportioned into parts that add up to it exactly.
"""

import random
from collections.abc import Iterator, Sequence
from itertools import chain, cycle

COUNTS = {
    "patrol": 432,
    "clearing": 336,
    "track": 150,
    "session": 268,
    "training": 32,
    "small_scale": 560,
    "broadcast": 190,
    "handout": 130,
    "signature": 6_930,
    "second_signature": 350,
    "signature_list": 308,
    "collective": 26,
    "registered_household": 900,
    "individual": 48,
    "programme": 160,
    "coordination": 288,
    "incident": 216,
}
"""The number of records of each kind in the demonstration year. For a kind with 144 or more, each
of the twelve posts has at least one in every month."""

COLLECTIVES_ENDED, HOUSEHOLDS_ENDED = 2, 15

PUBLISHED = {
    "collectives_registered": COUNTS["collective"] - COLLECTIVES_ENDED,
    "households_registered": COUNTS["registered_household"] - HOUSEHOLDS_ENDED,
    "marker_tracks_built": 173,
    "clearing_events": 394,
    "clearing_participants": 3_848,
    "outreach_sessions": 312,
    "outreach_attendance": 14_236,
    "outreach_small_scale": 9_342,
    "leaflets": 21_870,
    "legal_document_sets": 350,
    "household_pledges": 13_864,
}
"""The year's figures: exact ones of the article, and values within the bounds that it gives for
others ("trên", "gần")."""

HOUSEHOLDS = 15_040
"""How many households the border hamlets and their neighbours have in all: 92 % sign."""


def apportion(total: int, weights: Sequence[int], least: int = 0) -> list[int]:
    """Split `total` into whole parts proportional to the weights, none below `least`."""
    whole, free = sum(weights), total - least * len(weights)
    parts, weighed, assigned = [], 0, 0
    for weight in weights:
        weighed += weight
        due = free * weighed // whole
        parts.append(least + due - assigned)
        assigned = due
    return parts


def ones_and_twos(rng: random.Random, total: int, count: int) -> list[int]:
    """`count` numbers that are 1 or 2 and add up to `total`, in random order."""
    numbers = [2] * (total - count) + [1] * (2 * count - total)
    rng.shuffle(numbers)
    return numbers


class Amounts:
    """The quantities of successive records, as endless iterators.

    Each yields the values of the demonstration year and repeats them, so that several years have
    the proportions of one.
    """

    def __init__(self, rng: random.Random, *, several_years: bool) -> None:
        self._rng = rng
        clearings = ones_and_twos(rng, PUBLISHED["clearing_events"], COUNTS["clearing"])
        self.clearing = self._with_people(clearings, PUBLISHED["clearing_participants"])
        self.tracks = cycle(ones_and_twos(rng, PUBLISHED["marker_tracks_built"], COUNTS["track"]))
        gatherings = COUNTS["session"] + COUNTS["training"]
        sessions = ones_and_twos(rng, PUBLISHED["outreach_sessions"], gatherings)
        self.sessions = self._with_people(sessions, PUBLISHED["outreach_attendance"])
        self.small_scale = self._some(
            PUBLISHED["outreach_small_scale"], COUNTS["small_scale"], least=3
        )
        self.leaflets = self._some(
            PUBLISHED["leaflets"],
            COUNTS["session"] + COUNTS["small_scale"] + COUNTS["handout"],
            none_in=4,
        )
        self.document_sets = self._some(
            PUBLISHED["legal_document_sets"], gatherings + COUNTS["handout"], none_in=2
        )
        self.household_terms = self._terms(
            COUNTS["registered_household"], HOUSEHOLDS_ENDED, several_years
        )
        self.collective_terms = self._terms(COUNTS["collective"], COLLECTIVES_ENDED, several_years)

    def _with_people(self, times: list[int], people: int) -> Iterator[tuple[int, int]]:
        """Pairs of times and people: twice as many come to two sessions as to one."""
        weights = [n * self._rng.randint(60, 140) for n in times]
        return cycle(list(zip(times, apportion(people, weights, least=4), strict=True)))

    def _some(self, total: int, count: int, *, least: int = 0, none_in: int = 0) -> Iterator[int]:
        """`count` numbers that add up to `total`; every `none_in`-th record has nothing."""
        weights = [
            0 if none_in and place % none_in == 0 else self._rng.randint(60, 140)
            for place in range(count)
        ]
        self._rng.shuffle(weights)
        return cycle(apportion(total, weights, least))

    def _terms(self, count: int, ended: int, several_years: bool) -> Iterator[int]:
        """The duration of each registration in days, 0 for an open end; those that end began early
        enough to be over before the year is."""
        if several_years:
            return cycle([0, 0, 365, 730, 1_095, 1_825])
        early = count // 3
        step = early // ended
        terms = [0] * count
        for place in range(0, ended * step, step):
            terms[place] = self._rng.randint(80, 200)
        # Registrations beyond the year's number have an open end.
        return chain(terms, cycle([0]))
