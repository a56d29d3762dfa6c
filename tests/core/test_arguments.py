"""The options of the whole program, parsed once for window and commands."""

from pathlib import Path

import pytest

from borderdesk.base.arguments import parse, start_of


@pytest.mark.parametrize(
    ("words", "folder", "lang", "command"),
    [
        ("", None, None, ""),
        ("--desk d", "d", None, ""),
        ("--desk=d --lang=en", "d", "en", ""),
        ("--lang en --desk d list patrol --desk x", "d", "en", "list patrol --desk x"),
        ("--help --lang en", None, "en", "--help"),
        ("--debug --desk d verify", "d", None, "--debug verify"),
        ("--desk a --desk b", "b", None, ""),
        ("--desk", None, None, "--desk"),
        ("--lang fr posts", None, None, "--lang fr posts"),
        ("--lang en --lang", None, "en", "--lang"),
        ("list --lang en", None, "en", "list"),
        ("list patrol --lang=en --debug --limit 1", None, "en", "--debug list patrol --limit 1"),
        ("list patrol --lang fr", None, None, "--lang fr list patrol"),
        ("note a b -- --lang en", None, None, "note a b -- --lang en"),
        ("list --help", None, None, "list --help"),
        ("--version", None, None, "--version"),
    ],
)
def test_the_options_of_the_program_are_taken(words, folder, lang, command):
    start = parse(words.split())
    named = None if folder is None else Path(folder)
    assert (start.folder, start.lang, " ".join(start.command)) == (named, lang, command)
    assert (start_of(words.split()) is None) is bool(command)
    assert start.debug is ("--debug" in words)


@pytest.mark.parametrize("name", ["/x/BS.bdx", "thẻ đồn.BDCARD", "C:\\Users\\Đồn An\\tinh.bdsetup"])
def test_a_file_of_ours_alone_is_opened_in_the_window(name):
    start = start_of(["--desk", "d", name])
    assert start is not None
    assert (start.folder, start.file) == (Path("d"), Path(name).absolute())
    assert start_of(["import", name]) is None
    assert start_of([name, name]) is None
    assert start_of(["BS.xlsx"]) is None
