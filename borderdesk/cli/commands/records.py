"""The commands: each opens the desk, asks the core, and prints what it answers."""

import functools
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar

import click

from borderdesk.base.errors import Invalid, UserError
from borderdesk.base.formats import show_number
from borderdesk.base.i18n import LANGUAGES, N_, _, language
from borderdesk.base.paths import default_desk
from borderdesk.cli.app import (
    day_option,
    health,
    in_groups,
    json_text,
    open_desk_only,
    opened_input,
    outcome_line,
    put,
    say,
)
from borderdesk.desk import Desk
from borderdesk.entry.editing import BatchRefused
from borderdesk.schema import settings
from borderdesk.schema.book import FOREVER
from borderdesk.schema.fields import Kind, Pick, mask
from borderdesk.schema.record import Revisioned
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.listing import Filter, Listed

COUNTED_LINES = 1_000

T = TypeVar("T")


class Where(NamedTuple):
    """What holds for the whole command line."""

    folder: Path


class _Spoken:
    """Help in the language in use: the English text is the key."""

    help: str | None

    def get_help_record(self, context: click.Context) -> tuple[str, str] | None:
        english, self.help = self.help, _(self.help or "")
        try:
            known: tuple[str, str] | None = super().get_help_record(context)  # type: ignore[misc]
        finally:
            self.help = english
        return known


class Option(_Spoken, click.Option):
    """An option whose help is translated."""

    def make_metavar(self, ctx: click.Context) -> str:
        return _(super().make_metavar(ctx))


class Argument(click.Argument):
    """An argument whose name in help and complaints is translated."""

    def make_metavar(self, ctx: click.Context) -> str:
        return _(super().make_metavar(ctx))


STANDING_FOR = (
    N_("[OPTIONS]"), N_("COMMAND [ARGS]..."), N_("TYPE"), N_("ID"), N_("FILE"), N_("[FILE]"),
    N_("[DIR]"), N_("DESK"), N_("PATH…"), N_("KEY"), N_("VALUE"), N_("YEAR"), N_("SCOPE"),
    N_("PERIOD"), N_("TEXT"), N_("INTEGER"), N_("INTEGER RANGE"), N_("PATH"), N_("DIRECTORY"),
)  # fmt: skip
"""What stands for the parts of a command where help shows how it is used."""


class Command(click.Command):
    """A command whose help is translated."""

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [_(piece) for piece in super().collect_usage_pieces(ctx)]

    def get_short_help_str(self, limit: int = 45) -> str:
        return _(self.help or "")

    def format_help_text(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(_(self.help or ""))

    def get_help_option(self, context: click.Context) -> click.Option | None:
        option = super().get_help_option(context)
        if option is not None:
            option.help = _(N_("Show this message."))
        return option


class Group(Command, click.Group):
    """A group of commands whose help is translated."""

    command_class = Command
    group_class = type


def option(*names: str, **rest: Any) -> Callable[[Any], Any]:
    """A translated option."""
    return click.option(*names, cls=Option, **rest)


def argument(name: str, **rest: Any) -> Callable[[Any], Any]:
    """A translated argument."""
    return click.argument(name, cls=Argument, **rest)


@click.group(cls=Group, help=N_("BorderDesk records a border post's work and reports it."))
@option("--desk", type=click.Path(path_type=Path), help=N_("The folder of the desk."))
@option("--lang", type=click.Choice(LANGUAGES), default="vi", help=N_("Language: vi or en."))
@option("--debug", is_flag=True, help=N_("Show the traceback of an unexpected error."))
@click.pass_context
def program(context: click.Context, /, desk: Path | None, **_seen_before: object) -> None:
    """The program; its commands are below. Language and --debug are seen to before."""
    context.obj = Where(desk or default_desk())


def command(
    name: str, help_text: str, *, within: click.Group = program
) -> Callable[[Callable[..., Any]], click.Command]:
    """A command of the program that is given the desk's folder first."""

    def decorate(function: Callable[..., Any]) -> click.Command:
        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            where: Where = click.get_current_context().obj
            return function(where.folder, *args, **kwargs)

        return within.command(name, cls=Command, help=help_text)(run)

    return decorate


class Whole(click.IntRange):
    """A whole number, refused in the language in use."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            number = int(value)
        except ValueError:
            self.fail(_("Must be a whole number."), param, ctx)
        return int(super().convert(number, param, ctx))


TYPE = argument("type_name", metavar="TYPE", type=click.Choice(list(ALL_TYPES)))
RECORD = argument(
    "record", metavar="ID", callback=lambda _context, _parameter, typed: typed.lower()
)
INPUT = argument(
    "file", required=False, type=click.Path(path_type=Path, dir_okay=False), metavar="[FILE]"
)


# ------------------------------------------------------------------------- new desks


@command("init", N_("Make a new desk with the shipped reference data."))
@option(
    "--role",
    required=True,
    type=click.Choice(["post", "liaison", "province"]),
    help=N_("What the desk is."),
)
@option("--unit", required=True, help=N_("A post code, a district's name, or 20."))
@option("--user", required=True, help=N_("Who works at the desk."))
@option("--no-password", is_flag=True, help=N_("An open desk: whoever opens it can read it."))
@option("--practice", is_flag=True, help=N_("A practice desk: coloured differently, never sent."))
def init(folder: Path, role: str, unit: str, user: str, no_password: bool, practice: bool) -> None:
    """Make a desk."""
    open_desk_only(no_password)
    with Desk.create(folder, role, unit, user, practice=practice) as desk:
        say(_("A desk was made in {folder}: {title}.").format(folder=folder, title=desk.title()))
    if practice:
        say(_("It is a practice desk: its figures count nowhere and are sent to nobody."))
    say(_("It has no password: whoever opens this folder can read it."))
    say(_("Not for classified content."))


@command("demo", N_("Make a demonstration desk; its records are invented."))
@option(
    "--records",
    type=Whole(1, 20_000_000),
    help=N_("So many records over ten years, in place of the year 2023."),
)
@option("--seed", type=Whole(), default=2023, help=N_("Another seed gives other records."))
def demo(folder: Path, records: int | None, seed: int) -> None:
    """Make a demonstration desk."""
    from borderdesk.demo import make_demo

    written = make_demo(folder, records=records, seed=seed, progress=progress(_("Inventing")))
    say(
        _("{count} invented records are in {folder}. They are not real figures.").format(
            count=written, folder=folder
        )
    )


def progress(what: str) -> Callable[[int, int], None]:
    """A line on a terminal that says how far a long job is; silent elsewhere."""
    if not sys.stderr.isatty():
        return lambda _done, _all: None

    def show(done: int, total: int) -> None:
        sys.stderr.write(f"\r{what}: {100 * done // max(total, 1)} %")
        if done >= total:
            sys.stderr.write("\n")
        sys.stderr.flush()

    return show


def counted(lines: Iterator[T], what: str) -> Iterator[T]:
    """The lines, with how many there were so far said on a terminal; silent elsewhere."""
    if not sys.stderr.isatty():
        yield from lines
        return
    for number, line in enumerate(lines, start=1):
        if number % COUNTED_LINES == 0:
            sys.stderr.write(f"\r{what}: {show_number(number, language())}")
            sys.stderr.flush()
        yield line
    sys.stderr.write("\r\x1b[K")


# --------------------------------------------------------------------- reference data


def tabbed(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The rows as lines of cells between tabs; None is empty."""
    for row in rows:
        yield "\t".join("" if cell is None else str(cell) for cell in row) + "\n"


@command("posts", N_("List the posts."))
def posts(folder: Path) -> None:
    """code, name, gate, communes, verified, invented."""
    with Desk.open(folder) as desk:
        put(tabbed(
            (p.code, p.name, p.gate, " ".join(p.communes), int(p.communes_verified),
             int(p.invented))
            for p in desk.book.posts.values()
        ))  # fmt: skip


@command("units", N_("List the administrative units."))
def units(folder: Path) -> None:
    """code, name, id, kind, parent, border, valid from, valid to, successors."""
    with Desk.open(folder) as desk:
        put(tabbed(
            (u.code, u.name, u.id, u.kind, u.parent, int(u.border), u.valid_from,
             "" if u.valid_to == FOREVER else u.valid_to, " ".join(u.successors))
            for u in desk.book.units.values()
        ))  # fmt: skip


@command("markers", N_("List the boundary markers in order."))
def markers(folder: Path) -> None:
    """marker, post's name, post, commune, invented."""
    with Desk.open(folder) as desk:
        book = desk.book
        put(tabbed(
            (marker, book.post_name(post), post, commune, int(invented))
            for marker, (post, commune, invented) in book.markers.items()
        ))  # fmt: skip


@command("picks", N_("List the pick lists."))
def picks(folder: Path) -> None:
    """code, label, list, English label, unit."""
    with Desk.open(folder) as desk:
        put(tabbed(
            (p.code, p.vi, name, p.en, p.unit)
            for name, entries in desk.book.picks.items()
            for p in entries.values()
        ))  # fmt: skip


@command("households", N_("List the households; IDs are masked."))
def households(folder: Path) -> None:
    """id, head, hamlet, commune, masked ID."""
    with Desk.open(folder) as desk:
        book = desk.book
        put(tabbed(
            (h.id, h.values.get("head", ""), h.values["hamlet"],
             book.unit_name(h.values["commune"]), mask(h.values.get("citizen_id", "")))
            for h in desk.lists.stream("household", Filter())
        ))  # fmt: skip


@program.group("reference", cls=Group, help=N_("Reference data."))
def reference() -> None:
    """Reference data."""


@command("load", N_("Add or update reference data from a CSV."), within=reference)
@argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
def reference_load(folder: Path, file: Path) -> None:
    """Load a CSV."""
    from borderdesk.schema.reference.load import EXPECTED

    with Desk.open(folder) as desk:
        name, count = desk.reference.load(file)
    say(_("{count} rows of {what} were loaded.").format(count=count, what=_(EXPECTED[name])))


@program.group("setting", cls=Group, help=N_("Settings of the desk."))
def setting() -> None:
    """Settings."""


@command("set", N_("Set a setting, from a date on if one is given."), within=setting)
@argument("key")
@argument("value")
@option("--from", "valid_from", default=None, help=N_("The first day it holds, as 2025-07-01."))
def setting_set(folder: Path, key: str, value: str, valid_from: str | None) -> None:
    """Set a setting."""
    day = day_option(valid_from)
    with Desk.open(folder) as desk:
        desk.reference.set_setting(key, value, day.isoformat() if day else settings.ALWAYS)


@command("list", N_("List the settings."), within=setting)
def setting_list(folder: Path) -> None:
    """key, value, valid from, what it is."""
    with Desk.open(folder) as desk:
        known = desk.book.settings
        put(tabbed(
            (key, value, "" if valid_from == settings.ALWAYS else valid_from, _(about.label))
            for key, about in settings.KNOWN.items()
            for valid_from, value in known.get(key) or [(settings.ALWAYS, about.initial)]
        ))  # fmt: skip


# ------------------------------------------------------------------------------ records


@command("add", N_("Add records from JSON or CSV."))
@TYPE
@INPUT
@option(
    "--format",
    "shape",
    type=click.Choice(["json", "csv"]),
    default="json",
    help=N_("What the input is."),
)
@option("--keep-going", is_flag=True, help=N_("Keep good records when others are refused."))
@option("--new-picks", is_flag=True, help=N_("Add unknown entries to the pick lists."))
def add(
    folder: Path, type_name: str, file: Path | None, shape: str, keep_going: bool, new_picks: bool
) -> int:
    """Add records; one JSON line each, in order, once they are durable."""
    whole = not keep_going
    with Desk.open(folder) as desk, _records(type_name, file, shape, whole=whole) as lines:
        save = functools.partial(
            desk.records.add_batch, type_name, keep_going=keep_going, new_picks=new_picks,
            typed=shape == "csv",
        )  # fmt: skip
        if not keep_going:
            return _all_or_nothing(save, counted(lines, _("Lines read")))
        refused = 0
        for group in in_groups(lines):
            outcome = save(group)
            put(outcome_line(number, one) for number, one in outcome)
            refused += sum(isinstance(one, Invalid) for _number, one in outcome)
        return 1 if refused else 0


def _all_or_nothing(save: Callable[..., Any], lines: Iterator[Any]) -> int:
    try:
        outcome = save(lines)
    except BatchRefused as refused:
        put(outcome_line(number, problem) for number, problem in refused.lines)
        for number, problem in refused.lines:
            for field, message in problem:
                say(_("line {line}, {column}").format(line=number, column=field) + f": {message}")
        say(str(refused))
        return refused.exit_code
    put(outcome_line(number, one) for number, one in outcome)
    return 0


@contextmanager
def _records(
    type_name: str, file: Path | None, shape: str, *, whole: bool
) -> Iterator[Iterator[Any]]:
    """The records of the input; a `whole` one has arrived to its end before the first is given."""
    import io

    from borderdesk.entry.intake import csv_records, json_records

    with opened_input(file) as stream:
        # Nobody else could save while what is to be saved as one is still on its way.
        binary = io.BytesIO(stream.read()) if whole and not _is_file(stream) else stream
        if shape == "json":
            yield json_records(binary)
            return
        text = io.TextIOWrapper(binary, encoding="utf-8-sig", errors="surrogateescape", newline="")
        try:
            yield csv_records(ALL_TYPES[type_name], text)
        finally:
            text.detach()


def _is_file(stream: IO[bytes]) -> bool:
    """Whether all of a stream is there already, as a file's is and a pipe's is not."""
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except OSError:
        return False


@command("edit", N_("Change fields of a record: JSON of the changed fields."))
@TYPE
@RECORD
@INPUT
def edit(folder: Path, type_name: str, record: str, file: Path | None) -> None:
    """Edit a record; its new revision."""
    from borderdesk.entry.intake import json_records

    with Desk.open(folder) as desk, opened_input(file) as binary:
        given = [value for _number, value in json_records(binary)]
        if len(given) != 1:
            raise UserError(_("One JSON object of changed fields is needed."))
        changes = given[0]
        if isinstance(changes, Invalid):
            raise changes
        # What `list` gave may be given back: it says so of the record too.
        same = {"id": (record, None), "state": ("final", None)}
        fixed = [key for key in same if changes.get(key) not in same[key]]
        if fixed:
            raise Invalid({key: _("Cannot be changed.") for key in fixed})
        saved = desk.records.edit(type_name, record, changes)
    put([json_text(saved._asdict()) + "\n"])


@command("delete", N_("Delete a record; “undelete” takes it back."))
@TYPE
@RECORD
@option("--reason", required=True, help=N_("Why."))
def delete(folder: Path, type_name: str, record: str, reason: str) -> None:
    """Delete a record; the deletion's revision."""
    with Desk.open(folder) as desk:
        revision = desk.records.delete(type_name, record, reason)
    put([json_text({"id": record, "revision": revision}) + "\n"])


@command("undelete", N_("Take a deletion back."))
@TYPE
@RECORD
def undelete(folder: Path, type_name: str, record: str) -> None:
    """Undelete a record; its new revision."""
    with Desk.open(folder) as desk:
        saved = desk.records.undelete(type_name, record)
    put([json_text(saved._asdict()) + "\n"])


@command("history", N_("Every revision of a record, oldest first."))
@TYPE
@RECORD
def history(folder: Path, type_name: str, record: str) -> None:
    """One JSON line a revision, with the fields it changed."""
    from borderdesk.entry.outgoing import fields_json

    model = ALL_TYPES[type_name]
    with Desk.open(folder) as desk:
        book = desk.book
        before = fields_json(model, {}, book)
        for past in desk.records.history(type_name, record):
            values = past.values()
            now = before if values is None else fields_json(model, values, book)
            put([
                json_text({
                    "revision": past.id.hex(), "number": past.number,
                    "parents": [parent.hex() for parent in past.parents],
                    "author": past.stamp.author, "desk": past.stamp.desk,
                    "time": past.stamp.time, "reason": past.reason, "deleted": past.deleted,
                    "changed": {k: now[k] for k in now if now[k] != before[k]},
                }) + "\n"
            ])  # fmt: skip
            before = now


@command("list", N_("List records."))
@TYPE
@option("--from", "first", help=N_("From this day on, as 2023-12-01."))
@option("--to", "last", help=N_("Up to this day."))
@option("--post", help=N_("Only of this post."))
@option("--commune", help=N_("Only in this commune."))
@option("--kind", help=N_("Only of this kind."))
@option("--search", default="", help=N_("Only with these words; accents count when typed."))
@option("--limit", type=Whole(0), help=N_("At most so many."))
@option("--offset", type=Whole(0), default=0, help=N_("Leave so many out first."))
@option(
    "--format",
    "shape",
    type=click.Choice(["table", "csv", "json", "xlsx"]),
    default="table",
    help=N_("How to write them."),
)
@option("--out", type=click.Path(path_type=Path, dir_okay=False), help=N_("Write to this file."))
def list_records(
    folder: Path, type_name: str, shape: str, out: Path | None, limit: int | None, offset: int,
    **wanted: str | None,
) -> None:  # fmt: skip
    """List records."""
    if shape == "xlsx" and out is None:
        raise click.UsageError(_("A spreadsheet needs --out."))
    model = ALL_TYPES[type_name]
    with Desk.open(folder) as desk:
        rows = desk.lists.stream(type_name, _filter(desk, model, wanted), limit, offset)
        if shape == "xlsx":
            assert out is not None
            _write_spreadsheet(desk, model, rows, out)
            return
        lines = _lines(desk, model, rows, shape)
        if out is None:
            put(lines)
        else:
            from borderdesk.base.files import save_whole

            save_whole(out, "".join(lines).encode())


def _filter(desk: Desk, model: type[Revisioned], wanted: dict[str, str | None]) -> Filter:
    post = wanted["post"]
    days = [name for name in ("first", "last") if wanted[name] is not None]
    if (days and model.event() is None) or (post is not None and "post" not in model.columns()):
        raise click.UsageError(
            _("“{type}” has no day and no post to choose by.").format(type=_(model.title))
        )
    if post is not None:
        code = desk.book.post_code(post)
        if code is None:
            raise UserError(_("“{value}” is not a known post.").format(value=post[:60]))
        post = code
    commune = wanted["commune"]
    return Filter(
        day_option(wanted["first"]),
        day_option(wanted["last"]),
        post,
        desk.lists.units_named(commune) if commune is not None else None,
        _kind(desk, model, wanted["kind"]),
        wanted["search"] or "",
    )


def _kind(desk: Desk, model: type[Revisioned], text: str | None) -> str | None:
    """The code of a kind given as code or label."""
    if text is None:
        return None
    if not model.kind_key:
        raise UserError(_("This type has no kinds."))
    field: Kind = model.columns()[model.kind_key]
    if isinstance(field, Pick):
        code = desk.book.pick_code(field.pick_list, text)
        if code is None:
            raise UserError(_("“{value}” is not in the pick list.").format(value=text[:60]))
        return code
    return str(desk.records.clean_value(field, text))


def _lines(
    desk: Desk, model: type[Revisioned], rows: Iterator[Listed], shape: str
) -> Iterator[str]:
    from borderdesk.entry import outgoing

    book = desk.book
    if shape == "json":
        return outgoing.json_array(outgoing.as_json(model, row, book) for row in rows)
    if shape == "csv":
        return outgoing.csv_lines(model, rows, book)
    return outgoing.table_lines(model, rows, book)


def _write_spreadsheet(
    desk: Desk, model: type[Revisioned], rows: Iterator[Listed], out: Path
) -> None:
    from borderdesk.entry.outgoing import spreadsheet_document
    from borderdesk.reports.xlsx import write_xlsx

    write_xlsx(spreadsheet_document(desk, model, rows), out)


# ---------------------------------------------------------------------------- targets


@program.group("regulation", cls=Group, help=N_("Coordination regulations."))
def regulation() -> None:
    """Regulations."""


@command("load", N_("Load a regulation with its clauses from JSON or XLSX."), within=regulation)
@argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
def regulation_load(folder: Path, file: Path) -> None:
    """Load a regulation."""
    from borderdesk.figures.targets import load_regulation, read_regulation

    read = read_regulation(file)
    with Desk.open(folder) as desk:
        keys = desk.figures.indicator_keys()
        count = desk.reference.write_targets(
            lambda store: load_regulation(store, read, keys, desk.figures.yearly_scope)
        )
    say(_("{count} clauses were loaded.").format(count=count))


@program.group("target", cls=Group, help=N_("Yearly targets."))
def target() -> None:
    """Targets."""


@command("set", N_("Set the yearly target of an indicator for a scope."), within=target)
@argument("key")
@argument("year", type=Whole())
@argument("scope")
@argument("value")
@option("--rule", default="at_least", help=N_("at_least, at_most, maintain or percent."))
@option("--clause", default="", help=N_("The clause it is from."))
def target_set(
    folder: Path, key: str, year: int, scope: str, value: str, rule: str, clause: str
) -> None:
    """Set a target."""
    from borderdesk.figures.targets import known_indicator, set_target

    with Desk.open(folder) as desk:
        known_indicator(key, desk.figures.indicator_keys())
        kept = desk.figures.yearly_scope(scope, year)
        desk.reference.write_targets(
            lambda store: set_target(store, key, year, kept, value, rule, clause)
        )


@command("list", N_("List the targets."), within=target)
def target_list(folder: Path) -> None:
    """indicator, year, scope, value, rule, clause, regulation, text."""
    from borderdesk.figures.targets import targets

    with Desk.open(folder) as desk:
        put(tabbed(
            (t.indicator, t.year, t.scope, t.value, t.rule, t.no, t.regulation,
             " ".join(t.text.split()))
            for t in targets(desk.store)
        ))  # fmt: skip


@program.group("baseline", cls=Group, help=N_("Figures from before the desk began."))
def baseline() -> None:
    """Baselines."""


@command("set", N_("Set a paper figure of an indicator for a period and scope."), within=baseline)
@argument("key")
@argument("period")
@argument("scope")
@argument("value")
@option("--qualifier", default="exact", help=N_("exact, over or under."))
@option("--source", required=True, help=N_("The paper it is from."))
def baseline_set(
    folder: Path, key: str, period: str, scope: str, value: str, qualifier: str, source: str
) -> None:
    """Set a baseline."""
    from borderdesk.figures.targets import known_indicator, set_baseline

    with Desk.open(folder) as desk:
        known_indicator(key, desk.figures.indicator_keys())
        parsed = desk.calendar().parse(period)
        kept = desk.figures.scope_text(scope, parsed.last)
        desk.reference.write_targets(
            lambda store: set_baseline(store, key, parsed.text, kept, value, source, qualifier)
        )


@command("list", N_("List the paper figures."), within=baseline)
def baseline_list(folder: Path) -> None:
    """indicator, period, scope, value, qualifier, source."""
    from borderdesk.figures.targets import baselines

    with Desk.open(folder) as desk:
        put(tabbed(baselines(desk.store)))


# ------------------------------------------------------------------------ maintenance


@command("verify", N_("Check the desk, or a database file, from end to end."))
@argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False), metavar="[FILE]")
def verify(folder: Path, file: Path | None) -> int:
    """Print what the check found."""
    show = progress(_("Checking"))
    if file is None:
        with Desk.open(folder) as desk:
            found = desk.maintenance.verify(show)
    else:
        from borderdesk.session.opening import verify_file

        found = verify_file(file, show)
    put([json_text(found) + "\n"])
    return 0 if found["ok"] else 1


@program.command("rebuild", cls=Command, hidden=True, help=N_("Derive all current rows anew."))
@click.pass_obj
def rebuild(where: Where) -> int:
    """Rebuild the derived tables; the differences there were."""
    with Desk.open(where.folder) as desk:
        differences = desk.maintenance.rebuild()
    put([json_text({"ok": not differences, "differences": differences}) + "\n"])
    return 1 if differences else 0


@command("doctor", N_("Versions, fonts, libraries, paths and the desk's health."))
def doctor(folder: Path) -> int:
    """Print what the doctor finds; the status of the worst of it."""
    found = list(health(folder))
    put(tabbed((one.what, one.how, "ok" if one.well else "!") for one in found))
    return max(0 if one.well else one.status for one in found)
