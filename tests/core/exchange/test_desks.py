"""Desks that exchange files: the same set of received files gives the same desk, whatever the
order, repetitions, losses or undone imports."""

import random
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule

from borderdesk.base.errors import OperationRefused
from borderdesk.exchange.receiving.imports import IMPORTED, QUARANTINED, UNCHANGED
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.schema.content import split
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.verification.rebuild import rebuild
from tests.effort import tries
from tests.exchanging import HOUSEHOLD, clearing, everything, new_desk, send, state, trust

ROLES = [
    ("post", "BS"), ("post", "BS"), ("post", "CL"), ("liaison", "Cao Lộc"), ("province", "20"),
]  # fmt: skip
PERIODS = st.sampled_from(["2023-12", "2023-11", "2023"])
WHO, SOME, PEOPLE = st.integers(0, len(ROLES) - 1), st.integers(0, 50), st.integers(1, 60)
ALL_TIME = "2000-01-01..2100-01-01"


def whole_state(desk):
    """Everything derived from the packages that a desk received."""
    return {
        "state": state(desk),
        "rows": {name: rows_of(desk, name) for name in ALL_TYPES},
        "groups": list(desk.store.rows("SELECT member, leader FROM household_group ORDER BY 1")),
        "notes": desk.exchange.notes.notes(),
        "erased": sorted(notice[0] for notice in desk.exchange.erasures.notices()),
        "units": {
            unit.id: unit for unit in desk.book.units.values() if unit.id.startswith("9")
        },
        "picks": {k: sorted(v) for k, v in desk.book.picks.items()},
        "parts": sorted(
            desk.store.rows(
                "SELECT hex(r.id), p.part FROM private_part p JOIN revision r"
                " ON r.seq = p.revision"
            )
        ),
    }  # fmt: skip


def rows_of(desk, name):
    rows = desk.lists.stream(name, everything(), revisions=True)
    return sorted((row.id, row.revision, repr(sorted(row.values.items()))) for row in rows)


def public_of(desk):
    """The current public values, which are equal on every desk that has the same records."""
    return {
        (name, row.id): split(ALL_TYPES[name], row.values)[0]
        for name in ALL_TYPES
        for row in desk.lists.stream(name, everything())
    }


class Desks(RuleBasedStateMachine):
    """Two laptops of one post, another post, a liaison and the province."""

    sent = Bundle("sent")

    @initialize(chance=st.integers(0, 2**32))
    def begin(self, chance):
        self.chance = random.Random(chance)
        self.folder = Path(tempfile.mkdtemp(prefix="borderdesk-test-"))
        self.desks = [
            new_desk(self.folder / f"desk{n}", role, unit, n)
            for n, (role, unit) in enumerate(ROLES, start=1)
        ]
        self.receivers = [new_desk(self.folder / f"last{n}", "province", "20", n) for n in (8, 9)]
        trust(*self.desks)
        for receiver in self.receivers:
            for desk in self.desks:
                receiver.exchange.cards.accept_card(desk.exchange.cards.own())
        self.packages = []

    # ------------------------------------------------------------------ what people do

    @rule(who=WHO, people=PEOPLE, month=st.integers(10, 12), note=st.sampled_from(["", "=Ghi"]))
    def add(self, who, people, month, note):
        day = f"2023-{month}-04"
        self._add(self.desks[who], participants=people, started_on=day, note=note)

    def _add(self, desk, **more):
        post = None if desk.identity.role == "post" else sorted(desk.writable().area)[0]
        desk.records.add("clearing", clearing(post=post, **more))

    @rule(
        who=st.integers(0, 2), head=st.sampled_from(["Lý A Sáng", "Nông Thị Hoa"]),
        hamlet=st.sampled_from(["Bản Phạc", "Nà Mò"]), pick=st.booleans(),
    )  # fmt: skip
    def pledge(self, who, head, hamlet, pick):
        raw = {
            "signed_on": "2023-11-05",
            "programme": "Chương trình mới" if pick else "khu_vuc_bien_gioi",
            "household": {**HOUSEHOLD, "head": head, "hamlet": hamlet},
        }
        try:
            self.desks[who].records.add("pledge", raw, new_picks=True)
        except OperationRefused:
            return

    @rule(who=WHO, which=SOME, people=PEOPLE)
    def edit(self, who, which, people):
        self._with("clearing", who, which, lambda desk, record: desk.records.edit(
            "clearing", record, {"participants": people}))  # fmt: skip

    @rule(who=WHO, which=SOME, hamlet=st.sampled_from(["Bản Phạc", "Pò Mã"]))
    def move_household(self, who, which, hamlet):
        self._with("household", who, which, lambda desk, record: desk.records.edit(
            "household", record, {"hamlet": hamlet}))  # fmt: skip

    @rule(who=WHO, which=SOME, other=SOME)
    def join_households(self, who, which, other):
        rows = self.desks[who].lists.page("household", everything())
        if not rows:
            return
        target = rows[other % len(rows)].id

        def join(desk, record):
            into = None if record == target else target
            desk.records.edit("household", record, {"merged_into": into})

        self._with("household", who, which, join)

    @rule(who=WHO, which=SOME)
    def erase_household(self, who, which):
        self._with("household", who, which, lambda desk, record:
                   desk.exchange.erasures.erase_household(record, "Theo đề nghị"))  # fmt: skip

    @rule(who=WHO, which=SOME, name=st.sampled_from(["clearing", "pledge", "household"]))
    def delete(self, who, which, name):
        self._with(name, who, which, lambda desk, record: desk.records.delete(
            name, record, "Nhập nhầm"))  # fmt: skip

    @rule(who=WHO, which=SOME)
    def take_back(self, who, which):
        desk = self.desks[who]
        gone = [
            row[0]
            for row in desk.store.rows(
                "SELECT DISTINCT record FROM revision WHERE deleted = 1 AND type = 'clearing'"
                " AND record NOT IN (SELECT id FROM clearing) ORDER BY record"
            )
        ]
        if gone:
            try:
                desk.records.undelete("clearing", gone[which % len(gone)])
            except OperationRefused:
                return

    def _with(self, name, who, which, act):
        desk = self.desks[who]
        rows = desk.lists.page(name, everything())
        if rows:
            try:
                act(desk, rows[which % len(rows)].id)
            except OperationRefused:
                return

    @rule(who=WHO, which=SOME, side=st.integers(0, 2), by_field=st.booleans(), again=st.booleans())
    def resolve(self, who, which, side, by_field, again):
        """Choose between versions; `again`: undo the choice at once."""
        inbox = self.desks[who].exchange.inbox
        waiting = [double for double in inbox.doubles() if double.chosen_here]
        if not waiting:
            return
        double = waiting[which % len(waiting)]
        take = double.versions[side % len(double.versions)].id.hex()
        whole = any(version.deleted for version in double.versions) or not by_field
        key = "participants" if double.type == "clearing" else "hamlet"
        if double.type == "pledge":
            key = "signed_on"
        try:
            chosen = inbox.resolve(double.type, double.record, take if whole else {key: take})
        except OperationRefused:
            return
        if again:
            sides = [version.id.hex() for version in double.versions]
            inbox.reopen(double.type, double.record, sides, chosen)
            waits = inbox.double(double.type, double.record)
            assert [one.values() for one in waits.versions] == [
                one.values() for one in double.versions
            ]

    @rule(who=WHO, which=SOME)
    def say(self, who, which):
        notes = self.desks[who].exchange.notes
        unanswered = notes.unanswered()
        if unanswered:
            note = unanswered[which % len(unanswered)]
            notes.add_note(note.type, note.record, "Đã sửa.", reply_to=note.id)
            return
        self._with("clearing", who, which, lambda desk, record:
                   desk.exchange.notes.add_note("clearing", record, "Vì sao?"))  # fmt: skip

    @rule(who=WHO, name=st.sampled_from(["Xã Mới", "Xã Mới tách"]))
    def update_reference(self, who, name):
        desk = self.desks[who]
        sheet = self.folder / "units.csv"
        sheet.write_text(
            "id,code,name,kind,parent,border,valid_from,valid_to,successors\n"
            f"90001-2023,90001,{name},commune,{desk.book.units['06199-2023'].parent},1,"
            "2020-01-01,,\n", encoding="utf-8",
        )  # fmt: skip
        desk.reference.load(sheet)
        self._add(desk, commune="90001")

    # ------------------------------------------------------------------ what travels

    @rule(target=sent, who=WHO, period=PERIODS, personal=st.booleans())
    def export(self, who, period, personal):
        wish = ExportOptions()
        if personal:
            others = [d for d in (*self.desks, *self.receivers) if d is not self.desks[who]]
            wish = ExportOptions([d.exchange.cards.own() for d in others], reason="Đối chiếu")
        path = send(self.desks[who], self.folder / "stick", period, wish)
        self.packages.append(path)
        return path

    @rule(path=sent, to=WHO)
    def deliver(self, path, to):
        desk = self.desks[to]
        if path.suffix == ".age" and desk.identity.id[:8] in path.name:
            return
        told = desk.exchange.imports.take(path)
        if told.reason is not None and "khóa cho máy khác" in told.reason:
            return
        assert told.status in (IMPORTED, UNCHANGED), told
        assert told.refused_rows == 0

    @rule(who=WHO, which=SOME)
    def undo(self, who, which):
        known = self.desks[who].exchange.batches
        batches = [batch for batch in known.all() if not batch.undone]
        if batches:
            known.undo_batch(batches[which % len(batches)].id)

    # ------------------------------------------------------------------ what must hold

    def teardown(self):
        if not hasattr(self, "desks"):
            return
        try:
            for desk in self.desks:
                assert desk.maintenance.verify()["ok"], desk.maintenance.verify()["problems"]
                assert rebuild(desk.store, desk.book) == []
            self._same_in_any_order()
            self._all_agree_when_all_is_told()
        finally:
            for desk in (*self.desks, *self.receivers):
                desk.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _same_in_any_order(self):
        kept = [path for path in self.packages if self.chance.random() < 0.85]
        undone = {path for path in kept if self.chance.random() < 0.2}
        first, second = self.receivers
        batches = {path: first.exchange.imports.take(path).batch for path in kept}
        known = first.exchange.batches
        for path in self.chance.sample(sorted(undone), len(undone)):
            # Undoing a batch also undoes later entries of its logs, perhaps of another batch here.
            if batches[path] in {batch.id for batch in known.all() if not batch.undone}:
                known.undo_batch(batches[path])
        for path in kept:
            first.exchange.imports.take(path)
        for path in self.chance.sample(kept, len(kept)):
            second.exchange.imports.take(path)
            assert second.exchange.imports.take(path).status == UNCHANGED
        assert whole_state(first) == whole_state(second)
        for desk in self.receivers:
            assert rebuild(desk.store, desk.book) == []

    def _all_agree_when_all_is_told(self):
        for path in self.packages:
            for desk in self.desks:
                self.deliver(path, self.desks.index(desk))
        for desk in self.desks:
            path = send(desk, self.folder / "round", ALL_TIME)
            for other in self.desks:
                if other is not desk:
                    assert other.exchange.imports.take(path).status != QUARANTINED
        hashes = {desk.maintenance.verify()["totals_hash"] for desk in self.desks}
        assert len(hashes) == 1
        inboxes = [desk.exchange.inbox.doubles(-1) for desk in self.desks]
        told = [[(d.record, [v.id for v in d.versions]) for d in inbox] for inbox in inboxes]
        assert all(one == told[0] for one in told)
        public = [public_of(desk) for desk in self.desks]
        assert all(one == public[0] for one in public)


Desks.TestCase.settings = settings(
    max_examples=tries(3, 15), stateful_step_count=30, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
TestDesks = pytest.mark.long(Desks.TestCase)
