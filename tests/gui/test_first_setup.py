"""The first start with the province's set-up file: its posts offered, applied to the new desk."""

import json
import zipfile

import pytest
from PySide6.QtWidgets import QDialog

from borderdesk.desk import Desk
from borderdesk.errors import UserError
from borderdesk.exchange.beginning import offered
from borderdesk.exchange.setups import read_setup
from borderdesk.i18n import _, set_language
from borderdesk.paths import database_file
from tests.gui.liaison import drop
from ui.first_run import FirstRun


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


@pytest.fixture
def dialog(qtbot, lang, tmp_path):
    set_language(lang)
    shown = FirstRun(tmp_path / "new")
    qtbot.addWidget(shown)
    with qtbot.waitActive(shown):
        shown.show()
        shown.activateWindow()
    return shown


def test_a_dropped_set_up_file_makes_a_desk_that_trusts_the_province(
    dialog, file, province, tmp_path
):
    drop(dialog, file)
    assert dialog.fingerprint.hasFocus()
    assert file.name in dialog.told.text()
    assert dialog.role.currentData() == "post"
    assert dialog.unit.currentData() != "BL"
    assert dialog.unit.findData("BL") >= 0
    dialog.unit.setCurrentIndex(dialog.unit.findData("BS"))
    dialog.user.setText("Nông Văn Hòa")
    dialog.fingerprint.setText("0000")
    dialog.accept()
    assert dialog.problem.isVisible()
    assert not database_file(tmp_path / "new").exists()
    dialog.fingerprint.setText(province.exchange.cards.own().fingerprint)
    dialog.accept()
    assert dialog.result() == QDialog.DialogCode.Accepted
    with Desk.open(tmp_path / "new") as made:
        assert (made.identity.unit, made.identity.user) == ("BS", "Nông Văn Hòa")
        known = {one.card.unit for one in made.exchange.cards.known() if one.accepted}
        assert known == {"20", "BL"}


def test_a_file_that_is_none_is_told_and_the_four_questions_stay(dialog, tmp_path):
    (tmp_path / "photo.bdsetup").write_bytes(b"no zip")
    drop(dialog, tmp_path / "photo.bdsetup")
    assert dialog.problem.isVisible()
    assert not dialog.fingerprint.isVisible()
    dialog.user.setText("Nông Văn Hòa")
    dialog.accept()
    assert database_file(tmp_path / "new").exists()


def test_the_language_may_be_chosen_after_the_file(dialog, file, lang):
    dialog.read_setup(file)
    other = "en" if lang == "vi" else "vi"
    dialog.language.setCurrentIndex(dialog.language.findData(other))
    dialog.language.activated.emit(dialog.language.currentIndex())
    words = _("{file}, no. {number}, will be applied. Call the province and have its fingerprint"
              " read out.")  # fmt: skip
    assert dialog.told.text() == words.format(file=file.name, number=1)
    assert dialog.unit.findData("BS") >= 0


def test_tables_that_are_no_tables_are_told(file):
    setup = read_setup(file)
    with zipfile.ZipFile(file) as archive:
        told = json.loads(archive.read("setup.json"))
    for bad in ({"posts": 3}, {"posts": ["BS"]}, {}):
        broken = setup._replace(told={**told, "reference": bad})
        with pytest.raises(UserError):
            offered(broken)
    assert "BL" in offered(setup).taken
