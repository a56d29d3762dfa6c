"""Receipts: what arrived is acknowledged by a file or by digits, and the next file is smaller."""

import json
import time

import pytest
import zxingcpp

from borderdesk.base.errors import UserError
from borderdesk.exchange.reading.package_files import find_packages
from borderdesk.exchange.receiving.imports import IMPORTED, REFUSED, UNCHANGED
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.exchange.sending.receipts import chain_code, digits_of, parse_digits
from borderdesk.reports.handouts.receipt_paper import receipt_document, write_receipt
from borderdesk.reports.paper.pages import page_image
from borderdesk.schema.log_entries import ChainHead
from borderdesk.session.desk_log import DeskLog
from tests.exchanging import clearing, new_desk, packed, send, trust

TO_PROVINCE = ExportOptions(receiver="20")


@pytest.fixture
def desks(tmp_path):
    """A post that has sent a month to the province."""
    with (
        new_desk(tmp_path / "bs", "post", "BS", 1) as post,
        new_desk(tmp_path / "province", "province", "20", 3) as province,
    ):
        trust(post, province)
        for day in range(1, 28):
            post.records.add("clearing", clearing(post=None, started_on=f"2023-12-{day:02}"))
        province.exchange.imports.take(send(post, tmp_path, "2023-12", TO_PROVINCE))
        yield post, province


def another(chain):
    """A chain with other check digits, which two random ones may share."""
    return ((chain_code(chain) + 1) % 10_000).to_bytes(32)


def carried(post, folder):
    """How many revisions the next file would contain."""
    from tests.exchanging import entries

    text = entries(send(post, folder, "2023-12", TO_PROVINCE))["data/revisions.csv"]
    return len(text.splitlines()) - 1


def test_a_receipt_alone_makes_the_next_file_smaller(desks, tmp_path):
    post, province = desks
    assert post.exchange.receipts.arrivals() == []
    assert carried(post, tmp_path / "a") >= 27
    path = province.exchange.receipts.write(province.exchange.receipts.make("BS"), tmp_path / "r")
    assert path.stat().st_size < 1_000
    assert find_packages([tmp_path / "r"]).packages == [path]
    assert post.exchange.imports.take(path, dry_run=True).status != IMPORTED
    assert post.exchange.receipts.arrivals() == []
    assert post.exchange.imports.take(path).status == IMPORTED
    assert post.exchange.imports.take(path).status == UNCHANGED
    (arrival,) = post.exchange.receipts.arrivals()
    assert (arrival.desk, arrival.unit, arrival.signed) == (province.identity.id, "20", True)
    assert 27 < arrival.held <= arrival.here
    assert carried(post, tmp_path / "b") < 10


def test_digits_over_the_telephone_do_the_same_until_a_signed_receipt_comes(desks, tmp_path):
    post, province = desks
    digits = province.exchange.receipts.make("BS").digits
    (arrival,) = post.exchange.receipts.read_digits(digits.replace(" ", "-"))
    assert (arrival.signed, arrival.held > 27) == (False, True)
    assert carried(post, tmp_path / "b") < 10
    held = post.exchange.holdings.newest(province.identity.id)[post.identity.id].number
    # The province lost it again, and its file says so, which overrides the digits.
    told = {province.identity.id: ChainHead(1, b""), post.identity.id: ChainHead(0, b"")}
    assert post.exchange.holdings.note(province.identity.id, told)
    assert carried(post, tmp_path / "c") >= 27
    assert held > 27


def test_a_digit_that_was_misheard_is_noticed(desks):
    post, province = desks
    digits = province.exchange.receipts.make("BS").digits.replace(" ", "")
    for place, digit in enumerate(digits):
        for other in "0123456789":
            if other != digit:
                with pytest.raises(UserError):
                    parse_digits(digits[:place] + other + digits[place + 1 :])
        with pytest.raises(UserError):
            post.exchange.receipts.read_digits(digits[:place] + digits[place + 1 :])
    for wrong in ("", "abc", "1", digits + digits, "٣" * 20):
        with pytest.raises(UserError):
            post.exchange.receipts.read_digits(wrong)
    assert post.exchange.receipts.arrivals() == []


def test_digits_that_fit_another_line_are_refused(desks):
    post, province = desks
    here = post.part(DeskLog).holding()[post.identity.id]
    head = here._replace(chain=another(here.chain))
    with pytest.raises(UserError, match="không khớp"):
        post.exchange.receipts.read_digits(
            digits_of(province.identity.id, {post.identity.id: head})
        )


def test_digits_of_entries_that_are_not_here_tell_that_this_folder_is_older(desks):
    post, province = desks
    own = post.identity.id
    here = post.part(DeskLog).holding()[own]
    for missing in (1, 2):
        head = ChainHead(here.number + missing, here.chain)
        with pytest.raises(UserError, match=f"Bên kia có {missing} mục"):
            post.exchange.receipts.read_digits(digits_of(province.identity.id, {own: head}))
    with pytest.raises(UserError, match="không khớp"):
        post.exchange.receipts.read_digits(
            digits_of(province.identity.id, {own: here._replace(chain=another(here.chain))})
        )


def test_two_laptops_are_in_one_row_of_digits(desks):
    _post, province = desks
    holding = {f"{n:032x}": ChainHead(10**n, bytes([n] * 32)) for n in range(1, 4)}
    code, spoken = parse_digits(digits_of(province.identity.id, holding))
    assert code == int(province.identity.id, 16) % 100_000
    assert [number for _log, number, _chain in spoken] == [10, 100, 1000]


def test_digits_of_two_laptops_are_read_on_the_one_that_lacks_the_other(desks, tmp_path):
    post, province = desks
    with new_desk(tmp_path / "second", "post", "BS", 2) as second:
        trust(second, post, province)
        second.records.add("clearing", clearing(post=None))
        file = send(second, tmp_path, "2023-12", TO_PROVINCE)
        province.exchange.imports.take(file)
        digits = province.exchange.receipts.make("BS").digits
        assert len(parse_digits(digits)[1]) == 2
        held = dict.fromkeys((post, second))
        for desk in held:
            (arrival,) = desk.exchange.receipts.read_digits(digits)
            held[desk] = arrival.held
        assert held[post] > held[second] > 0
        # A desk that has part of the other's entries is still told about its own.
        post.exchange.imports.take(file)
        second.records.add("clearing", clearing(post=None))
        province.exchange.imports.take(send(second, tmp_path, "2023-12", TO_PROVINCE))
        (arrival,) = post.exchange.receipts.read_digits(
            province.exchange.receipts.make("BS").digits
        )
        assert arrival.held >= held[post]
        with pytest.raises(UserError, match="không khớp"):
            post.exchange.receipts.read_digits(
                digits_of(province.identity.id, {"f" * 32: ChainHead(1, bytes(32))})
            )


def test_a_receipt_of_a_stranger_or_a_changed_one_is_refused(desks, tmp_path):
    post, province = desks
    path = province.exchange.receipts.write(province.exchange.receipts.make("BS"), tmp_path / "r")
    from tests.exchanging import entries

    files = entries(path)
    said = json.loads(files["receipt.json"])
    said["holding"][post.identity.id][0] += 1
    changed = packed(tmp_path / "x.bdx", {**files, "receipt.json": json.dumps(said).encode()})
    assert post.exchange.imports.take(changed).status == REFUSED
    packed(changed, {**files, "receipt.json": b"{}"})
    assert post.exchange.imports.take(changed).status == REFUSED
    post.exchange.cards.revoke_card(province.identity.id)
    assert post.exchange.imports.take(path).status == REFUSED
    assert post.exchange.receipts.arrivals() == []


@pytest.mark.parametrize("dots", [96, 144])
def test_the_code_on_the_page_is_read_by_another_program(desks, tmp_path, dots):
    post, province = desks
    with new_desk(tmp_path / "second", "post", "BS", 2) as second:
        trust(second, post, province)
        second.records.add("clearing", clearing(post=None))
        province.exchange.imports.take(send(second, tmp_path, "2023-12", TO_PROVINCE))
    made = province.exchange.receipts.make("BS")
    _file, page = write_receipt(province, made, tmp_path / "r", "vi")
    width, height, pixels = page_image(page, 0, dots / 72)
    (code,) = zxingcpp.read_barcodes(memoryview(pixels).cast("B", (height, width, 3)))
    assert code.text == made.digits
    assert [one.desk for one in post.exchange.receipts.read_digits(code.text)] == [
        province.identity.id
    ]


def test_a_receipt_has_the_day_of_its_desk(desks, tmp_path, monkeypatch):
    """Half past four in the morning at Lạng Sơn is the evening before in London."""
    _post, province = desks
    monkeypatch.setenv("TZ", "Asia/Ho_Chi_Minh")
    time.tzset()
    try:
        made = province.exchange.receipts.make("BS")._replace(made="2023-12-31T21:30:00.000Z")
        file = province.exchange.receipts.write(made, tmp_path / "r")
        page = receipt_document(province, made, "vi")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert file.stem.endswith("2024-01-01")
    assert "01/01/2024" in str(page.blocks[0])


def test_no_receipt_without_an_arrival(desks):
    _post, province = desks
    with pytest.raises(UserError):
        province.exchange.receipts.make("CL")


def test_the_commands(desks, cli_inline, tmp_path):
    post, province = desks
    told = json.loads(
        cli_inline("--desk", province.folder, "receipt", "BS", "--out", tmp_path / "r").stdout
    )
    assert {path.suffix for path in (tmp_path / "r").iterdir()} == {".bdx", ".pdf"}
    done = cli_inline("--desk", post.folder, "receipt", "read", *told["digits"].split())
    assert json.loads(done.stdout)["desk"] == province.identity.id
    assert cli_inline("--desk", post.folder, "receipt").stdout == done.stdout
    assert cli_inline("--desk", post.folder, "receipt", "read", "123").returncode == 1
    assert cli_inline("--desk", post.folder, "receipt", "read").returncode == 2
