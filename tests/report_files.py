"""Writes reports and reads them back with other programs."""

import re
import subprocess

from borderdesk.reports.contents.requests import Request
from borderdesk.reports.report_kinds import write_report
from tests.recompute import read_json


def written(desk, folder, suffix, kind, period, **asked):
    """Write a report; returns its file."""
    target = folder / f"report{suffix}"
    write_report(desk, Request(kind, period, **asked), target)
    return target


def json_of(desk, folder, kind, period, **asked):
    """The JSON of a report with exact decimals."""
    return read_json(written(desk, folder, ".json", kind, period, **asked).read_text("utf-8"))


def lines_of(pdf, *, annexes=True):
    """The text lines of a PDF in page layout, on all pages or on those before the annexes."""
    done = subprocess.run(
        ["pdftotext", "-layout", "-enc", "UTF-8", str(pdf), "-"], capture_output=True, check=True
    )
    text = done.stdout.decode()
    return (text if annexes else re.split(r"\f[^\f]*Phụ lục", text)[0]).splitlines()


def words_of(pdf):
    """The text of a PDF with spaces joined."""
    return " ".join(" ".join(lines_of(pdf)).split())
