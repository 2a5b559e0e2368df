"""``placebudget library``: look for evidence, costs and services, and use them in a place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from placebudget.cli.planning import (
    JsonOption,
    PlaceArgument,
    TemplateArgument,
    refuse_what_is_there,
)
from placebudget.cli.speaking import (
    FOUND,
    console_for_results,
    in_words,
    say_json,
    show_texts,
    typed,
)
from placebudget.errors import WrongArgument
from placebudget.knowledge import Library
from placebudget.knowledge import library as read_library
from placebudget.place import Option, read, schema
from placebudget.place.options.document import option_document
from placebudget.texts import did_you_mean, shown

library = typer.Typer(
    help="Look for services, costs and evidence of effects, and use them in a place.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

_SEEN = {
    "estimates": [
        "estimate",
        "outcome",
        "direction",
        "measure",
        "mean",
        "grade",
        "place",
        "superseded_by",
    ],
    "services": ["service", "commissioner", "led_by", "unit", "duty"],
    "unit_costs": ["edition", "code", "what", "cost", "unit", "price_year"],
    "values": ["value", "name", "amount", "unit", "price_year", "kind"],
}

LibraryOption = Annotated[
    Path | None,
    typer.Option(
        "--library",
        metavar="LIBRARY",
        show_default="the one that comes along",
        help="Another library: a folder, an .xlsx, .zip or .json file.",
    ),
]
TableOption = Annotated[
    str, typer.Option("--table", metavar="TABLE", help="Which table: estimates, services, ...")
]


def _example(line: str) -> str:
    return f"**Examples**\n\n`placebudget {line}`"


def _share(name: str, what: str) -> Any:
    return typer.Option(f"--{name}", metavar="SHARE", show_default=False, help=what)


@library.command(epilog=_example("library search falls --grade 2"))
@in_words
def search(
    words: Annotated[list[str] | None, typer.Argument(show_default=False, help="Words.")] = None,
    table: TableOption = "estimates",
    grade: Annotated[list[str] | None, typer.Option(help="Only these grades.")] = None,
    direction: Annotated[
        list[str] | None, typer.Option(help="Only benefit, null, harm or mixed.")
    ] = None,
    other: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rows that hold all the words; of estimates, what helped beside what did not."""
    given = {"grade": grade, "direction": direction}
    where = {name: values for name, values in given.items() if values}
    found = read_library(other).search(" ".join(words or ()), table, **where)
    if as_json:
        say_json({"table": table, "rows": _records(found)})
        return
    if found.empty:
        typer.echo("Nothing was found.")
        return
    seen = [name for name in _SEEN.get(table, found.columns) if name in found]
    show_texts(f"{table} ({len(found)})", _texts(found[seen]), console_for_results())


@library.command(epilog=_example("library show falls_tai_chi_2020"))
@in_words
def show(
    key: Annotated[str, typer.Argument(show_default=False, help="A key, or a code.")],
    other: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """All that is known by a key: with its source, its versions, what stands beside it."""
    held = read_library(other)
    found = [(name, row) for name in schema("library") for row in _rows_of(held, name, key)]
    if not found:
        keys = [
            str(each)
            for name, table in schema("library").items()
            for each in held.tables[name][table.key[-1]]
        ]
        hint = did_you_mean(key, keys) or f"Look for it: {typed('library', 'search', 'WORDS')}."
        raise WrongArgument(f"the library has no {shown(key)}. {hint}")
    entries = [{"table": name, **row} for name, row in found]
    if as_json:
        say_json({"entries": entries})
        return
    console = console_for_results()
    for name, row in found:
        console.print(f"\n{name}: {key}", style="bold")
        for column, value in row.items():
            console.print(f"  {column}: {_text(value)}", soft_wrap=True)
        if name == "estimates":
            versions = held.versions(key)["estimate"].tolist()
            beside = held.filter(outcome=row["outcome"])
            beside = beside[~beside["estimate"].isin(versions)]
            if len(versions) > 1:
                console.print(f"  versions, the newest first: {', '.join(versions)}")
            if len(beside):
                seen = _texts(beside[_SEEN["estimates"]])
                show_texts(f"also found of {row['outcome']}", seen, console)


@library.command(
    epilog=_example("library use my_place falls_prevention falls_tai_chi_2020 --baseline 0.85")
)
@in_words
def use(
    place: PlaceArgument,
    service: Annotated[str, typer.Argument(show_default=False, help="Service of the place.")],
    estimate: Annotated[str, typer.Argument(show_default=False, help="Key of the estimate.")],
    outcome: Annotated[
        str | None, typer.Option(show_default="the same key", help="Outcome of the place.")
    ] = None,
    baseline: Annotated[
        float | None,
        typer.Option(show_default=False, help="How much there is without it, where it is a ratio."),
    ] = None,
    per_unit: Annotated[
        float | None,
        typer.Option(show_default=False, help="Outcomes of the place for each one counted."),
    ] = None,
    engagement: Annotated[float | None, _share("engagement", "Share who take it up.")] = None,
    retention: Annotated[float | None, _share("retention", "Share who stay.")] = None,
    deadweight: Annotated[float | None, _share("deadweight", "Share that happens anyway.")] = None,
    grade: Annotated[
        str | None, typer.Option(show_default="one lower", help="Grade in the place.")
    ] = None,
    same_place: Annotated[
        bool, typer.Option("--same-place", help="It was found here: the grade stays.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why it may be used, for the note.")] = "",
    size: Annotated[
        str, typer.Option(metavar="SIZE", help="middle, or least or most of its interval.")
    ] = "middle",
    save: Annotated[
        bool, typer.Option("--save", help="Store the option beside the place, for plans and desk.")
    ] = False,
    other: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """An option that gives a service of a place the effect that was found, or why it cannot."""
    option: Option = read_library(other).use(
        read(place), service, estimate, outcome, baseline=baseline, per_unit=per_unit,
        engagement=engagement, retention=retention, deadweight=deadweight, grade=grade,
        same_place=same_place, reason=reason, size=size,
    )  # fmt: skip
    written = option.save(place) if save else None
    if as_json:
        say_json({"option": option_document(option), "written": written and str(written)})
        return
    console = console_for_results()
    console.print(str(option), soft_wrap=True)
    if written:
        console.print(f"Written: {written}", soft_wrap=True)
        plan = typed("optimise", place, "--option", option.name)
        console.print(f"Next: {plan}", soft_wrap=True)


@library.command(epilog=_example("library export for_others.xlsx"))
@in_words
def export(
    file: Annotated[
        Path,
        typer.Argument(show_default=False, help="An .xlsx, .zip or .json file, or a folder."),
    ],
    other: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write what may be passed on to others, and say what was left out."""
    refuse_what_is_there(file)
    done = read_library(other).export(file)
    if as_json:
        say_json({"written": str(done.path), "left_out": _records(done.left_out)})
    else:
        console_for_results().print(str(done), soft_wrap=True)


@library.command(epilog=_example("library template my_library.xlsx"))
@in_words
def template(
    file: TemplateArgument,
    other: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a workbook to fill in, with what is known: notes on headings, lists to choose from."""
    refuse_what_is_there(file)
    read_library(other).template(file)
    if as_json:
        say_json({"template": str(file)})
        return
    console = console_for_results()
    console.print(f"Written: {file}", soft_wrap=True)
    console.print(f"Next: {typed('library', 'check', file)}", soft_wrap=True)


@library.command(epilog=_example("library check my_library.xlsx"))
@in_words
def check(
    path: Annotated[
        Path, typer.Argument(metavar="LIBRARY", show_default=False, help="A folder or file.")
    ],
    as_json: JsonOption = False,
) -> None:
    """Check a library: what is wrong or doubtful, where, and how to mend it."""
    findings = read_library(path).check()
    if as_json:
        say_json({"library": str(path), "findings": findings.records()})
    else:
        console_for_results().print(str(findings), soft_wrap=True)
    if findings.errors:
        raise typer.Exit(FOUND)


def _rows_of(held: Library, table: str, key: str) -> list[dict[str, Any]]:
    frame = held.filled(table)
    parts = schema("library")[table].key
    # An edition alone names a whole list.
    picked = frame[frame[parts[-1]].astype(str) == key]
    publisher = held.sources.set_index("source")["publisher"]
    rows = _records(picked)
    for row in rows:
        if table != "sources" and row.get("source") in publisher:
            row["publisher"] = publisher[row["source"]]
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in frame.astype(object).to_dict("records")
    ]


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype(object).map(_text)


def _text(cell: object) -> str:
    if pd.isna(cell):
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"{cell:,.15g}" if isinstance(cell, float) else str(cell)
