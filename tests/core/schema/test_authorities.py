"""Trusted authorities: a row must agree with its certificate in everything."""

import base64
import hashlib
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives import serialization

from borderdesk.schema.reference.authority import AuthorityTable, trusted
from tests import certificates

NAME = "Cơ quan chứng thực thử"
OTHER = "Cơ quan chứng thực khác"


def encoded(name=NAME, kind="DER"):
    return certificates.authority(name).public_bytes(getattr(serialization.Encoding, kind))


def cells(name=NAME):
    der, made = encoded(name), certificates.authority(name)
    return {
        "fingerprint": hashlib.sha256(der).hexdigest(),
        "name": name,
        "valid_from": made.not_valid_before_utc.strftime("%Y-%m-%d"),
        "valid_to": made.not_valid_after_utc.strftime("%Y-%m-%d"),
        "certificate": base64.b64encode(der).decode("ascii"),
    }


def test_a_file_is_read_as_a_row_for_each_certificate(tmp_path):
    file = tmp_path / "co-quan.pem"
    file.write_bytes(encoded(kind="PEM") + encoded(OTHER, "PEM"))
    assert AuthorityTable.cells_in(file) == [cells(), cells(OTHER)]


BLANK = dict.fromkeys(cells(), "")


@pytest.mark.parametrize("pasted", [cells()["certificate"], encoded(kind="PEM").decode()])
def test_a_pasted_certificate_completes_its_row(pasted):
    assert AuthorityTable.completed({**BLANK, "certificate": pasted}, None) == cells()


def test_what_is_not_one_certificate_completes_nothing_and_is_refused():
    for pasted in ("", "giấy", (encoded(kind="PEM") + encoded(OTHER, "PEM")).decode()):
        typed = {**BLANK, "certificate": pasted}
        assert AuthorityTable.completed(typed, None) == typed
        assert AuthorityTable.check_row(typed).keys() == {"certificate"}
        assert all(AuthorityTable.check_row(typed).values())


def test_a_row_that_says_something_else_than_its_certificate_is_told_what_that_says():
    assert AuthorityTable.check_row(cells()) == {}
    for key in cells().keys() - {"certificate"}:
        found = AuthorityTable.check_row({**cells(), key: cells(OTHER)[key] + "0"})
        assert found.keys() == {key}
        assert cells()[key] in found[key]
    # The same certificate in another encoding is not stored twice.
    pem = encoded(kind="PEM").decode()
    assert AuthorityTable.check_row({**cells(), "certificate": pem}).keys() == {"certificate"}


def test_the_certificates_of_the_book_are_those_of_its_rows():
    rows = [SimpleNamespace(**cells(name)) for name in (NAME, OTHER)]
    assert [one.der for one in trusted(rows)] == [encoded(), encoded(OTHER)]
