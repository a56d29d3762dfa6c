"""Paired runs, their medians, and the printed result lines."""

import json
import os
import pickle
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlcipher3 import dbapi2 as sqlcipher

from borderdesk.store.connection.bound_values import AS_THEY_ARE

Run = Callable[[], float]
"""Does the work once and returns its seconds, preparation excluded."""

LEAST_REPEATS = 5

Statements = list[tuple[str, list[Sequence[Any]]]]
"""The executed statements, each with its rows."""


class Ground(NamedTuple):
    """What every line is measured on: the desk is read-only; `scratch` is writable."""

    desk: Path
    scratch: Path
    pairs: int
    records: int


class Line(NamedTuple):
    """A result. `judged` is compared with `bound`: a ratio to `bare`, or `ours` itself."""

    name: str
    unit: str
    ours: float
    bare: float | None
    judged: float
    low: float
    high: float
    bound: float
    notes: tuple[str, ...] = ()

    @property
    def within(self) -> bool:
        """Whether the result is within the bound."""
        return self.judged <= self.bound


def alternate(ours: Run, bare: Run, pairs: int) -> list[tuple[float, float]]:
    """Time ours and bare alternately, so that noise affects both."""
    return [(ours(), bare()) for _pair in range(pairs)]


def compared(
    name: str,
    seconds: Sequence[tuple[float, float]],
    bound: float,
    unit: str = "s",
    notes: Iterable[str] = (),
) -> Line:
    """The result line of a ratio: the median over the pairs, with minimum and maximum."""
    scale = 1_000 if unit == "ms" else 1
    ratios = [ours / bare for ours, bare in seconds]
    return Line(
        name,
        unit,
        statistics.median(ours for ours, _bare in seconds) * scale,
        statistics.median(bare for _ours, bare in seconds) * scale,
        statistics.median(ratios),
        min(ratios),
        max(ratios),
        bound,
        tuple(notes),
    )


def absolute(
    name: str, values: Sequence[float], bound: float, unit: str, notes: Iterable[str] = ()
) -> Line:
    """The result line of a figure without a baseline: the median of its measurements."""
    middle = statistics.median(values)
    return Line(name, unit, middle, None, middle, min(values), max(values), bound, tuple(notes))


def timed(work: Callable[[], Any]) -> float:
    """The seconds that a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def repeated(work: Callable[[], Any], repeats: int = LEAST_REPEATS) -> list[float]:
    """The milliseconds of several calls, after one warm-up call."""
    work()
    return [timed(work) * 1_000 for _time in range(repeats)]


def peak_memory() -> float:
    """The peak memory (MB) of this process since its program began; Linux only.

    getrusage is not used: its figure includes the process this one was forked from.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


# ---------------------------------------------------------------------------- printing


def machine() -> dict[str, Any]:
    """A description of the measuring machine."""
    return {
        "cpu": _cpu_name(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "sqlite": sqlcipher.sqlite_version,
    }


def _cpu_name() -> str:
    about = Path("/proc/cpuinfo")
    if about.exists():
        for line in about.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def machine_line() -> str:
    """The first line of the output."""
    known = machine()
    return (
        f"{known['cpu']}, {known['cores']} cores, {known['system']},"
        f" Python {known['python']}, SQLite {known['sqlite']}"
    )


HEADER = f"{'':<50} {'ours':>11} {'bare':>11} {'judged':>8} {'min–max':>15} {'bound':>8}"


def as_text(line: Line) -> str:
    """A result as a line of the table, its notes below it."""
    ratio = line.bare is not None
    bare = f"{line.bare:.4g} {line.unit}" if line.bare is not None else "–"
    sign = "×" if ratio else ""
    judged = f"{line.judged:.2f}{sign}" if ratio else f"{line.judged:.4g}"
    spread = f"{line.low:.3g}–{line.high:.3g}"
    told = (
        f"{line.name:<50} {line.ours:>7.4g} {line.unit:<3} {bare:>11} {judged:>8} {spread:>15}"
        f" {f'≤ {line.bound:g}{sign}':>8}  {'ok' if line.within else 'OVER'}"
    )
    return "\n".join([told, *(f"    {note}" for note in line.notes)])


def as_json(lines: Iterable[Line]) -> str:
    """All results with the machine, as JSON."""
    told = [{**line._asdict(), "ok": line.within} for line in lines]
    return json.dumps({"machine": machine(), "lines": told}, ensure_ascii=False, indent=1)


# ---------------------------------------------------------------- what is measured with


class Written:
    """Records the statements that a store executes, so that a bare connection can repeat them."""

    def __init__(self) -> None:
        self.statements: Statements = []

    @contextmanager
    def by(self, store: Any) -> Iterator[None]:
        """Record what this store writes within the context."""
        many, run = store.many, store.run

        def noted_many(sql: str, rows: Iterable[Sequence[Any]]) -> None:
            kept = list(rows)
            self.statements.append((sql, kept))
            many(sql, kept)

        def noted_run(sql: str, params: Sequence[Any] = ()) -> None:
            self.statements.append((sql, [params]))
            run(sql, params)

        store.many, store.run = noted_many, noted_run
        try:
            yield
        finally:
            del store.many, store.run

    def take(self) -> Statements:
        """The statements since the last call."""
        taken, self.statements = self.statements, []
        return taken


def kept(statements: Statements) -> bytes:
    """The recorded statements pickled, to be loaded by `fresh`."""
    return pickle.dumps(statements, pickle.HIGHEST_PROTOCOL)


def fresh(statements: bytes) -> Statements:
    """The statements with newly created rows: a str that was bound once caches its UTF-8 encoding,
    which would favour the baseline."""
    made: Statements = pickle.loads(statements)
    return made


def bare_connection(database: Path) -> Any:
    """A sqlcipher3 connection with the durability and cache size of the product."""
    connection = sqlcipher.connect(str(database), isolation_level=None, cached_statements=512)
    for pragma in (
        "foreign_keys = ON",
        "synchronous = FULL",
        "cache_size = -8192",
        "wal_autocheckpoint = 16000",
        "journal_mode = WAL",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    return connection


def write_bare(connection: Any, statements: Statements) -> None:
    """Write the same rows in one durable transaction."""
    with _library_alone():
        connection.execute("BEGIN IMMEDIATE")
        for sql, rows in statements:
            if len(rows) == 1:
                connection.execute(sql, rows[0])
            else:
                connection.executemany(sql, rows)
        connection.execute("COMMIT")


@contextmanager
def _library_alone() -> Iterator[None]:
    """Bind values with sqlcipher3's own adapters: the product's faster binding (`bound_values`),
    which is process-wide, is part of what is measured."""
    kept = dict(sqlcipher.adapters)
    for kind in AS_THEY_ARE:
        sqlcipher.adapters.pop((kind, sqlcipher.PrepareProtocol), None)
    try:
        yield
    finally:
        sqlcipher.adapters.update(kept)
