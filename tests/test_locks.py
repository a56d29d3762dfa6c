"""The locks name every dependency by version and hash, and match what is installed."""

import importlib.metadata
import re

import pytest

from tools.environment import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)(.*)$")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")


def locked(name):
    """{package: (version, number of hashes, whether it applies to every machine)}."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and line[0] not in "# "]
    found = [(PINNED.match(line), line) for line in lines]
    assert [line for match, line in found if match is None] == []
    return {m[1]: (m[2], len(HASH.findall(line)), ";" not in m[3]) for m, line in found if m}


@pytest.mark.parametrize("name", LOCKS)
def test_every_dependency_is_pinned_with_its_hash(name):
    packages = locked(name)
    assert len(packages) > 10
    assert [package for package, (_version, hashes, _all) in packages.items() if not hashes] == []
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_what_is_installed_is_what_was_locked():
    for package, (version, _hashes, everywhere) in locked("requirements.lock").items():
        if everywhere:
            assert importlib.metadata.version(package) == version, package
