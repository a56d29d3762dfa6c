"""Compiled code of sources that a library carries inside itself and compiles at every start."""

import builtins
import contextlib
import hashlib
import marshal
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

_compile = builtins.compile


class CompileCache:
    """Stands for the builtin compile while a library is imported; what was compiled once is kept.

    The file is like Python's own .pyc files: it can be thrown away, and where it cannot be
    written every start compiles.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._kept: dict[bytes, bytes] = {}
        self._used: dict[bytes, bytes] = {}

    def __enter__(self) -> None:
        with contextlib.suppress(OSError, EOFError, ValueError, TypeError):
            self._kept = marshal.loads(self._file.read_bytes())
        builtins.compile = self._compiled

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        builtins.compile = _compile
        # Nothing stays of an older version of the library.
        if self._used.keys() != self._kept.keys():
            with contextlib.suppress(OSError):
                self._write()

    def _compiled(self, source: Any, filename: Any, mode: str, *rest: Any, **named: Any) -> Any:
        if rest or named or not isinstance(source, bytes | str) or not isinstance(filename, str):
            return _compile(source, filename, mode, *rest, **named)
        text = source if isinstance(source, bytes) else source.encode()
        key = hashlib.blake2b(b"\0".join((filename.encode(), mode.encode(), text))).digest()
        code = self._kept.get(key)
        if code is None:
            code = marshal.dumps(_compile(source, filename, mode, dont_inherit=True))
        self._used[key] = code
        return marshal.loads(code)

    def _write(self) -> None:
        self._file.parent.mkdir(exist_ok=True)
        half = self._file.with_suffix(f".{os.getpid()}")
        half.write_bytes(marshal.dumps(self._used))
        half.replace(self._file)


def cache_file(name: str) -> Path:
    """Where the compiled code of this Python is kept, beside that of this module."""
    tag = sys.implementation.cache_tag
    return Path(__file__).parent / "__pycache__" / f"{name}.{tag}.marshal"
