"""The states of editions, derived from all that is known of their period and scope.

The desks of a unit share editions by their logs, which arrive in any order and may be undone: the
same editions and events give the same states, whatever came first.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from borderdesk.closing.edition_events import read_events, set_state
from borderdesk.closing.editions import (
    AMENDING,
    CLOSED,
    KEPT,
    OPENED,
    REOPENED,
    REPLACED,
    STANDING,
    WITHDRAWN,
    E,
    is_of,
)
from borderdesk.store.connection.database import Store

Rank = tuple[tuple[int, str, str], ...]


class EditionNode(NamedTuple):
    """What the state of an edition depends on; events: what happened to it, oldest first."""

    id: str
    number: int
    closed: str
    replaces: str | None
    events: Sequence[str] = ()


def settle_states(store: Store, period: str, scope: str) -> None:
    """Give the editions of a period and scope (as texts) the states that follow from their events,
    within the open transaction."""
    query = E.select(E.id, E.number, E.closed, E.replaces, E.state).where(is_of(period, scope))
    nodes, before = [], {}
    for edition, number, closed, replaces, state in list(store.fetch(query)):
        events = [event.what for event in read_events(store, edition)]
        nodes.append(EditionNode(edition, number, closed, replaces, events))
        before[edition] = state
    changed = [item for item in derived_states(nodes).items() if item[1] != before[item[0]]]
    # The table holds one in force at most, at every moment.
    for edition, state in sorted(changed, key=lambda item: item[1] in STANDING):
        set_state(store, edition, state)


def derived_states(nodes: Sequence[EditionNode]) -> dict[str, str]:
    """{edition: its state} of all editions of a period and scope.

    At most one is in force: of the editions neither withdrawn nor replaced, that of the later round
    (closed after the others were reopened), else that closed first. Two machines may have closed
    one period, or one paper's amendment, without knowing of each other.
    """
    nodes_by_id = {node.id: node for node in nodes}
    withdrawn = {node.id for node in nodes if REOPENED in node.events}
    states = dict.fromkeys(withdrawn, WITHDRAWN)
    followers: dict[str, list[str]] = {node.id: [] for node in nodes}
    for node in nodes:
        if node.replaces in followers:
            followers[str(node.replaces)].append(node.id)
    for node in nodes:
        after = followers[node.id]
        stands_in = any(follower not in withdrawn for follower in after)
        # A replacement that is not here has left its event on the edition alone.
        if node.id not in withdrawn and (stands_in or node.events.count(REPLACED) > len(after)):
            states[node.id] = REPLACED
    candidates = {
        edition: _rank(nodes_by_id, edition) for edition in nodes_by_id if edition not in states
    }
    if candidates:
        in_force = min(candidates, key=lambda edition: (candidates[edition], edition))
        for edition, rank in candidates.items():
            # Who closed the later round knew the earlier ones as reopened.
            is_of_round = _round(rank) == _round(candidates[in_force])
            states[edition] = REPLACED if is_of_round else WITHDRAWN
        states[in_force] = _standing(nodes_by_id[in_force])
    return states


def _standing(node: EditionNode) -> str:
    """The state of the edition in force: open for an amendment or not."""
    turns = [event for event in node.events if event in (AMENDING, KEPT)]
    return OPENED if turns[-1:] == [AMENDING] else CLOSED


def _rank(nodes_by_id: Mapping[str, EditionNode], edition: str) -> Rank:
    """The order of an edition among those of its period: by the round of the first paper that it
    amends, a later one first; then by the moments at which it and the papers before were closed."""
    path = [*_replaced(nodes_by_id, edition)][::-1]
    return tuple(
        (-node.number if place == 0 else 0, node.closed, node.id) for place, node in enumerate(path)
    )


def _round(rank: Rank) -> int:
    """The negated number of the first paper of a rank; numbers go on after a reopening."""
    return rank[0][0]


def _replaced(nodes_by_id: Mapping[str, EditionNode], edition: str | None) -> Iterator[EditionNode]:
    """An edition and those that it took the place of, the newest first."""
    visited: set[str] = set()
    while edition in nodes_by_id and edition not in visited:
        node = nodes_by_id[str(edition)]
        visited.add(node.id)
        yield node
        edition = node.replaces
