"""``placebudget new``: a place of one's own from published files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from placebudget.cli.planning import JsonOption, refuse_what_is_there
from placebudget.cli.plans import tell_known
from placebudget.cli.speaking import console_for_results, records, say_json, typed
from placebudget.importing import SECTORS, FirstDraft, forms, place_from
from placebudget.importing.figures import WHERE, WITHOUT
from placebudget.importing.page import DERIVED_LINE
from placebudget.place.settings import years_between
from placebudget.view import money_by_status
from placebudget.words import money
from placebudget.writing import refuse_goal


def new(
    name: Annotated[str, typer.Argument(help="Name of the place, or of its council.")],
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILES", show_default=False, help="More published files."),
    ] = None,
    published: Annotated[
        list[Path] | None,
        typer.Option(
            "--from",
            metavar="FILES",
            show_default=False,
            help="Published files: a revenue outturn; besides, a settlement and populations.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            show_default="a folder called as the place",
            help="The new folder, or .xlsx or .zip, to write.",
        ),
    ] = None,
    authority: Annotated[
        list[str] | None,
        typer.Option(
            show_default="the one of the place's name, with its districts",
            help="A council of the place, the county first; several times.",
        ),
    ] = None,
    partner: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SECTOR[=WHAT]",
            show_default=", ".join(SECTORS),
            help="A partner: its sector; or nhs=£480 million; or police=NAME in the files, or "
            "police=NAME@10.5% where that share is the place's. Several times; other sectors "
            "stay as they are, but with none those that are named stand alone.",
        ),
    ] = None,
    population: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COUNCIL=PEOPLE",
            show_default="of the files",
            help="Residents, where no file has them.",
        ),
    ] = None,
    growth: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[STREAM=]RATE",
            show_default="flat in cash; by population, in step with prices",
            help="Growth a year of money that no settlement gives: 2%, or council_tax=2%.",
        ),
    ] = None,
    year: Annotated[
        str, typer.Option(show_default="the latest", help="Financial year of the outturn.")
    ] = "",
    first_year: Annotated[
        str, typer.Option(show_default="the one after", help="First financial year ahead.")
    ] = "",
    years: Annotated[int, typer.Option(min=1, max=10, help="How many years ahead.")] = 5,
    as_json: JsonOption = False,
) -> None:
    """Make a place of your own from published files, to begin with.

    Each line of the outturn stands in the place, to the thousand pounds; its page says what
    is published, carried forward, by population or taken from an example.
    """
    if Path(name).is_file():
        raise typer.BadParameter(
            f"{name} is a file; the name of the place comes first: "
            "placebudget new NAME --from FILES",
            param_hint="NAME",
        )
    every = [*(published or []), *(files or [])]
    if not every:
        raise typer.BadParameter(_wanted(name), param_hint="--from")
    draft = place_from(
        name,
        every,
        authorities=authority,
        year=year,
        years=years_between(first_year, years) if first_year else years,
        partners=_partners(partner),
        population=population,
        growth=growth,
    )
    goal = out or Path(draft.place.name)
    refuse_what_is_there(goal, "folder", "--out")
    refuse_goal(goal, folder=goal.suffix.lower() not in (".xlsx", ".zip"))
    draft.write(goal)
    _say(draft, goal, as_json)


def _wanted(name: str) -> str:
    """What a place is made from, where it is published, and what is typed, in lines."""
    lines = ["name at least a revenue outturn. A place is made from:"]
    for form, where in WHERE.items():
        without = f"; {WITHOUT[form]}" if form in WITHOUT else ""
        lines.append(f"  {forms()[form].title} ({where}){without}")
    lines += [
        'as they were downloaded, and what you know of partners: --partner "nhs=£480 million";',
        f'placebudget new "{name}" --from FILES',
        "Without any file: placebudget template my_place.xlsx",
    ]
    return "\n".join(lines)


def _say(draft: FirstDraft, goal: Path, as_json: bool) -> None:
    place, findings = draft.place, draft.place.check()
    if as_json:
        say_json(
            {
                "place": place.name,
                "written_to": str(goal),
                "years": list(place.years),
                "agencies": place.agencies["name"].tolist(),
                "basis": draft.basis.to_dict("records"),
                "figures": records(money_by_status(place).reset_index()),
                "totals": draft.totals.to_dict("records"),
                "remarks": draft.remarks.records(),
                "doubts": draft.doubts.records(),
                "findings": findings.records(),
            }
        )
        return
    console = console_for_results()
    console.print(f"{place.title}: {place.settings.description}", soft_wrap=True)
    console.print()
    tell_known(place, console)
    console.print()
    for row in draft.basis.to_dict("records"):
        told = f"{row['money']}, {row['known from']}: {money(row['amount'])}, {row['figures are']}"
        console.print(told)
    console.print(DERIVED_LINE, soft_wrap=True)
    console.print()
    for each in draft.remarks:
        console.print(f"{each.table}: {each.sentences}", soft_wrap=True)
    for each in draft.doubts:
        console.print(each.sentences, soft_wrap=True)
    if place.pools.empty:
        console.print("This place has no pool: nobody is there to pool with", soft_wrap=True)
    console.print(f"{findings}", soft_wrap=True)
    console.print(f"Written to {goal}", soft_wrap=True)
    if goal.is_dir():
        console.print(
            f"{goal / 'README.md'} says what each figure rests on, and what to replace first",
            soft_wrap=True,
        )
    console.print(f"Next: {typed('run', goal)}", soft_wrap=True)


def _partners(given: list[str] | None) -> list[str]:
    """Partners as they were named, and of the other sectors those there are by themselves."""
    named = [each for each in given or () if each != "none"]
    if "none" in (given or ()):
        return named
    said = {each.partition("=")[0] for each in named}
    return [*named, *(sector for sector in SECTORS if sector not in said)]
