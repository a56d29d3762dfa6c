"""Set-up files are numbered and complete: rows of the previous file missing in the new one end or
are removed, rows added by a post stay; of two decisions on a card the later counts."""

import datetime
import json
import zipfile
from decimal import Decimal
from functools import partial

import pytest

from borderdesk.backups.backups import restore
from borderdesk.base.errors import InvalidRecord, OperationRefused, UserError
from borderdesk.closing.reference_guard import SignedFiguresError
from borderdesk.closing.summary import make_summary
from borderdesk.desk import Desk
from borderdesk.exchange.desks import setups
from borderdesk.exchange.desks.setup_file import read_setup
from borderdesk.exchange.desks.setups import OLDER
from borderdesk.exchange.receiving.card_collection import collect_cards
from borderdesk.exchange.receiving.imports import REFUSED
from borderdesk.figures.regulations import load_regulation
from borderdesk.figures.targets import ClauseTable, remove_targets, set_target, targets
from borderdesk.schema.reference import REFERENCE_TYPES
from borderdesk.schema.settings import SettingTable
from borderdesk.store.reference import delete_rows, read_cells
from tests.exchanging import clearing, new_desk, send, trust
from tests.factories import example

HAMLETS = "commune,name,is_border,households_total,valid_from,valid_to\n"


def hand_over(province, desk, tmp_path):
    file = tmp_path / "a.bdsetup"
    province.exchange.setups.make(file)
    setup = read_setup(file)
    return desk.exchange.setups.apply(setup, vouched=setup.card.fingerprint)


def load(desk, tmp_path, name, text):
    file = tmp_path / f"{name}.csv"
    file.write_text(text, "utf-8")
    desk.reference.load(file)


def take_out(desk, kind, **key):
    """Remove rows as the table in the settings does."""
    table = REFERENCE_TYPES[kind]
    rows = [one for one in read_cells(desk.store, table) if key.items() <= one.items()]
    with desk.writing():
        delete_rows(desk.store, table, rows)
        desk.touch_reference()


def test_the_true_list_of_markers_leaves_none_that_were_invented(province, post, tmp_path):
    assert any(invented for _post, _commune, invented in post.book.markers.values())
    post.records.add("clearing", clearing(post=None, from_marker="962", to_marker="963"))
    load(province, tmp_path, "markers",
         "marker,post,commune,invented\n962,BS,06199-2023,0\n1146,BS,06199-2023,0\n"
         "1146/1,BS,06199-2023,0\n")  # fmt: skip
    outcome = hand_over(province, post, tmp_path)
    assert list(post.book.markers) == ["962", "1146", "1146/1"]
    assert outcome.ended["markers"] == 471
    assert "GD" not in post.book.posts


def test_without_a_true_list_the_invented_one_stays(province, post, tmp_path):
    before = dict(post.book.markers)
    hand_over(province, post, tmp_path)
    assert post.book.markers == before


def test_what_is_no_longer_in_the_set_up_goes_or_ends_and_the_own_stays(province, post, tmp_path):
    load(province, tmp_path, "a", HAMLETS + "06199-2023,Bản Phạc,1,88,2020-01-01,\n"
         "06199-2023,Nà Mò,1,20,2020-01-01,\n")  # fmt: skip
    load(province, tmp_path, "b", "list,code,vi,en,unit\ntag,moi,Mới,,\n")
    hand_over(province, post, tmp_path)
    load(post, tmp_path, "c", HAMLETS + "06199-2023,Pò Mã,1,9,2020-01-01,\n")
    load(post, tmp_path, "d", "list,code,vi,en,unit\ntag,rieng,Riêng,,\n")
    post.records.add("clearing", clearing(post=None, commune="06199", hamlet="Bản Phạc"))
    take_out(province, "hamlets", name="Bản Phạc")
    take_out(province, "hamlets", name="Nà Mò")
    take_out(province, "picks", code="moi")
    outcome = hand_over(province, post, tmp_path)
    assert outcome.ended == {"hamlets": 2, "picks": 1}
    hamlets = {one.name: one.valid_to for one in post.book.hamlets}
    assert hamlets == {"Bản Phạc": post.today().isoformat(), "Pò Mã": "9999-12-31"}
    assert "moi" not in post.book.picks["tag"]
    own = post.exchange.setup_rows.own()
    assert [one["name"] for one in own["hamlets"]] == ["Pò Mã"]
    assert [one["code"] for one in own["picks"]] == ["rieng"]
    # Once more the same: nothing ends twice.
    assert hand_over(province, post, tmp_path).ended == {}
    assert post.exchange.setups.all_applied()[0].number == 3


def test_settings_and_targets_go_with_the_set_up_that_brought_them(province, post, tmp_path):
    province.reference.set_setting("cut_off_day", "20", "2024-01-01")
    post.reference.set_setting("symbol", "ĐBPBS")
    province.reference.write_targets(
        lambda store: set_target(store, "leaflets", 2023, "province", "500", "at_least", "")
    )
    hand_over(province, post, tmp_path)
    assert len(targets(post.store, 2023)) == 1
    for table in ("setting", "clause"):
        province.store.execute_sql(f"DELETE FROM {table} WHERE value IN ('20', '500')")
    province.touch_reference()
    hand_over(province, post, tmp_path)
    assert targets(post.store, 2023) == []
    assert "cut_off_day" not in post.book.settings
    assert "symbol" in post.book.settings


UNITS = "id,code,name,kind,parent,border,valid_from,valid_to,successors\n"
XUAT_LE = "06202-2023,06202,Xã Xuất Lễ,commune,183-2023,1,2000-01-01"


@pytest.mark.parametrize("by_hand", [True, False])
@pytest.mark.parametrize("ended", ["2023-12-31", "2023-06-30", "2024-01-01"])
def test_a_target_goes_along_whatever_the_list_says_since_of_its_unit(
    province, post, tmp_path, by_hand, ended
):
    """A limit of 0 for a commune in 2024, of which the list says later that it was renamed."""
    scope = "commune:06202-2023"
    if by_hand:
        write = partial(
            set_target, key="incidents_new", year=2024, scope=scope, value="0", rule="at_most"
        )
    else:
        clause = {"indicator": "incidents_new", "rule": "at_most", "value": 0, "scope": scope}
        rules = {"number": "01/QC", "year": 2024, "clause": [clause]}
        keys = province.figures.indicator_keys()
        write = partial(
            load_regulation, read=rules, keys=keys, scope_of=province.figures.yearly_scope
        )
    province.reference.write_targets(write)
    hand_over(province, post, tmp_path)
    first = datetime.date.fromisoformat(ended) + datetime.timedelta(days=1)
    load(province, tmp_path, "units",
         f"{UNITS}MOI,06202,Xã Xuất Lễ Mới,commune,183-2023,1,{first},,\n"
         f"{XUAT_LE},{ended},MOI\n")  # fmt: skip
    hand_over(province, post, tmp_path)
    assert targets(post.store) == targets(province.store)
    for desk in (province, post):
        (line,) = [
            line for line in make_summary(desk, "2024-12", "commune:MOI").lines
            if line.key == "incidents_new"
        ]  # fmt: skip
        assert line.target == 0
    # A unit that no list knows is refused, as a target of it could never be told.
    province.store.execute(ClauseTable.update(scope="commune:KHONG"))
    with pytest.raises(InvalidRecord, match="KHONG"):
        hand_over(province, post, tmp_path)


LEAFLETS = {"year": "2024", "indicator": "Tờ rơi", "rule": "ít nhất", "value": "5"}


@pytest.mark.parametrize(
    "clauses",
    [
        [{"year": "2024", "text": "Giữ vững an ninh"}, {"year": "2025", "text": "Hai"}],
        [{**LEAFLETS, "regulation": "05/QC", "no": "1", "text": "Của quy chế chưa có"}],
        [{**LEAFLETS, "regulation": "06/QC", "year": "2025"}],
        [{**LEAFLETS, "text": "Một"}, {**LEAFLETS, "rule": "không quá", "value": "9", "text": "b"}],
        [{**LEAFLETS, "no": "x" * 40, "text": "y" * 4_000, "value": "0,5"}],
    ],
    ids=["text", "unknown", "another_year", "two", "long"],
)
def test_clauses_that_no_listed_regulation_has_go_along_whole(province, post, tmp_path, clauses):
    """Of regulations the province lists 06/QC of 2024 alone."""
    save = province.ledgers.save
    save("regulations", [], [(0, {"number": "06/QC", "year": "2024"})], "regulations")
    save("clauses", [], [*enumerate(clauses)], "clauses")
    post.reference.write_targets(lambda store: set_target(store, "leaflets", 2023, "province", "1"))
    own = targets(post.store)
    for _again in range(2):
        hand_over(province, post, tmp_path)
        assert targets(post.store, 2023) == own
        assert targets(post.store)[1:] == targets(province.store)
    assert len(targets(province.store)) == len(clauses)
    save("clauses", province.ledgers.rows("clauses"), [], "clauses")
    assert hand_over(province, post, tmp_path).ended["clauses"] == len(clauses)
    assert targets(post.store) == own


def test_a_restored_province_goes_on_with_what_it_had_brought(province, post, tmp_path):
    """It has another id since, by which its earlier self made the file before."""
    load(province, tmp_path, "a", HAMLETS + "06199-2023,Nà Mò,1,20,2020-01-01,\n")
    province.reference.write_targets(
        lambda store: set_target(store, "leaflets", 2023, "province", "500", "at_least", "")
    )
    province.word_forms.keep_form("tinh.docx", b"1")
    post.word_forms.keep_form("rieng.docx", b"own")
    hand_over(province, post, tmp_path)
    restore(province.backups.make(tmp_path / "backups").file, tmp_path / "restored")
    with Desk.open(tmp_path / "restored") as restored:
        restored.word_forms.keep_form("tinh.docx", b"2")
        restored.word_forms.keep_form("rieng.docx", b"theirs")
        assert hand_over(restored, post, tmp_path).ended == {}
        forms = post.word_forms
        assert [forms.content(f"{name}.docx") for name in ("tinh", "rieng")] == [b"2", b"own"]
        take_out(restored, "hamlets", name="Nà Mò")
        restored.reference.write_targets(
            lambda store: remove_targets(store, "leaflets", 2023, "province")
        )
        restored.word_forms.remove_form("tinh.docx")
        outcome = hand_over(restored, post, tmp_path)
    assert outcome.ended == {"hamlets": 1, "clauses": 1, "forms": 1}
    assert (post.book.hamlets, targets(post.store), post.exchange.setup_rows.own()) == ([], [], {})
    # Whoever does not continue the desk before takes nothing of it out.
    with new_desk(tmp_path / "other", "province", "20", 9) as other:
        hand_over(province, post, tmp_path)
        assert hand_over(other, post, tmp_path).ended == {}
    assert [hamlet.name for hamlet in post.book.hamlets] == ["Nà Mò"]


@pytest.mark.parametrize("what", ["cut_off", "hamlet"])
def test_what_a_set_up_file_lacks_redraws_nothing_that_is_signed(province, post, tmp_path, what):
    """A cut-off day, and a hamlet that no record names, of the households that there are."""
    province.reference.set_setting("cut_off_day", "20", "2023-01-01")
    load(province, tmp_path, "a", HAMLETS + "06202-2023,Pò Mã,1,40,2020-01-01,\n")
    hand_over(province, post, tmp_path)
    home = {"head": "Lý B", "hamlet": "Thôn 9", "commune": "06202"}
    post.records.add("pledge", {**example("pledge", 1), "signed_on": "2023-06-05",
                                "household": home, "post": None})  # fmt: skip
    before = post.exchange.setups.all_applied(), read_cells(post.store, SettingTable)
    post.closing.close_period("2023")
    signed = [(line.key, line.value) for line in make_summary(post, "2023", live=True).lines]
    assert dict(signed)["pledge_coverage"] == Decimal("2.5")
    if what == "cut_off":
        province.store.execute(SettingTable.delete().where(SettingTable.value == "20"))
    else:
        take_out(province, "hamlets", name="Pò Mã")
    province.touch_reference()
    with pytest.raises(SignedFiguresError):
        hand_over(province, post, tmp_path)
    assert (post.exchange.setups.all_applied(), read_cells(post.store, SettingTable)) == before
    now = [(line.key, line.value) for line in make_summary(post, "2023", live=True).lines]
    assert now == signed
    post.closing.reopen_period("2023", None, "Sai")
    assert hand_over(province, post, tmp_path).number == 3


# ---------------------------------------------------------------------------- cards


def test_an_older_set_up_brings_no_revoked_and_no_renewed_card_back(province, post, tmp_path):
    with (
        new_desk(tmp_path / "cl", "post", "CL", 3) as other,
        new_desk(tmp_path / "cm", "post", "CM", 4) as third,
    ):
        trust(province, other)
        trust(province, third)
        file = tmp_path / "old.bdsetup"
        province.exchange.setups.make(file)
        old = read_setup(file)
        post.exchange.cards.accept_card(other.exchange.cards.own())
        post.exchange.cards.revoke_card(other.identity.id)
        renewed = third.exchange.cards.renew_keys()
        post.exchange.cards.accept_card(renewed)
        done = post.exchange.setups.apply(old, vouched=old.card.fingerprint)
        assert set(done.kept_cards) == {other.identity.id, third.identity.id}
        assert not post.exchange.cards.of(other.identity.id).accepted
        assert post.exchange.cards.of(third.identity.id).card == renewed
        left = collect_cards(post, [file])
        assert (left.cards, len(left.left)) == ([], 2)
        # What the province decides after that counts again.
        province.exchange.cards.accept_card(renewed)
        province.exchange.cards.accept_card(other.exchange.cards.own())
        assert hand_over(province, post, tmp_path).kept_cards == ()
        assert post.exchange.cards.of(other.identity.id).accepted
        assert post.exchange.setups.apply(old).status == OLDER


def test_twelve_cards_are_accepted_by_one_confirmation(cli_inline, province, post, tmp_path):
    folder = tmp_path / "thẻ"
    folder.mkdir()
    expected = set()
    for number, unit in enumerate(("BS", "CL", "CM"), start=11):
        with new_desk(tmp_path / unit, "post", unit, number) as desk:
            card = desk.exchange.cards.own()
        (folder / f"thẻ {unit}.BDCARD").write_text(card.text() + "\n", "utf-8-sig")
        expected.add(card)
    (folder / "bản sao").mkdir()
    (folder / "bản sao/của mình.bdcard").write_text(province.exchange.cards.own().text(), "utf-8")
    (folder / "đọc.txt").write_text("xin chào", "utf-8")
    refused = cli_inline("--desk", province.folder, "card", "accept", folder)
    assert refused.returncode == 4
    assert all(card.fingerprint in refused.stderr for card in expected)
    assert province.exchange.cards.known() == []
    done = cli_inline("--desk", province.folder, "card", "accept", folder, "--yes")
    assert [json.loads(line)["unit"] for line in done.stdout.splitlines()] == ["BS", "CL", "CM"]
    assert {one.card for one in province.exchange.cards.known()} == expected
    file = tmp_path / "x.bdsetup"
    province.exchange.setups.make(file)
    done = cli_inline("--desk", post.folder, "card", "accept", file, "--yes")
    assert len(done.stdout.splitlines()) == 4
    assert post.book.setting("cut_off_day", post.today(), "0") == "0"


# ------------------------------------------------------------------ the demonstration


def test_nothing_of_a_demonstration_enters_a_real_desk(province, post, tmp_path):
    Desk.create(tmp_path / "demo", "province", "20", "A", demo=True).close()
    with Desk.open(tmp_path / "demo") as demo:
        trust(demo, post)
        trust(demo, province)
        demo.records.add("clearing", clearing())
        package = send(demo, tmp_path)
        for desk in (post, province):
            outcome = desk.exchange.imports.take(package)
            assert outcome.status == REFUSED
            assert outcome.reason
        assert province.exchange.quarantine.refused_files() == []
        with pytest.raises(OperationRefused):
            hand_over(demo, post, tmp_path)
        assert demo.exchange.imports.take(send(post, tmp_path)).status != REFUSED


def test_a_set_up_file_of_a_newer_program_says_which_is_wanted(province, tmp_path, monkeypatch):
    monkeypatch.setattr(setups, "FORMAT", 2)
    monkeypatch.setattr(setups, "__version__", "0.9.0")
    province.exchange.setups.make(tmp_path / "a.bdsetup")
    with pytest.raises(UserError, match=r"mới hơn tạo ra \(0\.9\.0\)"):
        read_setup(tmp_path / "a.bdsetup")
    with zipfile.ZipFile(tmp_path / "a.bdsetup", "a") as archive:
        archive.writestr("pictures/map.png", b"of a form we do not know")
    with pytest.raises(UserError, match=r"mới hơn tạo ra \(0\.9\.0\)"):
        read_setup(tmp_path / "a.bdsetup")
