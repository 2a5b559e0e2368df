"""The application: its commands, its version, its exit codes."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, Any

import typer

from placebudget.cli.board import board
from placebudget.cli.importing import import_
from placebudget.cli.library import library
from placebudget.cli.new import new
from placebudget.cli.papers import papers
from placebudget.cli.places import changed, check, examples, next_year, schema, template
from placebudget.cli.plans import compare, explain, optimise, rerun, run, simulate
from placebudget.cli.register import register
from placebudget.cli.scenarios import scenarios
from placebudget.cli.speaking import in_words
from placebudget.cli.study import SECTOR, studies_in_lines, study, study_command

_EPILOG = "Exit code: 0 done, 1 errors found or no plan possible, 2 wrong use, 130 stopped."

app = typer.Typer(
    name="placebudget",
    help="Place-based budgets: check a place, plan its money, see what pooling could gain.",
    epilog=_EPILOG,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"placebudget {version('placebudget')}")
        raise typer.Exit


@app.callback()
def placebudget(
    _: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Place-based budgets: check a place, plan its money, see what pooling could gain."""


def _examples_of_use(*lines: str) -> str:
    # A blank line between them: Markdown would join the lines otherwise.
    return "\n\n".join(["**Examples**", *(f"`placebudget {line}`" for line in lines), _EPILOG])


_COMMANDS: tuple[tuple[Callable[..., Any], str], ...] = (
    (run, _examples_of_use("run lancashire", "run my_place.xlsx --out board_pack")),
    (
        check,
        _examples_of_use("check lancashire", "check my_place --strict", "check my_place --json"),
    ),
    (
        optimise,
        _examples_of_use(
            'optimise lancashire --objective "public value" --out best.plan.json',
            "optimise my_place --pooling aligned --json",
            'optimise my_place --objective "worst-off area" --objective "public value"',
        ),
    ),
    (
        simulate,
        _examples_of_use("simulate lancashire", "simulate my_place --money proposal.csv --json"),
    ),
    (
        explain,
        _examples_of_use(
            "explain lancashire family_hubs burnley",
            "explain best.plan.json home_care --year 2027-28 --json",
            "explain my_place policing --pooling aligned",
        ),
    ),
    (
        compare,
        _examples_of_use(
            "compare today.plan.json best.plan.json",
            "compare aligned.plan.json pooled.plan.json --out board_pack.xlsx",
        ),
    ),
    (
        rerun,
        _examples_of_use("rerun best.plan.json", "rerun best.plan.json --place my_place --json"),
    ),
    (
        study,
        studies_in_lines()
        + _examples_of_use(
            "study potential lancashire --pools --ring-fences --cuts 0.1,0.2 --html potential.html",
            "study sharing lancashire",
            "study accounts best.plan.json --out accounts.xlsx",
            "study cycle my_place --runs 200 --seed 1 --xlsx cycle.xlsx",
            "study fairness my_place --json",
        ),
    ),
    (
        study_command("outlook"),
        _examples_of_use(
            "outlook lancashire",
            "outlook my_place --council-tax 0.02 --reserves all --xlsx gap.xlsx",
            "outlook my_place --population 0.005 --json",
        ),
    ),
    (
        study_command("to_do", "todo"),
        _examples_of_use("todo lancashire", "todo my_place --solve --xlsx to_do.xlsx"),
    ),
    (
        scenarios,
        _examples_of_use(
            "scenarios northvale cuts.csv --measure 'cashable saving' --out reached.csv",
            "scenarios my_place draws.csv --store results --executor tcp://scheduler:8786",
        ),
    ),
    (
        next_year,
        _examples_of_use("next-year my_place --with new_figures --out my_place_2028"),
    ),
    (changed, _examples_of_use("changed my_place my_place_2028 --out changes.xlsx")),
    (
        papers,
        _examples_of_use(
            "papers lancashire --out papers",
            'papers my_place --out papers --meeting "Partnership board" --date 2026-12-01',
            "papers northvale --out papers --studies sharing,outlook",
        ),
    ),
    (board, _examples_of_use("board lancashire", "board my_place --port 0 --no-open")),
    (
        new,
        _examples_of_use(
            "new Stockport --from outturn.csv settlement.xlsx population.csv --out stockport",
            "new Stockport --from outturn.csv --population Stockport=288210 --growth 2%",
            'new Stockport --from outturn.csv population.csv --partner nhs="£480 million"',
        ),
    ),
    (
        template,
        _examples_of_use(
            "template my_place.xlsx", "template northvale.xlsx --filled-with northvale"
        ),
    ),
    (
        import_,
        _examples_of_use(
            "import outturn.xlsx settlement.ods",
            "import outturn.csv --authority Stockport --out stockport.csv",
            "import --forms",
        ),
    ),
    (schema, _examples_of_use("schema", "schema offers", "schema --markdown")),
    (examples, _examples_of_use("examples", "examples --copy toy_pooling my_place")),
)

for _command, _epilog in _COMMANDS:
    # The name of a command may be a word of the language: import.
    app.command(name=_command.__name__.removesuffix("_").replace("_", "-"), epilog=_epilog)(
        in_words(_command)
    )
app.add_typer(library, name="library", epilog=_EPILOG)
sector = typer.Typer(
    help="Look at ourselves: beside other councils, at what was done, at what may come.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
for _name in SECTOR:
    sector.command(name=_name.replace("_", "-"), epilog=_EPILOG)(in_words(study_command(_name)))
app.add_typer(sector, name="sector", epilog=_EPILOG)
app.add_typer(register, name="register", epilog=_EPILOG)
