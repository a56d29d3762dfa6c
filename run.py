"""Set this machine up, then start BorderDesk, its demonstration, its tests, checks or bench."""

# Only the standard library: nothing else is installed yet when this file runs. It also has to
# parse on Python 3.9, to be able to say there that a newer one is needed.
from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).resolve().parent
MAIN = ROOT / "main.py"
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
TOOLS = ROOT / ".tools"
UV_HOME = TOOLS / "uv"
STAMP = VENV / ".borderdesk-ready"
CATALOGUE = ROOT / "resources/locale/vi/LC_MESSAGES/borderdesk.po"

ON_WINDOWS = os.name == "nt"
VENV_SCRIPTS = VENV / ("Scripts" if ON_WINDOWS else "bin")
VENV_PYTHON = VENV_SCRIPTS / ("python.exe" if ON_WINDOWS else "python")
UV = UV_HOME / "bin" / ("uv.exe" if ON_WINDOWS else "uv")

OLDEST_PYTHON = (3, 11)
NOT_SET_UP = 3
INTERRUPTED = 130

UV_VERSION = "0.13.9"
# Wheels for the platforms that PySide6 also has wheels for.
UV_HASHES = (
    "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",  # Linux x86_64
    "ecb6028d79dc96fbeafffe5c8af62a7099487ebc05a701e76714eebcffd06375",  # Linux aarch64
    "6a44b2ed8111d2f60d2b92627c5dccda3f7ed7570b18ce115e569cd68c28246b",  # Windows x86_64
    "eeb92051c2123b9730c46b04cc843cfa4bc7d7b0aec56df431a2215ef4cb0273",  # Windows ARM64
)

QT_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
TEST_PROGRAMS = {
    "pdftotext": "poppler-utils",
    "pdftoppm": "poppler-utils",
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "age": "age",
    "minisign": "minisign",
}

CHECKS = (
    "ruff check .",
    "ruff format --check .",
    "mypy --strict main.py run.py borderdesk ui",
    "lint-imports",
    "deptry .",
)

DEMO_DESK = ".demo"
DEMO_PERIOD = "2023-12"
DEMO_PAPER = f"{DEMO_DESK}/BaoCao_{DEMO_PERIOD}.pdf"


class SetupError(Exception):
    """What kept the set-up from finishing, in Vietnamese and in English."""

    def __init__(self, vietnamese: str, english: str) -> None:
        super().__init__(english)
        self.vietnamese = vietnamese
        self.english = english


def say(vietnamese: str, english: str, stream: TextIO | None = None) -> None:
    """Tell the person something; on standard error unless told, as output of main.py is data."""
    print(f"{vietnamese}\n  {english}", file=stream or sys.stderr, flush=True)


# ---- Packages of the operating system


def loads(soname: str) -> bool:
    """Whether the system's loader finds this shared library with all that it needs."""
    import ctypes  # costs 4 ms, which commands without a window need not pay

    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def missing_qt_packages() -> list[str]:
    """The Debian packages of the system libraries that Qt would miss here; none off Linux."""
    if sys.platform != "linux":
        return []
    return [package for soname, package in QT_LIBRARIES.items() if not loads(soname)]


def missing_test_packages() -> list[str]:
    """The Debian packages that the tests would miss here, those of Qt first; none off Linux."""
    if sys.platform != "linux":
        return []
    programs = [package for name, package in TEST_PROGRAMS.items() if not shutil.which(name)]
    return missing_qt_packages() + list(dict.fromkeys(programs))


def install_line(packages: Iterable[str]) -> str:
    """The command a person types to install these Debian packages."""
    return " ".join(["sudo apt-get install", *packages])


def administrator_prefix() -> list[str] | None:
    """What to put before a command to run it as root without a question; None when nothing can."""
    if sys.platform == "win32" or not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and succeeds(["sudo", "-n", "true"], quiet=True):
        return ["sudo", "-n"]
    return None


def install_packages(packages: Sequence[str]) -> None:
    """Install these Debian packages where that can be done without asking; otherwise do nothing."""
    prefix = administrator_prefix()
    if not packages or prefix is None:
        return
    say(
        f"Đang cài thư viện hệ thống: {' '.join(packages)}",
        "Installing these system packages.",
    )
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    with one_at_a_time("packages"):
        # A failed update may still leave lists that are good enough for the install.
        succeeds([*apt, "update"])
        install = ["-o", "DPkg::Lock::Timeout=300", "install", "-y", "--no-install-recommends"]
        succeeds([*apt, *install, *packages])


def ask_for_packages(packages: Sequence[str]) -> None:
    """Tell the person which Debian packages are still missing and how to install them."""
    line = install_line(packages)
    say(f"Còn thiếu thư viện hệ thống. Hãy chạy: {line}", f"Packages are missing; run: {line}")


def prepare_for_window() -> bool:
    """Install what Qt needs from the system; False, after saying what is missing, if it can't."""
    install_packages(missing_qt_packages())
    return nothing_missing(missing_qt_packages())


def prepare_for_tests() -> bool:
    """Install what the tests need from the system; False, after saying so, if it can't."""
    install_packages(missing_test_packages())
    return nothing_missing(missing_test_packages())


def nothing_missing(packages: Sequence[str]) -> bool:
    """True when the list is empty; otherwise says how to install what is on it."""
    if packages:
        ask_for_packages(packages)
    return not packages


# ---- The Python environment


def ready_stamp(lock: bytes, python: tuple[int, int], platform: str) -> str:
    """What the stamp file says once an environment for this lock, Python and platform is whole."""
    import hashlib

    return f"{hashlib.sha256(lock).hexdigest()} {python[0]}.{python[1]} {platform}\n"


def stamp_for_here() -> str:
    """The stamp of a whole environment on this machine, for this Python and today's lock."""
    machine = os.environ.get("PROCESSOR_ARCHITECTURE", "")
    if sys.platform != "win32":
        machine = os.uname().machine
    return ready_stamp(LOCK.read_bytes(), sys.version_info[:2], f"{sys.platform}-{machine}")


def environment_is_ready() -> bool:
    """Whether .venv was finished for today's lock; a look at files, without starting anything."""
    # exists() follows the link: false once the Python that made the environment is gone.
    if not STAMP.exists() or not VENV_PYTHON.exists():
        return False
    return STAMP.read_bytes() == stamp_for_here().encode()


def catalogue_is_fresh(source: Path) -> bool:
    """Whether the compiled catalogue beside this .po is there and not older; true without a .po."""
    compiled = source.with_suffix(".mo")
    if not source.exists():
        return True
    return compiled.exists() and compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns


def set_up() -> None:
    """Make .venv from the lock and compile the translations, unless that is done already."""
    if environment_is_ready() and catalogue_is_fresh(CATALOGUE):
        return
    with one_at_a_time("environment"):
        if not environment_is_ready():
            build_environment()
        if not catalogue_is_fresh(CATALOGUE):
            compile_catalogue(CATALOGUE)


def build_environment() -> None:
    """Make .venv anew; its stamp comes last, so an interrupted run starts over next time."""
    say(
        "Đang chuẩn bị môi trường lần đầu, có thể mất vài phút…",
        "Preparing the environment; the first time may take some minutes.",
    )
    install_uv()
    environ = uv_environment(os.environ, pip_index())
    make = [str(UV), "--quiet", "venv", "--no-project", "--clear", "--relocatable"]
    require(
        succeeds([*make, "--python", sys.executable, str(VENV)], environ),
        "Không tạo được thư mục .venv. Đóng các cửa sổ BorderDesk đang mở rồi chạy lại.",
        "Could not make .venv. Close open BorderDesk windows, then run this again.",
    )
    say("Đang tải và cài các thư viện Python…", "Downloading and installing Python libraries.")
    # Compiled now, so that the first start is as fast as the others.
    sync = [str(UV), "pip", "sync", "--require-hashes", "--no-build", "--compile-bytecode"]
    require(
        succeeds([*sync, "--python", str(VENV_PYTHON), str(LOCK)], environ),
        "Không tải được thư viện. Kiểm tra kết nối mạng và chỗ trống trên đĩa rồi chạy lại.",
        "Could not install the libraries. Check network and disk space, then run this again.",
    )
    own = [str(ROOT / name) for name in ("borderdesk", "ui", "main.py")]
    succeeds([str(VENV_PYTHON), "-m", "compileall", "-q", *own], quiet=True)
    STAMP.write_bytes(stamp_for_here().encode())
    say("Môi trường đã sẵn sàng.", "The environment is ready.")


def install_uv() -> None:
    """Put the pinned uv into .tools/uv, whole or not at all."""
    if UV.exists() and (UV_HOME / f"uv-{UV_VERSION}.dist-info").exists():
        return
    say("Đang tải công cụ cài đặt uv…", "Downloading the installer uv.")
    fresh = TOOLS / "uv.new"
    shutil.rmtree(fresh, ignore_errors=True)
    wanted = TOOLS / "uv.txt"
    wanted.write_text(uv_requirement(), encoding="ascii")
    pip = [python_with_pip(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    what = ["--require-hashes", "--only-binary", ":all:", "--requirement", str(wanted)]
    # --target is also what lets Debian's "externally managed" pip work outside an environment.
    where = ["--no-user", "--target", str(fresh)]
    environ = {**os.environ, "PIP_REQUIRE_VIRTUALENV": "0", "PIP_ROOT_USER_ACTION": "ignore"}
    require(
        succeeds([*pip, *what, *where], environ),
        "Không tải được uv. Kiểm tra kết nối mạng rồi chạy lại.",
        "Could not download uv. Check the network, then run this again.",
    )
    shutil.rmtree(UV_HOME, ignore_errors=True)
    fresh.rename(UV_HOME)


def uv_requirement() -> str:
    """The line of a requirements file that allows this uv and no other."""
    return " ".join([f"uv=={UV_VERSION}", *(f"--hash=sha256:{digest}" for digest in UV_HASHES)])


def python_with_pip() -> str:
    """A Python that can run pip: this one, or Debian's after installing its pip."""
    if has_pip(sys.executable):
        return sys.executable
    debian_python = "/usr/bin/python3"
    if not has_pip(debian_python):
        install_packages(["python3-pip"])
    require(
        has_pip(debian_python),
        f"Python này không có pip. Hãy chạy: {install_line(['python3-pip'])}",
        f"This Python has no pip; run: {install_line(['python3-pip'])}",
    )
    return debian_python


def has_pip(python: str) -> bool:
    """Whether this interpreter is there and can run pip."""
    return Path(python).exists() and succeeds([python, "-m", "pip", "--version"], quiet=True)


def pip_index() -> str:
    """The package index that this machine's pip is configured for; empty when it is the default."""
    import subprocess

    told = os.environ.get("PIP_INDEX_URL", "")
    if told:
        return told
    ask = [python_with_pip(), "-m", "pip", "config", "get", "global.index-url"]
    return subprocess.run(ask, capture_output=True, text=True, check=False).stdout.strip()


def uv_environment(environ: Mapping[str, str], index: str) -> dict[str, str]:
    """These variables, with pip's index and certificates given to uv where uv has none of its own.

    uv does not read pip's configuration, and a mirror is often the only index a post can reach.
    """
    adapted = dict(environ)
    adapted.pop("VIRTUAL_ENV", None)
    adapted["UV_PYTHON_DOWNLOADS"] = "never"
    adapted.setdefault("UV_HTTP_TIMEOUT", "180")
    if index and not environ.keys() & {"UV_DEFAULT_INDEX", "UV_INDEX_URL"}:
        adapted["UV_DEFAULT_INDEX"] = index
    if environ.get("PIP_CERT"):
        adapted.setdefault("SSL_CERT_FILE", environ["PIP_CERT"])
    return adapted


def compile_catalogue(source: Path) -> None:
    """Compile this .po to the .mo beside it, whole or not at all."""
    partial = source.with_suffix(".mo.new")
    babel = [str(VENV_PYTHON), "-m", "babel.messages.frontend", "--quiet", "compile"]
    require(
        succeeds([*babel, "--input-file", str(source), "--output-file", str(partial)]),
        f"Không biên dịch được bản dịch {source.name}.",
        f"Could not compile the translations in {source.name}.",
    )
    partial.replace(source.with_suffix(".mo"))


def require(done: bool, vietnamese: str, english: str) -> None:
    """Go on when a step was done.

    Raises:
        SetupError: it was not.
    """
    if not done:
        raise SetupError(vietnamese, english)


@contextmanager
def one_at_a_time(what: str) -> Iterator[None]:
    """Hold the project's lock on one part of the set-up, so that two first runs do not collide.

    A process may hold the locks on different parts, but not take one twice.
    """
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / f"{what}.lock").open("a+b") as held:
        wait_for_lock(held.fileno())
        # Closing the file gives the lock back, also when the process is killed.
        yield


def wait_for_lock(descriptor: int) -> None:
    """Take the lock on this open file, waiting for as long as another process has it."""
    if try_lock(descriptor):
        return
    say("Đang chờ một lần cài đặt khác…", "Waiting for another set-up to finish.")
    import time

    while not try_lock(descriptor):
        time.sleep(0.2)


def try_lock(descriptor: int) -> bool:
    """Take the lock on this open file if no other process has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


# ---- Starting things


def run(command: Sequence[str], environ: Mapping[str, str] | None = None) -> int:
    """Run a command to its end and return its exit code."""
    import subprocess

    return subprocess.run(command, env=environ, check=False).returncode


def succeeds(
    command: Sequence[str], environ: Mapping[str, str] | None = None, quiet: bool = False
) -> bool:
    """Run a step of the set-up, its output on standard error or nowhere; whether it went well."""
    import subprocess

    errors = subprocess.DEVNULL if quiet else None
    output = subprocess.DEVNULL if quiet else sys.stderr.fileno()
    try:
        done = subprocess.run(
            command,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            check=False,
        )
    except OSError as problem:
        say(f"Không chạy được {command[0]}: {problem}", "That program could not be started.")
        return False
    return done.returncode == 0


def hand_over(arguments: Sequence[str], environ: Mapping[str, str] | None = None) -> int:
    """Become the environment's Python with these arguments; returns (its code) only on Windows."""
    command = [str(VENV_PYTHON), *arguments]
    if not ON_WINDOWS:
        sys.stdout.flush()
        sys.stderr.flush()
        os.execve(command[0], command, dict(os.environ if environ is None else environ))
    return run(command, environ)


def has_display(environ: Mapping[str, str], platform: str) -> bool:
    """Whether a window could be seen: always but on Linux, where the session must name a screen."""
    if platform != "linux":
        return True
    return any(environ.get(name) for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"))


def explain_missing_display(command: str) -> None:
    """Say that there is no screen here, and the ways to see the window all the same."""
    say(
        "Mọi thứ đã sẵn sàng, nhưng phiên này không có màn hình để mở cửa sổ. Có thể:",
        "All is ready, but this session has no display for the window. You can:",
        sys.stdout,
    )
    say(
        f"- chạy {command} trong phiên làm việc có màn hình, hoặc kết nối bằng ssh -X;",
        "run it in a desktop session, or connect with ssh -X;",
        sys.stdout,
    )
    say(
        f"- hoặc: QT_QPA_PLATFORM=vnc {command}, rồi mở 127.0.0.1:5900 bằng phần mềm xem VNC.",
        "or run it with QT_QPA_PLATFORM=vnc and open 127.0.0.1:5900 in a VNC viewer.",
        sys.stdout,
    )


def open_window(arguments: Sequence[str], command: str) -> int:
    """Open the window with these arguments of main.py, or say why it cannot be seen here."""
    can_draw = prepare_for_window()
    if not has_display(os.environ, sys.platform):
        explain_missing_display(command)
        return 0
    if not can_draw:
        return NOT_SET_UP
    return hand_over([str(MAIN), *arguments])


# ---- The commands of this file


def window() -> int:
    """Set up, then open the window on the person's own desk."""
    set_up()
    return open_window([], "python3 run.py")


def passed_on(arguments: Sequence[str]) -> int:
    """Set up, then give the arguments to main.py unchanged."""
    if not environment_is_ready():
        # Not needed by this command, but the first run is when a person expects installing.
        prepare_for_window()
    set_up()
    return hand_over([str(MAIN), *arguments])


def demo(_arguments: Sequence[str]) -> int:
    """Make the demonstration desk and its monthly report once, then open the window on it."""
    set_up()
    for made, step in demo_steps():
        failed = 0 if Path(made).exists() else run([str(VENV_PYTHON), str(MAIN), *step])
        if failed:
            return failed
    paper = Path(DEMO_PAPER).absolute()
    say(f"Báo cáo tháng mẫu: {paper}", f"The sample monthly report: {paper}", sys.stdout)
    return open_window(["--desk", DEMO_DESK], "python3 run.py demo")


def demo_steps() -> list[tuple[str, list[str]]]:
    """The file that shows a step of the demonstration is done, and main.py's arguments for it."""
    desk = ["--desk", DEMO_DESK]
    report = ["report", "summary", "--period", DEMO_PERIOD, "--scope", "province"]
    return [
        (f"{DEMO_DESK}/desk.db", [*desk, "demo"]),
        (DEMO_PAPER, [*desk, *report, "--out", DEMO_PAPER]),
    ]


def test(arguments: Sequence[str]) -> int:
    """Set up with what the tests need, then run pytest on all cores without a screen."""
    if not prepare_for_tests():
        return NOT_SET_UP
    set_up()
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    # Given first: pytest obeys the last, so a person's own -n wins.
    return hand_over(["-m", "pytest", "-n", "auto", *arguments], environ)


def check(_arguments: Sequence[str]) -> int:
    """Set up, then run every static check and say which failed."""
    set_up()
    results = {name: run(command) for name, command in announced(check_commands())}
    print("\n== check")
    for name, code in results.items():
        print(f"{'ok    ' if code == 0 else 'FAILED'} {name}")
    return int(any(results.values()))


def check_commands() -> dict[str, list[str]]:
    """The static checks by the name a person would type."""
    return {name: [str(VENV_SCRIPTS / name.split()[0]), *name.split()[1:]] for name in CHECKS}


def announced(commands: Mapping[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
    """These commands, each with its name printed just before it is wanted."""
    for name, command in commands.items():
        print(f"\n== {name}", flush=True)
        yield name, command


def bench(arguments: Sequence[str]) -> int:
    """Set up, then measure with the arguments given."""
    prepare_for_window()
    set_up()
    return hand_over(["-m", "tests.bench", *arguments])


COMMANDS = {"demo": demo, "test": test, "check": check, "bench": bench}


def start(arguments: Sequence[str]) -> int:
    """Do what the arguments ask for and return the exit code."""
    if not arguments:
        return window()
    command = COMMANDS.get(arguments[0])
    if command is None:
        return passed_on(arguments)
    # Their files are named from the project's folder; main.py's are from where the person is.
    os.chdir(ROOT)
    return command(arguments[1:])


def is_too_old(python: tuple[int, int]) -> bool:
    """Whether BorderDesk cannot run on this version of Python."""
    return python < OLDEST_PYTHON


def main(arguments: Sequence[str]) -> int:
    """Run, and turn whatever goes wrong into a message and an exit code."""
    if is_too_old(sys.version_info[:2]):
        say("BorderDesk cần Python 3.11 trở lên.", "BorderDesk needs Python 3.11 or newer.")
        return NOT_SET_UP
    try:
        return start(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except SetupError as problem:
        say(problem.vietnamese, problem.english)
    except OSError as problem:
        say(f"Không cài đặt được: {problem}", "The set-up could not go on.")
    return NOT_SET_UP


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
