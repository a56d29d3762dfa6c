"""The first start with the province's set-up file: its posts offered, applied to the new desk."""

import json
import zipfile

import pytest
from PySide6.QtWidgets import QApplication, QDialog

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.paths import database_file
from borderdesk.desk import Desk
from borderdesk.exchange.desks.setup_file import read_setup
from borderdesk.exchange.desks.setup_units import setup_units
from tests.gui.liaison import drop
from tests.gui.looks import faults
from ui.base.text_size import set_text_size
from ui.shell.first_run import FirstRunDialog


@pytest.fixture
def province(desk_folder, tmp_path):
    """The province's desk, which knows one post."""
    with Desk.open(desk_folder) as desk:
        with Desk.create(tmp_path / "first", "post", "BL", "Đồn thứ nhất") as post:
            desk.exchange.cards.accept_card(post.exchange.cards.own())
        yield desk


@pytest.fixture
def file(province, tmp_path):
    target = tmp_path / "tinh.bdsetup"
    province.exchange.setups.make(target)
    return target


def test_a_dropped_set_up_file_makes_a_desk_that_trusts_the_province(
    first_run, file, province, tmp_path
):
    drop(first_run, file)
    assert first_run.fingerprint.hasFocus()
    assert file.name in first_run.outcome.text()
    assert first_run.role.currentData() == "post"
    assert first_run.unit.currentData() != "BL"
    assert first_run.unit.findData("BL") >= 0
    first_run.unit.setCurrentIndex(first_run.unit.findData("BS"))
    first_run.user.setText("Nông Văn Hòa")
    first_run.fingerprint.setText("0000")
    first_run.accept()
    assert first_run.problem.isVisible()
    assert not database_file(tmp_path / "new").exists()
    first_run.fingerprint.setText(province.exchange.cards.own().fingerprint)
    first_run.accept()
    assert first_run.result() == QDialog.DialogCode.Accepted
    with Desk.open(tmp_path / "new") as made:
        assert (made.identity.unit, made.identity.user) == ("BS", "Nông Văn Hòa")
        known = {one.card.unit for one in made.exchange.cards.known() if one.accepted}
        assert known == {"20", "BL"}


def test_a_file_that_is_none_is_told_and_the_four_questions_stay(first_run, tmp_path):
    (tmp_path / "photo.bdsetup").write_bytes(b"no zip")
    drop(first_run, tmp_path / "photo.bdsetup")
    assert first_run.problem.isVisible()
    assert not first_run.fingerprint.isVisible()
    first_run.user.setText("Nông Văn Hòa")
    first_run.accept()
    assert database_file(tmp_path / "new").exists()


def test_the_language_may_be_chosen_after_the_file(first_run, file, lang):
    first_run.read_setup(file)
    other = "en" if lang == "vi" else "vi"
    first_run.language.setCurrentIndex(first_run.language.findData(other))
    first_run.language.activated.emit(first_run.language.currentIndex())
    words = _("{file}, no. {number}, will be applied. Call the province and have its fingerprint"
              " read out.")  # fmt: skip
    assert first_run.outcome.text() == words.format(file=file.name, number=1)
    assert first_run.unit.findData("BS") >= 0


def test_tables_that_are_no_tables_are_told(file):
    setup = read_setup(file)
    with zipfile.ZipFile(file) as archive:
        told = json.loads(archive.read("setup.json"))
    for bad in ({"posts": 3}, {"posts": ["BS"]}, {}):
        broken = setup._replace(sections={**told, "reference": bad})
        with pytest.raises(UserError):
            setup_units(broken)
    assert "BL" in setup_units(setup).taken


@pytest.mark.both_languages
def test_the_names_of_posts_are_whole_in_large_text(first_run, file, qapp):
    set_text_size(qapp, 125)
    try:
        again = FirstRunDialog(first_run.folder)
        again.show()
        again.read_setup(file)
        QApplication.processEvents()
        assert again.unit.width() >= again.unit.sizeHint().width()
        again.close()
    finally:
        set_text_size(qapp, 100)


@pytest.mark.both_languages
def test_nothing_is_cut_in_larger_text(first_run, qapp):
    try:
        for percent in (125, 150):
            set_text_size(qapp, percent)
            again = FirstRunDialog(first_run.folder)
            again.show()
            QApplication.processEvents()
            assert faults(again) == [], percent
            again.close()
    finally:
        set_text_size(qapp, 100)
