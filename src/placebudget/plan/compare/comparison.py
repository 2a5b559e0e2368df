"""The comparison of plans, in tables and in plain words."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments, flag, refusal, sequence, text, texts
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.place import Place
from placebudget.place.io.cells import letters
from placebudget.place.io.reading import PlaceLike, as_place
from placebudget.place.origin import differences
from placebudget.plan.compare.causes import find_causes, measure_of
from placebudget.plan.compare.tables import (
    KIND,
    KINDS,
    MONEY,
    difference_columns,
    drawn,
    finding,
    inputs_that_differ,
    side_by_side,
    specification,
    spend_alike,
)
from placebudget.plan.need import meet_alike, unmet_change
from placebudget.plan.plan import Plan
from placebudget.plan.record.inputs import recorded_option
from placebudget.plan.record.reading import PlanLike, as_plan
from placebudget.plan.record.record import run_record
from placebudget.plan.result import Result
from placebudget.plan.summary import Summary, kept_beside, sentences
from placebudget.plan.worded_table import NameOf, named_by
from placebudget.plan.workbook_pages import MODEL, Formula, Front, Headline, Page, agreeing, figure
from placebudget.plan.workbook_writer import write_pages
from placebudget.progress import Report
from placebudget.solver import RunLimits
from placebudget.words import but_for_pennies, in_pounds, in_unit, money, sentence
from placebudget.writing import file_to_write

# A comparison in plain words.

ORDER_MATTERS = (
    "In turn, a change adds what it adds after those before it; in another order the same changes "
    "would add other amounts. Alone, a change is made on the first plan by itself."
)
_MOST = 4
_OF_THE_KIND = (KIND, "objective", "pooling", "money", "solver")
_LONG = 60
_TOLD = 500.0  # pounds: less is nothing in a sentence
_MISSING = "no plan"


def summarised(
    names: Sequence[str],
    plans: Sequence[Plan],
    inputs: pd.DataFrame,
    causes: pd.DataFrame | None = None,
) -> Summary:
    """What the comparison says.

    Parameters
    ----------
    names, plans
        The plans and what they are called; the others are compared with the first.
    inputs : DataFrame
        Inputs that differ.
    causes : DataFrame, optional
        What caused what, for two plans.
    """
    title = f"{plans[0].place['title']}: {', '.join(names[1:])} compared with {names[0]}"
    by_name = dict(zip(names, plans, strict=True))
    said = [*_inputs(inputs, by_name), *_need(by_name), *_values(by_name)]
    for name, difference in zip(names[1:], difference_columns(names), strict=True):
        if spend_alike(by_name[names[0]], by_name[name]):
            said.append(f"{name} changes nothing: every pound goes where it goes in {names[0]}.")
        said += [*_kept(by_name, name), *_moves(by_name, name, difference)]
    if causes is not None:
        said += _causes(causes, *measure_of(plans[0], plans[1]))
    said.append("This is a model. It compares plans; it does not decide.")
    return Summary(title, tuple(sentences(said)))


def _inputs(inputs: pd.DataFrame, plans: Mapping[str, Plan]) -> Iterator[str]:
    if inputs.empty:
        yield "The inputs are the same."
        return
    if (inputs["input"] == KIND).any():
        # What a simulated and a best plan were made with differs of itself: it is said as one.
        yield f"{'; '.join(f'{name}: {_made(plan)}' for name, plan in plans.items())}."
        inputs = inputs[~inputs["input"].isin(_OF_THE_KIND)]
    said = []
    for row in inputs.to_dict("records"):
        values = [str(row[name]).split("\n")[0] for name in plans]
        if max(map(len, values)) <= _LONG:
            said.append(f"{row['input']} ({' / '.join(values)})")
        else:
            said.append(str(row["input"]))
    yield f"Inputs that differ: {'; '.join(said)}." if said else "The place is the same."


def _made(plan: Plan) -> str:
    """What a plan is: money carried on, money given, or the best for an objective."""
    options = plan.run["options"]
    if plan.status == "simulated":
        return "today's money carried on" if options.get("money") == "today" else "given money"
    if plan.picked:
        return plan.name
    goals = ", then ".join(each.name for each in plan.objectives)
    return f"the best plan for {goals}, {plan.name}"


def _need(plans: dict[str, Plan]) -> Iterator[str]:
    """Need that must be met comes first; gains are given between plans that meet it alike."""
    first, *others = plans
    for name in others:
        if not meet_alike(plans[first], plans[name]):
            told = unmet_change(plans[first], plans[name])
            yield f"{name} beside {first}: {told}; so no gain in value is given."


def _values(plans: dict[str, Plan]) -> Iterator[str]:
    table = side_by_side(plans, "value")
    for name, plan in plans.items():
        left = table["measure"] == "money not spent"
        spent = float(plan.money()["amount"].sum())
        table.loc[left, name] = table.loc[left, name].map(partial(but_for_pennies, whole=spent))
    for row in table.to_dict("records"):
        unit = str(row["unit"])
        first, *others = (row[name] for name in plans)
        said = [_known(first, unit)]
        for other, title in zip(others, difference_columns(list(plans)), strict=True):
            apart = "" if pd.isna(row[title]) else f" ({in_unit(row[title], unit, signed=True)})"
            said.append(_known(other, unit) + apart)
        name = sentence(str(row["measure"]))
        yield f"{name}{', discounted' if 'discounted' in unit else ''}: {' / '.join(said)}"


def _known(value: float, unit: str) -> str:
    return "not worked out" if pd.isna(value) else in_unit(value, unit)


def _kept(plans: dict[str, Plan], name: str) -> Iterator[str]:
    """What services that no plan knows the worth of have more or less of, where it is told."""
    first = next(iter(plans))
    more = kept_beside(plans[first], plans[name])
    if abs(more) < _TOLD or "simulated" in (plans[first].status, plans[name].status):
        return
    side, worth, does = ("more", "lower", "did") if more > 0 else ("less", "higher", "does")
    yield (
        f"{name}: services whose effects nobody has put in have {money(abs(more))} {side} than in "
        f"{first}. Public value counts nothing for it, and is {worth} by what that money {does} "
        "elsewhere."
    )


def _moves(plans: dict[str, Plan], name: str, difference: str) -> Iterator[str]:
    """Services whose money differs most, and agencies that save more or less."""
    labels = {
        "service": pd.concat([plan.labels["services"] for plan in plans.values()]),
        "agency": pd.concat([plan.labels["agencies"] for plan in plans.values()]),
    }
    for kind, by, head in (
        ("money", "service", "money moves most in"),
        ("savings", "agency", "savings as they fall differ for"),
    ):
        table = side_by_side(plans, kind, by)
        table = table[table[difference].abs() >= 0.5]
        table = table.sort_values(difference, key=abs, ascending=False, kind="stable")
        known = labels[by].drop_duplicates(by).set_index(by)
        called, exchequer = known["name"], _exchequer(known)
        said = [
            f"{called.get(key, key)} {money(float(value), signed=True)}"
            + (" (to the Exchequer)" if key in exchequer else "")
            for key, value in table[[by, difference]].head(_MOST).itertuples(index=False)
        ]
        if said:
            more = f" and {len(table) - _MOST} more" if len(table) > _MOST else ""
            yield f"{name}: {head} {', '.join(said)}{more}."


def _exchequer(known: pd.DataFrame) -> set[str]:
    """Agencies whose savings are not the place's to spend."""
    return set(known.index[known["sector"] == "dwp"]) if "sector" in known else set()


def _causes(causes: pd.DataFrame, measure: str, unit: str) -> Iterator[str]:
    yield f"What caused what, in {measure}:"
    for row in causes.to_dict("records"):
        alone, turn = (
            (_MISSING if pd.isna(row[value]) else "no gain given")
            if pd.isna(row[name])
            else in_unit(row[name], unit, signed=True)
            for name, value in (("adds_alone", "alone"), ("adds_in_turn", "in_turn"))
        )
        note = f" ({row['note']})" if row["note"] else ""
        yield f"{row['step']}. {row['change']}: {turn} in turn, {alone} alone{note}"
    if len(causes) > 1:
        if causes[["adds_alone", "adds_in_turn"]].notna().all(axis=None):
            total = float(causes["adds_in_turn"].sum())
            apart = float(causes["adds_alone"].sum())
            yield (
                f"Together {in_unit(total, unit, signed=True)}; alone they would come to "
                f"{in_unit(apart, unit, signed=True)}."
            )
        yield ORDER_MATTERS


# The comparison itself.

CAUSES, INPUTS = "what caused what", "inputs that differ"


@dataclass(frozen=True, eq=False)
class Comparison(Result):
    """Two plans or more side by side: what went in, what came out, what caused what.

    Parameters
    ----------
    names : tuple of str
        What the plans are called; no two alike.
    plans : tuple of Plan
        The plans; the others are compared with the first.
    places : tuple of Place or None
        Their places before any option, where they are at hand.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> today = pb.simulate(place)
    >>> best = pb.optimise(place, prices=False)
    >>> found = pb.compare(today, best)
    >>> found.table("money", by="service")[["service", "difference"]].to_numpy().tolist()
    [['family_support', 5000000.0], ['home_care', 0.0], ['policing', 5000000.0]]
    """

    names: tuple[str, ...]
    plans: tuple[Plan, ...] = field(repr=False)
    places: tuple[Place | None, ...] = field(repr=False)
    _found: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    @property
    def inputs(self) -> pd.DataFrame:
        """Inputs that differ: ``input``, and what each plan has, a column a plan."""
        return inputs_that_differ(dict(zip(self.names, self.plans, strict=True)))

    @property
    def rows(self) -> pd.DataFrame:
        """Cells of the places, options applied, in which others differ from the first.

        Returns
        -------
        DataFrame
            ``plan``, ``table``, ``row``, ``column``, ``before``, ``after``.

        Raises
        ------
        CannotAnswer
            If a place is not at hand.
        """
        planned = [self._planned_place(number) for number in range(len(self.plans))]
        frames = []
        for name, place in zip(self.names[1:], planned[1:], strict=True):
            frame = differences(planned[0], place)
            frame.insert(0, "plan", name)
            frames.append(frame.astype("str"))
        return pd.concat(frames, ignore_index=True)

    def table(self, kind: str = "value", by: str | Sequence[str] = ()) -> pd.DataFrame:
        """One table side by side, with differences from the first plan.

        Parameters
        ----------
        kind : str
            ``value``, ``money``, ``outcomes``, ``savings``, ``unspent`` or ``prices``.
        by : str or sequence of str
            Columns to add up by, as for :meth:`Plan.money` and its like.

        Returns
        -------
        DataFrame
            See :func:`placebudget.plan.compare.tables.side_by_side`.

        Raises
        ------
        WrongArgument
            If there is no such table;
            or if it cannot be added up like that.
        """
        return side_by_side(dict(zip(self.names, self.plans, strict=True)), kind, by)

    def causes(
        self,
        *,
        stop: Event | None = None,
        progress: Report | None = None,
    ) -> pd.DataFrame:
        """What caused what, one change at a time; found once and kept.

        The changes are those of the options, of the place's tables, of pooling,
        reinvesting and objective. Each is planned alone and in turn, which takes
        two runs a change.

        Returns
        -------
        DataFrame
            See :func:`placebudget.plan.compare.causes.find_causes`. In another
            order the same changes would add other amounts in turn.

        Raises
        ------
        CannotAnswer
            If a place is not at hand, or not that of its plan.
        WrongArgument
            If there are not exactly two plans.
        """
        if len(self.plans) != 2:
            raise WrongArgument("what caused what is found between two plans; compare two")
        watch = RunLimits.given(stop=stop, progress=progress)
        if not self.has_causes:
            one, other = self.plans
            places = (self.places[0], self.places[1])
            found = find_causes(one, other, places, stop=watch.stop, progress=watch.progress)
            self._found[CAUSES] = found
        return self._found[CAUSES].copy()

    @property
    def has_causes(self) -> bool:
        """Whether what caused what has been found already."""
        return CAUSES in self._found

    @property
    def title(self) -> str:
        """What is compared."""
        return self.summarised().title

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """All tables side by side, by name; with what caused what where it has been found."""
        found = {INPUTS: self.inputs}
        found |= {kind: self.table(kind) for kind in KINDS}
        found["money in full"] = self.table("money", ["service", "area", "year"])
        return found | self._found

    @property
    def notes(self) -> tuple[str, ...]:
        """What the figures are."""
        base = self.plans[0].place["price_base"]
        return (f"Money is cash of all years; values are in {base} prices, discounted.",)

    @property
    def run(self) -> Mapping[str, Any]:
        """Versions, and which plans were compared."""
        first = self.plans[0].place
        return run_record(
            study="comparison", place=first["name"], inputs=str(first["digest"]),
            options={"plans": list(self.names)},
        )  # fmt: skip

    @property
    def units(self) -> Mapping[str, str]:
        """What each table counts in."""
        pounds = dict.fromkeys((*MONEY, "money in full"), "pounds")
        return {**pounds, "prices": self.plans[0].objective.unit, "outcomes": "in its own unit"}

    @property
    def own_names(self) -> tuple[str, ...]:
        """Columns of plans, and of differences between them."""
        return (*self.names, *difference_columns(self.names))

    @property
    def sums(self) -> Mapping[str, tuple[str, ...]]:
        """Which columns of which tables are parts of a total."""
        return dict.fromkeys((*MONEY, "money in full"), self.own_names)

    @property
    def name_of(self) -> NameOf:
        """What people call the keys of all the plans."""
        return named_by(self.labels)

    @property
    def labels(self) -> Mapping[str, pd.DataFrame]:
        """Names and units of the keys of all the plans."""
        return {name: table for plan in self.plans for name, table in plan.labels.items()}

    def summarised(self) -> Summary:
        """What ``summary`` says, as data."""
        return summarised(self.names, self.plans, self.inputs, self._found.get(CAUSES))

    def chart_specification(self, by: str = "service") -> dict[str, Any]:
        """Money side by side as a Vega-Lite specification: plain data, nothing to install.

        Parameters
        ----------
        by : str
            The column to add up by, one of those of :meth:`Plan.money`.

        Raises
        ------
        WrongArgument
            If money cannot be added up like that.
        """
        by = text("by", by)
        if not by:
            raise WrongArgument("by is the name of a column such as 'service', not an empty text")
        table = self.table("money", by)
        first = difference_columns(self.names)[0]
        table = table.sort_values(first, key=abs, ascending=False, kind="stable")
        title = finding(table, by, first, self.names)
        return specification(table, by, self.names, title)

    def chart(self, by: str = "service") -> Any:
        """Money side by side as an Altair chart, which needs ``placebudget[report]``."""
        return drawn(self.chart_specification(by), "comparison")

    def to_excel(self, path: str | os.PathLike[str], *, causes: bool = True) -> Path:
        """Write the comparison as a workbook, a sheet a table.

        Parameters
        ----------
        path : path or str
            The ``.xlsx``.
        causes : bool
            Whether to find out what caused what, where that can be done.

        Returns
        -------
        Path
            Where it was written.

        Raises
        ------
        WrongArgument
            If the path is none or does not end in ``.xlsx``.
        """
        with Arguments() as asked:
            goal = asked.read(file_to_write, path, ".xlsx")
            causes = asked.read(flag, "causes", causes)
        pages = list(self._pages(causes))
        return write_pages(pages, goal, self._front(pages))

    def _front(self, pages: Sequence[Page]) -> Front:
        said = self.summarised()
        about = f"Plans of a model side by side, with a sheet for each table. {MODEL}"
        front = Front.of(said.title, about, said.sentences, list(self.notes))
        columns = self.own_names if len(self.names) == 2 else self.names
        headlines = tuple(self._headlines(pages, list(columns)))
        return replace(front, headlines=headlines, columns=columns, unit="£")

    def _headlines(self, pages: Sequence[Page], columns: list[str]) -> Iterator[Headline]:
        """What is measured in pounds, beside each other."""
        value, page = self.tables["value"], pages[list(self.tables).index("value")]
        at = [list(value.columns).index(name) for name in columns]
        for row, (measure, unit) in enumerate(zip(value["measure"], value["unit"], strict=True)):
            figures = [figure(page.rows[row][n]) for n in at]
            cells = [
                each if each is None else Formula(f"={page.at(row, n)}", each)
                for n, each in zip(at, figures, strict=True)
            ]
            if in_pounds(unit):
                yield Headline(sentence(measure), cells, sentence(unit.partition(", ")[2]))

    def _pages(self, causes: bool) -> Iterator[Page]:
        why = self._causes_or_why() if causes else ""
        for name, frame in self.tables.items():
            page = self._page(name, frame)
            if name == CAUSES:
                page = replace(page, notes=[ORDER_MATTERS])
            elif name != INPUTS:
                page = self._subtracting(page, list(frame.columns))
            yield page
        if why:
            yield Page("What caused what", ["Not found"], [[why]])

    def _subtracting(self, page: Page, names: list[str]) -> Page:
        """A sheet whose differences are formulas over its columns of plans."""
        base = names.index(self.names[0])
        pairs = [
            (names.index(difference), names.index(plan))
            for difference, plan in zip(difference_columns(self.names), self.names[1:], strict=True)
        ]
        rows = [list(row) for row in page.rows]
        for row in rows:
            for at, plan in pairs:
                first, other, value = (figure(row[n]) for n in (base, plan, at))
                if first is not None and other is not None and value is not None:
                    text = f"={letters(plan)}{{row}}-{letters(base)}{{row}}"
                    row[at] = agreeing(text, value, other - first)
        return replace(page, rows=rows)

    def _causes_or_why(self) -> str:
        try:
            self.causes()
        except (CannotAnswer, WrongArgument) as error:
            return str(error)
        return ""

    def _planned_place(self, number: int) -> Place:
        plan, base = self.plans[number], self.places[number]
        if base is None and plan.source is not None:
            return plan.source
        if base is None:
            raise CannotAnswer(
                f"the place of {self.names[number]} is not at hand; give it: "
                "compare(..., places=...)"
            )
        option = recorded_option(plan.run)
        return base if option is None else base.with_option(option)


def compare(
    *plans: PlanLike,
    places: PlaceLike | Sequence[PlaceLike | None] | None = None,
    names: Sequence[str] = (),
) -> Comparison:
    """Set plans side by side.

    Parameters
    ----------
    plans : Plan or path
        Two or more, or their ``*.plan.json``; the others are compared with the first.
    places : Place, path or str, or sequence of these, optional
        The place of all plans, or of each, before any option. Plans that were made
        in this session carry theirs.
    names : sequence of str, optional
        What to call the plans; default: option and name, numbered where alike.

    Returns
    -------
    Comparison
        Tables, workbook, chart, words.

    Raises
    ------
    WrongArgument
        If there is only one plan, or not a name or place for each, or several of these
        things are so; all are named.
    UnreadablePlan, InvalidPlace
        If what was given is no plan or no place, or cannot be read.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> aligned = pb.optimise(place, pooling="aligned", prices=False)
    >>> freed = pb.optimise(place, pooling="freed", prices=False)
    >>> pb.compare(aligned, freed).causes()[["change", "adds_alone"]].round().to_numpy().tolist()
    [['pooling freed instead of aligned', 10000000.0]]
    """
    with Arguments() as asked:
        made = tuple(asked.read(as_plan, plan) for plan in plans)
        known = asked.read(_places, places, len(plans))
        called = asked.read(texts, "names", names, such_as="['today', 'best']", doubles=True)
        asked.read(_enough, len(plans), called)
    return Comparison(tuple(_distinct(called or [_name(p) for p in made])), made, known)


def _enough(plans: int, names: Sequence[str]) -> None:
    if plans < 2:
        raise WrongArgument("a comparison needs two plans or more")
    if names and len(names) != plans:
        raise WrongArgument(f"{plans} plans need as many names, where given, not {len(names)}")


def _places(
    given: PlaceLike | Sequence[PlaceLike | None] | None, plans: int
) -> tuple[Place | None, ...]:
    """A place for each plan, where they are at hand."""
    if given is None or isinstance(given, Place | str | os.PathLike):
        return (None if given is None else as_place(given),) * plans
    each = sequence(given)
    if each is None:
        raise refusal("places", "a place or a list of places, or None", given)
    if len(each) != plans:
        raise WrongArgument(f"{plans} plans need as many places, where given, not {len(each)}")
    with Arguments() as asked:
        return tuple(None if place is None else asked.read(as_place, place) for place in each)


def _name(plan: Plan) -> str:
    return f"{plan.option}, {plan.name}" if plan.option else plan.name


def _distinct(names: Sequence[str]) -> Iterator[str]:
    """Names with a number where the same one comes again."""
    taken: set[str] = {"difference"}
    for name in names:
        called, number = name, 1
        while called in taken:
            number += 1
            called = f"{name} ({number})"
        taken.add(called)
        yield called
