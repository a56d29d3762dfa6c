"""Closing as a state machine: saving, closing, reopening, sending and amending in any order,
against a model of plain dictionaries that computes every figure itself."""

import datetime
import shutil

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from borderdesk.base.errors import OperationRefused
from borderdesk.closing.guard import ClosedPeriodError
from borderdesk.closing.summary import make_summary
from borderdesk.desk import Desk
from tests.effort import tries

COMMUNES = ["06196", "06202"]
PERIODS = {
    "2023-03": ("2023-03-01", "2023-03-31"),
    "2023-04": ("2023-04-01", "2023-04-30"),
    "2023-05": ("2023-05-01", "2023-05-31"),
    "2023-Q2": ("2023-04-01", "2023-06-30"),
}
SCOPES = ["province", "post:BS", "commune:06196"]
YEAR = "2023-01-01"
EVENT = {"clearing": "started_on", "pledge": "signed_on", "registration": "from_on",
         "incident": "happened_on"}  # fmt: skip
LATE = "Bổ sung kỳ đã chốt."

days = st.sampled_from(
    ["2023-02-11", "2023-03-05", "2023-03-31", "2023-04-01", "2023-04-30", "2023-05-09"]
)
places = st.sampled_from(COMMUNES)
posts = st.sampled_from(["BS", "BS", "TL"])
periods, scopes = st.sampled_from([*PERIODS]), st.sampled_from(SCOPES)


class Closed:
    """The model of an edition."""

    def __init__(self, period, scope, at, figures, to_date, replaces):
        self.period, self.scope, self.at = period, scope, at
        self.figures, self.to_date, self.replaces = figures, to_date, replaces
        self.state, self.final = "closed", False


class Desks(RuleBasedStateMachine):
    """The desk, and its model."""

    template = None
    folder = None

    def __init__(self):
        super().__init__()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.template, self.folder)
        self.desk = Desk.open(self.folder)
        self.versions = {}
        """{record: [(when, type, values or None for a deletion)]}, oldest first."""
        self.clock = 0
        self.editions = {}
        for head, commune in (("Lý A", "06196"), ("Lý B", "06202"), ("Lý C", "06196")):
            values = {"head": head, "commune": f"{commune}-2023", "hamlet": "Pò Mã"}
            self.note(self.desk.records.add("household", values).id, "household", values)

    def teardown(self):
        for period in PERIODS:
            for scope in SCOPES:
                self.compare(period, scope)
        assert self.desk.maintenance.verify()["problems"] == []
        self.desk.close()

    # ------------------------------------------------------------------- the model

    def note(self, record, type_name, values):
        self.clock += 1
        self.versions.setdefault(record, []).append((self.clock, type_name, values))

    def here(self, *types):
        """The present records: {id: (type, values)}."""
        now = {record: known[-1] for record, known in self.versions.items()}
        return {r: (t, v) for r, (_at, t, v) in now.items() if v and (not types or t in types)}

    def homes(self):
        return sorted(self.here("household"))

    def leaders(self, records):
        """{household: the smallest id of its group}."""
        group = {record: {record} for record, (t, _v) in records.items() if t == "household"}
        for record, (type_name, values) in records.items():
            other = values.get("merged_into") if type_name == "household" else None
            if other:
                joined = group[record] | group[other]
                for member in joined:
                    group[member] = joined
        return {member: min(joined) for member, joined in group.items()}

    def figures(self, records, scope, first, last, only=None):
        """The figures of a scope over some days, computed from the records only."""
        leaders = self.leaders(records)
        told = dict.fromkeys(
            "clearing_events clearing_participants pledges_signed household_pledges"
            " households_registered incidents_new incidents_open incidents_closed"
            " communes_active".split(), 0
        )  # fmt: skip
        signed, registered, active = {}, set(), set()
        for record, (type_name, values) in sorted(records.items()):
            if type_name == "household" or (only is not None and record not in only):
                continue
            commune = values["commune"][:5]
            if scope == "post:BS" and values["post"] != "BS":
                continue
            if scope == "commune:06196" and commune != "06196":
                continue
            day = values[EVENT[type_name]]
            inside = first <= day <= last
            if inside:
                active.add(commune)
            if type_name == "clearing" and inside:
                told["clearing_events"] += 1
                told["clearing_participants"] += values["participants"]
            if type_name == "pledge" and YEAR <= day <= last:
                home = leaders[values["household"]]
                signed[home] = min(day, signed.get(home, day))
                told["pledges_signed"] += inside
            if type_name == "registration" and day <= last <= values.get("to_on", last):
                registered.add(leaders[values["household"]])
            if type_name == "incident":
                closed = values.get("closed_on", "9999")
                told["incidents_new"] += inside
                told["incidents_closed"] += first <= closed <= last
                told["incidents_open"] += day <= last < closed
        told["household_pledges"] = sum(first <= day for day in signed.values())
        told["households_registered"] = len(registered)
        told["communes_active"] = len(active)
        return told

    def of(self, period, scope, records=None):
        """(a period's figures, the year's so far), from the present records."""
        records = self.here() if records is None else records
        first, last = PERIODS[period]
        return (
            self.figures(records, scope, first, last),
            self.figures(records, scope, YEAR, last),
        )

    def standing(self, period, scope):
        return next(
            (e for e in self.editions.values() if (e.period, e.scope) == (period, scope)
             and e.state in ("closed", "opened")), None,
        )  # fmt: skip

    def must_refuse(self, record, values):
        """Whether a closed edition counted what these values would change."""
        before = self.here()
        type_name = self.versions[record][0][1]
        after = {r: known for r, known in before.items() if r != record}
        if values is not None:
            after[record] = (type_name, values)
        for edition in self.editions.values():
            if edition.state != "closed":
                continue
            only = {r for r, known in self.versions.items() if known[0][0] <= edition.at}
            window = PERIODS[edition.period]
            was, now = (
                self.figures(some, edition.scope, *window, only=only) for some in (before, after)
            )
            signed = [v for at, _t, v in self.versions[record] if at <= edition.at]
            if was != now and not (signed and signed[-1] == values):
                return True
        return False

    def attempt(self, record, values, deed):
        """Change a record to `values`, and assert that it is refused exactly when it must be."""
        if self.must_refuse(record, values):
            before = self.desk.maintenance.verify()
            with pytest.raises(ClosedPeriodError):
                deed()
            assert self.desk.maintenance.verify() == before
            return
        deed()
        self.note(record, self.versions[record][0][1], values)

    # ----------------------------------------------------------------------- saving

    def add(self, type_name, values):
        saved = self.desk.records.add(type_name, values)
        values, day = self.at_home(type_name, values), values[EVENT[type_name]]
        commune = values["commune"]
        late = any(
            e.state == "closed" and PERIODS[e.period][0] <= day <= PERIODS[e.period][1]
            and (e.scope == "province" or e.scope == f"post:{values['post']}"
                 or e.scope == f"commune:{commune[:5]}")
            for e in self.editions.values()
        )  # fmt: skip
        assert (LATE in saved.warnings.get(EVENT[type_name], "")) == late
        self.note(saved.id, type_name, values)

    def at_home(self, type_name, values):
        """The values with the commune that a pledge copies from its household."""
        if type_name != "pledge":
            return values
        return {**values, "commune": self.here()[values["household"]][1]["commune"]}

    @rule(type_name=st.sampled_from([*EVENT]), day=days, post=posts, commune=places, data=st.data())
    def add_any(self, type_name, day, post, commune, data):
        home = data.draw(st.sampled_from(self.homes()))
        self.add(type_name, {"post": post, EVENT[type_name]: day, **{
            "clearing": {"kind": "road_repair", "commune": commune, "participants": day.count("3")},
            "pledge": {"programme": "phao", "household": home},
            "registration": {"subject": "household", "commune": commune, "hamlet": "Pò Mã",
                             "household": home},
            "incident": {"commune": commune, "category": "khac", "status": "open"},
        }[type_name]})  # fmt: skip

    @precondition(lambda self: self.here(*EVENT))
    @rule(data=st.data(), day=days, end=st.sampled_from(["2023-03-31", "2023-05-10", "2023-06-02"]))
    def edit(self, data, day, end):
        record = data.draw(st.sampled_from(sorted(self.here(*EVENT))))
        type_name, values = self.here()[record]
        choices = [{"note": "đã xem"}, {EVENT[type_name]: day}]
        if type_name == "clearing":
            choices += [{"participants": 5}, {"commune": COMMUNES[day > "2023-04"]}]
        if type_name in ("pledge", "registration"):
            choices.append({"household": data.draw(st.sampled_from(self.homes()))})
        if type_name == "registration":
            choices.append({"to_on": end})
        if type_name == "incident":
            choices.append({"status": "closed", "closed_on": end})
        changes = data.draw(st.sampled_from(choices))
        new = {**values, **changes}
        if any(new[key] != values[key] for key in ("household", EVENT[type_name]) if key in new):
            new = self.at_home(type_name, new)
        ends = new.get("to_on") or new.get("closed_on")
        if ends and ends < new[EVENT[type_name]]:
            return
        self.attempt(record, new, lambda: self.desk.records.edit(type_name, record, changes))

    @rule(data=st.data(), commune=places, join=st.booleans())
    def edit_household(self, data, commune, join):
        record, other = (data.draw(st.sampled_from(self.homes())) for _each in range(2))
        if join and record == other:
            return
        changes = {"merged_into": other} if join else {"commune": f"{commune}-2023"}
        values = {**self.here()[record][1], **changes}
        self.attempt(record, values, lambda: self.desk.records.edit("household", record, changes))

    @precondition(lambda self: self.here(*EVENT))
    @rule(data=st.data())
    def delete(self, data):
        record = data.draw(st.sampled_from(sorted(self.here(*EVENT))))
        type_name = self.here()[record][0]
        self.attempt(record, None, lambda: self.desk.records.delete(type_name, record, "nhầm"))

    def gone(self):
        return sorted(r for r, known in self.versions.items() if known[-1][2] is None)

    @precondition(lambda self: self.gone())
    @rule(data=st.data())
    def undelete(self, data):
        record = data.draw(st.sampled_from(self.gone()))
        _at, type_name, values = self.versions[record][-2]
        self.attempt(record, values, lambda: self.desk.records.undelete(type_name, record))

    # ---------------------------------------------------------------------- closing

    def chosen(self, data):
        """A period and scope, preferably a signed one."""
        signed = [(e.period, e.scope) for e in self.editions.values() if e.state != "withdrawn"]
        return data.draw(st.sampled_from([*signed, ("2023-04", "post:BS")]))

    @rule(data=st.data())
    def close_again(self, data):
        self.close_one(*self.chosen(data))

    @rule(period=periods, scope=scopes)
    def close(self, period, scope):
        self.close_one(period, scope)

    def close_one(self, period, scope):
        before = self.standing(period, scope)
        if before and before.state == "closed":
            with pytest.raises(OperationRefused):
                self.desk.closing.close_period(period, scope)
            return
        figures, to_date = self.of(period, scope)
        if before and (before.figures, before.to_date) == (figures, to_date):
            # The model has not every figure: another one may differ.
            try:
                edition = self.desk.closing.close_period(period, scope)
            except OperationRefused:
                self.keep_signed(period, scope, before)
                return
        else:
            edition = self.desk.closing.close_period(period, scope)
        issued = [e for e in self.editions.values() if (e.period, e.scope) == (period, scope)]
        assert edition.number == len(issued) + 1
        self.editions[edition.id] = Closed(period, scope, self.clock, figures, to_date, before)
        if before:
            before.state = "replaced"
            told = {(m.key, m.column): (m.signed, m.now, m.difference)
                    for m in self.desk.closing.differences(edition.id)}  # fmt: skip
            for column, old, new in (("value", before.figures, figures),
                                     ("year_to_date", before.to_date, to_date)):  # fmt: skip
                for key in old:
                    moved = (old[key], new[key], new[key] - old[key])
                    assert told.get((key, column)) == (moved if moved[2] else None)

    def keep_signed(self, period, scope, before):
        """Whether nothing differs, so that the paper may stay as signed."""
        if not self.desk.closing.amendment_draft(period, scope):
            assert self.desk.closing.keep_signed(period, scope).name == "closed"
            before.state = "closed"

    @rule(data=st.data())
    def reopen(self, data):
        period, scope = self.chosen(data)
        edition = self.standing(period, scope)
        if not edition or edition.state != "closed" or edition.final:
            with pytest.raises(OperationRefused):
                self.desk.closing.reopen_period(period, scope, "sai số")
            return
        self.desk.closing.reopen_period(period, scope, "sai số")
        edition.state = "withdrawn"
        if edition.replaces:
            edition.replaces.state = "opened"

    @rule(data=st.data(), printed=st.booleans())
    def amend(self, data, printed):
        period, scope = self.chosen(data)
        if printed:
            self.hand_out_one(period, scope, printed)
        edition = self.standing(period, scope)
        if not edition or edition.state != "closed" or not edition.final:
            with pytest.raises(OperationRefused):
                self.desk.closing.amend_period(period, scope, "sai số")
            return
        self.desk.closing.amend_period(period, scope, "sai số")
        edition.state = "opened"

    @rule(data=st.data(), printed=st.booleans())
    def hand_out(self, data, printed):
        self.hand_out_one(*self.chosen(data), printed)

    def hand_out_one(self, period, scope, printed):
        closing = self.desk.closing
        got = (closing.note_printed if printed else closing.note_sent)(period, scope)
        edition = self.standing(period, scope)
        closed = edition is not None and edition.state == "closed"
        assert (got is not None) == closed
        if closed:
            edition.final = True

    # ------------------------------------------------------------------- what holds

    @rule(period=periods, scope=scopes)
    def look(self, period, scope):
        self.compare(period, scope)

    @invariant()
    def every_edition_is_as_it_was_signed(self):
        assert {e.id for e in self.desk.closing.editions()} == set(self.editions)
        for name, edition in self.editions.items():
            kept = {line.key: line for line in self.desk.closing.summary(name).lines}
            for key, value in edition.figures.items():
                assert kept[key].value == value
                assert kept[key].year_to_date == edition.to_date[key]
            assert self.desk.closing.edition(name).state == edition.state

    def compare(self, period, scope):
        """Compare a report, signed or not, and the derivation of the year to date."""
        figures, to_date = self.of(period, scope)
        live = make_summary(self.desk, period, scope, live=True, with_ids=True)
        for line in live.lines:
            if line.key in figures:
                assert (line.key, line.value) == (line.key, figures[line.key])
                assert line.year_to_date == to_date[line.key]
        self.compare_carried(period, scope, live, to_date)
        edition = self.standing(period, scope)
        closed = edition is not None and edition.state == "closed"
        shown = make_summary(self.desk, period, scope)
        assert shown.closed == closed
        if closed:
            moved = {(m.key, m.column) for m in shown.moved}
            for key in figures:
                assert ((key, "value") in moved) == (edition.figures[key] != figures[key])
                assert ((key, "year_to_date") in moved) == (edition.to_date[key] != to_date[key])
            result = self.desk.closing.check(self.desk.closing.paper_text(shown)).result
            assert result == ("revised" if moved else "same")

    def compare_carried(self, period, scope, live, to_date):
        first = datetime.date.fromisoformat(PERIODS[period][0])
        papers = [
            (PERIODS[e.period][1], e.at, e) for e in self.editions.values()
            if e.scope == scope and e.state in ("closed", "opened")
            and PERIODS[e.period][1] < first.isoformat()
        ]  # fmt: skip
        last = max((paper[0] for paper in papers), default=None)
        for line in live.lines:
            if line.key not in ("clearing_participants", "household_pledges", "pledges_signed"):
                continue
            if last is None:
                assert line.carry is None
                continue
            assert line.carry.total == to_date[line.key]
            assert line.carry.value == line.value
            signed = [e for end, _at, e in papers if end == last]
            assert line.carry.signed in {e.to_date[line.key] for e in signed}
            now = self.figures(self.here(), scope, YEAR, last)[line.key]
            assert line.carry.late == now - line.carry.signed
            if line.late and line.key != "household_pledges":
                assert line.late_records


@pytest.mark.long
def test_what_is_signed_stays_whatever_is_done(province_template, tmp_path):
    class OnThisFolder(Desks):
        template = province_template
        folder = tmp_path / "desk"

    run_state_machine_as_test(
        OnThisFolder, settings=settings(max_examples=tries(5, 30), stateful_step_count=40)
    )
