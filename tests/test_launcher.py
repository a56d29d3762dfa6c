"""The entry in the desktop's application menu."""

from tools.launcher import launcher_text, write_launcher


def test_the_entry_is_written_once_and_names_what_is_there(tmp_path):
    root, environ = tmp_path / 'a "b" 100%', {"XDG_DATA_HOME": str(tmp_path / "share")}
    file = write_launcher(root, environ)
    assert file == tmp_path / "share" / "applications" / "borderdesk.desktop"
    text = file.read_text(encoding="utf-8")
    assert text == launcher_text(root)
    (line,) = [line for line in text.splitlines() if line.startswith("Exec=")]
    assert line.endswith('a \\"b\\" 100%%/run.py"')
    assert f"Icon={root}" in text
    before = file.stat().st_mtime_ns
    assert write_launcher(root, environ) == file
    assert file.stat().st_mtime_ns == before


def test_a_menu_that_cannot_be_written_keeps_nobody_from_working(tmp_path):
    (tmp_path / "share").write_text("a file")
    assert write_launcher(tmp_path, {"XDG_DATA_HOME": str(tmp_path / "share")}) is None
