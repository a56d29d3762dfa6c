"""Runs PDFBox's preflight, an independent validator, to check files for PDF/A-1b.

`python -m tests.preflight FILE …` prints its findings.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

JAVA = Path("/usr/share/java")
JARS = (
    *("preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging"),
    *("javax.activation", "jaxb-api"),
)
VALIDATOR = "org.apache.pdfbox.preflight.Validator_A1b"


def faults(files: Sequence[Path]) -> dict[str, list[str]]:
    """{file name: findings}, empty for valid PDF/A-1b. Java is started once for all files."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "list"
        listed.write_text("\n".join(map(str, files)) + "\n", encoding="utf-8")
        jars = ":".join(str(JAVA / f"{name}.jar") for name in JARS)
        # For a process of seconds the optimising compiler and parallel garbage collection do not
        # pay.
        quick = ["-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
        command = ["java", *quick, "-cp", jars, VALIDATOR, "xml", "group", str(listed)]
        subprocess.run(command, check=True, capture_output=True)
        told = ElementTree.parse(f"{listed}.preflight.xml").getroot()  # noqa: S314 (its own)
    assert len(told) == len(files), ElementTree.tostring(told)
    return {one.attrib["name"]: _faults(one) for one in told}


def _faults(told: ElementTree.Element) -> list[str]:
    valid = told.findtext("isValid") == "true"
    found = [" ".join("".join(error.itertext()).split()) for error in told.iter("error")]
    return [] if valid else found or [ElementTree.tostring(told, "unicode")]


if __name__ == "__main__":
    for name, found in faults([Path(name) for name in sys.argv[1:]]).items():
        print(name, *(found or ["PDF/A-1b"]), sep="\n  ")
