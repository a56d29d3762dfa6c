"""Cards: desks get to know each other by stick, on paper, and through the province."""

import base64
import datetime
import json
import zipfile

import pytest
import zxingcpp

from borderdesk.base.errors import InvalidRecord, OperationRefused, UserError
from borderdesk.base.paths import database_file
from borderdesk.base.stored_words import words_of_stored
from borderdesk.desk import Desk
from borderdesk.exchange.desks.cards import (
    CONTINUES,
    Card,
    continuation_text,
    read_card,
    signed_by,
)
from borderdesk.exchange.desks.setup_file import read_setup
from borderdesk.exchange.desks.setups import APPLIED, OLDER, SAME, create_from_setup
from borderdesk.exchange.format.package_errors import NEW_KEY
from borderdesk.exchange.receiving.card_collection import collect_cards
from borderdesk.exchange.receiving.imports import IMPORTED, QUARANTINED, REFUSED, UNCHANGED
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.exchange.sending.receivers import receiver_choices
from borderdesk.overview.waiting import waiting
from borderdesk.reports.contents.letterhead import letterhead
from borderdesk.reports.handouts.card_paper import write_card
from borderdesk.reports.paper.pages import page_image
from borderdesk.schema.settings import ALWAYS
from tests.exchanging import clearing, everything, new_desk, send, trust
from tests.factories import POSTS
from tests.paper import pages


def test_units_are_listed_by_their_names(province, post, tmp_path):
    """Ba Sơn (BS) stands before Bảo Lâm (BL), Tân Thanh (TT) before Thanh Lòa (TL)."""
    card, codes = post.exchange.cards.own(), ["TL", "BL", "TT", "BS"]
    cards = [card._replace(unit=unit, desk=f"{n:032x}") for n, unit in enumerate(codes, 10)]
    by_name = ["BS", "BL", "TT", "TL"]
    folder = tmp_path / "cards"
    folder.mkdir()
    for one in cards:
        (folder / f"{one.unit}.bdcard").write_text(one.text(), "utf-8")
    assert [one.unit for one in collect_cards(province, [folder]).cards] == by_name
    missing = next(one for one in waiting(province) if one.intent == {"tab": "cards"}).text
    assert missing.index("Ba Sơn") < missing.index("Bảo Lâm")
    province.exchange.cards.accept_cards(cards)
    assert [one.card.unit for one in province.exchange.cards.known()] == by_name
    assert [unit for _name, unit in receiver_choices(province)] == by_name


# ------------------------------------------------------------------------------ one card


def test_a_card_on_paper_reads_back_from_its_code(post, tmp_path):
    paper = tmp_path / "card.pdf"
    write_card(post, post.exchange.cards.own(), paper, "vi")
    assert len(pages(paper)) == 1
    width, height, pixels = page_image(paper, 0, 2.0)
    (code,) = zxingcpp.read_barcodes(memoryview(pixels).cast("B", (height, width, 3)))
    assert Card.read(code.text) == post.exchange.cards.own()


def test_the_command_writes_the_card_as_json_and_as_a_page(cli_inline, tmp_path, post):
    folder = post.folder
    told = cli_inline("--desk", folder, "card", "show")
    assert Card.read(told.stdout) == post.exchange.cards.own()
    assert cli_inline("--desk", folder, "card", "show", "--pdf", tmp_path / "c.pdf").stdout == ""
    assert len(pages(tmp_path / "c.pdf")) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "other"}, {"desk": "AB"}, {"desk": 5}, {"role": "king"}, {"minisign": "RWQ"},
        {"age": "age1x"}, {"unit": "BS\n"}, {"unit": None},
    ],
)  # fmt: skip
def test_what_is_not_a_card_is_refused(post, tmp_path, change):
    told = {**json.loads(post.exchange.cards.own().text()), **change}
    file = tmp_path / "x.bdcard"
    file.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(UserError):
        read_card(file)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b"{" * 5_000, b"[" * 4_000])
def test_what_is_no_json_is_refused(tmp_path, content):
    file = tmp_path / "x.bdcard"
    file.write_bytes(content)
    with pytest.raises(UserError):
        read_card(file)


def test_a_lost_key_is_replaced_by_a_card_a_person_vouches_for(post, province, tmp_path):
    trust(post, province)
    post.records.add("clearing", clearing(post=None))
    before = send(post, tmp_path / "before")
    with new_desk(tmp_path / "new", "post", "BS", 3) as new:
        card = new.exchange.cards.own()
        province.exchange.cards.accept_card(card, instead_of=post.identity.id)
        known = {k.card.desk: k.accepted for k in province.exchange.cards.known()}
        assert known == {post.identity.id: False, new.identity.id: True}
        assert {k.vouched for k in province.exchange.cards.known()} == {"Người thử 2"}
    assert province.exchange.imports.take(before).status == QUARANTINED


def test_renewed_keys_sign_from_now_on_and_the_old_still_open(post, province, tmp_path):
    trust(post, province)
    old = post.exchange.cards.own()
    locked = send(province, tmp_path / "to", wish=ExportOptions([old]))
    new = post.exchange.cards.renew_keys()
    assert new.desk == old.desk
    assert new.minisign != old.minisign
    assert post.exchange.imports.take(locked).status == UNCHANGED
    post.records.add("clearing", clearing(post=None))
    path = send(post, tmp_path / "from")
    told = province.exchange.imports.take(path)
    assert (told.status, told.reason) == (QUARANTINED, words_of_stored(NEW_KEY))
    assert province.exchange.quarantine.refused_files() == []
    assert province.exchange.imports.take_waiting() == []
    assert province.exchange.cards.accept_card(new) == old
    (taken,) = province.exchange.imports.take_waiting()
    assert (taken.status, taken.added) == (IMPORTED, 1)
    assert province.exchange.imports.take(path).status == UNCHANGED
    assert post.exchange.imports.take(path).status == UNCHANGED


def test_twelve_cards_of_a_folder_are_accepted_by_one_confirmation(province, tmp_path, cli_inline):
    stick, told = tmp_path / "stick", {}
    stick.mkdir()
    for number, unit in enumerate([*POSTS, "BS"], start=11):
        with new_desk(tmp_path / str(number), "post", unit, number) as desk:
            card = desk.exchange.cards.own()
        told[card.desk] = card.fingerprint
        (stick / f"{number}.bdcard").write_text(card.text(), encoding="utf-8")
    (stick / "broken.bdcard").write_text("borderdesk-card", encoding="utf-8")
    accept = ("--desk", province.folder, "card", "accept", stick)
    asked = cli_inline(*accept)
    assert (asked.returncode, asked.stdout) == (4, "")
    # Each is listed with its fingerprint, two of one post with their ids; the broken one with a
    # reason.
    for desk, fingerprint in told.items():
        assert any(desk[:8] in line and fingerprint in line for line in asked.stderr.splitlines())
    assert "broken.bdcard" in asked.stderr
    assert province.exchange.cards.known() == []
    done = cli_inline(*accept, "--yes")
    assert done.returncode == 0
    assert {json.loads(line)["desk"] for line in done.stdout.splitlines()} == told.keys()
    assert {one.card.desk for one in province.exchange.cards.known() if one.accepted} == {*told}
    alone = cli_inline("--desk", province.folder, "card", "accept", stick / "broken.bdcard")
    assert alone.returncode != 0


def test_what_waited_is_taken_in_by_command_once_the_card_is_accepted(
    post, province, tmp_path, cli_inline
):
    trust(post, province)
    new, folder = post.exchange.cards.renew_keys(), province.folder
    post.records.add("clearing", clearing(post=None))
    path, card = send(post, tmp_path / "stick"), tmp_path / "new.bdcard"
    card.write_text(new.text(), encoding="utf-8")
    province.close()
    assert cli_inline("--desk", folder, "import", path).returncode == 1
    told = cli_inline("--desk", folder, "card", "accept", card)
    assert (told.returncode, len(told.stdout.splitlines())) == (0, 1)
    assert "import --waiting" in told.stderr
    assert json.loads(cli_inline("--desk", folder, "import", "--waiting").stdout)["added"] == 1
    assert json.loads(cli_inline("--desk", folder, "import", path).stdout)["unchanged"] == 1


def test_what_this_desk_signed_before_its_own_keys_were_renewed_is_unchanged(post, tmp_path):
    post.records.add("clearing", clearing(post=None))
    path = send(post, tmp_path)
    post.exchange.cards.renew_keys()
    assert post.exchange.imports.take(path).status == UNCHANGED


def test_who_gets_to_know_a_desk_after_its_renewal_takes_its_entries(post, province, tmp_path):
    post.records.add("clearing", clearing(post=None))
    send(post, tmp_path / "before")
    with new_desk(tmp_path / "other", "post", "BS", 3) as other:
        trust(post, other)
        other.exchange.imports.take(send(post, tmp_path / "to other"))
        card = post.exchange.cards.renew_keys()
        province.exchange.cards.accept_card(card)
        told = province.exchange.imports.take(send(post, tmp_path / "after"))
        assert (told.status, told.added, told.left_out) == (IMPORTED, 1, ())


def test_what_was_brought_of_a_renewed_desk_waits_for_its_new_card(post, province, tmp_path):
    with new_desk(tmp_path / "district", "liaison", "Cao Lộc", 3) as district:
        trust(post, province, district)
        new = post.exchange.cards.renew_keys()
        district.exchange.cards.accept_card(new)
        post.records.add("clearing", clearing(post=None))
        district.exchange.imports.take(send(post, tmp_path / "up"))
        wish = ExportOptions(receiver=province.identity.id)
        told = province.exchange.imports.take(send(district, tmp_path / "on", wish=wish))
    assert told.left_out == told.unknown == (post.identity.id,)
    assert province.exchange.imports.take_waiting() == []
    province.exchange.cards.accept_card(new)
    (again,) = province.exchange.imports.take_waiting()
    assert (again.status, again.added) == (IMPORTED, 1)
    assert province.exchange.quarantine.waiting() == []


def test_no_card_is_revoked_by_an_empty_or_shared_beginning(post, province):
    province.exchange.cards.accept_card(post.exchange.cards.own())
    for begin in ("", "1" * 32):
        with pytest.raises(UserError):
            province.exchange.cards.revoke_card(begin)


# --------------------------------------------------------------------------- quarantine


def test_what_waits_is_kept_and_taken_in_once_its_card_is_accepted(post, province, tmp_path):
    post.records.add("clearing", clearing(post=None))
    path = send(post, tmp_path / "stick")
    assert province.exchange.imports.take(path).status == QUARANTINED
    assert province.exchange.imports.take(path).status == QUARANTINED
    path.unlink()
    (waiting,) = province.exchange.quarantine.waiting()
    assert (waiting.unit, waiting.period, waiting.number, waiting.kept) == ("BS", "2023", 1, True)
    assert province.exchange.imports.take_waiting() == []
    province.exchange.cards.accept_card(post.exchange.cards.own())
    (outcome,) = province.exchange.imports.take_waiting()
    assert (outcome.status, outcome.added) == (IMPORTED, 1)
    assert province.exchange.quarantine.waiting() == []


def test_what_waits_and_turns_out_to_be_forged_is_refused_and_goes(post, province, tmp_path):
    post.records.add("clearing", clearing(post=None))
    province.exchange.imports.take(send(post, tmp_path))
    signer = post.exchange.cards.own()
    key = base64.b64decode(signer.minisign)
    with new_desk(tmp_path / "false", "post", "BS", 3) as other:
        real = other.exchange.cards.own()._replace(desk=post.identity.id)
    province.exchange.cards.accept_card(real)
    assert province.exchange.imports.take_waiting() == []
    named_alike = base64.b64encode(key[:10] + base64.b64decode(real.minisign)[10:]).decode()
    province.exchange.cards.accept_card(real._replace(minisign=named_alike))
    (outcome,) = province.exchange.imports.take_waiting()
    assert outcome.status == REFUSED
    assert province.exchange.quarantine.waiting() == []
    assert province.lists.count("clearing", everything()) == 0


# -------------------------------------------------------------------------- set-up files


@pytest.fixture
def made(province, post, tmp_path):
    """A set-up file of the province, which knows the post's card."""
    province.exchange.cards.accept_card(post.exchange.cards.own())
    province.reference.set_setting("cut_off_day", "14")
    file = tmp_path / "lang-son.bdsetup"
    province.exchange.setups.make(file)
    return file


def test_a_first_desk_is_made_from_the_set_up_file(province, post, made, tmp_path):
    setup = read_setup(made)
    assert setup.card == province.exchange.cards.own()
    with pytest.raises(OperationRefused):
        create_from_setup(Desk, tmp_path / "new", setup, "post", "CL", "A", vouched="0000 0000")
    assert not database_file(tmp_path / "new").exists()
    vouched = setup.card.fingerprint.lower().replace(" ", "")
    with create_from_setup(
        Desk, tmp_path / "new", setup, "post", "CL", "A", vouched=vouched
    ) as desk:
        cards = {k.card: (k.accepted, k.vouched) for k in desk.exchange.cards.known()}
        assert cards == {
            province.exchange.cards.own(): (True, "A"),
            post.exchange.cards.own(): (True, province.identity.id),
        }
        assert desk.book.setting("cut_off_day", desk.today()) == "14"
        assert desk.exchange.setups.trusts(setup)


def test_the_printers_paper_stays_at_home(province, post, tmp_path):
    province.reference.set_setting("paper", "A3")
    province.reference.set_setting("due_day", "7")
    province.exchange.setups.make(tmp_path / "a.bdsetup")
    setup = read_setup(tmp_path / "a.bdsetup")
    for wrong in ("", "0000 0000"):
        with pytest.raises(OperationRefused):
            post.exchange.setups.apply(setup, vouched=wrong)
    refused = [line.subject for line in post.audit.lines() if line.kind == "setup.refused"]
    assert refused == [setup.file] * 2
    post.exchange.setups.apply(setup, vouched=setup.card.fingerprint)
    assert post.book.setting("due_day", post.today()) == "7"
    assert "paper" not in post.book.settings


def test_the_body_that_issues_at_the_province_stands_above_the_rest(province, post, tmp_path):
    day = datetime.date(2027, 3, 31)
    for key, value, since in (
        ("superior", "BỘ TƯ LỆNH BỘ ĐỘI BIÊN PHÒNG", ALWAYS), ("symbol", "BCH", ALWAYS),
        ("issuer", "BỘ CHỈ HUY MỚI", "2027-01-01"), ("signer_name", "Hoàng Văn Minh", ALWAYS),
    ):  # fmt: skip
        province.reference.set_setting(key, value, since)
    province.exchange.setups.make(tmp_path / "a.bdsetup")
    setup = read_setup(tmp_path / "a.bdsetup")
    post.exchange.setups.apply(setup, vouched=setup.card.fingerprint)
    head = letterhead(post, day)
    assert (head.superior, head.issuer) == ("BỘ CHỈ HUY MỚI", post.title())
    assert (head.symbol, head.name) == ("", "")
    before = letterhead(post, datetime.date(2026, 12, 31))
    assert before.superior == letterhead(province, datetime.date(2026, 12, 31)).issuer

    vouched = setup.card.fingerprint
    with create_from_setup(
        Desk, tmp_path / "two", setup, "province", "20", "B", vouched=vouched
    ) as second:
        assert letterhead(second, day) == letterhead(province, day)


def test_a_set_up_file_changes_nothing_until_somebody_vouches(post, made):
    before = post.maintenance.verify(), dict(post.book.settings)
    setup = read_setup(made)
    with pytest.raises(OperationRefused) as refused:
        post.exchange.setups.apply(setup)
    assert setup.card.fingerprint in str(refused.value)
    assert (post.maintenance.verify(), dict(post.book.settings)) == before
    assert post.exchange.cards.known() == []
    assert post.exchange.setups.apply(setup, vouched=setup.card.fingerprint).status == APPLIED


def test_later_set_up_files_update_and_older_ones_are_said_and_change_nothing(
    province, post, made, tmp_path
):
    first = read_setup(made)
    post.exchange.setups.apply(first, vouched=first.card.fingerprint)
    assert post.exchange.setups.apply(first).status == SAME
    csv = tmp_path / "hamlets.csv"
    csv.write_text(
        "commune,name,is_border,households_total,valid_from,valid_to\n"
        "06199-2023,Bản Phạc,1,88,2020-01-01,\n", encoding="utf-8",
    )  # fmt: skip
    province.reference.load(csv)
    province.reference.set_setting("cut_off_day", "20")
    province.exchange.cards.revoke_card(post.identity.id)
    regulation = {
        "number": "01/QC", "year": 2023, "clause": [
            {"no": "1", "text": "Phát quang", "indicator": "clearing_events", "rule": "at_least",
             "value": 12, "scope": "province"},
        ],
    }  # fmt: skip
    from borderdesk.figures.regulations import load_regulation
    from borderdesk.figures.targets import set_target, targets

    province.reference.write_targets(
        lambda store: load_regulation(
            store, regulation, province.figures.indicator_keys(), province.figures.yearly_scope
        )
    )
    province.reference.write_targets(
        lambda store: set_target(store, "leaflets", 2023, "province", "500", "at_least", "")
    )
    # By hand beside the regulation's clause, and two by hand for one figure: all of them travel.
    for number in ("15", "14"):
        province.reference.write_targets(
            lambda store, number=number: set_target(
                store, "clearing_events", 2023, "province", number, clause=number, beside=True
            )
        )
    second_file = tmp_path / "second.bdsetup"
    assert province.exchange.setups.make(second_file) == 2
    with new_desk(tmp_path / "other", "post", "CL", 5) as other:
        second = read_setup(second_file)
        other.exchange.setups.apply(second, vouched=second.card.fingerprint)
        (of_post,) = [k for k in other.exchange.cards.known() if k.card.unit == "BS"]
        assert not of_post.accepted
        assert other.exchange.setups.apply(first).status == OLDER
        assert other.book.setting("cut_off_day", other.today()) == "20"
        assert [h.name for h in other.book.hamlets] == ["Bản Phạc"]
        told = [(t.regulation, t.indicator, t.value) for t in targets(other.store, 2023)]
        assert told == [(t.regulation, t.indicator, t.value) for t in targets(province.store, 2023)]
        assert [value for _reg, key, value in told if key == "clearing_events"] == [15, 14, 12]
        assert len(told) == 4


def test_only_the_province_makes_set_up_files(post, tmp_path):
    with pytest.raises(OperationRefused):
        post.exchange.setups.make(tmp_path / "x.bdsetup")
    assert not (tmp_path / "x.bdsetup").exists()


def resigned(desk, file, change):
    """The set-up file with changed content and a new signature."""
    with zipfile.ZipFile(file) as archive:
        told = json.loads(archive.read("setup.json"))
    change(told)
    text = json.dumps(told, ensure_ascii=False).encode()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("setup.json", text)
        archive.writestr("setup.json.minisig", desk.exchange.cards.sign(text, "x"))
    return file


def test_a_bad_row_is_named_and_nothing_is_applied(province, post, made):
    def spoil(told):
        told["reference"]["posts"][0]["communes"] = "99999"
        told["reference"]["units"][0]["valid_from"] = "hôm qua"
        told["settings"].append(["cut_off_day", "0001-01-01", "40"])
        told["cards"].append({"card": {}, "accepted": True})
        told["clauses"].append({"regulation": "", "year": 2023, "indicator": "no"})
        told["regulations"].append({"number": "x", "year": [2023]})

    with zipfile.ZipFile(made) as archive:
        told = json.loads(archive.read("setup.json"))
    setup = read_setup(resigned(province, made, spoil))
    before = dict(post.book.settings)
    with pytest.raises(InvalidRecord) as refused:
        post.exchange.setups.apply(setup, vouched=setup.card.fingerprint)
    named = " | ".join(refused.value.problems)
    for name in (
        f"units, {told['reference']['units'][0]['id']}, valid_from",
        f"posts, {told['reference']['posts'][0]['code']}, communes",
        "settings[", "cards[1]", "clauses 2023[0]", "regulations[",
    ):  # fmt: skip
        assert name in named
    assert dict(post.book.settings) == before
    assert post.exchange.cards.known() == []


def test_a_set_up_file_that_was_changed_or_is_none_is_refused(post, made, tmp_path):
    whole = made.read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        made.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            setup = read_setup(made)
        except UserError:
            continue
        assert setup.sections == read_setup_of(whole, tmp_path).sections
    for content in (b"", b"PK", whole[: len(whole) // 2], b"{}"):
        made.write_bytes(content)
        with pytest.raises(UserError):
            read_setup(made)
    made.write_bytes(whole)
    # A post cannot pretend to be the province.
    with pytest.raises(UserError):
        read_setup(resigned(post, made, lambda _told: None))
    own = post.exchange.cards.own()
    with pytest.raises(OperationRefused):
        read_setup(
            resigned(
                post, made,
                lambda told: told.update(
                    maker=own._asdict(), desk=own.desk, unit=own.unit, role=own.role
                ),
            )
        )  # fmt: skip


@pytest.mark.parametrize(
    "former", [None, "ab" * 16, [""], [1], ["AB" * 16], ["ab" * 15], ["ab" * 16] * 1_001]
)
def test_a_set_up_file_continues_nothing_but_desks(province, made, former):
    """By an empty id the post's own Word forms and rows would be the file's, and go with it."""
    ours = resigned(province, made, lambda told: told.update(continues=["ab" * 16]))
    assert read_setup(ours).makers == {province.identity.id, "ab" * 16}
    with pytest.raises(UserError, match="bị hỏng"):
        read_setup(resigned(province, made, lambda told: told.update(continues=former)))


def read_setup_of(content, folder):
    file = folder / "whole.bdsetup"
    file.write_bytes(content)
    return read_setup(file)


def test_the_commands_make_and_apply(cli_inline, province, made, tmp_path):
    post = tmp_path / "p"
    cli_inline("--desk", post, "init", "--role", "post", "--unit", "CL", "--user", "A",
               "--no-password")  # fmt: skip
    made_again = cli_inline("--desk", province.folder, "setup", "make", made)
    told = json.loads(made_again.stdout)
    assert told["number"] == 2
    sent = send(province, tmp_path / "stick")
    assert cli_inline("--desk", post, "import", sent).returncode == 1
    assert cli_inline("--desk", post, "setup", "apply", made).returncode == 4
    done = cli_inline("--desk", post, "setup", "apply", made, "--fingerprint", told["fingerprint"])
    assert json.loads(done.stdout)["status"] == APPLIED
    assert "import --waiting" in done.stderr
    again = cli_inline("--desk", post, "setup", "apply", made)
    assert (again.returncode, json.loads(again.stdout)["status"]) == (0, SAME)


def test_the_signature_of_another_content_does_not_count(post):
    own = post.exchange.cards.own()
    signature = post.exchange.cards.sign(b"content", "x")
    assert signed_by(own, b"content", signature)
    assert not signed_by(own, b"Content", signature)
    assert not signed_by(own, b"content", b"untrusted comment: x\nnonsense")


def test_two_desks_that_each_say_they_were_the_other_were_of_no_unit(post, province, tmp_path):
    """Whoever has the keys of both can sign that."""
    with new_desk(tmp_path / "other", "post", "CL", 3) as other:
        trust(post, other, province)
        for log, (desk, old) in enumerate(((post, other), (other, post)), 90):
            card, before = desk.exchange.cards.own(), old.exchange.cards.own()
            facts = {
                "decision": CONTINUES, **card._asdict(), "unit": "TT", "instead_of": before.desk,
                "time": "2026-01-02T00:00:00.000000Z",
            }  # fmt: skip
            signature = old.exchange.cards.sign(continuation_text(facts), "x")
            facts["signature"] = base64.b64encode(signature).decode("ascii")
            province.store.run("INSERT INTO desk_log VALUES (?, ?, '')", (log, card.desk))
            province.store.run(
                "INSERT INTO log_entry VALUES (?, 1, 'card', ?, x'00', NULL, ?, NULL)",
                (log, bytes([log]), json.dumps({"content": facts})),
            )
        cards = province.exchange.cards
        assert cards.was_of(post.identity.id, "BS", "post")
        assert not cards.was_of(post.identity.id, "TT", "post")
