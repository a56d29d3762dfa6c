"""Build hook of the wheel: main.py as `borderdesk.__main__`, resources as `borderdesk/resources`,
compiled translations."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INSIDE = "borderdesk"


class WheelHook(BuildHookInterface[Any]):
    """Adds files that lie elsewhere in the repository."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling; `version` is "editable" for a development install."""
        root = Path(self.root)
        if version == "editable":
            return
        added = build_data["force_include"]
        added[str(root / "main.py")] = f"{INSIDE}/__main__.py"
        # Run by path: the package is not importable in an isolated build.
        compile_po = runpy.run_path(str(root / INSIDE / "base" / "catalogue.py"))["compile_po"]
        for path in sorted((root / "resources").rglob("*")):
            target = f"{INSIDE}/{path.relative_to(root).as_posix()}"
            if path.suffix == ".po":
                compiled = Path(self.directory) / "words" / path.with_suffix(".mo").name
                compiled.parent.mkdir(parents=True, exist_ok=True)
                compiled.write_bytes(compile_po(path.read_text(encoding="utf-8")))
                added[str(compiled)] = target.removesuffix(".po") + ".mo"
            elif path.is_file() and path.suffix != ".mo":
                added[str(path)] = target
