"""BorderDesk: the window without a command, a command with one."""

import gc
import sys


def main() -> int:
    """Run the program; the exit status."""
    from borderdesk.base.arguments import start_of

    start = start_of(sys.argv[1:])
    if start is not None:
        # Little of what a start makes is garbage, and looking for it takes a tenth of its time.
        gc.disable()
        from ui.shell.preload import begin, import_qt

        begin()
        import borderdesk.desk  # noqa: F401 - meanwhile

        import_qt()
        from ui.shell.app import run

        return run(start.folder, start.lang)
    from borderdesk.cli.app import run_command

    return run_command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
