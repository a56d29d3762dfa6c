"""Conversion of files by LibreOffice, with the fonts of Word (metric-compatible ones of
resources/fonts)."""

import os
import subprocess
from pathlib import Path

from borderdesk.base.paths import RESOURCES

SETTINGS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{fonts}</dir>
<cachedir>{folder}/fonts</cachedir></fontconfig>"""


def converted(file: Path, suffix: str) -> Path:
    """Convert the file to a format; returns the result, in a folder named after the format."""
    folder = file.parent
    settings = folder / "fonts.conf"
    settings.write_text(SETTINGS.format(fonts=RESOURCES / "fonts", folder=folder), encoding="utf-8")
    profile = f"-env:UserInstallation=file://{folder}/profile"
    outdir = folder / suffix.removeprefix(".")
    command = ["soffice", profile, "--headless", "--convert-to", outdir.name, "--outdir"]
    subprocess.run(
        [*command, str(outdir), str(file)],
        env={**os.environ, "FONTCONFIG_FILE": str(settings)},
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    return outdir / file.with_suffix(suffix).name
