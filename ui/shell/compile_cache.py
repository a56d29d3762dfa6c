"""Cache for code that Python compiles at each start: sources embedded in a library, constructors of
named tuples, regular expressions."""

import builtins
import contextlib
import hashlib
import marshal
import re
import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from borderdesk.base.errors import UserError
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import program_cache

if TYPE_CHECKING:
    from borderdesk.base import files
else:
    # Needed once per version of the library only.
    files = lazy_module("borderdesk.base.files")

_compile, _eval = builtins.compile, builtins.eval
_patterns: Any = getattr(re, "_compiler", None)
"""The compiler of `re`; private, so nothing is cached on a Python without it."""
_compile_pattern: Any = getattr(_patterns, "compile", None)
_sre: Any = getattr(_patterns, "_sre", None)
"""The C engine of `re`, which runs compiled patterns."""


class CompileCache:
    """Replaces the builtins compile and eval and the compiler of `re` while modules are imported,
    and caches what they compile.

    The file is disposable like a .pyc; if it cannot be written, every start compiles.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._kept: dict[bytes, bytes] = {}
        self._used: dict[bytes, bytes] = {}

    def __enter__(self) -> None:
        with contextlib.suppress(OSError, EOFError, ValueError, TypeError):
            self._kept = marshal.loads(self._file.read_bytes())  # noqa: S302 - our own cache
        builtins.compile, builtins.eval = self._compiled, self._evaluated
        if _compile_pattern is not None:
            _patterns.compile = self._compiled_pattern

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        builtins.compile, builtins.eval = _compile, _eval
        if _compile_pattern is not None:
            _patterns.compile = _compile_pattern
        # Only entries used now are kept: none of older library versions.
        if self._used.keys() != self._kept.keys():
            with contextlib.suppress(OSError, UserError):
                self._write()

    def _compiled(
        self, source: Any, filename: Any, mode: str, *options: Any, **keywords: Any
    ) -> Any:
        if (
            options
            or keywords
            or not isinstance(source, bytes | str)
            or not isinstance(filename, str)
        ):
            return _compile(source, filename, mode, *options, **keywords)
        text = source if isinstance(source, bytes) else source.encode()
        key = hashlib.blake2b(b"\0".join((filename.encode(), mode.encode(), text))).digest()
        code = self._kept.get(key)
        if code is None:
            code = _compiled_anew(source, filename, mode)
        self._used[key] = code
        return marshal.loads(code)  # noqa: S302 - our own cache

    def _evaluated(self, source: Any, *names: Any) -> Any:
        """As the builtin eval; named tuples evaluate their constructor from text."""
        if not names:
            caller = sys._getframe(1)
            names = (caller.f_globals, caller.f_locals)
        if isinstance(source, str) and names[0] is not None:
            source = self._compiled(source.lstrip(" \t"), "<string>", "eval")
        return _eval(source, *names)

    def _compiled_pattern(self, pattern: Any, flags: int = 0) -> Any:
        """As `re._compiler.compile`, with the engine's code taken from the cache."""
        if not isinstance(pattern, bytes | str):
            return _compile_pattern(pattern, flags)
        about = (_sre.MAGIC, pattern, int(flags))
        key = hashlib.blake2b(marshal.dumps(about)).digest()
        code = self._kept.get(key)
        if code is None:
            code = marshal.dumps(_code_of(pattern, flags))
        self._used[key] = code
        # The engine validates its code; the pattern is passed unchanged.
        return _sre.compile(pattern, *marshal.loads(code))  # noqa: S302 - our own cache

    def _write(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        files.write_atomically(self._file, marshal.dumps(self._used))


def _compiled_anew(source: Any, filename: str, mode: str) -> bytes:
    return marshal.dumps(_compile(source, filename, mode, dont_inherit=True))


class _Engine:
    """Wraps the engine of `re` to record the arguments from which it makes a pattern."""

    def __init__(self) -> None:
        self.made: tuple[Any, ...] = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(_sre, name)

    def compile(self, pattern: Any, flags: int, code: list[int], *groups: Any) -> Any:
        # The code holds instances of an int subclass, which marshal refuses.
        self.made = (int(flags), [*map(int, code)], *groups)
        return _sre.compile(pattern, flags, code, *groups)


def _code_of(pattern: str | bytes, flags: int) -> tuple[Any, ...]:
    """The engine's arguments for a pattern: flags, code, number of groups and their names."""
    engine = _Engine()
    _patterns._sre = engine
    try:
        _compile_pattern(pattern, flags)
    finally:
        _patterns._sre = _sre
    return engine.made


def cache_file(name: str) -> Path:
    """The path of the cache for this Python version."""
    tag = sys.implementation.cache_tag
    return program_cache(Path(__file__).parent / "__pycache__") / f"{name}.{tag}.marshal"
