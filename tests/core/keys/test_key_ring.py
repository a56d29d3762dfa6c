"""The key ring: passwords in any normalisation, delays after wrong tries, changes, recovery,
forgery."""

import datetime
import json
import unicodedata
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderdesk.base.errors import CannotOpen, OperationRefused, UserError
from borderdesk.keys import recovery_code
from borderdesk.keys.key_ring import KeyRing
from borderdesk.keys.key_wrap import DESK_COST, LEAST_COST, KeyWrap
from borderdesk.keys.password_tries import PasswordTries, TooManyTries, wait_after
from borderdesk.keys.wrap_set import WrapSet, WrongPassword
from borderdesk.store.connection.page_cipher import new_key
from tests.rings import edited, renewed_code

AN, LY = "Nông Văn An", "Hoàng Thị Lý"
PASSWORD = "mật khẩu của đồn"


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    made = KeyRing(tmp_path)
    made.create(AN, PASSWORD, cost=LEAST_COST)
    return made


def test_any_writing_of_a_password_opens_the_desk(ring: KeyRing) -> None:
    key = ring.unlock(AN, PASSWORD)
    decomposed = unicodedata.normalize("NFD", PASSWORD)
    assert decomposed != PASSWORD
    assert ring.unlock(unicodedata.normalize("NFD", AN), decomposed) == key
    assert ring.unlock(None, PASSWORD) == ring.unlock("  nông văn an", PASSWORD) == key
    for wrong in ("", "mat khau cua don", PASSWORD + " ", PASSWORD.upper()):
        with pytest.raises(WrongPassword):
            KeyRing(ring.folder).unlock(AN, wrong)
        ring.tries.forget(AN)
    with pytest.raises(CannotOpen, match="Nông Văn An"):
        ring.unlock("Ai đó", PASSWORD)


@pytest.mark.parametrize("sign", ["\n", "\r", "\t", "\u2028", "\x85", "\u200b", "\ufeff"])
def test_a_sign_that_no_key_types_is_in_no_new_password(tmp_path: Path, sign: str) -> None:
    """Pasted from a sheet or a chat it would be there unseen, and the desk closed for good."""
    with pytest.raises(UserError, match="không gõ được từ bàn phím"):
        KeyRing(tmp_path).create(AN, PASSWORD + sign, cost=LEAST_COST)
    assert not KeyRing(tmp_path).path.exists()


def test_three_wrong_tries_are_free_and_later_ones_wait_over_a_restart(tmp_path: Path) -> None:
    now = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    for _try in range(4):
        PasswordTries(tmp_path).begin(AN, now)
    with pytest.raises(TooManyTries) as refused:
        PasswordTries(tmp_path).begin(AN, now)
    assert refused.value.seconds == wait_after(4) == 5
    PasswordTries(tmp_path).begin(LY, now)
    later = now + datetime.timedelta(seconds=5)
    PasswordTries(tmp_path).begin(AN, later)
    assert PasswordTries(tmp_path).seconds_to_wait(AN, later) == wait_after(5) == 10
    # A clock set back restarts the delay, but does not lengthen it.
    earlier = now - datetime.timedelta(days=9_000)
    assert PasswordTries(tmp_path).seconds_to_wait(AN, earlier) == 10
    assert (
        PasswordTries(tmp_path).seconds_to_wait(AN, earlier + datetime.timedelta(seconds=10)) == 0
    )
    PasswordTries(tmp_path).forget(AN)
    PasswordTries(tmp_path).begin(AN, earlier)
    assert [wait_after(n) for n in (1, 2, 3, 4, 5, 6, 12, 5_000)] == [0, 0, 0, 5, 10, 20, 900, 900]


def test_a_folder_that_takes_no_count_is_named(tmp_path: Path) -> None:
    """A stick that is closed to writing: not “save elsewhere”, and no slip of whoever typed."""
    with pytest.raises(CannotOpen, match=str(tmp_path / "gone")):
        PasswordTries(tmp_path / "gone").begin(AN)


def test_a_right_password_clears_the_count_and_a_damaged_count_is_none(ring: KeyRing) -> None:
    for _try in range(3):
        with pytest.raises(WrongPassword):
            ring.unlock(AN, "sai")
    key = ring.unlock(AN, PASSWORD)
    assert ring.wait(AN) == 0
    for content in (b"", b"[]", b"{", b'{"a": {"wrong": "x", "last": "y"}}', b"\xff"):
        (ring.folder / "desk.tries").write_bytes(content)
        assert ring.unlock(AN, PASSWORD) == key


def test_accounts_are_added_renamed_changed_and_removed(ring: KeyRing) -> None:
    key = ring.unlock(AN, PASSWORD)
    add = partial(edited, ring, partial(WrapSet.adding, cost=LEAST_COST))
    change = partial(edited, ring, partial(WrapSet.changing, cost=LEAST_COST))
    add(key, LY, "một")
    with pytest.raises(OperationRefused):
        add(key, LY.upper(), "hai")
    with pytest.raises(CannotOpen, match="BORDERDESK_USER"):
        ring.unlock(None, "một")
    change(key, LY, "hai")
    with pytest.raises(WrongPassword):
        ring.unlock(LY, "một")
    edited(ring, WrapSet.renaming, key, LY, "Hoàng Lý")
    assert ring.unlock("Hoàng Lý", "hai") == key == ring.unlock(AN, PASSWORD)
    edited(ring, WrapSet.removing, key, "Hoàng Lý")
    assert ring.names() == [AN]
    with pytest.raises(OperationRefused):
        edited(ring, WrapSet.removing, key, AN)
    with pytest.raises(UserError):
        change(key, LY, "ba")
    for wrong in ("", "x" * 1_001):
        with pytest.raises(UserError):
            change(key, AN, wrong)


def test_a_recovery_code_opens_and_a_renewed_one_replaces_it(ring: KeyRing) -> None:
    key = ring.unlock(AN, PASSWORD)
    with pytest.raises(UserError):
        ring.unlock_with_code(recovery_code.new_code())
    first = renewed_code(ring, key)
    assert ring.unlock_with_code(first.lower().replace("-", " ").replace("0", "o")) == key
    second = renewed_code(ring, key)
    assert ring.unlock_with_code(second) == key
    with pytest.raises(WrongPassword):
        ring.unlock_with_code(first)
    assert ring.read().open_with_either(AN, second) == key
    assert ring.read().open_with_either(AN, PASSWORD) == key


def test_who_does_not_say_the_account_opens_by_any_accounts_password(ring: KeyRing) -> None:
    key = ring.unlock(AN, PASSWORD)
    edited(ring, partial(WrapSet.adding, cost=LEAST_COST), key, LY, "mật khẩu của Lý")
    code, wraps = renewed_code(ring, key), ring.read()
    for secret in (PASSWORD, "mật khẩu của Lý", code):
        assert ring.read().open_with_either(None, secret) == key
    for name, wrong in ((None, "đoán"), (AN, "mật khẩu của Lý")):
        with pytest.raises(WrongPassword):
            wraps.open_with_either(name, wrong)


@pytest.mark.parametrize("text", ["Â3Đ2-", "á-", "Ư"])
def test_a_code_that_an_input_method_changed_is_said_to_be(text: str) -> None:
    with pytest.raises(UserError, match="bộ gõ"):
        recovery_code.read_code(text + recovery_code.new_code()[:30])


def test_a_code_in_signs_of_full_width_is_read() -> None:
    code = recovery_code.new_code()
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    assert recovery_code.read_code(wide) == code


@given(
    group=st.integers(0, recovery_code.GROUPS - 1),
    sign=st.integers(0, recovery_code.GROUP_SIGNS - 1),
    slip=st.integers(1, len(recovery_code.ALPHABET) - 1),
)
def test_a_slip_in_a_code_is_told_by_its_group(group: int, sign: int, slip: int) -> None:
    code, signs = recovery_code.new_code(), recovery_code.ALPHABET
    assert recovery_code.read_code(code) == code
    at = group * (recovery_code.GROUP_SIGNS + 1) + sign
    other = signs[(signs.index(code[at]) + slip) % len(signs)]
    with pytest.raises(UserError, match=str(group + 1)):
        recovery_code.read_code(code[:at] + other + code[at + 1 :])
    with pytest.raises(UserError):
        recovery_code.read_code(code[:-1])


def test_a_ring_that_somebody_edits_opens_nothing(ring: KeyRing) -> None:
    whole = ring.path.read_bytes()
    mallory = KeyWrap.make("Kẻ gian", "x", new_key(), made="2026-01-01", cost=LEAST_COST)
    planted = json.loads(whole)
    planted["wraps"].append(mallory.as_json())
    dear = json.loads(whole)
    dear["wraps"][0]["memlimit"] = 1 << 40
    later, former = json.loads(whole), json.loads(whole)
    later["serial"] += 1
    former["version"] = 1
    del former["serial"]
    edits = [
        json.dumps(later).encode(),
        json.dumps(former).encode(),
        json.dumps(planted).encode(),
        json.dumps(dear).encode(),
        whole[:-9],
        b"{}",
        b"[" * 9_000,
    ]
    for content in edits:
        ring.path.write_bytes(content)
        with pytest.raises(CannotOpen):
            ring.unlock(AN, PASSWORD)
    ring.path.unlink()
    with pytest.raises(CannotOpen, match=r"desk\.keys"):
        ring.unlock(AN, PASSWORD)


def test_a_new_key_is_given_to_everybody_without_their_passwords(ring: KeyRing) -> None:
    old, new = ring.unlock(AN, PASSWORD), new_key()
    edited(ring, partial(WrapSet.adding, cost=LEAST_COST), old, LY, "một")
    code = renewed_code(ring, old)
    edited(ring, WrapSet.holding, new)
    assert ring.unlock(LY, "một") == ring.unlock(AN, PASSWORD) == new
    assert ring.unlock_with_code(code) == new
    assert ring.read().is_of(new)
    assert not ring.read().is_of(old)


def test_nothing_secret_stands_in_the_ring(ring: KeyRing) -> None:
    key = ring.unlock(AN, PASSWORD)
    code = renewed_code(ring, key)
    content = ring.path.read_bytes()
    for secret in (key, key.hex().encode(), PASSWORD.encode(), code.encode()):
        assert secret not in content
    assert ring.path.stat().st_mode & 0o077 == 0
    assert DESK_COST.passes >= 2
    assert DESK_COST.memory >= 64 << 20
