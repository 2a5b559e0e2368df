"""Money from the centre: a slice off the top, returns that are asked for, ring-fences and duties.

deduction    slice x own grant / all grants, to the pound by the largest remainder
a return     hours x times a year x rate
loosening    a share of a ring-fenced stream is loosened, and its today's money with it
a duty       a floor by law on top of today, and a grant; unfunded = cost - grant
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from threading import Event
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, known_key, number, numbers, text
from placebudget.errors import CannotAnswer, Infeasible, UnreadableTable, WrongArgument
from placebudget.place import Option, Place
from placebudget.place.geography import Geography, is_blank
from placebudget.place.io.loose import GRANTS, RETURNS_DUE, typed_rows
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.place.names import Names
from placebudget.plan import optimise, simulate
from placebudget.plan.optimise import optimise_like
from placebudget.plan.record.record import run_record
from placebudget.plan.summary import Paragraph, Summary, sentences
from placebudget.programme import SILOED, read_pooling
from placebudget.progress import Report, stoppable
from placebudget.sector.proposal import (
    JUDGEMENT,
    Proposal,
    SectorResult,
    cheaper,
    proposals_table,
    with_less_money,
)
from placebudget.solver import RunLimits, given_apart
from placebudget.words import count, money, percent, whole_pounds
from placebudget.words import number as figure_of

_STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, eq=False)
class TopSlice(SectorResult):
    """What each body pays of a slice off the top of a grant, and what comes back.

    ``tables`` holds, in whole pounds:

    - ``bodies``: body, class, grant, pays, benefit, net;
    - ``classes``: class, bodies, grant, pays, benefit, net.

    Parameters
    ----------
    body : str
        Who asks; blank: nobody in particular.
    """

    body: str = ""

    @property
    def table(self) -> pd.DataFrame:
        """Bodies."""
        return self.tables["bodies"]

    @property
    def sums(self) -> Mapping[str, Collection[str]]:
        """Which columns of which tables are parts of a total."""
        return {"bodies": ("grant", "pays", "benefit", "net")}

    def finding(self) -> str:
        """What is taken, as a share, and what the body pays."""
        held = self.table
        part = held["pays"].sum() / held["grant"].sum()
        said = (
            f"{whole_pounds(held['pays'].sum())} is {percent(part)} of "
            f"{money(held['grant'].sum())} and is paid by {figure_of((held['pays'] > 0).sum())}"
        )
        own = held[held["body"] == self.body]
        if own.empty:
            return said
        return f"{said}; {self.body} pays {whole_pounds(own['pays'].iloc[0])}"

    def summarised(self) -> Summary:
        """Who pays, by class, and what comes back."""
        points = [
            f"{row['class'] or 'no class'} ({figure_of(row['bodies'])}): "
            f"{whole_pounds(row['pays'])} paid"
            + (f", {whole_pounds(row['benefit'])} comes back" if row["benefit"] else "")
            for row in self.tables["classes"].to_dict("records")
        ]
        return Summary(
            self.title,
            (Paragraph(f"{self.finding()}.", tuple(points)), *sentences(self.offered)),
        )


def top_slice(
    grants: pd.DataFrame,
    amount: float,
    *,
    body: str = "",
    place: PlaceLike | None = None,
    stream: str = "",
) -> TopSlice:
    """What a slice off the top of a grant takes from each body, to the pound.

    Parameters
    ----------
    grants : DataFrame
        ``body`` and ``grant`` in pounds; ``class`` and ``benefit``, what comes back by a stated
        use, if told.
    amount : float
        What is taken in all, in pounds.
    body : str
        Who asks.
    place : Place, path or str, optional
        A place of which the body is an agency.
    stream : str
        Its stream of that grant: the proposal takes the slice off it.

    Raises
    ------
    WrongArgument, UnreadableTable
        If a grant is missing or negative, or a body is there twice; all of it is named.
    CannotAnswer
        If all grants together are less than the slice.

    Examples
    --------
    >>> grants = pd.DataFrame({"body": ["north", "south", "park"], "grant": [200.0, 100.0, 0.0]})
    >>> top_slice(grants, 10).table["pays"].tolist()
    [7, 3, 0]
    """
    with Arguments() as asked:
        held = asked.read(_grants, grants)
        amount = asked.read(number, "amount", amount, above=0)
        body = asked.read(text, "body", body)
        where = None if place is None else asked.read(checked_place, place)
        stream = asked.read(text, "stream", stream)
    if body:
        known_key("body", body, held["body"], of="The table of grants")
    if held["grant"].sum() < amount:
        raise CannotAnswer("all grants together are less than what is to be taken off them")
    bodies = held.assign(pays=_shared(round(amount), held["grant"]))
    bodies["net"] = bodies["benefit"] - bodies["pays"]
    by_class = bodies.groupby("class", sort=False)
    classes = by_class[["grant", "pays", "benefit", "net"]].sum()
    classes.insert(0, "bodies", by_class["pays"].agg(lambda pays: int((pays > 0).sum())))
    made, none = _off_the_stream(bodies, body, where, stream)
    tables = {
        "bodies": bodies, "classes": classes.reset_index(), "proposals": proposals_table(made),
    }  # fmt: skip
    notes = (
        "Each pays in proportion to its grant, to the pound: those with the largest part of a "
        "pound left pay one more, so that the sum is exact.",
        "A body without the grant pays nothing and may gain all the same. What comes back is the "
        "use that was stated: it is not what is spent on a body, nor what it is worth.",
    )
    run = run_record(study="top_slice", options={"amount": amount, "body": body, "stream": stream})
    return TopSlice(
        "A slice off the top of a grant", tables, notes, run, tuple(made), none, body=body
    )


def _shared(amount: int, grants: pd.Series) -> list[int]:
    """An amount in whole pounds in proportion, by the largest remainder."""
    exact = [Fraction(repr(float(each))) for each in grants]
    whole = sum(exact, Fraction(0))
    parts = [amount * each / whole for each in exact]
    paid = [int(part) for part in parts]
    left = sorted(range(len(parts)), key=lambda at: (paid[at] - parts[at], at))
    for at in left[: amount - sum(paid)]:
        paid[at] += 1
    return paid


def _off_the_stream(
    bodies: pd.DataFrame, body: str, place: Place | None, stream: str
) -> tuple[list[Proposal], str]:
    """The slice as a change of a stream of the place; or why there is none."""
    own = bodies[bodies["body"] == body]
    if own.empty:
        return [], "nobody asks: name a body."
    if place is None or not stream:
        return [], "no stream of a place is named that is this grant."
    known_key("stream", stream, place.streams["stream"])
    grant, pays = float(own["grant"].iloc[0]), int(own["pays"].iloc[0])
    if not pays:
        return [], f"{body} pays nothing."
    named = Names(place).of("stream", stream)
    why = f"A slice of {percent(pays / grant)} is taken off {named}: {whole_pounds(pays)} a year."
    option, told = with_less_money(Option("slice off the top"), place, stream, pays / grant)
    return [Proposal(option, f"{why}{told}", JUDGEMENT)], ""


@dataclass(frozen=True, eq=False)
class ReportingBurden(SectorResult):
    """What returns to others cost a year, and what ending each gives back.

    ``tables`` holds, in pounds a year:

    - ``returns``: return, for, service, hours (a year), cost, law, used, may_end;
    - ``receivers``: for, returns, hours, cost, may_end (pounds of returns that may end).
    """

    @property
    def table(self) -> pd.DataFrame:
        """Returns, the dearest first."""
        return self.tables["returns"]

    def finding(self) -> str:
        """What all returns cost, and what of it may be asked to end."""
        held = self.table
        free = held.loc[held["may_end"], "cost"].sum()
        return (
            f"{figure_of(len(held))} returns take {whole_pounds(held['cost'].sum())} a year, "
            f"{whole_pounds(free)} of it for what no law asks and nobody here uses"
        )

    def summarised(self) -> Summary:
        """By whom they are asked for, and which may end."""
        points = tuple(
            f"{row['for']}: {whole_pounds(row['cost'])}, {count(row['hours'])} hours"
            for row in self.tables["receivers"].to_dict("records")
        )
        ended = [
            f"Ending {row['return']} gives back {count(row['hours'])} hours a year, "
            f"{whole_pounds(row['cost'])} if posts go."
            for row in self.table[self.table["may_end"]].to_dict("records")
        ]
        return Summary(
            self.title,
            (Paragraph(f"{self.finding()}.", points), *sentences([*ended, *self.offered])),
        )


def reporting_burden(
    returns_due: pd.DataFrame, *, place: PlaceLike | None = None
) -> ReportingBurden:
    """What returns to government and others cost, and which may be asked to end.

    Parameters
    ----------
    returns_due : DataFrame
        ``return``, ``for`` (who asks), ``hours`` each time, ``times`` a year, ``rate`` (pounds an
        hour); ``service``, ``law`` and ``used`` (yes or no) if told.
    place : Place, path or str, optional
        A place whose services the returns name, for a proposal.

    Raises
    ------
    WrongArgument, UnreadableTable
        If a figure is missing or negative, or a return is there twice; all of it is named.

    Examples
    --------
    >>> due = pd.DataFrame({"return": ["census"], "for": ["MHCLG"], "hours": [12.0],
    ...                     "times": [4.0], "rate": [25.0]})
    >>> reporting_burden(due).table["cost"].tolist()
    [1200.0]
    """
    with Arguments() as asked:
        held = asked.read(_returns, returns_due)
        where = None if place is None else asked.read(checked_place, place)
    held["hours"] = held["hours"] * held["times"]
    held["cost"] = held["hours"] * held["rate"]
    held["may_end"] = ~held["law"] & ~held["used"]
    held = held.sort_values("cost", ascending=False, kind="stable").reset_index(drop=True)
    columns = ["return", "for", "service", "hours", "cost", "law", "used", "may_end"]
    free = held["cost"].where(held["may_end"], 0.0)
    receivers = (
        held.assign(returns=1, may_end=free)
        .groupby("for", sort=False)[["returns", "hours", "cost", "may_end"]].sum().reset_index()
    )  # fmt: skip
    made, none = _without_returns(held, where)
    tables = {
        "returns": held[columns], "receivers": receivers, "proposals": proposals_table(made),
    }  # fmt: skip
    notes = (
        "Hours given back are cash only where posts go, or where they replace hours that were "
        "bought.",
        "A return that the law asks for, or that is used here, is not among those that may end.",
    )
    run = run_record(study="reporting_burden", options={})
    title = "What returns to others cost"
    return ReportingBurden(title, tables, notes, run, tuple(made), none)


def _without_returns(held: pd.DataFrame, place: Place | None) -> tuple[list[Proposal], str]:
    """Services cheaper by what their returns take; or why that is not proposed."""
    free = held[held["may_end"]]
    if free.empty:
        return [], "the law asks for every return, or it is used here."
    if place is None:
        return [], "no place is named."
    spent = simulate(place).money(["service", "year"])
    spent = spent[spent["year"] == place.years[0]].set_index("service")["amount"]
    made = []
    for service, cost in free.groupby("service")["cost"].sum().items():
        if service in spent.index and cost < spent[service]:
            why = (
                f"Returns that no law asks for and nobody uses take {whole_pounds(cost)} a year of "
                f"{Names(place).of('service', str(service))}."
            )
            cut = cheaper([str(service)], 1 - cost / float(spent[service]), why, "")
            made.append(Proposal(cut, why, JUDGEMENT, low=Option("nothing leaves"), high=cut))
    return made, "" if made else "no return that may end names a service with money today."


@dataclass(frozen=True, eq=False)
class Loosened(SectorResult):
    """What the plan is worth as a ring-fence is loosened.

    ``tables`` holds ``steps``: share (loosened of the stream), loosened (pounds of the first year),
    value (public value, pounds, with no more promised than today), gain (over none), kept (pounds
    of today's money, over all years, that services without effects could keep besides) and
    with_kept (the gain where they do, and what agencies are promised grows with what they could do
    apart: that of the option in a plan).

    Parameters
    ----------
    stream : str
        The ring-fenced stream, by name.
    """

    stream: str = ""

    @property
    def table(self) -> pd.DataFrame:
        """Step by step."""
        return self.tables["steps"]

    def finding(self) -> str:
        """What loosening all of it brings, and by when nearly all of that is there."""
        held = self.table
        most = float(held["gain"].iloc[-1])
        if most < 1:
            return f"In the model, loosening the ring-fence of {self.stream} gains nothing"
        enough = held[held["gain"] >= 0.999 * most].iloc[0]
        return (
            f"In the model, loosening {percent(enough['share'])} of {self.stream} gains "
            f"{money(float(enough['gain']))}"
            + ("" if enough["share"] == held["share"].iloc[-1] else "; loosening more adds nothing")
        )

    def summarised(self) -> Summary:
        """Each step."""
        points = tuple(
            f"{percent(row.share)} loosened, {money(row.loosened)}: {money(row.gain, signed=True)}"
            for row in self.table.itertuples()
        )
        said = [
            "Gains of single ring-fences do not add up: money that one lets go another may use too."
        ]
        last = self.table.iloc[-1]
        if abs(last["gain"] - last["with_kept"]) >= 1:
            kept = (
                f"services whose effects are not known could keep {money(last['kept'])} more of "
                "today's money over all years"
                if last["kept"] >= 1
                else "agencies could ask for more before they pool"
            )
            gain = money(last["with_kept"], signed=True)
            said.append(
                f"With {percent(last['share'])} loosened, {kept}. A plan for the place as it then "
                f"is sees to that first, and its gain would be {gain}."
            )
        return Summary(
            self.title,
            (Paragraph(f"{self.finding()}.", points), *sentences([*said, *self.offered])),
        )


_OF_A_STREAM: dict[str, set[str]] = {
    "streams": set(), "funding": {"amount"}, "contributions": {"minimum", "maximum"},
    "today": {"amount"}, "target_shares": {"share"},
}  # fmt: skip
"""Tables about streams, and which of their figures a part of a stream has its part of."""


def loosened(place: Place, stream: str, part: float) -> Option:
    """An option by which a part of a ring-fenced stream may be spent on any purpose.

    The part is a stream of its own, with the same agency and its share of the stream's money (of
    today, too), of its limits to pools and of what it receives for targets.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> sorted(loosened(place, "nhs_money", 0.5).apply(place).streams["stream"])[2]
    'nhs_money_loosened'
    """
    twin = f"{stream}_loosened"
    if part >= 1:
        return Option(f"loosen {Names(place).of('stream', stream)}").end_ring_fence(stream)
    option = Option(f"loosen {percent(part)} of {Names(place).of('stream', stream)}")
    for name, sized in _OF_A_STREAM.items():
        table = getattr(place, name)
        mine = table[table["stream"] == stream]
        rows = [
            {column: cell for column, cell in row.items() if not is_blank(cell)}
            for row in mine.to_dict("records")
        ]
        where: dict[str, Any] = {"stream": stream}
        if name == "funding":
            # Today's year is named, too: what today's money grows by is told from it.
            where["year"] = mine["year"].tolist()
        for column in sized:
            if any(column in row for row in rows):
                option = option.scale(name, 1 - part, column, **where)
        twins = [
            {**row, "stream": twin, **{column: row[column] * part for column in sized & row.keys()}}
            for row in rows
        ]
        if name == "streams":
            twins = [{**row, "name": f"{row.get('name', stream)}, loosened"} for row in twins]
        if twins:
            option = option.add(name, *twins)
    return option


def loosening(
    place: PlaceLike,
    stream: str,
    *,
    steps: Sequence[float] = _STEPS,
    pooling: str = "pooled",
    seconds: float | None = None,
    stop: Event | None = None,
    progress: Report | None = None,
) -> Loosened:
    """What the best plan is worth as more and more of a ring-fenced stream is loosened.

    Parameters
    ----------
    place : Place, path or str
        The place.
    stream : str
        A ring-fenced stream of it.
    steps : sequence of float
        Shares of the stream that are loosened.
    pooling : str
        How plans pool.
    seconds, stop, progress
        As for :func:`placebudget.optimise`, for each plan.

    Raises
    ------
    WrongArgument, InvalidPlace
        If something that was given cannot be meant.
    CannotAnswer
        If the stream has no ring-fence.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = loosening("toy_pooling", "nhs_money", steps=[0, 0.1, 0.2, 0.3])
    >>> [round(value / 1e6) for value in found.table["value"]]
    [300, 305, 310, 310]
    """
    with Arguments() as asked:
        place = asked.read(checked_place, place)
        steps = asked.read(numbers, "steps", steps, least=0, most=1, such_as="[0.25, 0.5]")
        pooling = asked.read(text, "pooling", pooling)
        watch = asked.read(RunLimits.given, seconds, 0.0, stop, progress)
    if read_pooling(place, pooling).siloed:
        raise WrongArgument(f"pooling {SILOED} is each for itself; loosening asks for a best plan")
    known_key("stream", stream, place.streams["stream"])
    if stream not in set(place.ring_fences["stream"]):
        raise CannotAnswer(f"{stream} has no ring-fence to loosen")
    year = place.years[0]
    funded = place.funding[(place.funding["stream"] == stream) & (place.funding["year"] == year)]
    how: dict[str, Any] = {"pooling": pooling, "prices": False, "seconds": seconds}

    def step(part: float, signal: Event) -> tuple[float, float, float, float, float]:
        limits = replace(watch, stop=signal)
        changed = place if not part else loosened(place, stream, part).apply(place)
        value = optimise_like(changed, place, pooling=pooling, limits=limits).public_value()
        then = optimise(changed, progress=progress, stop=signal, **how).public_value()
        kept = _given_up(place, limits) - _given_up(changed, limits)
        return part, part * float(funded["amount"].sum()), value, kept, then

    def asked_for(signal: Event) -> list[tuple[float, float, float, float, float]]:
        return [step(part, signal) for part in sorted({0.0, *map(float, steps)})]

    rows = stoppable(asked_for) if stop is None else asked_for(stop)
    table = pd.DataFrame(rows, columns=["share", "loosened", "value", "kept", "with_kept"])
    before = table["value"].iloc[0]
    table.insert(3, "gain", table["value"] - before)
    table["with_kept"] -= before
    # Beside sums of thousands of millions less than a penny is nothing.
    table = table.round({"gain": 2, "kept": 2, "with_kept": 2}) + 0.0
    # A looser fence leaves every plan open that a tighter one does.
    fallen = float((table["value"].cummax() - table["value"]).max())
    if fallen > max(1.0, 1e-6 * abs(float(table["value"].iloc[0]))):
        named = Names(place).of("stream", stream)
        raise CannotAnswer(
            f"what loosening the ring-fence of {named} brings cannot be told: limits of the place "
            f"hold otherwise for money that is split, so that steps contradict one another by "
            f"{money(fallen)}. Ask what ending it in whole brings: placebudget study potential."
        )
    made, none = _worth_asking(place, stream, table)
    name = Names(place).of("stream", stream)
    run = run_record(
        study="loosening", place=place.name, inputs=place.digest,
        options={"stream": stream, "steps": list(steps), "pooling": pooling},
    )  # fmt: skip
    notes = (
        "Public value, discounted. What is loosened may be spent on any purpose its other "
        "conditions allow. No more is promised at any step than with the ring-fence as it is: "
        "neither of today's money to services whose effects are not known, nor to agencies.",
    )
    tables = {"steps": table, "proposals": proposals_table(made)}
    title = f"What loosening the ring-fence of {name} brings"
    return Loosened(title, tables, notes, run, tuple(made), none, stream=name)


def _given_up(place: Place, limits: RunLimits) -> float:
    """Pounds of today's money that services without effects cannot keep, over all years."""
    return -sum(less for less, _ in given_apart(place, limits).values())


def _worth_asking(place: Place, stream: str, table: pd.DataFrame) -> tuple[list[Proposal], str]:
    """The smallest step that brings nearly all there is to gain in a plan for the place then."""
    most = float(table["with_kept"].max())
    if most < 1:
        if table["gain"].max() < 1:
            return [], "no share of it loosened makes any plan better."
        return [], "what it brings goes to what could then be kept, and more."
    part = float(table.loc[table["with_kept"] >= 0.999 * most, "share"].iloc[0])
    named = Names(place).of("stream", stream)
    why = f"With {percent(part)} of {named} loosened the best plan is worth {money(most)} more."
    return [Proposal(loosened(place, stream, part), why, JUDGEMENT)], ""


@dataclass(frozen=True, eq=False)
class NewBurden(SectorResult):
    """What a new duty costs, what of it is funded, and what it displaces.

    ``tables`` holds ``burden``: cost, grant, unfunded, value_before, value_after, displaced
    (pounds; values discounted).

    Parameters
    ----------
    service : str
        The service, by name.
    """

    service: str = ""

    @property
    def table(self) -> pd.DataFrame:
        """One row."""
        return self.tables["burden"]

    def finding(self) -> str:
        """What is unfunded, and what value it displaces."""
        row = self.table.iloc[0]
        if pd.isna(row["value_before"]):
            return f"No plan of the place keeps its rules, with or without a duty on {self.service}"
        if pd.isna(row["displaced"]):
            given = money(float(row["grant"]))
            return f"No plan keeps the new duty on {self.service} with a grant of {given}"
        said = "nothing" if row["displaced"] < 1 else money(float(row["displaced"]))
        return (
            f"In the model, the new duty on {self.service} leaves {money(float(row['unfunded']))} "
            f"unfunded over all years and displaces {said} of public value"
        )

    def summarised(self) -> Summary:
        """The finding, why nothing may be displaced, and what may be asked for."""
        lines = [f"{self.finding()}."]
        if self.table["displaced"].iloc[0] < 1:
            lines.append(
                "A plan that is as good spends as much on it without the duty; what is unfunded "
                "has to be paid all the same."
            )
        return Summary(self.title, tuple(sentences([*lines, *self.offered])))


def new_burden(
    place: PlaceLike,
    service: str,
    cost: float,
    *,
    grant: float = 0.0,
    area: str = "",
    pooling: str = "pooled",
    seconds: float | None = None,
    stop: Event | None = None,
    progress: Report | None = None,
) -> NewBurden:
    """What a duty that is put on a service costs the plan, with the grant that comes with it.

    Parameters
    ----------
    place : Place, path or str
        The place.
    service : str
        Its service.
    cost : float
        What the duty takes a year on top of today's money, in pounds.
    grant : float
        What is given for it a year to who commissions the service, in pounds.
    area : str
        Where; blank: the whole place.
    pooling : str
        How plans pool.
    seconds, stop, progress
        As for :func:`placebudget.optimise`, for each plan.

    Raises
    ------
    WrongArgument, InvalidPlace
        If something that was given cannot be meant.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = new_burden("toy_pooling", "home_care", 1e6, grant=4e5)
    >>> float(found.table["unfunded"].iloc[0])
    600000.0
    """
    with Arguments() as asked:
        place = asked.read(checked_place, place)
        cost = asked.read(number, "cost", cost, above=0)
        grant = asked.read(number, "grant", grant, least=0)
        area = asked.read(text, "area", area)
        pooling = asked.read(text, "pooling", pooling)
        asked.read(RunLimits.given, seconds, 0.0, stop, progress)
    known_key("service", service, place.services["service"])
    if area:
        known_key("area", area, Geography.of(place).areas)
    how: dict[str, Any] = {"pooling": pooling, "prices": False, "seconds": seconds, "stop": stop}
    values = [_value(place, progress, how)]
    duty = _duty(place, service, cost, grant, area)
    values.append(_value(duty.apply(place), progress, how))
    years = len(place.years)
    row = {
        "cost": cost * years, "grant": grant * years, "unfunded": max(cost - grant, 0.0) * years,
        "value_before": values[0], "value_after": values[1],
        # No number where either has no plan.
        "displaced": float(np.maximum(values[0] - values[1], 0.0)),
    }  # fmt: skip
    name = Names(place).of("service", service)
    made: list[Proposal] = []
    if cost > grant:
        why = f"The duty on {name} is funded in full: {whole_pounds(cost)} a year."
        made.append(Proposal(_duty(place, service, cost, cost, area), why, JUDGEMENT))
    none = "" if made else "the grant covers what the duty takes."
    notes = (
        "The duty is a floor by law: today's money of the service, carried on, and what it takes.",
        "Displaced is what the best plan is worth less: money goes to the duty that bought more.",
    )
    options = {"service": service, "cost": cost, "grant": grant, "area": area, "pooling": pooling}
    run = run_record(study="new_burden", place=place.name, inputs=place.digest, options=options)
    tables = {"burden": pd.DataFrame([row]), "proposals": proposals_table(made)}
    return NewBurden(f"A new duty on {name}", tables, notes, run, tuple(made), none, service=name)


def _value(place: Place, progress: Report | None, how: Mapping[str, Any]) -> float:
    try:
        return optimise(place, progress=progress, **how).public_value()
    except Infeasible:
        return float("nan")


def _duty(place: Place, service: str, cost: float, grant: float, area: str) -> Option:
    """The duty as floors by law, and its grant as a stream of who commissions the service."""
    today = simulate(place).money(["service", "area", "year"])
    inside = Geography.of(place)
    mine = today[today["service"] == service]
    mine = mine[[inside.is_within(each, area or inside.root) for each in mine["area"]]]
    spent = mine.groupby("year")["amount"].sum()
    where = f"service={service}" + (f"; area={area}" if area else "")
    rows = [
        {
            "rule": f"new_duty_{service}_{n}", "kind": "floor", "subject": where, "year": year,
            "amount": float(spent.get(year, 0.0)) + cost, "basis": "law",
            "reference": "the new duty",
        }
        for n, year in enumerate(place.years, start=1)
    ]  # fmt: skip
    option = Option(f"new duty on {Names(place).of('service', service)}").add("rules", *rows)
    if grant:
        commissioner = place.services.set_index("service")["commissioner"][service]
        purpose = place.services.set_index("service")["purpose"][service]
        stream = f"new_duty_{service}"
        option = option.add(
            "streams", stream=stream, name=f"grant for the {option.name}",
            agency=commissioner, raised="national", kind="revenue", recurrent=True,
        )  # fmt: skip
        option = option.add(
            "funding", *({"stream": stream, "year": year, "amount": grant} for year in place.years)
        )
        option = option.add("ring_fences", stream=stream, purpose=purpose)
    return option


# Reading.


def _grants(given: object) -> pd.DataFrame:
    """Grants as numbers; all that is wrong is named."""
    held, problems = typed_rows("grants", given, GRANTS)
    if problems:
        raise UnreadableTable.of(problems)
    held = held[["body", "class", "grant", "benefit"]].reset_index(drop=True)
    return held.fillna({"benefit": 0.0})


def _returns(given: object) -> pd.DataFrame:
    """Returns as numbers; all that is wrong is named."""
    held, problems = typed_rows("returns_due", given, RETURNS_DUE)
    if problems:
        raise UnreadableTable.of(problems)
    columns = ["return", "for", "service", "hours", "times", "rate"]
    # What nobody says is taken as asked for, and as used: nothing is ended by a blank.
    said = {name: [cell is not False for cell in held[name]] for name in ("law", "used")}
    return held[columns].assign(**said).reset_index(drop=True)
