"""``placebudget study``: questions asked of many plans of a place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event
from typing import Annotated, Any

import typer

from placebudget.cli.arguments import JsonOption, ending_in, known_words, place_or_plan
from placebudget.cli.planning import checked_place
from placebudget.cli.speaking import code_of, complain, console_for_results, say_json
from placebudget.cli.study_inputs import STUDIES, Options, subject_of
from placebudget.errors import Stopped
from placebudget.progress import progress
from placebudget.study.result import Result
from placebudget.study.sweeping import WAYS
from placebudget.texts import shown
from placebudget.view import explained, write_html

_KINDS = (".xlsx", ".json", ".html")
# How often Ctrl-C is listened for while a study is at work, in seconds.
_LOOK = 0.1


def studies_in_lines() -> str:
    """What each study asks, a line each, as Markdown."""
    return "\n\n".join(
        ["**Studies**", *(f"`{name}`: {study.about}." for name, study in STUDIES.items()), ""]
    )


def _name(given: str) -> str:
    """Refuse a study that does not exist, as wrong use."""
    name = given.replace("-", "_")
    if name in STUDIES:
        return name
    hint = known_words("Studies", name, STUDIES)
    raise typer.BadParameter(f"there is no study {shown(given)}. {hint}")


def _cuts(given: str) -> str:
    try:
        tuple(float(part) for part in given.split(",") if part.strip())
    except ValueError:
        raise typer.BadParameter(f"{shown(given)} is no list of shares such as 0.1,0.2.") from None
    return given


def _executor(given: str) -> str:
    if given in WAYS:
        return given
    hint = known_words("Ways", given, WAYS)
    raise typer.BadParameter(f"there is no way of working {shown(given)}. {hint}")


def _file(flag: str, what: str, *endings: str) -> Any:
    return typer.Option(
        flag,
        metavar="FILE",
        callback=ending_in(*endings),
        show_default=False,
        help=f"Write {what} to this file, {' or '.join(endings)}.",
    )


def study(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            callback=_name,
            show_default=False,
            help="Which study; what each asks stands below.",
        ),
    ],
    place: Annotated[
        str,
        typer.Argument(
            metavar="PLACE",
            callback=place_or_plan,
            show_default=False,
            help="A folder, an .xlsx or .zip file, or the name of an example place; for accounts, "
            "fairness, trace and risk_share also a plan's file; for trace a .csv of flows, for "
            "risk_share a .csv of lines.",
        ),
    ],
    objective: Annotated[str, typer.Option(help="What plans make the most of.")] = "public value",
    pooling: Annotated[
        str, typer.Option(help="aligned, pooled, freed, or names of pools divided by commas.")
    ] = "pooled",
    pools: Annotated[bool, typer.Option(help="potential: each pool alone as well.")] = False,
    ring_fences: Annotated[
        bool, typer.Option(help="potential: each ring-fence alone as well.")
    ] = False,
    cuts: Annotated[
        str,
        typer.Option(
            callback=_cuts,
            show_default=False,
            help="potential: shares taken off all budgets, such as 0.1,0.2,0.3,0.4.",
        ),
    ] = "",
    runs: Annotated[int, typer.Option(min=1, help="cycle: how many runs.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="What is drawn at random is drawn from.")] = 0,
    executor: Annotated[
        str,
        typer.Option(callback=_executor, help="potential and cycle: serial, threads or processes."),
    ] = "processes",
    workers: Annotated[
        int | None,
        typer.Option(min=1, show_default="one a processor", help="How many at a time."),
    ] = None,
    pool: Annotated[
        str | None, typer.Option(show_default="the largest", help="risk_share: which pool.")
    ] = None,
    overspend: Annotated[
        float, typer.Option(min=0.0, help="risk_share: share by which services cost more.")
    ] = 0.05,
    shares: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            exists=True,
            show_default="by contribution",
            help="risk_share: a table of partner, share in per cent and, where there is one, cap.",
        ),
    ] = None,
    risk_pool: Annotated[float, typer.Option(min=0.0, help="risk_share: pounds set aside.")] = 0.0,
    pass_on: Annotated[
        bool, typer.Option(help="risk_share: what is above a cap passes to others.")
    ] = False,
    out: Annotated[Path | None, _file("--out", "the answer", *_KINDS)] = None,
    html: Annotated[Path | None, _file("--html", "the answer as a page", ".html", ".htm")] = None,
    xlsx: Annotated[Path | None, _file("--xlsx", "the answer as a workbook", ".xlsx")] = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a question of many plans: who gains, who answers for what, is it fair, what if not.

    Ctrl-C keeps what is done by then, where a study can; the exit code says that it is a part.
    """
    options = Options(
        objective, pooling, pools, ring_fences,
        tuple(float(part) for part in cuts.split(",") if part.strip()),
        runs, seed, executor, workers, pool, overspend, shares, risk_pool, pass_on,
    )  # fmt: skip
    given = subject_of(place, checked_place)
    found, ended = _kept(name, lambda **watch: STUDIES[name].ask(given, options, **watch))
    written = [_write(found, path, kind) for path, kind in _goals(out, html, xlsx)]
    if as_json:
        say_json(found.document())
    else:
        _tell(found, written)
    if ended is not None:
        raise typer.Exit(code_of(ended))


def _tell(found: Result, written: Sequence[Path]) -> None:
    console = console_for_results()
    said = found.summary()
    console.print(said, soft_wrap=True)
    words = explained(said)
    if words:
        console.print("\nWhat the words mean:")
    for word, meaning in words:
        console.print(f"  {word}: {meaning}.", soft_wrap=True)
    for path in written:
        console.print(f"\nWritten: {path}", soft_wrap=True)


def _goals(out: Path | None, html: Path | None, xlsx: Path | None) -> list[tuple[Path, str]]:
    named = [(out, "" if out is None else out.suffix.lower()), (html, ".html"), (xlsx, ".xlsx")]
    return [(path, kind) for path, kind in named if path is not None]


def _write(found: Result, path: Path, kind: str) -> Path:
    if kind == ".html":
        write_html(found, path)
    elif kind == ".xlsx":
        found.to_excel(path)
    else:
        found.to_json(path)
    return path


def _kept(title: str, work: Callable[..., Result]) -> tuple[Result, KeyboardInterrupt | None]:
    """Do a study; Ctrl-C stops it and keeps what is done, a second one ends it.

    Returns
    -------
    answer, ended
        What was found, and what ended it before it was done, if anything did.
    """
    stop, begin = Event(), Event()
    with progress() as report, ThreadPoolExecutor(1) as pool:

        def stage(name: str, number: int, total: int) -> None:
            report(f"Study {title}: {name}", number, total)

        def begun() -> Result:
            # Ctrl-C may come while work is handed over: it begins once it can be waited for.
            begin.wait()
            return work(stop=stop, progress=stage)

        report(f"Study {title}", 0, 1)
        future, ended = None, None
        try:
            future = pool.submit(begun)
            begin.set()
            while not future.done():
                wait([future], timeout=_LOOK)
        except KeyboardInterrupt as heard:
            stop.set()
            begin.set()
            if future is None:
                raise
            ended = heard
            complain("Stopping: what is done is kept.")
        try:
            return future.result(), ended
        except Stopped:
            if ended is None:
                raise
            raise ended from None
