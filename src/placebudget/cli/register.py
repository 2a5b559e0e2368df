"""``placebudget register``: what was considered and decided, and what came of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from placebudget.arguments import offered
from placebudget.cli.planning import JsonOption, ending_in, refuse_what_is_there
from placebudget.cli.speaking import (
    FOUND,
    console_for_results,
    in_words,
    records,
    say_json,
    typed,
)
from placebudget.errors import WrongArgument
from placebudget.place.findings import Findings
from placebudget.place.schema import REGISTER, schema
from placebudget.register import Entry, Register
from placebudget.register.minutes import FORMS
from placebudget.register.roles import TOKEN
from placebudget.texts import shown
from placebudget.writing import content_of

register = typer.Typer(
    help="Keep what was considered and decided, by whom and why, and what came of it.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

RegisterArgument = Annotated[
    str,
    typer.Argument(
        metavar="REGISTER",
        show_default=False,
        help="A file, or the address of a database: postgresql://user@host/name.",
    ),
]
DecisionArgument = Annotated[
    str, typer.Argument(metavar="DECISION", show_default=False, help="Key of the decision.")
]
_OUT = typer.Option("--out", metavar="FOLDER", show_default=False, help="Write them here.")


def _example(*lines: str) -> str:
    return "\n\n".join(["**Examples**", *(f"`placebudget {line}`" for line in lines)])


@register.command(epilog=_example("register new board.register 'Our board' --officer 'The clerk'"))
@in_words
def new(
    where: RegisterArgument,
    title: Annotated[str, typer.Argument(show_default=False, help="What it is called.")],
    officer: Annotated[str, typer.Option(show_default=False, help="Who keeps it.")],
    as_json: JsonOption = False,
) -> None:
    """Make a register; what is said once is the token by which its officer is known."""
    with Register.new(where, title, officer=officer) as made:
        token = made.token
    if as_json:
        say_json({"register": where, "token": token})
        return
    console = console_for_results()
    console.print(f"Written: {where}", soft_wrap=True)
    console.print(f"Token of {officer}, which is kept nowhere else: {token}", soft_wrap=True)
    console.print(f"Next: export {TOKEN}=…; then {typed('register', 'enter', where, 'meetings')} …")


@register.command(
    epilog=_example(
        "register enter board.register meetings body='Our board' date=2027-03-04 chair='The mayor'",
        "register enter board.register choices meeting=2027-03-04 title='Pool all' "
        "plan=freed.plan.json",
        "register enter board.register --from decision.json",
    )
)
@in_words
def enter(
    where: RegisterArgument,
    table: Annotated[
        str | None,
        typer.Argument(show_default=False, help="Of which table; see placebudget schema."),
    ] = None,
    cells: Annotated[
        list[str] | None,
        typer.Argument(metavar="COLUMN=VALUE...", show_default=False, help="What it says."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE.json",
            exists=True,
            dir_okay=False,
            show_default=False,
            help="Several rows, all or none: a list of objects, each {table: {column: value}}.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Add what was done: a meeting, a choice, a decision, dissent, a correction, a result."""
    if (table is None) == (file is None):
        raise typer.BadParameter("give a table and its cells, or --from a file, and not both.")
    rows = _rows_of(file) if file is not None else [(str(table), _cells(str(table), cells or []))]
    with Register(where) as held:
        made = held.enter_all(rows)
        doubts = held.doubts(made)
    if as_json:
        findings = Findings(doubts).records()
        say_json({"entered": [_document(entry) for entry in made], "findings": findings})
        return
    console = console_for_results()
    for entry in made:
        key = next(iter(entry.row.get(name) for name in schema(REGISTER)[entry.table].key))
        console.print(f"Entry {entry.number}: {entry.table}, {key}", soft_wrap=True)
    for each in doubts:
        console.print(str(each), soft_wrap=True)


def _cells(table: str, given: list[str]) -> dict[str, Any]:
    parts = {each: each.partition("=") for each in given}
    wrong = [each for each, (_, sign, _) in parts.items() if not sign]
    if wrong:
        names = ", ".join(schema(REGISTER)[table].names) if table in schema(REGISTER) else ""
        raise WrongArgument(
            f"{shown(wrong[0])} says no column: write COLUMN=VALUE. Columns: {names}."
        )
    names_given = [name for name, _, _ in parts.values()]
    twice = [name for name in names_given if names_given.count(name) > 1]
    if twice:
        raise WrongArgument(f"{twice[0]} is given twice: give one.")
    return {name: value for name, _, value in parts.values()}


def _rows_of(file: Path) -> list[tuple[str, dict[str, Any]]]:
    try:
        given = json.loads(content_of(file))
    except (ValueError, OSError) as error:
        raise WrongArgument(f"{file} cannot be read as JSON: {error}.") from error
    alike = isinstance(given, list) and all(
        isinstance(each, dict) and len(each) == 1 and isinstance(next(iter(each.values())), dict)
        for each in given
    )
    if not alike or not given:
        raise WrongArgument(
            f'{file} is to be a list of objects with one table each: [{{"decisions": {{...}}}}].'
        )
    return [row for each in given for row in each.items()]


@register.command(
    epilog=_example("register show board.register", "register show board.register decisions")
)
@in_words
def show(
    where: RegisterArgument,
    table: Annotated[
        str | None,
        typer.Argument(show_default="every entry as it was made", help="One table as it stands."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show every entry as it was made; or one table as it stands, corrected."""
    with Register(where) as held:
        if table is not None and table not in schema(REGISTER):
            raise WrongArgument(
                offered(f"a register has no table {shown(table)}", table, schema(REGISTER))
            )
        frame = held.entries if table is None else held.record.filled(table)
        title = held.title
    if as_json:
        say_json({"register": where, "table": table, "rows": _blanks(frame)})
        return
    console = console_for_results()
    console.print(f"{title}: {table or 'entries'} ({len(frame)})", style="bold")
    for row in _blanks(frame):
        if table is None:
            about = f"{row['number']}. {row['at']}, {row['by']} ({row['role']}): {row['table']}"
            console.print(f"{about}: {row['row']} [{row['hash'][:12]}]", soft_wrap=True)
        else:
            said = (f"{name}: {cell}" for name, cell in row.items() if cell is not None)
            console.print("; ".join(said), soft_wrap=True)


@register.command(epilog=_example("register minutes board.register 2027-03-04 --out minutes.docx"))
@in_words
def minutes(
    where: RegisterArgument,
    meeting: Annotated[str, typer.Argument(show_default=False, help="Key of the meeting.")],
    out: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help="Write them as .docx, .html, .xlsx or .json; may be given several times.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """The minutes of a meeting, under the headings that a report to a board must have."""
    for goal in out or ():
        ending_in(*FORMS)(goal)
        refuse_what_is_there(goal, option="--out")
    with Register(where) as held:
        found = held.minutes(meeting)
    for goal in out or ():
        FORMS[goal.suffix.lower()](found, goal)
    if as_json:
        say_json(found.document())
        return
    console = console_for_results()
    for line in (*found.summarised().lines, *found.notes) if not out else ():
        console.print(line, soft_wrap=True)
    for goal in out or ():
        console.print(f"Written: {goal}", soft_wrap=True)


@register.command(epilog=_example("register decided board.register"))
@in_words
def decided(where: RegisterArgument, as_json: JsonOption = False) -> None:
    """What was decided, whether it is done, and what came of it beside what was expected."""
    with Register(where) as held:
        found = held.decided()
    if as_json:
        say_json(found.document())
        return
    console = console_for_results()
    for line in (*found.summarised().lines, *found.notes):
        console.print(line, soft_wrap=True)


@register.command(epilog=_example("register check board.register --noted 3f6c…"))
@in_words
def check(
    where: RegisterArgument,
    noted: Annotated[
        str | None,
        typer.Option(show_default=False, help="The hash that minutes rest on: is it still there?"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check that no entry was changed or taken out, that what is kept is whole, that rows fit."""
    with Register(where) as held:
        findings, entries, head = held.check(noted), len(held.entries), held.head
    if as_json:
        say_json({"register": where, "entries": entries, "findings": findings.records()})
    else:
        console = console_for_results()
        console.print(str(findings), soft_wrap=True)
        if not findings.errors:
            console.print(f"The chain of {entries:,} entries holds.", soft_wrap=True)
            if noted is None:
                said = (
                    "Whether entries were cut off the end, or all of them were written anew, only "
                    "a hash shows that was noted elsewhere: --noted. The last is now"
                )
                console.print(f"{said} {head}", soft_wrap=True)
    if findings.errors:
        raise typer.Exit(FOUND)


@register.command(epilog=_example("register rerun board.register '2027-03-04 1'"))
@in_words
def rerun(
    where: RegisterArgument,
    decision: DecisionArgument,
    out: Annotated[Path | None, _OUT] = None,
    as_json: JsonOption = False,
) -> None:
    """Make the plan of a decision again: the same money to the penny, or what differs.

    With --out the plan and its place are written, too, for placebudget rerun.
    """
    with Register(where) as held:
        found = held.rerun(decision)
        written = [] if out is None else [*map(str, held.write(decision, out))]
    if as_json:
        say_json({"decision": decision, "same": found.same, "written": written,
                  "differences": list(found.differences)})  # fmt: skip
    else:
        console = console_for_results()
        console.print(str(found), soft_wrap=True)
        for path in written:
            console.print(f"Written: {path}", soft_wrap=True)
        if written:
            again = typed("rerun", written[0], "--place", written[1])
            console.print(f"Next: {again}", soft_wrap=True)
    if not found.same:
        raise typer.Exit(FOUND)


@register.command(
    epilog=_example("register grant board.register 'The member for the coast' member")
)
@in_words
def grant(
    where: RegisterArgument,
    name: Annotated[str, typer.Argument(show_default=False, help="Who, as minutes name them.")],
    role: Annotated[
        str, typer.Argument(show_default=False, help="reader, member, chair or officer.")
    ],
    by: Annotated[
        str, typer.Option(help="By what they are known: token, or the address of a JupyterHub.")
    ] = "token",
    as_json: JsonOption = False,
) -> None:
    """Give somebody a role; what is said once is their token."""
    with Register(where) as held:
        token = held.grant(name, role, by=by)
    if as_json:
        say_json({"name": name, "role": role, "token": token})
    elif token:
        said = f"Token of {name}, which is kept nowhere else: {token}"
        console_for_results().print(said, soft_wrap=True)
    else:
        console_for_results().print(f"{name} is known by JupyterHub.", soft_wrap=True)


@register.command(epilog=_example("register export board.register record.xlsx"))
@in_words
def export(
    where: RegisterArgument,
    file: Annotated[
        Path, typer.Argument(show_default=False, help="An .xlsx or .zip file, or a folder.")
    ],
) -> None:
    """Write all tables as they stand, and every entry as it was made, for those who audit it."""
    entries = file.with_name(f"{file.stem}.entries.json")
    for goal in (file, entries):
        refuse_what_is_there(goal)
    with Register(where) as held:
        written = [held.record.write(file), held.write_entries(entries)]
    for path in written:
        console_for_results().print(f"Written: {path}", soft_wrap=True)


def _document(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "at": entry.at,
        "by": entry.by,
        "table": entry.table,
        "row": dict(entry.row),
        "hash": entry.hash,
    }


def _blanks(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return records(frame.astype(object).where(frame.notna(), None))
