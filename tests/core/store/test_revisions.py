"""The graph of revisions: canonical JSON, ids, heads, the totals hash; and random operations on a
desk."""

import datetime
import hashlib
import itertools
import shutil
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from borderdesk.base.errors import InvalidRecord, OperationRefused, UserError
from borderdesk.base.text import accented
from borderdesk.desk import Desk
from borderdesk.schema import revisions
from borderdesk.schema.records import ALL_TYPES, RECORD_TYPES
from borderdesk.schema.revisions import (
    RevisionNode,
    RevisionStamp,
    broken_links,
    canonical,
    current,
    heads,
    make_body,
    new_id,
    new_ids,
    private_hash,
    random_draws,
    revision_id,
    split_parents,
    totals_hash,
    utc_stamp,
    uuid7,
)
from borderdesk.store.lists.listing import Filter
from tests.effort import tries
from tests.factories import HAMLETS, HEADS, example, raw, unless_namesakes

# -------------------------------------------------------------------------- canonical JSON


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": "é", "A": [None, True, False]}, '{"A":[null,true,false],"a":"é","b":1}'),
        # The example string of RFC 8785, section 3.2.2.
        ("\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/", '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),
        ("\b\t\f\r\x1f\x7f", '"\\b\\t\\f\\r\\u001f\x7f"'),
        ({"nested": {"z": 0, "y": -7}, "list": [{"k": "v"}]},
         '{"list":[{"k":"v"}],"nested":{"y":-7,"z":0}}'),
        ("Đồn\u2028", '"Đồn\u2028"'),
        (2_000_000_000_000, "2000000000000"),
        ({}, "{}"),
    ],
)  # fmt: skip
def test_canonical_json_is_that_of_rfc_8785(value, text):
    assert canonical(value) == text


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_json_has_no_word_for_is_refused(number):
    with pytest.raises(ValueError, match="JSON"):
        canonical(number)


# --------------------------------------------------------------------------------- the id

STAMP = RevisionStamp("Hạ sĩ “Ba”", "ab" * 16, "2023-12-04T01:02:03.004Z")
ONE, TWO = bytes(range(32)), bytes(range(1, 33))
BODY = make_body({"kind": "sight_line", "times": 2}, None)


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_body_holds_the_fields_and_the_hash_of_the_separate_part():
    assert make_body({"b": 1, "a": "x"}, None) == '{"fields":{"a":"x","b":1}}'
    assert make_body({"a": "x"}, "ff") == '{"fields":{"a":"x"},"private":"ff"}'


def test_an_id_is_the_hash_of_the_canonical_revision():
    told = (
        '{"author":"Hạ sĩ “Ba”","content":"' + sha('{"fields":{"kind":"sight_line","times":2}}')
        + '","deleted":false,"desk":"' + "ab" * 16 + '","number":3,"parents":["'
        + ONE.hex() + '","' + TWO.hex() + '"],"record":"r-1","time":"2023-12-04T01:02:03.004Z",'
        '"type":"clearing"}'
    )  # fmt: skip
    assert revision_id("clearing", "r-1", 3, (TWO, ONE), STAMP, None, BODY).hex() == sha(told)


def test_a_deletion_has_no_content_and_a_reason_is_told():
    told = (
        '{"author":"Hạ sĩ “Ba”","deleted":true,"desk":"' + "ab" * 16 + '","number":2,"parents":["'
        + ONE.hex() + '"],"reason":"nhập \\"trùng\\"","record":"r-1",'
        '"time":"2023-12-04T01:02:03.004Z","type":"clearing"}'
    )  # fmt: skip
    made = revision_id("clearing", "r-1", 2, (ONE,), STAMP, 'nhập "trùng"', None)
    assert made.hex() == sha(told)


ids = st.binary(min_size=32, max_size=32)
INPUTS = {
    "type": st.sampled_from(sorted(ALL_TYPES)),
    "record": st.uuids().map(str),
    "number": st.integers(1, 9),
    "parents": st.lists(ids, max_size=2, unique=True),
    "author": st.text(max_size=6),
    "desk": st.sampled_from(["ab" * 16, "cd" * 16]),
    "time": st.datetimes(datetime.datetime(2023, 1, 1)).map(lambda d: utc_stamp(d.astimezone())),
    "reason": st.none() | st.text(max_size=6),
    "body": st.none() | st.integers(0, 9).map(lambda n: make_body({"times": n}, None)),
}


def id_of(told):
    stamp = RevisionStamp(told["author"], told["desk"], told["time"])
    return revision_id(
        told["type"], told["record"], told["number"], told["parents"], stamp,
        told["reason"], told["body"],
    )  # fmt: skip


@given(told=st.fixed_dictionaries(INPUTS), key=st.sampled_from(sorted(INPUTS)), data=st.data())
def test_whatever_changes_the_id_changes(told, key, data):
    other = data.draw(INPUTS[key])
    same = set(other) == set(told[key]) if key == "parents" else other == told[key]
    assert (id_of({**told, key: other}) == id_of(told)) == same


def test_the_order_of_parents_does_not_matter():
    assert id_of_parents(ONE, TWO) == id_of_parents(TWO, ONE) != id_of_parents(ONE)


def id_of_parents(*parents):
    return revision_id("clearing", "r", 2, parents, STAMP, None, BODY)


@given(st.binary(min_size=16, max_size=16), st.text(max_size=20))
def test_the_separate_part_enters_through_its_salted_hash_only(salt, part):
    separate = private_hash(salt, part)
    assert separate == hashlib.sha256(salt + part.encode()).hexdigest()
    body = make_body({}, separate)
    assert body == '{"fields":{},"private":"' + separate + '"}'


def test_a_time_is_utc_in_milliseconds():
    zone = datetime.timezone(datetime.timedelta(hours=7))
    moment = datetime.datetime(2023, 12, 4, 6, 5, 4, 3_999, tzinfo=zone)
    assert utc_stamp(moment) == "2023-12-03T23:05:04.003Z"


# --------------------------------------------------------------------------- heads, current


@st.composite
def graphs(draw):
    """Revisions of one record, each with up to two parents."""
    nodes = []
    for n in range(draw(st.integers(1, 7))):
        parents = draw(st.lists(st.sampled_from(nodes), max_size=2, unique=True)) if nodes else []
        number = 1 + max((p.number for p in parents), default=0)
        time = draw(st.sampled_from(["2023-01-01", "2023-01-02"]))
        name = hashlib.sha256(bytes([n, draw(st.integers(0, 255))])).digest()
        nodes.append(
            RevisionNode(name, tuple(p.id for p in parents), number, time, draw(st.booleans()))
        )
    return draw(st.permutations(nodes))


def beats(one, other):
    """The precedence of versions: an edit before a deletion, then number, then time, then id."""
    if one.deleted != other.deleted:
        return other.deleted
    if one.number != other.number:
        return one.number > other.number
    if one.time != other.time:
        return one.time > other.time
    return one.id > other.id


@given(graphs())
def test_heads_are_what_nobody_revises_and_one_of_them_counts(nodes):
    open_ends = [n for n in nodes if not any(n.id in other.parents for other in nodes)]
    assert sorted(heads(nodes)) == sorted(open_ends)
    winner = current(nodes)
    assert winner in open_ends
    assert all(beats(winner, other) for other in open_ends if other != winner)


@given(graphs(), st.data())
def test_a_chain_is_broken_by_a_missing_parent_or_a_wrong_number(nodes, data):
    assert broken_links(nodes) == []
    wrong = data.draw(st.sampled_from(nodes))
    others = [n for n in nodes if n != wrong]
    assert broken_links([*others, wrong._replace(number=wrong.number + 1)])
    assert bool(broken_links(others)) == any(wrong.id in n.parents for n in others)


@given(st.lists(ids, max_size=3))
def test_parents_are_split_as_they_were_joined(parents):
    assert split_parents(b"".join(parents)) == tuple(parents)


def test_the_totals_hash_is_that_of_the_ids_in_order():
    assert totals_hash([]) == hashlib.sha256(b"").hexdigest()
    assert totals_hash([ONE, TWO]) == hashlib.sha256(ONE + TWO).hexdigest()


# -------------------------------------------------------------------------------------- ids


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**12 - 1), st.integers(0, 2**64 - 1))
def test_an_id_is_a_uuid_of_version_7_with_its_bits_in_place(milliseconds, counter, rest):
    made = uuid.UUID(uuid7(milliseconds, counter, rest))
    assert str(made) == uuid7(milliseconds, counter, rest)
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == milliseconds
    assert made.int >> 64 & 0xFFF == counter
    assert made.int & 0x3FFF_FFFF_FFFF_FFFF == rest & 0x3FFF_FFFF_FFFF_FFFF


def test_ids_made_together_stay_in_order():
    made = [new_id() for _ in range(20_000)]
    assert all(one < other for one, other in itertools.pairwise(made))


def test_random_bytes_are_given_once_and_drawn_many_at_once(monkeypatch):
    asked = []

    def drawn(size, urandom=revisions.os.urandom):
        asked.append(size)
        return urandom(size)

    monkeypatch.setattr(revisions.os, "urandom", drawn)
    made = list(itertools.islice(random_draws(16), 2_000))
    assert {len(one) for one in made} == {16}
    assert len(set(made)) == 2_000
    # A record saved alone draws only as many random bytes as it needs.
    assert (asked[0], len(asked) < 20) == (16, True)


def test_ids_of_a_transaction_are_all_others_and_in_order():
    made = list(itertools.islice(new_ids(), 5_000))
    assert all(one < other for one, other in itertools.pairwise(made))
    assert all(uuid.UUID(one).version == 7 for one in made)
    assert len({one[19:] for one in made}) == 5_000


def test_ids_of_one_millisecond_count_on_and_then_borrow_the_next(monkeypatch):
    monkeypatch.setattr(revisions, "_clock", revisions._Clock())
    monkeypatch.setattr(revisions.os, "urandom", lambda size: bytes([7] * size))

    def made_at(nanoseconds):
        monkeypatch.setattr(revisions.time, "time_ns", lambda: nanoseconds)
        return new_id()

    rest = int.from_bytes(bytes([7] * 8), "big")
    assert made_at(5_999_999) == uuid7(5, 7, rest)
    assert made_at(5_999_999) == uuid7(5, 8, rest)
    revisions._clock.count = 0xFFE
    assert made_at(5_999_999) == uuid7(5, 0xFFF, rest)
    assert made_at(5_999_999) == uuid7(6, 0, rest)
    # A clock set back, or within the borrowed milliseconds, changes no order.
    assert made_at(4_000_000) == uuid7(6, 1, rest)
    assert made_at(6_000_000) == uuid7(6, 2, rest)
    assert made_at(7_000_000) == uuid7(7, 7, rest)


# ------------------------------------------------------------------------- a desk at work

DEFAULTS = {
    "clearing": {"times": 1}, "track": {"count": 1}, "pledge": {"count": 1},
    "coordination": {"times": 1},
}  # fmt: skip
WITH_SESSIONS = {"session", "training", "broadcast"}
TYPES = sorted(RECORD_TYPES)


def whole(type_name, given_record):
    """The record with its defaults."""
    defaults = dict(DEFAULTS.get(type_name, {}))
    if type_name == "outreach" and given_record["form"] in WITH_SESSIONS:
        defaults["sessions"] = 1
    return {**defaults, **given_record}


def as_json(desk, type_name, values):
    """The content of the desk in the form of its input: with children, without the place copied
    from a household."""
    model, book = ALL_TYPES[type_name], desk.book
    kept = model.home_place
    told = {}
    for key, value in values.items():
        if kept and kept.keeps(key, values):
            continue
        if key in model.children():
            of = model.children()[key].child.fields()
            told[key] = [{k: of[k].to_json(v, book) for k, v in row.items()} for row in value]
        else:
            told[key] = model.columns()[key].to_json(value, book)
    return told


class DeskAtWork(RuleBasedStateMachine):
    """Adds, edits, deletions and joins in any order, against a model of plain dictionaries."""

    records = Bundle("records")
    deleted = Bundle("deleted")
    template = None
    folder = None

    def __init__(self):
        super().__init__()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.template, self.folder)
        self.desk = Desk.open(self.folder)
        self.known = {name: {} for name in ALL_TYPES}
        """What should be there: {type: {record: JSON}}."""
        self.lengths = {}
        """{record: how many revisions}."""
        self.hash = self.desk.maintenance.verify()["totals_hash"]
        self.changes = 0
        self.seen = 0

    def teardown(self):
        self.desk.close()

    def changed(self, record):
        self.lengths[record] = self.lengths.get(record, 0) + 1
        self.changes += 1

    # ------------------------------------------------------------------ households

    def leader(self, household):
        """The smallest id of a group of joined households."""
        group = {household}
        while True:
            more = {
                end
                for one, told in self.known["household"].items()
                for end in (one, told.get("merged_into"))
                if end and group & {one, told.get("merged_into")}
            }
            if more <= group:
                return min(group)
            group |= more

    def expected_household(self, described):
        """The household that a description must match, or None if one must be created."""
        unit = f"{described['commune']}-2023"
        citizen = described.get("citizen_id")
        here = sorted(self.known["household"].items())
        for one, told in here:
            if citizen and told.get("citizen_id") == citizen:
                return self.leader(one)
        for one, told in here:
            same = (accented(told["head"]), told["hamlet"], told["commune"]) == (
                accented(described["head"]), described["hamlet"], unit,
            )  # fmt: skip
            if same and not (citizen and told.get("citizen_id", citizen) != citizen):
                return self.leader(one)
        return None

    def settle(self, type_name, told, values):
        """Insert the id of the matched or created household into the expected values."""
        described = told.get("household")
        if not isinstance(described, dict):
            return told
        expected, got = self.expected_household(described), values["household"]
        if expected is None:
            assert got not in self.lengths
            unit = f"{described['commune']}-2023"
            self.known["household"][got] = {**described, "commune": unit}
            self.changed(got)
        else:
            assert got == expected
        return {**told, "household": got}

    # ----------------------------------------------------------------------- rules

    @rule(target=records, type_name=st.sampled_from(TYPES), data=st.data())
    def add(self, type_name, data):
        told = whole(type_name, data.draw(raw(type_name)))
        saved = unless_namesakes(lambda: self.desk.records.add(type_name, told))
        values, revision, _doubts = self.desk.records.read(type_name, saved.id)
        assert revision == saved.revision
        self.known[type_name][saved.id] = self.settle(type_name, told, values)
        self.changed(saved.id)
        return type_name, saved.id

    @rule(target=records, told=raw("household"))
    def add_household(self, told):
        saved = self.desk.records.add("household", told)
        self.known["household"][saved.id] = {**told, "commune": f"{told['commune']}-2023"}
        self.changed(saved.id)
        return "household", saved.id

    @rule(which=records, data=st.data())
    def edit_everything(self, which, data):
        type_name, record = which
        before = self.known[type_name].get(record)
        if before is None:
            return
        told = whole(type_name, data.draw(raw(type_name)))
        self.edit(type_name, record, {**dict.fromkeys(before), **told}, told)

    @rule(which=records, note=st.sampled_from(["", "một", "hai"]))
    def edit_note(self, which, note):
        type_name, record = which
        before = self.known[type_name].get(record)
        if before is None:
            return
        told = {k: v for k, v in before.items() if k != "note"} | ({"note": note} if note else {})
        self.edit(type_name, record, {"note": note}, told)

    def edit(self, type_name, record, changes, told):
        before = self.known[type_name][record]
        _values, base, _doubts = self.desk.records.read(type_name, record)
        saved = unless_namesakes(
            lambda: self.desk.records.edit(type_name, record, changes, base=base)
        )
        values, revision, _doubts = self.desk.records.read(type_name, record)
        assert saved.revision == revision
        told = self.settle(type_name, told, values)
        if type_name == "household" and not told["commune"].endswith("-2023"):
            told = {**told, "commune": f"{told['commune']}-2023"}
        self.known[type_name][record] = told
        assert (revision != base) == (told != before)
        if told != before:
            self.changed(record)

    @precondition(lambda self: len(self.known["household"]) > 1)
    @rule(data=st.data(), head=st.sampled_from(HEADS), hamlet=st.sampled_from(HAMLETS))
    def rename_household(self, data, head, hamlet):
        record = data.draw(st.sampled_from(sorted(self.known["household"])))
        change = {"head": head, "hamlet": hamlet}
        self.edit("household", record, change, {**self.known["household"][record], **change})

    @precondition(lambda self: len(self.known["household"]) > 1)
    @rule(data=st.data())
    def join_households(self, data):
        two = st.lists(
            st.sampled_from(sorted(self.known["household"])), min_size=2, max_size=2, unique=True
        )
        record, other = data.draw(two)
        change = {"merged_into": other}
        self.edit("household", record, change, {**self.known["household"][record], **change})

    @precondition(lambda self: self.known["household"])
    @rule(data=st.data())
    def a_household_is_never_joined_to_itself(self, data):
        record = data.draw(st.sampled_from(sorted(self.known["household"])))
        with pytest.raises(InvalidRecord):
            self.desk.records.edit("household", record, {"merged_into": record})

    @rule(target=deleted, which=records)
    def delete(self, which):
        type_name, record = which
        if record not in self.known[type_name]:
            with pytest.raises(UserError):
                self.desk.records.delete(type_name, record, "nhập trùng")
            return type_name, record, None
        if type_name == "household" and self.named(record):
            with pytest.raises(OperationRefused):
                self.desk.records.delete(type_name, record, "nhập trùng")
            return type_name, record, None
        self.desk.records.delete(type_name, record, "nhập trùng")
        self.changed(record)
        return type_name, record, self.known[type_name].pop(record)

    def named(self, household):
        """Whether a record or a joined household refers to it."""
        return any(
            household in (told.get("household"), told.get("merged_into"))
            for of_type in self.known.values()
            for told in of_type.values()
        )

    @rule(which=consumes(deleted))
    def undelete(self, which):
        type_name, record, told = which
        if told is None or record in self.known[type_name]:
            return
        named = told.get("household") or told.get("merged_into")
        if named and named not in self.known["household"]:
            with pytest.raises(UserError):
                self.desk.records.undelete(type_name, record)
            return
        self.desk.records.undelete(type_name, record)
        self.known[type_name][record] = told
        self.changed(record)

    @rule(type_name=st.sampled_from(TYPES))
    def a_refused_record_leaves_no_trace(self, type_name):
        with pytest.raises(InvalidRecord):
            self.desk.records.add(type_name, {**example(type_name), "post": "ZZ"})

    @rule()
    def rebuild(self):
        assert self.desk.maintenance.rebuild() == []

    # ------------------------------------------------------------------ invariants

    @invariant()
    def the_desk_is_sound_and_its_hash_follows_its_changes(self):
        found = self.desk.maintenance.verify()
        assert found["problems"] == []
        assert found["ok"]
        assert found["records"] == sum(map(len, self.known.values()))
        assert found["revisions"] == sum(self.lengths.values())
        assert (found["totals_hash"] != self.hash) == (self.changes != self.seen)
        self.hash, self.seen = found["totals_hash"], self.changes

    @invariant()
    def the_lists_are_what_they_should_be(self):
        for type_name, expected in self.known.items():
            listed = {
                r.id: as_json(self.desk, type_name, r.values)
                for r in self.desk.lists.stream(type_name, Filter())
            }
            assert listed == expected
            assert self.desk.lists.count(type_name, Filter()) == len(expected)

    @invariant()
    def every_version_is_there(self):
        for type_name, of_type in self.known.items():
            for record in of_type:
                versions = self.desk.records.history(type_name, record)
                assert [v.number for v in versions] == [*range(1, self.lengths[record] + 1)]
                assert as_json(self.desk, type_name, versions[-1].values()) == of_type[record]


def test_a_desk_at_work_stays_what_its_revisions_say(province_template, tmp_path):
    class OnThisFolder(DeskAtWork):
        template = province_template
        folder = tmp_path / "desk"

    run_state_machine_as_test(
        OnThisFolder, settings=settings(max_examples=tries(4, 20), stateful_step_count=30)
    )
