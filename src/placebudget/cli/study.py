"""``placebudget study``: questions asked of many plans, each with the options of its entry."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Annotated, Any, TypeVar

import typer

from placebudget.cli.planning import (
    JsonOption,
    PlaceArgument,
    checked_place,
    ending_in,
    known_words,
    loose,
    place_or_plan,
)
from placebudget.cli.speaking import code_of, complain, console_for_results, say_json
from placebudget.errors import InvalidPlace, Stopped, WrongArgument
from placebudget.place.names import listed
from placebudget.plan import read_plan
from placebudget.plan.result import Result
from placebudget.progress import progress
from placebudget.study.picking import FoundPlans
from placebudget.texts import shown
from placebudget.view import explained
from placebudget.view.studies import STUDIES, challenge, councils, evidence
from placebudget.view.studies.entry import (
    Amount,
    Argument,
    Choice,
    Flag,
    Rate,
    SeveralOf,
    Shares,
    Study,
    Subject,
    TableOf,
    Whole,
)
from placebudget.view.studies.registry import notes_of
from placebudget.words import sentence

Found = TypeVar("Found", bound=Result)
_KINDS = (".xlsx", ".json", ".html")
SECTOR = tuple(each.name for each in (*councils.STUDIES, *challenge.STUDIES, *evidence.STUDIES))
"""Studies that are commands of ``placebudget sector`` too."""
# How often Ctrl-C is listened for while a study is at work, in seconds.
_LOOK = 0.1


def studies_in_lines() -> str:
    """What each study asks, a line each, as Markdown."""
    return "\n\n".join(
        ["**Studies**", *(f"`{name}`: {study.about}." for name, study in STUDIES.items()), ""]
    )


def one_of(choices: Collection[str], kind: str, other: str = "") -> Callable[[str], str]:
    """A check that refuses a word that is not known, and does not hold ``other``, as wrong use."""

    def check(given: str) -> str:
        if other and other in given:
            return given
        name = given.replace("-", "_")
        if name in choices:
            return name
        hint = known_words("There are", name, choices)
        raise typer.BadParameter(f"there is no {kind} {shown(given)}. {hint}")

    return check


def _parts(given: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in given.split(",") if part.strip())


def _shares(given: str) -> str:
    try:
        tuple(map(float, _parts(given)))
    except ValueError:
        raise typer.BadParameter(f"{shown(given)} is no list of shares such as 0.1,0.2.") from None
    return given


def _several(choices: Collection[str], kind: str) -> Callable[[str], str]:
    check = one_of(choices, kind)

    def checked(given: str) -> str:
        for part in _parts(given):
            check(part)
        return given

    return checked


def _file(flag: str, what: str, *endings: str) -> Any:
    return typer.Option(
        flag,
        metavar="FILE",
        callback=ending_in(*endings),
        show_default=False,
        help=f"Write {what} to this file, {' or '.join(endings)}.",
    )


def _options(entries: Collection[Study]) -> list[inspect.Parameter]:
    """The options of some studies; those of one name are one."""
    takers: dict[str, list[str]] = {}
    known: dict[str, Argument] = {}
    for entry in entries:
        for each in entry.options:
            takers.setdefault(each.name, []).append(entry.name)
            known.setdefault(each.name, each)
    return [
        _option(known[name], () if len(names) == len(entries) else names)
        for name, names in takers.items()
    ]


def _option(argument: Argument, takers: Sequence[str]) -> inspect.Parameter:
    """An argument of studies as an option of the command; ``takers`` where not all take it."""
    about = argument.about or f"{argument.called[:1].lower()}{argument.called[1:]}"
    kind: Any = str
    said = f"{', '.join(takers)}: {about}." if takers else f"{sentence(about)}."
    how: dict[str, Any] = {"help": said}
    default = argument.default
    match argument:
        case Flag():
            kind = bool
        case Whole():
            kind, how["min"] = int, argument.least
        case Amount() | Rate():
            kind, how["min"] = float, 0.0
        case Shares():
            default, how["callback"] = ",".join(map(str, default)), _shares
        case Choice() if not callable(argument.choices):
            how["callback"] = one_of(argument.choices, f"--{argument.option}", argument.other)
        case SeveralOf():
            how["callback"] = _several(argument.choices, f"--{argument.option}")
            default = ",".join(default)
        case TableOf():
            kind, how["metavar"], how["exists"] = Path, "FILE.csv", True
    if default is None:
        kind = kind | None
    if default in (None, ""):
        how["show_default"] = argument.nothing or False
    return inspect.Parameter(
        argument.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[kind, typer.Option(**how)],
    )


def _values(entry: Study, options: Mapping[str, Any]) -> dict[str, Any]:
    """What the options say, as the study takes it."""
    made = {}
    for each in entry.options:
        value = options[each.name]
        if value is None:
            value = each.default
        elif isinstance(each, Shares):
            value = tuple(map(float, _parts(value)))
        elif isinstance(each, SeveralOf):
            value = _parts(value)
            if len(value) < each.least:
                some = ",".join(list(each.choices)[: each.least])
                raise typer.BadParameter(
                    f"name {each.least} or more in one option, with commas between, as '{some}' "
                    f"(there are {', '.join(each.choices)}); of several options the last counts.",
                    param_hint=f"'--{each.option}'",
                )
        elif isinstance(each, TableOf):
            value = loose(value, each.table)
        made[each.name] = value
    return made


def _subject(given: str | None, entry: Study, values: dict[str, Any]) -> Subject:
    """A place, a plan, or nothing but a table, by what the argument names; or nothing at all."""
    if given is None:
        return Subject()
    if given.endswith(".json"):
        return Subject(plan=read_plan(given))
    if not given.endswith(".csv"):
        try:
            return Subject(checked_place(given))
        except InvalidPlace:
            if entry.brought is None or not given.endswith(".xlsx"):
                raise
            complain(
                f"{given} is read as a place. Where it is a sheet of {entry.brought.table.name}, "
                "save that as .csv and name it instead."
            )
            raise
    if entry.brought is not None:
        values[entry.brought.name] = loose(Path(given), entry.brought.table)
    return Subject()


def _of_tables() -> str:
    tables = {each.name: each.brought.table.name for each in STUDIES.values() if each.brought}
    return "; ".join(f"for {name} also a .csv of {what}" for name, what in tables.items())


def _of_nothing() -> str:
    return listed(each.name for each in STUDIES.values() if each.placeless)


def _place_or_nothing(given: str | None) -> str | None:
    return None if given is None else place_or_plan(given)


def _pickers() -> str:
    return listed(each.name for each in STUDIES.values() if each.picks)


def study(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            callback=one_of(STUDIES, "study"),
            show_default=False,
            help="Which study; what each asks stands below.",
        ),
    ],
    place: Annotated[
        str | None,
        typer.Argument(
            metavar="PLACE",
            callback=_place_or_nothing,
            show_default=False,
            help="A folder, an .xlsx or .zip file, or the name of an example place; where one plan "
            f"will do, also a plan's file; {_of_tables()}; for {_of_nothing()} none.",
        ),
    ] = None,
    out: Annotated[Path | None, _file("--out", "the answer", *_KINDS)] = None,
    html: Annotated[Path | None, _file("--html", "the answer as a page", ".html", ".htm")] = None,
    xlsx: Annotated[Path | None, _file("--xlsx", "the answer as a workbook", ".xlsx")] = None,
    point: Annotated[
        str | None,
        typer.Option(
            "--point",
            metavar="NUMBER",
            show_default=False,
            help=f"{_pickers()}: the plan to keep of those found, by its number or name.",
        ),
    ] = None,
    plan: Annotated[
        Path | None, _file("--plan", f"{_pickers()}: write the plan of --point", ".json")
    ] = None,
    as_json: JsonOption = False,
    **options: Any,
) -> None:
    """Ask a question of many plans: who gains, who answers for what, is it fair, what if not.

    Ctrl-C keeps what is done by then, where a study can; the exit code says that it is a part.
    """
    entry = STUDIES[name]
    if place is None and not entry.placeless:
        raise typer.BadParameter(f"{name} looks at a place: name one.", param_hint="'PLACE'")
    if (point is None) != (plan is None):
        raise typer.BadParameter("--point says which plan and --plan where to: give both.")
    if point is not None and not entry.picks:
        raise typer.BadParameter(
            f"{name} finds no plans to pick one of; {_pickers()} do.", param_hint="'--point'"
        )
    values = _values(entry, options)
    given = _subject(place, entry, values)
    found, ended = kept(name, lambda **watch: entry.answer(replace(given, watch=watch), values))
    written = [_write(found, path, kind) for path, kind in _goals(out, html, xlsx)]
    if as_json:
        say_json(found.document())
    else:
        _tell(found, written)
    if point is not None and plan is not None:
        _keep(found, point, plan, quiet=as_json)
    if ended is not None:
        raise typer.Exit(code_of(ended))


def _with_options(
    command: Callable[..., None], own: Sequence[inspect.Parameter], entries: Collection[Study]
) -> None:
    """Give a command the options of studies after its subject, and what it is called with."""
    subject = 1 + next(n for n, each in enumerate(own) if each.name == "place")
    parameters = [*own[:subject], *_options(entries), *own[subject:]]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}


_OWN = [
    each.replace(kind=inspect.Parameter.KEYWORD_ONLY)
    for each in inspect.signature(study, eval_str=True).parameters.values()
    if each.kind is not inspect.Parameter.VAR_KEYWORD
]
_with_options(study, _OWN, STUDIES.values())


def study_command(name: str, called: str = "") -> Callable[..., None]:
    """A study as a command of its own, with its options alone."""
    entry = STUDIES[name]

    def command(**given: Any) -> None:
        study(name, **given)

    command.__name__ = called or name
    command.__doc__ = f"Say {entry.about}."
    without = {"name", *(() if entry.picks else ("point", "plan"))}
    subject, *rest = [each for each in _OWN if each.name not in without]
    # A study that looks at no place takes one or none.
    if not entry.placeless:
        subject = subject.replace(annotation=PlaceArgument)
    _with_options(command, [subject, *rest], [entry])
    return command


def _tell(found: Result, written: Sequence[Path]) -> None:
    console = console_for_results()
    said = found.summary()
    console.print(said, soft_wrap=True)
    notes = notes_of(found)
    if notes:
        console.print("\nWhat it rests on:")
    for note in notes:
        console.print(f"  - {note}", soft_wrap=True)
    words = explained(f"{said} {' '.join(notes)}")
    if words:
        console.print("\nWhat the words mean:")
    for word, meaning in words:
        console.print(f"  {word}: {meaning}.", soft_wrap=True)
    for path in written:
        console.print(f"\nWritten: {path}", soft_wrap=True)


def _keep(found: Result, point: str, goal: Path, *, quiet: bool) -> None:
    """Write the plan that was picked, and say what it is."""
    assert isinstance(found, FoundPlans)
    try:
        picked = found.picked(point)
    except WrongArgument as wrong:
        # What may be picked is known once the question is answered; the answer stands above.
        raise typer.BadParameter(f"{wrong}.", param_hint="'--point'") from None
    picked.to_json(goal)
    if not quiet:
        console = console_for_results()
        console.print(f"\n{picked.summary()}", soft_wrap=True)
        console.print(f"\nWritten: {goal}", soft_wrap=True)


def _goals(out: Path | None, html: Path | None, xlsx: Path | None) -> list[tuple[Path, str]]:
    named = [(out, "" if out is None else out.suffix.lower()), (html, ".html"), (xlsx, ".xlsx")]
    return [(path, kind) for path, kind in named if path is not None]


def _write(found: Result, path: Path, kind: str) -> Path:
    if kind == ".html":
        found.to_html(path)
    elif kind == ".xlsx":
        found.to_excel(path)
    else:
        found.to_json(path)
    return path


def kept(title: str, work: Callable[..., Found]) -> tuple[Found, KeyboardInterrupt | None]:
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

        def begun() -> Found:
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
