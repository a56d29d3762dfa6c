"""Digital signatures of editions: what is signed, what is refused, what other programs report."""

import json
import resource
import shutil
import subprocess
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO

import pkcs11
import pypdfium2
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from PIL import Image

from borderdesk.base.errors import FullDisk, OperationRefused, UserError
from borderdesk.base.i18n import set_language
from borderdesk.closing.editions import Signer
from borderdesk.exchange.desks.setup_file import read_setup
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.editions.edition_signing import (
    ORGANISATION,
    PERSON,
    SigningOptions,
    certificate_doubts,
    edition_of_file,
    file_signatures,
    sign_edition,
    sign_file,
    signer_doubts,
    why_refused,
)
from borderdesk.reports.paper import measures as m
from borderdesk.reports.paper.signature_marks import corner_mark, read_picture
from borderdesk.reports.report_kinds import write_report
from borderdesk.signing import _but_of_tokens, _LackingLibraries, pdf_signing
from borderdesk.signing.certificates import certificate_of, read_certificates, utc_now
from borderdesk.signing.keys import (
    HiddenCertificates,
    chosen_certificate,
    file_key,
    opened_file,
    token_certificates,
    token_key,
)
from borderdesk.signing.validity import BAD, DOUBTED, GOOD, OUT_OF_TIME, sentence, signatures
from tests import certificates, preflight
from tests.core.cli.every_command import CommandRun
from tests.exchanging import new_desk, send, trust

PERIOD = "2023-11"
ASKED = Request("summary", PERIOD)
CLEARING = {
    "post": "BS", "kind": "road_repair", "started_on": "2023-11-05", "commune": "06196",
    "participants": 30,
}  # fmt: skip


@pytest.fixture
def closed(post_desk):
    """A desk with a closed November, signed by Nông Văn Hòa."""
    post_desk.records.add("clearing", CLEARING)
    signer = Signer("Nông Văn Hòa", "", "Đồn trưởng", "")
    post_desk.closing.close_period(PERIOD, number="05", signer=signer)
    return post_desk


def edition_of(desk):
    return desk.closing.state(PERIOD).edition.id


def key_of(folder, **more):
    return opened_file(certificates.key_file(folder, **more), certificates.PASSWORD)


def signed(desk, folder, name="ky.pdf", role=PERSON, picture=None, **more):
    signing = SigningOptions(key_of(folder, **more), role, picture)
    return sign_edition(desk, edition_of(desk), ASKED, signing, folder / name)


def seen_by_poppler(file):
    return subprocess.run(["pdfsig", file], capture_output=True, text=True, check=False).stdout


def nothing_happened(desk, folder, name="ky.pdf"):
    """Whether no file was written, the edition is unchanged, and the log has the refusal."""
    kinds = [line.kind for line in desk.audit.lines()]
    return (
        not (folder / name).exists()
        and not desk.closing.scans.attachments(edition_of(desk))
        and desk.closing.edition(edition_of(desk)).final is None
        and "paper.unsigned" in kinds
        and "paper.signed" not in kinds
    )


def test_another_program_says_that_the_signature_holds_until_a_byte_is_changed(closed, tmp_path):
    closed.reference.load(certificates.authority_file(tmp_path))
    made = signed(closed, tmp_path)
    assert [one.result for one in made.signatures] == [GOOD]
    told = seen_by_poppler(made.file)
    assert "Signature is Valid" in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told
    content = bytearray(made.file.read_bytes())
    (field,) = pdf_signing.PdfFileReader(BytesIO(content)).root["/AcroForm"]["/Fields"]
    assert field.get_object()["/TU"].startswith("Ký bởi: Nông Văn Hòa. ")  # the text read aloud
    content[content.find(b"stream") + 40] ^= 1
    made.file.write_bytes(content)
    assert "Digest Mismatch" in seen_by_poppler(made.file)
    (verdict,) = file_signatures(closed, made.file)
    assert (verdict.result, verdict.intact) == (BAD, False)


def test_what_is_signed_is_the_paper_that_is_written_and_is_kept(closed, tmp_path):
    write_report(closed, ASKED, tmp_path / "giay.pdf")
    made = signed(closed, tmp_path)
    paper, content = (tmp_path / "giay.pdf").read_bytes(), made.file.read_bytes()
    assert content.startswith(paper)
    (kept,) = closed.closing.scans.attachments(edition_of(closed))
    assert (kept.signed, closed.closing.scans.content(kept.id)) == (1, content)
    assert closed.closing.scans.signed_file(edition_of(closed)) == content
    with pytest.raises(OperationRefused):
        closed.closing.scans.detach_scan(kept.id)
    assert closed.closing.edition(edition_of(closed)).final is not None
    assert "signed" in [event.what for event in closed.closing.events(edition_of(closed))]
    assert "paper.signed" in [line.kind for line in closed.audit.lines()]
    with pypdfium2.PdfDocument(content) as pdf:
        pdf.init_forms()
        last = pdf[len(pdf) - 1].render(scale=1, may_draw_forms=True).to_pil().convert("L")
    with pypdfium2.PdfDocument(paper) as pdf:
        bare = pdf[len(pdf) - 1].render(scale=1).to_pil().convert("L")
    box = Image.eval(Image.composite(last, bare, bare), lambda dot: dot).getbbox()
    assert box is not None


def test_several_sign_one_after_the_other(closed, tmp_path):
    signed(closed, tmp_path)
    again = signed(closed, tmp_path, "dau.pdf", ORGANISATION, last=200)
    assert [one.name for one in again.signatures] == ["NguoiKy1", "CoQuan1"]
    assert {one.result for one in again.signatures} == {DOUBTED}  # no authority trusted here
    third = signed(closed, tmp_path, "ba.pdf", last=100)
    assert [one.name for one in third.signatures][-1] == "NguoiKy2"
    assert seen_by_poppler(third.file).count("Signature is Valid") == 3
    before = (tmp_path / "dau.pdf").read_bytes()
    assert third.file.read_bytes().startswith(before)
    fourth = signed(closed, tmp_path, "tu.pdf", last=90)  # no space for its mark
    assert preflight.faults([fourth.file]) == {"tu.pdf": []}


def test_marks_in_the_corner_leave_banner_and_text_alone():
    der = certificates.certificate().public_bytes(certificates.serialization.Encoding.DER)
    marks = [corner_mark(at, certificate_of(der), utc_now()) for at in range(3)]
    first, second, third = marks
    assert (third.right - third.left, third.top - third.bottom) == (1, 1)  # an invisible signature
    assert first.left > second.right
    for mark in (first, second):
        assert m.A4[1] - m.TOP <= mark.bottom < mark.top <= m.A4[1] - 8.4 * m.MM


def test_pictures_of_signature_and_stamp_are_ink_without_transparency(closed, tmp_path):
    Image.new("RGBA", (60, 30), (0, 0, 160, 128)).save(tmp_path / "ky.png")
    picture = read_picture(tmp_path / "ky.png")
    signed(closed, tmp_path, "a.pdf", picture=picture)
    made = signed(closed, tmp_path, "b.pdf", ORGANISATION, picture)
    content = made.file.read_bytes()
    assert b"/SMask" not in content
    assert b"/Mask" in content
    (tmp_path / "ky.png").write_bytes(b"GIF89a")
    with pytest.raises(UserError):
        read_picture(tmp_path / "ky.png")


BAD_KEYS = {
    "expired": ({"first": -90, "last": -1}, OperationRefused),
    "early": ({"first": 1, "last": 90}, OperationRefused),
    "other use": ({"usage": certificates.ENCRYPTS}, OperationRefused),
}


@pytest.mark.parametrize("name", BAD_KEYS)
def test_a_certificate_that_may_not_sign(closed, tmp_path, name):
    more, error = BAD_KEYS[name]
    with pytest.raises(error):
        signed(closed, tmp_path, **more)
    assert nothing_happened(closed, tmp_path)


def test_a_certificate_of_an_authority_that_is_not_trusted_here(closed, tmp_path):
    closed.reference.load(certificates.authority_file(tmp_path, "Nơi khác"))
    with pytest.raises(OperationRefused, match="Nông Văn Hòa"):
        signed(closed, tmp_path)
    assert nothing_happened(closed, tmp_path)


def test_a_byte_changed_where_a_signature_itself_stands_is_seen(closed, tmp_path):
    """A signature does not cover its own placeholder, which contains it, padded with zeros."""
    content = signed(closed, tmp_path).file.read_bytes()
    room = content.rindex(b"/Contents <") + len(b"/Contents <")
    spare = content.index(b"000>", room)
    letter = next(at for at in range(room, spare) if chr(content[at]).isalpha())
    for at, changed in ((spare, b"1"), (letter, content[letter : letter + 1].swapcase())):
        (told,) = signatures(content[:at] + changed + content[at + 1 :], [])
        assert told.result == BAD
    assert [one.result for one in signatures(content, [])] == [DOUBTED]


@pytest.mark.parametrize(
    ("name", "doubted"),
    [("NÔNG VĂN HÒA", False), ("Thiếu tá Nông Văn Hoà", False), ("Nông Văn Hải", True)],
)
def test_somebody_else_than_the_paper_names_is_told_before_signing(closed, tmp_path, name, doubted):
    write_report(closed, ASKED, tmp_path / "giay.pdf")
    edition = edition_of_file(closed, tmp_path / "giay.pdf")
    assert edition.id == edition_of(closed)
    shown = certificate_of(certificates.certificate(name).public_bytes(Encoding.DER))
    doubts = signer_doubts(edition, shown)
    told = [f"Người ký trên văn bản là Nông Văn Hòa, còn chứng thư số là của {name}."]
    assert doubts == (told if doubted else [])
    assert signer_doubts(None, shown) == []
    assert edition_of_file(closed, certificates.key_file(tmp_path)) is None


def test_a_wrong_password_and_a_broken_key_file(closed, tmp_path):
    file = certificates.key_file(tmp_path)
    keys = [opened_file(file, "khác"), opened_file(tmp_path / "none.p12", "x")]
    whole = file.read_bytes()
    for number, content in enumerate([whole[:400], b"", b"PK\3\4" * 99, whole[:-9] + bytes(9)]):
        broken = tmp_path / f"{number}.p12"
        broken.write_bytes(content)
        keys.append(opened_file(broken, certificates.PASSWORD))
    for key in keys:
        with pytest.raises(UserError):
            sign_edition(
                closed, edition_of(closed), ASKED, SigningOptions(key), tmp_path / "ky.pdf"
            )
    assert nothing_happened(closed, tmp_path)


def test_where_the_file_cannot_be_written_nothing_is_kept(closed, tmp_path):
    for target in (tmp_path / "không có" / "ky.pdf", tmp_path / "ky.docx", tmp_path):
        with pytest.raises(UserError):
            sign_edition(
                closed, edition_of(closed), ASKED, SigningOptions(key_of(tmp_path)), target
            )
    assert nothing_happened(closed, tmp_path)


def test_only_the_edition_in_force_is_signed(closed, tmp_path):
    first = edition_of(closed)
    signed(closed, tmp_path)
    closed.closing.amend_period(PERIOD, None, "sửa số liệu")
    with pytest.raises(OperationRefused):
        sign_edition(closed, first, ASKED, SigningOptions(key_of(tmp_path)), tmp_path / "2.pdf")
    closed.records.add("clearing", CLEARING | {"started_on": "2023-11-06"})
    closed.closing.close_period(PERIOD, number="06")
    with pytest.raises(OperationRefused):
        sign_edition(closed, first, ASKED, SigningOptions(key_of(tmp_path)), tmp_path / "2.pdf")
    assert not (tmp_path / "2.pdf").exists()
    open_month = Request("summary", "2023-10")
    with pytest.raises(OperationRefused):
        sign_edition(
            closed, first, open_month, SigningOptions(key_of(tmp_path)), tmp_path / "2.pdf"
        )


def test_figures_that_are_not_those_of_the_closing_are_not_signed(closed, tmp_path):
    with closed.writing():
        closed.store.run("UPDATE edition_figure SET value = '31' WHERE value = '30'")
    with pytest.raises(OperationRefused):
        signed(closed, tmp_path)
    assert nothing_happened(closed, tmp_path)


# --------------------------------------------------------------------------------- files


def test_a_file_is_signed_that_is_the_paper_in_either_language(closed, tmp_path):
    try:
        set_language("en")
        write_report(closed, ASKED, tmp_path / "giay.pdf")
    finally:
        set_language("vi")
    made = sign_file(
        closed, tmp_path / "giay.pdf", SigningOptions(key_of(tmp_path)), tmp_path / "2.pdf"
    )
    again = sign_file(closed, made.file, SigningOptions(key_of(tmp_path), ORGANISATION), made.file)
    assert len(again.signatures) == 2
    assert again.edition is not None


def test_a_file_that_differs_is_refused(closed, tmp_path):
    write_report(closed, ASKED, tmp_path / "giay.pdf")
    paper = (tmp_path / "giay.pdf").read_bytes()
    changed = bytearray(paper)
    changed[paper.find(b"stream") + 40] ^= 1
    with pypdfium2.PdfDocument(paper) as pdf:
        pdf.save(tmp_path / "luu lai.pdf")
    (tmp_path / "sua.pdf").write_bytes(changed)
    (tmp_path / "them.pdf").write_bytes(paper + b"\n% more\n")
    signed_over = tmp_path / "ky.pdf"
    sign_file(closed, tmp_path / "giay.pdf", SigningOptions(key_of(tmp_path)), signed_over)
    (tmp_path / "them sau.pdf").write_bytes(signed_over.read_bytes() + b"\n% more\n")
    for name in ("luu lai.pdf", "sua.pdf", "them.pdf", "them sau.pdf", "khoa.p12", "none.pdf"):
        with pytest.raises(UserError):
            sign_file(closed, tmp_path / name, SigningOptions(key_of(tmp_path)), tmp_path / "x.pdf")
    assert not (tmp_path / "x.pdf").exists()


def test_a_post_signs_then_its_district(tmp_path):
    # Papers identify a desk by the first digits of its id.
    post = new_desk(tmp_path / "p", "post", "BS", 1 << 120)
    liaison = new_desk(tmp_path / "l", "liaison", "Cao Lộc", 2 << 120)
    with post, liaison:
        trust(post, liaison)
        post.records.add("clearing", CLEARING)
        post.closing.close_period(PERIOD, number="05")
        (tmp_path / "1").mkdir()
        made = signed(post, tmp_path / "1")
        with pytest.raises(OperationRefused):  # it lacks the records
            sign_file(liaison, made.file, SigningOptions(key_of(tmp_path)), tmp_path / "2.pdf")
        liaison.exchange.imports.take(send(post, tmp_path, PERIOD))
        both = sign_file(liaison, made.file, SigningOptions(key_of(tmp_path)), tmp_path / "2.pdf")
        assert [one.result for one in both.signatures] == [DOUBTED, DOUBTED]
        assert both.edition is None
        assert seen_by_poppler(both.file).count("Signature is Valid") == 2
        bare = post.closing.scans.signed_file(edition_of(post))
        assert both.file.read_bytes().startswith(bare)


def test_a_full_disk_leaves_file_and_edition_as_they_were(closed, tmp_path):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    room = 50_000  # no file may grow beyond this
    old = tmp_path / "cu.pdf"
    old.write_bytes(b"old")
    for name in ("ky.pdf", "cu.pdf"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
        try:
            with pytest.raises(FullDisk):
                signed(closed, tmp_path, name)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not closed.closing.scans.attachments(edition_of(closed))
    assert closed.closing.edition(edition_of(closed)).final is None
    assert not (tmp_path / "ky.pdf").exists()
    assert old.read_bytes() == b"old"
    assert not list(tmp_path.glob("*.part"))
    signed(closed, tmp_path)


# -------------------------------------------------------------------------------- tokens


def test_a_token_signs_and_is_asked_by_its_pin(closed, tmp_path, monkeypatch):
    module = certificates.plug_in(tmp_path, monkeypatch)
    chosen = chosen_certificate(token_certificates(module), None)
    assert chosen.certificate.name == "Nông Văn Hòa"
    wrong = SigningOptions(token_key(module, chosen, "0000"))
    with pytest.raises(UserError, match="PIN"):
        sign_edition(closed, edition_of(closed), ASKED, wrong, tmp_path / "ky.pdf")
    assert nothing_happened(closed, tmp_path)
    right = SigningOptions(token_key(module, chosen, certificates.PIN))
    made = sign_edition(closed, edition_of(closed), ASKED, right, tmp_path / "ky.pdf")
    assert "Signature is Valid" in seen_by_poppler(made.file)
    with pytest.raises(UserError):
        chosen_certificate(token_certificates(module), "Người khác")
    shutil.rmtree(tmp_path / "tokens")  # pulled out
    (tmp_path / "tokens").mkdir()
    gone = SigningOptions(token_key(module, chosen, certificates.PIN))
    with pytest.raises(UserError):
        sign_edition(closed, edition_of(closed), ASKED, gone, tmp_path / "gone.pdf")
    for no_module in (tmp_path / "ky.pdf", tmp_path / "none.so"):
        with pytest.raises(UserError):
            token_certificates(no_module)


def test_a_token_that_hides_its_certificate_is_asked_by_its_pin_first(
    closed, tmp_path, monkeypatch
):
    module = certificates.plug_in(tmp_path, monkeypatch, hidden=True)
    with pytest.raises(HiddenCertificates, match="thu") as hiding:
        token_certificates(module)
    assert hiding.value.token == "thu"
    with pytest.raises(UserError, match="PIN") as wrong:
        token_certificates(module, "0000")
    assert not isinstance(wrong.value, HiddenCertificates)
    (chosen,) = token_certificates(module, certificates.PIN)
    assert chosen.certificate.name == "Nông Văn Hòa"
    assert chosen.tries == ""  # the right PIN resets the counter
    made = sign_edition(
        closed,
        edition_of(closed),
        ASKED,
        SigningOptions(token_key(module, chosen, certificates.PIN)),
        tmp_path / "ky.pdf",
    )
    assert "Signature is Valid" in seen_by_poppler(made.file)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_token_with_an_authority_alone_has_none_to_sign_by(tmp_path, monkeypatch):
    module = certificates.plug_in(tmp_path, monkeypatch, made=certificates.authority())
    with pytest.raises(UserError, match="Thiết bị không có chứng thư số để ký"):
        token_certificates(module, certificates.PIN)


def test_a_token_that_is_pulled_out_while_it_signs(closed, tmp_path, monkeypatch):
    module = certificates.plug_in(tmp_path, monkeypatch)
    (chosen,) = token_certificates(module)

    @contextmanager
    def pulled_out():
        with token_key(module, chosen, certificates.PIN) as key:
            for file in (tmp_path / "tokens").glob("*/*"):
                file.unlink()
            yield key

    with pytest.raises(UserError, match="rút ra"):
        sign_edition(
            closed, edition_of(closed), ASKED, SigningOptions(pulled_out()), tmp_path / "ky.pdf"
        )
    assert nothing_happened(closed, tmp_path)


def test_what_the_library_of_tokens_says_too_late_reaches_nobody():
    told = []
    hook = _but_of_tokens(lambda *error: told.append(error), lambda kind, *_more: kind)
    hook(pkcs11.PKCS11Error, pkcs11.PKCS11Error(), None)
    assert told == []
    hook(ValueError, None, None)
    assert told == [(ValueError, None, None)]


def test_lacking_libraries_are_named():
    """A plain installation of the wheel lacks the libraries for signatures."""
    assert _LackingLibraries.find_spec("pyhankoo") is None
    with pytest.raises(UserError, match=r"pkcs11.*requirements\.lock"):
        _LackingLibraries.find_spec("pkcs11", None, None)


def test_what_a_token_tells_of_its_tries_is_told(tmp_path, monkeypatch):
    module = certificates.plug_in(tmp_path, monkeypatch)
    assert token_certificates(module)[0].tries == ""
    # Each takes precedence over the one before.
    for flag, words in (("COUNT_LOW", "chỉ còn ít"), ("FINAL_TRY", "MỘT lần"), ("LOCKED", "khóa")):
        certificates.tell_of_tries(tmp_path, getattr(pkcs11.TokenFlag, f"USER_PIN_{flag}"))
        (chosen,) = token_certificates(module)
        assert words in chosen.tries
        with pytest.raises(UserError, match=words), token_key(module, chosen, "0000"):
            pass


# --------------------------------------------------------------------------------- trust


def test_a_set_up_file_carries_the_authorities(desk, tmp_path):
    desk.reference.load(certificates.authority_file(tmp_path))
    desk.exchange.setups.make(tmp_path / "tinh.bdsetup")
    setup = read_setup(tmp_path / "tinh.bdsetup")
    (_row,) = setup.sections["reference"]["authorities"]
    with new_desk(tmp_path / "p", "post", "BS", 1) as post:
        mine = file_key(certificates.key_file(tmp_path), certificates.PASSWORD)
        assert certificate_doubts(post, mine.certificate)
        post.exchange.setups.apply(setup, vouched=setup.card.fingerprint)
        assert not certificate_doubts(post, mine.certificate)
        other = certificates.certificate(by="Nơi khác")
        told = certificate_of(other.public_bytes(certificates.serialization.Encoding.DER))
        assert "Nơi khác" in why_refused(post, told, ())
        assert not why_refused(post, mine.certificate, mine.chain)


def test_a_row_says_what_its_certificate_says(desk, tmp_path):
    file = certificates.authority_file(tmp_path)
    (only,) = read_certificates(file)
    desk.reference.load(file)
    (kept,) = desk.book.entries("authorities")
    assert (kept.fingerprint, kept.name) == (only.fingerprint, only.name)
    table = "fingerprint,name,valid_from,valid_to,certificate"
    cells = [kept.fingerprint, "Giả danh", kept.valid_from, kept.valid_to, kept.certificate]
    (tmp_path / "a.csv").write_text(f"{table}\n{','.join(cells)}\n", encoding="utf-8")
    with pytest.raises(UserError):
        desk.reference.load(tmp_path / "a.csv")
    for content in (
        b"",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        b"\x30\x82",
    ):
        file.write_bytes(content)
        with pytest.raises(UserError):
            desk.reference.load(file)


def test_what_is_told_of_signatures(closed, tmp_path, monkeypatch):
    made = signed(closed, tmp_path, last=2)
    content = made.file.read_bytes()
    known = read_certificates(certificates.authority_file(tmp_path))
    (now,) = signatures(content, known)
    at_once = sentence(now)
    later = now.certificate.last + timedelta(days=1)
    monkeypatch.setattr("borderdesk.signing.validity.utc_now", lambda: later)
    (since,) = signatures(content, known)
    assert since.result == GOOD  # valid when signed
    out = since._replace(trust=OUT_OF_TIME)
    (added,) = signatures(content + b"\n% more\n", known)
    assert added.result == BAD
    (unknown,) = signatures(content, read_certificates(certificates.authority_file(tmp_path, "B")))
    assert unknown.result == DOUBTED
    others = (since, out, added, unknown, now._replace(time=None))
    told = [at_once, *map(sentence, others)]
    assert len(set(told)) == len(told)
    assert signatures(b"%PDF-1.4\n%%EOF", known) == []
    with pytest.raises(UserError):
        signatures(b"%PDF-1.4 /ByteRange [0 9", known)


def test_the_command_signs_and_tells(closed, tmp_path, monkeypatch):
    run = CommandRun(closed.folder)
    write_report(closed, ASKED, tmp_path / "giay.pdf")
    file = certificates.key_file(tmp_path)
    words = ("report sign", str(tmp_path / "giay.pdf"), "--p12", str(file))
    monkeypatch.setenv("BORDERDESK_PIN", "khác hẳn")
    assert run(*words, fails=True) == ""
    monkeypatch.setenv("BORDERDESK_PIN", certificates.PASSWORD)
    told = json.loads(run(*words, "--out", str(tmp_path / "ky.pdf")))
    assert told["signer"] == "Nông Văn Hòa"
    monkeypatch.delenv("BORDERDESK_PIN")
    run(*words, fails=True)  # no revocation service
    run(*words, text=f"{certificates.PASSWORD}\n")
    told = json.loads(run("report signatures", str(tmp_path / "ky.pdf")))
    assert (told["whole"], told["trust"]) == (True, "unknown")
    run("report signatures", str(file), fails=True)
    checked = json.loads(run("report check", str(tmp_path / "ky.pdf")).splitlines()[0])
    assert checked["signatures"][0]["intact"] is True
    assert run.failed == []
    log = json.dumps([line._asdict() for line in closed.audit.lines()], default=str)
    assert certificates.PASSWORD not in log
    assert "khác hẳn" not in log


def test_signing_needs_the_permission_to_close(closed, tmp_path):
    write_report(closed, ASKED, tmp_path / "giay.pdf")
    key = SigningOptions(key_of(tmp_path))
    for role in ("clerk", "liaison"):
        closed.account = closed.account._replace(role=role)
        with pytest.raises(OperationRefused):
            sign_edition(closed, edition_of(closed), ASKED, key, tmp_path / "ky.pdf")
        with pytest.raises(OperationRefused):
            sign_file(closed, tmp_path / "giay.pdf", key, tmp_path / "ky.pdf")
    assert not (tmp_path / "ky.pdf").exists()
