"""Two tiers and two receivers with files lost, broken, doubled and shuffled, batches undone, a desk
copied, a laptop replaced, a desk handed over, set-up files that add and remove rows: after one file
from each that knows the other's holding, all desks are equal."""

import random
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.closing.summary import as_json, make_summary
from borderdesk.desk import Desk
from borderdesk.exchange.desks.desk_units import DeskUnits
from borderdesk.exchange.desks.setup_file import read_setup
from borderdesk.exchange.desks.setups import APPLIED
from borderdesk.exchange.receiving.imports import REFUSED
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.exchange.tracking.board_details import request_text
from borderdesk.schema.log_entries import desk_of
from borderdesk.schema.reference import REFERENCE_TYPES
from borderdesk.session.desk_log import DeskLog
from borderdesk.store.reference import delete_rows, read_cells
from borderdesk.store.verification.rebuild import rebuild
from tests import factories
from tests.effort import tries
from tests.exchanging import HOUSEHOLD, clearing, everything, new_desk, trust

ROLES = [
    ("post", "BS"), ("post", "BS"), ("post", "TL"), ("liaison", "Cao Lộc"), ("province", "20"),
]  # fmt: skip
BS, OTHER_BS, TL, DISTRICT, PROVINCE = range(5)
UPWARDS = [
    (BS, OTHER_BS), (OTHER_BS, BS), (BS, DISTRICT), (OTHER_BS, DISTRICT), (TL, DISTRICT),
    (DISTRICT, PROVINCE), (BS, PROVINCE), (TL, PROVINCE), (OTHER_BS, PROVINCE),
]  # fmt: skip
DOWNWARDS = [
    (PROVINCE, DISTRICT), (PROVINCE, BS), (PROVINCE, OTHER_BS), (PROVINCE, TL),
    (DISTRICT, BS), (DISTRICT, OTHER_BS), (DISTRICT, TL),
]  # fmt: skip
NEW_POST = "BL"
WAYS = st.sampled_from(UPWARDS + DOWNWARDS)
POSTS, SOME, PEOPLE = st.sampled_from([BS, OTHER_BS, TL]), st.integers(0, 30), st.integers(1, 60)


def figures(desk, scope):
    rows = as_json(make_summary(desk, "2023", scope))["rows"]
    return [(row["key"], row["value"]) for row in rows]


def of_post(desk, post):
    """The content about a post: current public values, waiting versions, revision ids."""
    rows = {
        row.id: (row.values["participants"], row.values.get("hamlet"))
        for row in desk.lists.stream("clearing", everything())
        if row.values["post"] == post
    }
    doubles = [d for d in desk.exchange.inbox.doubles(-1) if d.type == "clearing"]
    waiting = sorted(
        (d.record, [v.id for v in d.versions])
        for d in doubles
        if d.versions[0].values()["post"] == post
    )
    return rows, waiting


class Tiers(RuleBasedStateMachine):
    """Two laptops of a post, another post, their district, the province; perhaps a copied desk."""

    @initialize(chance=st.integers(0, 2**32))
    def begin(self, chance):
        self.chance = random.Random(chance)
        self.folder = Path(tempfile.mkdtemp(prefix="borderdesk-test-"))
        self.desks = [
            new_desk(self.folder / f"desk{n}", *unit, n) for n, unit in enumerate(ROLES, start=1)
        ]
        trust(*self.desks)
        self.copy = None
        self.retired = None
        self.files = []
        self.made = 0

    # ------------------------------------------------------------------ what people do

    @rule(who=POSTS, people=PEOPLE, month=st.integers(10, 12))
    def add(self, who, people, month):
        raw = clearing(post=None, participants=people, started_on=f"2023-{month}-04")
        self.desks[who].records.add("clearing", raw)

    @rule(who=POSTS, which=SOME, people=PEOPLE)
    def edit(self, who, which, people):
        self._with(who, which, lambda desk, record: desk.records.edit(
            "clearing", record, {"participants": people}))  # fmt: skip

    @rule(who=POSTS, which=SOME)
    def delete(self, who, which):
        self._with(who, which, lambda desk, record: desk.records.delete(
            "clearing", record, "Nhập nhầm"))  # fmt: skip

    @rule(who=POSTS, which=SOME)
    def take_back(self, who, which):
        desk = self.desks[who]
        sql = (
            "SELECT DISTINCT record FROM revision WHERE deleted = 1 AND type = 'clearing'"
            " AND record NOT IN (SELECT id FROM clearing) ORDER BY record"
        )
        gone = [row[0] for row in desk.store.rows(sql)]
        if gone:
            self._try(lambda: desk.records.undelete("clearing", gone[which % len(gone)]))

    @rule(who=POSTS, which=SOME, side=st.integers(0, 1))
    def resolve(self, who, which, side):
        inbox = self.desks[who].exchange.inbox
        waiting = [d for d in inbox.doubles() if d.chosen_here]
        if waiting:
            one = waiting[which % len(waiting)]
            take = one.versions[side % len(one.versions)].id.hex()
            self._try(lambda: inbox.resolve(one.type, one.record, take))

    @rule(who=POSTS, head=st.sampled_from(["Lý A Sáng", "Nông Thị Hoa"]))
    def pledge(self, who, head):
        raw = {"signed_on": "2023-11-05", "programme": "khu_vuc_bien_gioi",
               "household": {**HOUSEHOLD, "head": head}}  # fmt: skip
        self._try(lambda: self.desks[who].records.add("pledge", raw))

    @rule(who=POSTS, which=SOME)
    def erase(self, who, which):
        desk = self.desks[who]
        rows = desk.lists.page("household", everything())
        if rows:
            record = rows[which % len(rows)].id
            self._try(lambda: desk.exchange.erasures.erase_household(record, "Theo đề nghị"))

    @rule(who=POSTS, which=SOME)
    def join(self, who, which):
        """Join two households, wherever they were typed."""
        desk = self.desks[who]
        rows = desk.lists.page("household", everything())
        if len(rows) > 1:
            one, other = rows[which % len(rows)], rows[(which + 1) % len(rows)]
            self._try(lambda: desk.records.edit("household", one.id, {"merged_into": other.id}))

    @rule(
        who=st.sampled_from([BS, OTHER_BS, TL, DISTRICT]), due=st.integers(1, 9),
        tagged=st.booleans(),
    )  # fmt: skip
    def set_up(self, who, due, tagged):
        """The province changes its set-up, including a post's name and a choice that is added or
        removed, and one of the desks gets the file."""
        province, desk = self.desks[PROVINCE], self.desks[who]
        self.made += 1
        file = self.folder / f"setup{self.made}.bdsetup"
        province.reference.set_setting("due_day", str(due))
        self._rename_a_post(f"Đồn số {due}")
        self._offer_a_tag(offered=tagged)
        number = province.exchange.setups.make(file)
        setup = read_setup(file)
        told = desk.exchange.setups.apply(setup, vouched=setup.card.fingerprint)
        assert (told.status, told.number) == (APPLIED, number)
        assert desk.book.setting("due_day", desk.today(), "5") == str(due)
        assert desk.book.posts["TT"].name == f"Đồn số {due}"
        assert ("moi" in desk.book.picks["tag"]) == tagged

    def _rename_a_post(self, name):
        row = self.desks[PROVINCE].book.posts["TT"]
        sheet = self.folder / "posts.csv"
        sheet.write_text(
            "code,name,gate,communes,communes_verified,invented,valid_from,valid_to,successors\n"
            f"TT,{name},,{' '.join(row.communes)},1,0,,,\n",
            encoding="utf-8",
        )
        self.desks[PROVINCE].reference.load(sheet)

    def _offer_a_tag(self, *, offered):
        province = self.desks[PROVINCE]
        if offered:
            sheet = self.folder / "picks.csv"
            sheet.write_text("list,code,vi,en,unit\ntag,moi,Mới,,\n", encoding="utf-8")
            province.reference.load(sheet)
        elif "moi" in province.book.picks["tag"]:
            table = REFERENCE_TYPES["picks"]
            rows = [one for one in read_cells(province.store, table) if one["code"] == "moi"]
            with province.writing():
                delete_rows(province.store, table, rows)
                province.touch_reference()

    @rule()
    def hand_over(self):
        """The other post's desk is handed over to another post."""
        desk = self.desks[TL]
        if self.copy is not None or desk.identity.unit == NEW_POST:
            return
        desk.exchange.handovers.hand_over(NEW_POST)
        for other in self.desks:
            if other is not desk:
                other.exchange.cards.accept_card(desk.exchange.cards.own())

    @rule()
    def replace_a_laptop(self):
        """The other laptop is lost; a new one begins with the province's records of the post."""
        if self.retired is not None:
            return
        old, new = self.desks[OTHER_BS], new_desk(self.folder / "new", "post", "BS", 9)
        self.retired, self.desks[OTHER_BS] = old, new
        for desk in self.desks:
            if desk is not new:
                new.exchange.cards.accept_card(desk.exchange.cards.own())
                desk.exchange.cards.accept_card(
                    new.exchange.cards.own(), instead_of=old.identity.id
                )
        new.exchange.cards.accept_card(old.exchange.cards.own())
        new.exchange.cards.revoke_card(old.identity.id)
        back = ExportOptions(receiver=new.identity.id, back=True)
        province = self.desks[PROVINCE].exchange.exports
        self._take(new, province.export("2023-12", self.folder / "back", back))

    @rule(who=st.sampled_from([DISTRICT, PROVINCE]), which=SOME)
    def ask(self, who, which):
        self._with(who, which, lambda desk, record:
                   desk.exchange.notes.add_note("clearing", record, "Vì sao?"))  # fmt: skip

    def _with(self, who, which, act):
        desk = self.desks[who]
        rows = desk.lists.page("clearing", everything())
        if rows:
            self._try(lambda: act(desk, rows[which % len(rows)].id))

    @staticmethod
    def _try(act):
        try:
            act()
        except (OperationRefused, UserError):
            return

    # ------------------------------------------------------------------ what travels

    @rule(way=WAYS, luck=st.sampled_from(["", "", "lost", "broken", "doubled"]))
    def carry(self, way, luck):
        sender, receiver = way
        path = self._send(sender, receiver)
        self.files.append((path, receiver))
        if luck == "broken":
            half = self.folder / "broken.bdx"
            half.write_bytes(path.read_bytes()[: self.chance.randrange(1, 9_000)])
            assert self.desks[receiver].exchange.imports.take(half).status == REFUSED
        elif luck != "lost":
            for _time in range(1 + (luck == "doubled")):
                self._take(self.desks[receiver], path)

    @rule(which=SOME, to=st.integers(0, 4))
    def find_an_old_stick(self, which, to):
        """A file arrives late, perhaps at another desk than its receiver."""
        if self.files:
            self._take(self.desks[to], self.files[which % len(self.files)][0])

    @rule(who=st.integers(0, 4), which=SOME)
    def undo(self, who, which):
        known = self.desks[who].exchange.batches
        batches = [batch for batch in known.all() if not batch.undone]
        if batches:
            known.undo_batch(batches[which % len(batches)].id)

    @rule()
    def copy_a_desk(self):
        """The folder of a post's desk is copied, and both machines go on."""
        if self.copy is not None or self.desks[TL].identity.unit == NEW_POST:
            return
        self.desks[TL].close()
        shutil.copytree(self.folder / f"desk{TL + 1}", self.folder / "copy")
        self.desks[TL] = Desk.open(self.folder / f"desk{TL + 1}")
        self.copy = Desk.open(self.folder / "copy")
        self.copy.records.add("clearing", clearing(post=None, participants=7))

    def _send(self, sender, receiver):
        self.made += 1
        desk = self.desks[receiver].identity.id
        folder = self.folder / f"stick{self.made}"
        return self.desks[sender].exchange.exports.export(
            "2023-12", folder, ExportOptions(receiver=desk)
        )

    @staticmethod
    def _take(desk, path):
        told = desk.exchange.imports.take(path)
        assert told.status != REFUSED, told
        assert told.refused_rows == 0, told

    # ------------------------------------------------------------------ what must hold

    def teardown(self):
        if not hasattr(self, "desks"):
            return
        try:
            self._settle()
            for desk in self.desks:
                told = desk.maintenance.verify()
                assert told["ok"], told["problems"]
                assert rebuild(desk.store, desk.book) == []
            self._all_are_equal()
        finally:
            for desk in (*self.desks, *filter(None, [self.copy, self.retired])):
                desk.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _settle(self):
        """One receipt in each direction, then one file upwards: the newest file of every desk."""
        if self.copy is not None:
            path = self.copy.exchange.exports.export("2023-12", self.folder / "c", ExportOptions())
            for receiver in (TL, DISTRICT, PROVINCE):
                self._take(self.desks[receiver], path)
        for _round in range(2):
            for sender, receiver in DOWNWARDS + UPWARDS:
                self._take(self.desks[receiver], self._send(sender, receiver))

    def _all_are_equal(self):
        for posts, name in (((BS, OTHER_BS), "BS"), ((TL,), "TL"), ((TL,), NEW_POST)):
            told = [of_post(self.desks[n], name) for n in (*posts, DISTRICT, PROVINCE)]
            assert all(one == told[0] for one in told), name
            added = [figures(self.desks[n], f"post:{name}") for n in (*posts, DISTRICT, PROVINCE)]
            assert all(one == added[0] for one in added), name
        district, province = (self.desks[n] for n in (DISTRICT, PROVINCE))
        assert figures(district, "district:Cao Lộc") == figures(province, "district:Cao Lộc")
        for n in (BS, OTHER_BS, TL, DISTRICT):
            desk = self.desks[n]
            own = desk.part(DeskLog).holding()[desk.identity.id].number
            # Of a copied desk either branch may have arrived first under the desk's own name.
            held = max(
                head.number
                for name, head in province.part(DeskLog).holding().items()
                if desk_of(name) == desk.identity.id
            )
            # The last file of the other laptop contained less than was written since.
            assert own - held <= 3
        self._notes_have_arrived(province)

    def _notes_have_arrived(self, province):
        """The province's notes about a record are on its owner's desks, and only there."""
        units = province.part(DeskUnits)
        told = {
            n: {one.id for one in self.desks[n].exchange.notes.notes()} for n in (BS, OTHER_BS, TL)
        }
        for note in province.exchange.notes.notes():
            if note.desk == province.identity.id:
                owner = units.owner(note.type, note.record)
                for n in (BS, OTHER_BS, TL):
                    assert (note.id in told[n]) == (self.desks[n].identity.unit == owner)


Tiers.TestCase.settings = settings(
    max_examples=tries(3, 40), stateful_step_count=20, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
TestTiers = Tiers.TestCase


YEARS = tries(1, 12)
"""The number of simulated years, each with other random events."""
OF_THE_YEAR = tries(["PM", "HN", "BL", "TL", "BS", "CM"], factories.POSTS)
"""The posts of the simulated year: some within the district, the others below the province."""


@pytest.mark.parametrize("chance", range(YEARS))
def test_a_year_of_many_desks_with_lost_sticks_leaves_nobody_wrong(tmp_path, chance):
    """One file in twenty is lost, broken or taken to another desk, one in five is late, some come
    twice; the province asks only for what its board shows as missing."""
    year = Year(tmp_path, random.Random(chance))
    try:
        year.carry()
        assert year.wrong() == []
        assert year.asked >= 3
        table = year.province.exchange.board.table(2023)
        rows = [row for row in table.rows if row.unit in year.posts]
        cells = [cell for row in rows for cell in row.cells]
        assert len(rows) == len(year.posts)
        assert [row.gaps for row in rows if row.gaps] == []
        assert not any(cell.lacking or cell.broken for cell in cells)
        for one in year.province.exchange.board.to_compare(table):
            assert year.province.exchange.board.compare(one).differences == []
    finally:
        year.close()


class Year:
    """Every post of the province and a second laptop of one, a district between, and their year."""

    def __init__(self, folder, chance):
        self.folder, self.chance, self.asked, self.made = folder, chance, 0, 0
        self.posts = {
            c: new_desk(folder / c, "post", c, n) for n, c in enumerate(OF_THE_YEAR, start=1)
        }
        self.twin = new_desk(folder / "twin", "post", "BS", 20)
        self.district = new_desk(folder / "district", "liaison", "Cao Lộc", 30)
        self.province = new_desk(folder / "province", "province", "20", 31)
        self.below = self.district.writable().area
        self.late = []
        trust(*self.every())

    def every(self):
        return [*self.posts.values(), self.twin, self.district, self.province]

    def carry(self):
        for month in range(1, 13):
            for desk in (*self.posts.values(), self.twin):
                _a_month(desk, month, self.chance)
            pair = [(self.twin, self.posts["BS"]), (self.posts["BS"], self.twin)]
            ways = pair if month % 4 == 0 else []
            ways += [(post, self.above(code)) for code, post in self.posts.items()]
            self.chance.shuffle(ways)
            if month == 12:  # the last files of three posts: nothing later contains their entries
                for kind, code in enumerate(("BL", "CM", "PM")):
                    way = self.posts[code], self.above(code)
                    ways.remove(way)
                    self.lose(self.send(*way, "2023-12"), *way, kind)
            for way in [*ways, (self.district, self.province)]:
                self.hand_over(*way, f"2023-{month:02}")
        for path, to in self.late:
            Tiers._take(to, path)
        for way in 2 * [(self.twin, self.posts["BS"]), (self.posts["BS"], self.twin)]:
            Tiers._take(way[1], self.send(*way, "2023-12"))
        Tiers._take(self.above("BS"), self.send(self.posts["BS"], self.above("BS"), "2023-12"))
        for receiver in (self.district, self.province, self.district, self.province):
            self.ask_again(receiver)

    def above(self, code):
        return self.district if code in self.below else self.province

    def send(self, sender, receiver, period):
        self.made += 1
        wish = ExportOptions(receiver=receiver.identity.id)
        return sender.exchange.exports.export(period, self.folder / f"s{self.made}", wish)

    def hand_over(self, sender, receiver, period):
        path, luck = self.send(sender, receiver, period), self.chance.random()
        if luck < 0.05:
            self.lose(path, sender, receiver, self.chance.randrange(3))
        elif luck < 0.25:
            self.late.insert(self.chance.randrange(len(self.late) + 1), (path, receiver))
        else:
            for _time in range(1 + (luck > 0.95)):
                Tiers._take(receiver, path)

    def lose(self, path, sender, receiver, kind):
        """Break a file, take it to another desk, or lose it."""
        if kind == 0:
            path.write_bytes(path.read_bytes()[: -self.chance.randrange(10, 400)])
            assert receiver.exchange.imports.take(path).status == REFUSED
        elif kind == 1:
            others = [desk for desk in self.every() if desk not in (sender, receiver)]
            told = self.chance.choice(others).exchange.imports.take(path)
            assert told.status != REFUSED  # the entries it continues may never have arrived there

    def ask_again(self, receiver):
        """Send what the board's text asks for."""
        if receiver is self.province:
            Tiers._take(receiver, self.send(self.district, receiver, "2023-12"))
        table = receiver.exchange.board.table(2023)
        for row in table.rows:
            if row.unit not in self.posts:
                continue
            if (row.unit in self.below) == (receiver is self.province):
                continue
            for month, cell in zip(table.months, row.cells, strict=True):
                text = request_text(receiver, row, month, cell)
                if not text:
                    continue
                self.asked += 1
                assert receiver.book.post_name(row.unit) in text
                # Entries requested by number are in a file of any month, a month only in its own.
                period = month.text if month.title in text else "2023-12"
                Tiers._take(receiver, self.send(self.posts[row.unit], receiver, period))

    def wrong(self):
        """The posts for which a receiver's content differs from their own."""
        return [
            code
            for code, post in self.posts.items()
            for other in (self.province, *([self.district] if code in self.below else []))
            if figures(post, f"post:{code}") != figures(other, f"post:{code}")
            or of_post(post, code) != of_post(other, code)
        ]

    def close(self):
        for desk in self.every():
            desk.close()


def _a_month(post, month, chance):
    """Add a record, and correct or delete an earlier month's."""
    raw = clearing(post=None, participants=chance.randrange(5, 60))
    post.records.add("clearing", raw | {"started_on": f"2023-{month:02}-03"})
    rows = post.lists.page("clearing", everything())
    own = post.identity.unit
    row = chance.choice([row for row in rows if row.values["post"] == own])
    if chance.random() < 0.3:
        post.records.delete("clearing", row.id, "Nhập nhầm")
    else:
        people = chance.randrange(60, 90)
        post.records.edit("clearing", row.id, {"participants": people})
