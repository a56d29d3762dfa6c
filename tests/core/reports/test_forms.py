"""A unit's own Word form: fields filled in, everything else unchanged, faults reported."""

import hashlib
import json
import zipfile
from pathlib import Path

import docx
import pytest

from borderdesk.base.errors import UserError
from borderdesk.closing.summary import make_summary
from borderdesk.exchange.desks.setup_file import read_setup
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.editions.file_check import check_file
from borderdesk.reports.report_kinds import write_form
from borderdesk.reports.word_files import own_forms
from borderdesk.reports.word_files.form_fields import form_content
from tests.exchanging import new_desk

PERIOD = "2023-11"
REQUEST = Request("summary", PERIOD)


@pytest.fixture
def desk(post_desk):
    for day, participants in ((3, 1200), (9, 34)):
        post_desk.records.add(
            "clearing",
            {"post": "BS", "kind": "road_repair", "started_on": f"2023-11-{day:02}",
             "commune": "06196", "participants": participants},
        )  # fmt: skip
    post_desk.narratives.write_narrative(PERIOD, parts={"difficulties": "Đường trơn.\nThiếu xăng."})
    return post_desk


@pytest.fixture
def form(tmp_path):
    """A form as a clerk makes it, its fields split into runs as Word splits them."""
    file = docx.Document()
    file.sections[0].header.paragraphs[0].text = "{{issuer}} – {{STATE}}"
    broken = file.add_paragraph("Tháng: {{per")
    broken.add_run("iod}}, phát quang {{ clearing_").bold = True
    broken.add_run("participants.value }} lượt.")
    file.add_paragraph("{{text.difficulties}}")
    table = file.add_table(2, 3)
    for cell, text in zip(table.rows[0].cells, ("TT", "Chỉ tiêu", "Tháng"), strict=True):
        cell.text = text
    fields = ("{{row.number}}", "{{row.label}} ({{row.unit}})", "{{row.value}}")
    for cell, text in zip(table.rows[1].cells, fields, strict=True):
        cell.text = text
    table = file.add_table(1, 1)
    table.rows[0].cells[0].text = "{{task.task}}"
    target = tmp_path / "mau.docx"
    file.save(target)
    return target


def filled(desk, form, **asked):
    target = form.with_name("filled.docx")
    write_form(desk, form, REQUEST._replace(**asked), target)
    return docx.Document(target)


def test_fields_are_filled_wherever_they_stand(desk, form):
    file = filled(desk, form)
    head = file.sections[0].header.paragraphs[0].text
    assert "Dự thảo" in head
    assert "{{" not in head
    first, text = (one.text for one in file.paragraphs[:2])
    assert first == "Tháng: tháng 11 năm 2023, phát quang 1.234 lượt."
    assert text == "Đường trơn.\nThiếu xăng."
    assert file.paragraphs[0].runs[1].bold


def test_a_row_repeats_for_every_indicator(desk, form):
    rows = filled(desk, form).tables[0].rows
    lines = make_summary(desk, PERIOD).lines
    assert len(rows) == 1 + len(lines)
    shown = [cell.text for cell in rows[1].cells]
    assert shown[:2] == ["1", f"{lines[0].label} ({lines[0].unit})"]
    short = filled(desk, form, hide_empty=True).tables[0].rows
    assert ["1", "Phát quang, tu sửa (lần)", "2"] in [[c.text for c in row.cells] for row in short]
    assert len(short) < len(rows)


def test_a_form_has_no_rows_for_no_records(desk, form):
    assert not filled(desk, form).tables[1].rows


def test_the_same_form_gives_the_same_bytes_and_keeps_what_has_no_field(desk, form, tmp_path):
    write_form(desk, form, REQUEST, tmp_path / "one.docx")
    write_form(desk, form, REQUEST, tmp_path / "two.docx")
    assert (tmp_path / "one.docx").read_bytes() == (tmp_path / "two.docx").read_bytes()
    with zipfile.ZipFile(form) as before, zipfile.ZipFile(tmp_path / "one.docx") as after:
        assert before.namelist() == after.namelist()
        assert before.read("word/styles.xml") == after.read("word/styles.xml")


def test_the_form_of_a_closed_period_is_final_and_says_its_edition(desk, form):
    desk.closing.close_period(PERIOD, number="05")
    file = filled(desk, form)
    assert file.sections[0].header.paragraphs[0].text.endswith("– ")
    assert desk.closing.state(PERIOD).edition.final
    assert file.core_properties.identifier.split("|")[4] == "1"
    assert check_file(desk, str(form.with_name("filled.docx"))).state == "signed"


def test_unknown_and_broken_fields_are_all_named_with_the_nearest(desk, tmp_path):
    file = docx.Document()
    file.add_paragraph("{{clearing_event.value}} {{perriod}} {{Phát quang}}")
    file.add_paragraph("Số {{number} của {{}}")
    file.save(tmp_path / "mau.docx")
    with pytest.raises(UserError) as told:
        write_form(desk, tmp_path / "mau.docx", REQUEST, tmp_path / "out.docx")
    for words in ("clearing_events.value", "“perriod”", "“period”", "Số {{number} của {{}}"):
        assert words in str(told.value)
    # Recognised by content if somebody wrote the suffix wrongly.
    assert "“Phát quang” không phải là trường; gần nhất là “clearing_events.value”" in str(
        told.value
    )
    assert not (tmp_path / "out.docx").exists()


def test_every_field_of_the_list_can_be_filled(desk, tmp_path):
    content = form_content(desk, make_summary(desk, PERIOD))
    file = docx.Document()
    file.add_paragraph(" ".join(f"{{{{{one.name}}}}}" for one in content.fields))
    row = file.add_table(1, 1).rows[0]
    names = [one.name for one in content.row_fields]
    row.cells[0].text = " ".join(f"{{{{{name}}}}}" for name in names if name.startswith("row."))
    file.save(tmp_path / "mau.docx")
    words = filled(desk, tmp_path / "mau.docx").element.xml
    assert "{{" not in words


@pytest.mark.parametrize("kind", ["text", "zip", "macro", "docm", "missing", "pdf"])
def test_what_is_no_form_is_told_and_nothing_is_written(desk, form, tmp_path, kind):
    template, target = tmp_path / "bad.docx", tmp_path / "out.docx"
    if kind == "text":
        template.write_text("{{period}}")
    elif kind == "zip":
        with zipfile.ZipFile(template, "w") as archive:
            archive.writestr("a", "b")
    elif kind == "macro":
        template.write_bytes(form.read_bytes())
        with zipfile.ZipFile(template, "a") as archive:
            archive.writestr("word/vbaProject.bin", b"x")
    elif kind == "docm":
        with zipfile.ZipFile(form) as old, zipfile.ZipFile(template, "w") as archive:
            for name in old.namelist():
                word = b"application/vnd.openxmlformats-officedocument.wordprocessingml"
                macro = b"application/vnd.ms-word.document.macroEnabled"
                content = old.read(name).replace(word + b".document.main+xml", macro + b".main+xml")
                archive.writestr(name, content)
    elif kind == "pdf":
        template, target = form, tmp_path / "out.pdf"
    with pytest.raises(UserError):
        write_form(desk, template, REQUEST, target)
    assert not target.exists()


def rewritten(form, target, change):
    """A form whose parts are replaced by `change(name, content)`."""
    with zipfile.ZipFile(form) as old, zipfile.ZipFile(target, "w") as archive:
        for name in old.namelist():
            archive.writestr(name, change(name, old.read(name)))
    return target


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [(b"schemas.openxmlformats.org/wordprocessingml/2006/main",
      b"purl.oclc.org/ooxml/wordprocessingml/main", "Strict"),
     (b"<w:document", b"<!DOCTYPE a [<!ENTITY a 'a'>]><w:document", "DOCTYPE")],
    ids=["strict", "entities"],
)  # fmt: skip
def test_a_form_of_an_unusual_kind_is_told(desk, form, tmp_path, old, new, told):
    template = rewritten(form, tmp_path / "a.docx", lambda _name, part: part.replace(old, new))
    with pytest.raises(UserError, match=told):
        write_form(desk, template, REQUEST, tmp_path / "out.docx")
    assert not (tmp_path / "out.docx").exists()


PROPERTIES_NAMESPACE = b"package/2006/metadata/core-properties"


@pytest.mark.parametrize(
    ("old", "new"),
    [(PROPERTIES_NAMESPACE, PROPERTIES_NAMESPACE + b"/other"),
     (b"w:document", b"w:paper")],
    ids=["other properties", "another document"],
)  # fmt: skip
def test_elements_that_the_library_knows_nothing_of_stay(desk, form, tmp_path, old, new):
    template = rewritten(form, tmp_path / "a.docx", lambda _name, part: part.replace(old, new))
    write_form(desk, template, REQUEST, tmp_path / "out.docx")
    with zipfile.ZipFile(tmp_path / "out.docx") as archive:
        parts = [archive.read(name) for name in archive.namelist()]
    assert any(new in part for part in parts)
    assert b"{{" not in b"".join(parts)


def test_a_word_template_in_two_bytes_a_letter_becomes_a_document(desk, form, tmp_path):
    def change(name, part):
        if name == "word/document.xml":
            return part.decode().replace("UTF-8", "UTF-16").encode("utf-16")
        return part.replace(b"wordprocessingml.document.main", b"wordprocessingml.template.main")

    template = rewritten(form, tmp_path / "mau.dotx", change)
    assert "{{" not in filled(desk, template).element.xml  # python-docx opens documents alone


def test_fields_of_rows_outside_of_them_are_told(desk, tmp_path):
    file = docx.Document()
    file.add_paragraph("{{row.value}}")
    file.save(tmp_path / "mau.docx")
    with pytest.raises(UserError, match="chỉ đặt được trong một dòng của bảng"):
        write_form(desk, tmp_path / "mau.docx", REQUEST, tmp_path / "out.docx")


# ---------------------------------------------------------------------- kept in the desk


def test_a_form_is_kept_filled_by_its_name_replaced_and_removed(desk, form, tmp_path):
    kept = own_forms.keep_form(desk, form)
    assert (kept.name, kept.size) == ("mau.docx", form.stat().st_size)
    assert kept.digest == hashlib.sha256(form.read_bytes()).hexdigest()
    by_file, by_name = tmp_path / "a.docx", tmp_path / "b.docx"
    write_form(desk, form, REQUEST, by_file)
    write_form(desk, "mau.docx", REQUEST, by_name)
    assert by_file.read_bytes() == by_name.read_bytes()
    write_form(desk, Path("mau"), REQUEST, by_name)
    docx.Document().save(form)
    assert own_forms.keep_form(desk, form).digest != kept.digest
    assert [one.name for one in desk.word_forms.all()] == ["mau.docx"]
    desk.word_forms.remove_form("mau.docx")
    for name in ("mau.docx", Path("nothing")):
        with pytest.raises(UserError):
            write_form(desk, name, REQUEST, by_name)
    with pytest.raises(UserError, match=r"mau\.docx"):
        desk.word_forms.remove_form("mau.docx")


def test_what_is_no_form_is_not_kept(desk, form, tmp_path, monkeypatch):
    text = tmp_path / "chu.docx"
    text.write_bytes(b"x")
    macros = tmp_path / "macro.docx"
    with zipfile.ZipFile(form) as of, zipfile.ZipFile(macros, "w") as to:
        for name in of.namelist():
            to.writestr(name, of.read(name))
        to.writestr("word/vbaProject.bin", b"x")
    for file in (text, macros, tmp_path / "none.docx", tmp_path):
        with pytest.raises(UserError):
            own_forms.keep_form(desk, file)
    monkeypatch.setattr("borderdesk.closing.word_forms.MOST_BYTES", 100)
    with pytest.raises(UserError, match=r"mau\.docx"):
        own_forms.keep_form(desk, form)
    assert desk.word_forms.all() == []


def test_the_commands_list_keep_fill_and_remove(desk, form, cli_inline, tmp_path):
    def said(*asked):
        return cli_inline("--desk", desk.folder, "report", *asked)

    (line,) = said("forms", "--add", form).stdout.splitlines()
    assert json.loads(line)["name"] == "mau.docx"
    target = tmp_path / "out.docx"
    assert said("form", "mau.docx", "--period", PERIOD, "--out", target).returncode == 0
    assert "Đường trơn." in "\n".join(p.text for p in docx.Document(target).paragraphs)
    assert said("form", "khac", "--period", PERIOD, "--out", target).returncode != 0
    assert said("forms", "--remove", "mau.docx").stdout == ""


def test_a_set_up_file_carries_forms_and_takes_away_what_it_lacks(form, tmp_path):
    file = tmp_path / "a.bdsetup"
    with (
        new_desk(tmp_path / "province", "province", "20", 2) as province,
        new_desk(tmp_path / "post", "post", "BS", 1) as post,
    ):
        province.word_forms.keep_form("tinh.docx", form.read_bytes())
        province.word_forms.keep_form("chung.docx", b"province")
        post.word_forms.keep_form("chung.docx", b"own")

        def hand_over():
            province.exchange.setups.make(file)
            setup = read_setup(file)
            return post.exchange.setups.apply(setup, vouched=setup.card.fingerprint)

        assert hand_over().counts["forms"] == 2
        assert post.word_forms.content("tinh.docx") == form.read_bytes()
        assert post.word_forms.content("chung.docx") == b"own"  # the desk's own form stays
        (brought,) = (one for one in post.word_forms.all() if one.brought)
        assert (brought.name, brought.brought) == ("tinh.docx", province.identity.id)
        province.word_forms.remove_form("tinh.docx")
        assert hand_over().ended["forms"] == 1
        assert [one.name for one in post.word_forms.all()] == ["chung.docx"]


@pytest.mark.parametrize(
    "row",
    [7, {}, {"name": "a.docx", "sha256": "0", "content": "eA=="},
     {"name": "../a.docx", "sha256": hashlib.sha256(b"x").hexdigest(), "content": "eA=="},
     {"name": "a.exe", "sha256": hashlib.sha256(b"x").hexdigest(), "content": "eA=="},
     {"name": "a.docx", "sha256": hashlib.sha256(b"x").hexdigest(), "content": "x"}],
)  # fmt: skip
def test_a_bad_form_in_a_set_up_file_is_named_and_changes_nothing(desk, row):
    problems: dict[str, str] = {}
    assert desk.word_forms.replace("0" * 32, {"0" * 32}, [row], problems) == 0
    assert list(problems) == ["forms[0]"]
    assert desk.word_forms.all() == []
