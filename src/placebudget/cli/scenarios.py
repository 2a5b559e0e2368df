"""``placebudget scenarios``: what a place reaches in each row of a table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from placebudget.cli.planning import JsonOption, PlaceArgument, checked_place, ending_in
from placebudget.cli.speaking import code_of, complain, console_for_results, say_json
from placebudget.cli.study import kept, one_of
from placebudget.study import scenarios as reached_in
from placebudget.study.scenarios import read_scenarios
from placebudget.view.studies.entry import EXECUTOR
from placebudget.writing import replace_with


def scenarios(
    place: PlaceArgument,
    table: Annotated[
        Path,
        typer.Argument(
            metavar="TABLE.csv", exists=True, dir_okay=False, show_default=False,
            help="A row a scenario: the column scenario names it; others are streams (a factor for "
            "their funding), pooling, option, or TABLE.COLUMN KEY=VALUE (a factor for figures).",
        ),
    ],
    measure: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", show_default="public value alone",
            help="What else to tell: an objective, or service=, agency=, area=, outcome= with a "
            "key. May be given several times.",
        ),
    ] = None,
    objective: Annotated[
        str, typer.Option(metavar="NAME", help="What to make the most of.")
    ] = "public value",
    pooling: Annotated[
        str, typer.Option(metavar="MODE", help="How money is pooled where the table does not say.")
    ] = "pooled",
    store: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", show_default=False,
            help="Keep what is done here, as Parquet files; the same command goes on from there.",
        ),
    ] = None,
    executor: Annotated[
        str,
        typer.Option(
            metavar="WAY", callback=one_of(EXECUTOR.choices, "--executor", EXECUTOR.other),
            help=f"{EXECUTOR.about[:1].upper()}{EXECUTOR.about[1:]}.",
        ),
    ] = "processes",
    workers: Annotated[
        int | None, typer.Option(min=1, show_default="one a processor", help="How many at a time.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", callback=ending_in(".csv", ".xlsx", ".json"), show_default=False,
            help="Write the answer to this file, .csv, .xlsx or .json.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Say what the best plan is worth in each row of a table of scenarios."""
    found = checked_place(place)
    read = read_scenarios(table)
    for remark in read.remarks:
        complain(str(remark))
    answer, ended = kept(
        "of scenarios",
        lambda **watch: reached_in(
            found, read.frame, measures=measure or (), objective=objective, pooling=pooling,
            store=store, executor=executor, workers=workers, **watch,
        ),
    )  # fmt: skip
    if out is not None and out.suffix.lower() == ".csv":
        replace_with(out, answer.table.to_csv(index=False).encode())
    elif out is not None:
        (answer.to_excel if out.suffix.lower() == ".xlsx" else answer.to_json)(out)
    if as_json:
        say_json(answer.document())
    else:
        console = console_for_results()
        console.print(answer.summary(), soft_wrap=True)
        for path in (each for each in (store, out) if each is not None):
            console.print(f"\nWritten: {path}", soft_wrap=True)
    if ended is not None:
        raise typer.Exit(code_of(ended))
