"""A damaged or malicious zip is refused with an explanation by every command that reads one."""

import struct
import zipfile
from io import BytesIO

import openpyxl
import pytest

from borderdesk.figures.regulations import MOST_UNPACKED, read_regulation
from tests.soak.findings import UNEXPECTED

XML = b"<x>" + b"<si><t>aaaa</t></si>" * 400 + b"</x>"
OFFICE = ("[Content_Types].xml", "xl/workbook.xml", "xl/sharedStrings.xml", "word/document.xml")
DIRECTORY, END = b"PK\x01\x02", b"PK\x05\x06"


def zipped(names, method=zipfile.ZIP_DEFLATED, content=XML):
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", method) as archive:
        for name in names:
            archive.writestr(name, content)
    return bytearray(whole.getvalue())


def directories(content):
    """The offsets of the entries of the central directory."""
    at = content.find(DIRECTORY)
    while at >= 0:
        yield at
        at = content.find(DIRECTORY, at + 4)


def before_the_begin(names):
    content = zipped(names)
    end = content.rfind(END)
    (offset,) = struct.unpack_from("<I", content, end + 16)
    struct.pack_into("<I", content, end + 16, offset + 500)
    return content


def turned(names, method=zipfile.ZIP_DEFLATED):
    content = zipped(names, method)
    for at in directories(bytes(content)):
        (begin,) = struct.unpack_from("<I", content, at + 42)
        for place in range(begin + 60, begin + 90):
            content[place] ^= 0xFF
    return content


def marked(place, value):
    """The archive with a number of every directory entry changed."""

    def made(names):
        content = zipped(names)
        for at in directories(bytes(content)):
            struct.pack_into("<H", content, at + place, value)
        return content

    return made


FAULTS = {
    "directory before the begin": before_the_begin,
    "bits turned": turned,
    "bits turned in LZMA": lambda names: turned(names, zipfile.ZIP_LZMA),
    "locked": marked(8, 1),
    "packed in an unknown way": marked(10, 99),
    "cut": lambda names: zipped(names)[:-30],
    "no names": lambda names: zipped(names).replace(b"xml", b"\0\0\0"),
    "no XML": lambda names: zipped(names, content=b"\0\xff" * 900),
}
FIGURES = ("--period", "2023-05", "--out", "{folder}/out.docx")
DOORS = {
    "xlsx": ("a.xlsx", OFFICE, ("sheet", "clearing", "{file}", "--dry-run")),
    "ods": ("a.ods", ("content.xml", "styles.xml", "mimetype"), ("sheet", "pledge", "{file}")),
    "form": ("a.docx", OFFICE, ("report", "form", "{file}", *FIGURES)),
    "paper": ("a.docx", OFFICE, ("report", "check", "{file}")),
    "regulation": ("a.xlsx", OFFICE, ("regulation", "load", "{file}")),
    "package": ("a.bdx", ("datapackage.json", "datapackage.json.minisig"), ("import", "{file}")),
    "packed": ("a.zip", ("1.bdx", "2.zip"), ("import", "{file}")),
    "receipt": ("a.bdreceipt", ("receipt.json", "receipt.json.minisig"), ("import", "{file}")),
    "set-up": ("a.bdsetup", ("setup.json", "setup.json.minisig"),
               ("setup", "apply", "{file}", "--fingerprint", "0000")),
    "update": ("a.bdupdate", ("update.json", "update.json.minisig"), ("update", "{file}")),
}  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
def test_a_broken_zip_is_refused_with_a_reason(cli_inline, desk_folder, tmp_path, door):
    name, names, words = DOORS[door]
    file = tmp_path / name
    for what, made in FAULTS.items():
        file.write_bytes(made(names))
        given = [word.format(file=file, folder=tmp_path) for word in words]
        told = cli_inline("--desk", desk_folder, *given)
        said = told.stdout + told.stderr
        assert told.returncode in {1, 2, 3, 4} or '"refused"' in said, (what, told)
        assert said.strip(), what
        assert not any(one in said for one in UNEXPECTED), (what, said)


def test_a_regulation_that_unpacks_without_end_is_not_unpacked(cli_inline, desk_folder, tmp_path):
    """The library reads texts whole: 1.4 MB took minutes and gigabytes."""
    file, sound = tmp_path / "a.xlsx", BytesIO()
    openpyxl.Workbook().save(sound)
    file.write_bytes(sound.getvalue())
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/sharedStrings2.xml", bytes(MOST_UNPACKED))
    assert file.stat().st_size < 1 << 20
    told = cli_inline("--desk", desk_folder, "regulation", "load", file)
    assert told.returncode == 1
    assert "16 MB" in told.stderr


def test_a_regulation_is_no_sheet_without_end(tmp_path):
    """A single cell at the far corner: openpyxl yields a million rows of sixteen thousand cells."""
    book = openpyxl.Workbook()
    for number, words in enumerate((("number", "5"), ("year", 2023), ("indicator", "scope")), 1):
        for column, word in enumerate(words, 1):
            book.active.cell(number, column, word)
    book.active.cell(1_048_576, 16_384, "x")
    book.save(tmp_path / "a.xlsx")
    read = read_regulation(tmp_path / "a.xlsx")
    assert (read["number"], read["clause"]) == ("5", [])
