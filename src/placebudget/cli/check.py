"""``placebudget check``: all findings about a place at once."""

from __future__ import annotations

from typing import Annotated

import typer

from placebudget.cli.arguments import JsonOption, PlaceArgument
from placebudget.cli.speaking import FOUND, console_for_results, say_json
from placebudget.errors import InvalidPlace
from placebudget.place import Findings, read


def check(
    place: PlaceArgument,
    as_json: JsonOption = False,
    errors_only: Annotated[bool, typer.Option("--errors-only", help="Leave warnings out.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with 1 on warnings as on errors.")
    ] = False,
    in_full: Annotated[
        bool, typer.Option("--all", help="Show each finding in a line of its own.")
    ] = False,
) -> None:
    """Check a place: what is wrong or doubtful, where, and how to mend it.

    Errors stop a plan and end the command with 1; warnings should be read and do so with --strict.

    Equal findings stand in one line, and what only follows from an error is counted under it.
    """
    findings = findings_of(place)
    if errors_only:
        findings = findings.errors
    if as_json:
        say_json(
            {
                "place": place,
                "errors": len(findings.errors),
                "warnings": len(findings.warnings),
                "findings": findings.records(),
            }
        )
    else:
        told = findings.in_full() if in_full else str(findings)
        console_for_results().print(told, soft_wrap=True)
    if findings.errors or (strict and findings):
        raise typer.Exit(FOUND)


def findings_of(place: str) -> Findings:
    """Findings of reading and, where it can be read, of checking a place."""
    try:
        return read(place).check()
    except InvalidPlace as error:
        if not error.findings:
            raise
        return Findings(error.findings)
