"""Accounts on the command line, and a clerk's account that tries every commander's command."""

import json

import pytest

from borderdesk.keys.key_ring import KeyRing
from borderdesk.keys.key_wrap import LEAST_COST

PASSWORD, CLERK_PASSWORD = "mật khẩu một hai", "thứ hai ba tư"
HOME = "01a2238f-6daa-7011-97fc-7dc00590fec0"
COMMANDERS = [
    ("period.close", "close --period 2026-10"),
    ("period.close", "reopen --period 2026-10 --reason x"),
    ("period.close", "amend --period 2026-10 --reason x"),
    ("settings.write", "setting set due_day 6"),
    ("settings.write", "report forms --add {out}/broken"),
    ("settings.write", "report forms --remove none"),
    ("targets.write", "target set patrols_unilateral 2026 post:BS 5"),
    ("targets.write", "baseline set patrols_unilateral 2025-10 post:BS 5 --source x"),
    ("reference.write", "reference load resources/reference/posts.csv"),
    ("account.manage", "user add x --role clerk"),
    ("account.manage", "user disable x"),
    ("audit.read", "audit"),
    ("record.erase", f"erase household {HOME} --reason x"),
    ("record.erase", "retention erase --reason x"),
    ("person.report", f"person report {HOME}"),
    ("person.report", f"person request {HOME} --kind view"),
    ("exchange.trust", "card revoke aa"),
    ("exchange.trust", "card renew"),
    ("personal.send", "export --period 2026-10 --out {out} --with-personal --reason x"),
    ("maintain", "rebuild"),
    ("account.manage", "recovery {out}/r.pdf"),
    ("account.manage", "encrypt --new-key"),
    ("audit.read", "audit --out {out}/a.pdf"),
    ("exchange.trust", "card accept {out}/broken"),
    ("exchange.trust", "card agree aa"),
    ("exchange.trust", "setup make {out}/s"),
    ("exchange.trust", "setup apply {out}/broken"),
    ("exchange.trust", "handover --to DT"),
    ("targets.write", "regulation load {out}/broken"),
    ("reference.write", "reference load {out}/broken"),
    ("period.close", "close --period nonsense"),
    ("account.manage", "user disable nobody"),
]  # fmt: skip


@pytest.fixture
def walk(cli_inline, monkeypatch, tmp_path):
    """Run a command on a desk with a password, as an account."""
    folder = tmp_path / "desk"

    def run(user, password, *words):
        monkeypatch.setenv("BORDERDESK_USER", user)
        monkeypatch.setenv("BORDERDESK_PASSWORD", password)
        return cli_inline("--desk", folder, *words)

    made = run("", PASSWORD, "init", "--role", "post", "--unit", "BS", "--user", "Nông Văn An")
    assert made.returncode == 0, made.stderr
    monkeypatch.setenv("BORDERDESK_NEW_PASSWORD", CLERK_PASSWORD)
    added = run("", PASSWORD, "user", "add", "Bế Thị Bình", "--role", "clerk")
    assert json.loads(added.stdout) == {"name": "Bế Thị Bình", "role": "clerk"}
    make_cheap(folder, {"Nông Văn An": PASSWORD, "Bế Thị Bình": CLERK_PASSWORD})
    return run


def make_cheap(folder, passwords):
    """Make tries of these passwords cheap, where real ones take 0.1 s each."""
    ring = KeyRing(folder)
    wraps = ring.read()
    key = wraps.open(*next(iter(passwords.items())))
    for name, password in passwords.items():
        wraps = wraps.changing(key, name, password, cost=LEAST_COST)
    ring.put(wraps.content)


def test_a_clerk_is_refused_each_commanders_command_with_a_line(walk, tmp_path):
    clerk = ("bế thị BÌNH", CLERK_PASSWORD)
    assert walk(*clerk, "list", "patrol").returncode == 0
    # A missing permission is reported before any other error.
    (tmp_path / "broken").write_text("{")
    for _permission, words in COMMANDERS:
        done = walk(*clerk, *words.format(out=tmp_path).split())
        assert done.returncode == 4, (words, done.stderr)
        assert "cán bộ nhập liệu" in done.stderr
    log = json.loads(walk("Nông Văn An", PASSWORD, "audit", "--format", "json").stdout)
    denied = [one["subject"] for one in log if one["kind"] == "denied"]
    assert denied == [permission for permission, _words in COMMANDERS]
    assert {one["name"] for one in log if one["kind"] == "denied"} == {"Bế Thị Bình"}
    assert walk("Nông Văn An", PASSWORD, "verify").returncode == 0


def test_accounts_from_the_first_to_the_disabled(walk):
    chief = ("Nông Văn An", PASSWORD)
    assert walk("Bế Thị Bình", "sai", "list", "patrol").returncode == 3
    assert walk("", PASSWORD, "list", "patrol").returncode == 3  # which of the two?
    made = walk("Bế Thị Bình", CLERK_PASSWORD, "add", "household", "--keep-going")
    assert made.returncode == 0
    log = json.loads(walk(*chief, "audit", "--kind", "login.failed", "--format", "json").stdout)
    assert [(one["subject"], one["detail"]) for one in log] == [("Bế Thị Bình", {"tries": 1})]
    # BORDERDESK_NEW_PASSWORD still has the fixture's value.
    assert walk("Nông Văn An", PASSWORD, "password").returncode == 0
    chief = ("Nông Văn An", CLERK_PASSWORD)
    told = json.loads(walk(*chief, "audit", "--kind", "account", "--format", "json").stdout)
    assert [one["kind"] for one in told] == ["account.added", "account.password"]
    assert told[0]["text"] == "Thêm tài khoản: Bế Thị Bình (vai trò: cán bộ nhập liệu)"
    assert walk(*chief, "user", "add", "BẾ THỊ BÌNH", "--role", "clerk").returncode == 4
    assert walk(*chief, "user", "disable", "Nông Văn An").returncode == 4
    assert walk(*chief, "user", "disable", "ai đó").returncode == 1
    assert walk(*chief, "user", "disable", "Bế Thị Bình").returncode == 0
    assert walk("Bế Thị Bình", CLERK_PASSWORD, "list", "patrol").returncode == 3
    listed = json.loads(walk("", CLERK_PASSWORD, "user", "list", "--format", "json").stdout)
    assert [bool(one["disabled"]) for one in listed] == [False, True]


def test_an_open_desk_has_one_person(cli_inline, desk_folder):
    done = cli_inline("--desk", desk_folder, "user", "add", "Bình", "--role", "clerk")
    assert done.returncode == 4
    listed = cli_inline("--desk", desk_folder, "user", "list", "--format", "json").stdout
    assert [one["role"] for one in json.loads(listed)] == ["administrator"]


def test_every_permission_is_in_the_printed_table(cli_inline, desk_folder):
    rows = json.loads(cli_inline("--desk", desk_folder, "user", "roles", "--format", "json").stdout)
    assert {one["permission"] for one in rows} >= {permission for permission, _w in COMMANDERS}
    assert all(one["administrator"] == "x" for one in rows)
