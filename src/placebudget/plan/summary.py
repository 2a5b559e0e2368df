"""What a result says, as data; what one plan says; and how each shows itself."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from placebudget.place.geography import Geography
from placebudget.place.names import Names, succession_words, target_words
from placebudget.plan.borrowing import gates_said, loans_said
from placebudget.plan.need import need_points, unmet_words, value_of_services_led_by_need
from placebudget.plan.record.record import compared_at, method_in_words, ways_given
from placebudget.programme.money import share_of_reward
from placebudget.programme.objectives.value import NET, PUBLIC
from placebudget.texts import listed
from placebudget.words import but_for_pennies, count, money, plain
from placebudget.writing import file_to_write, replace_with

if TYPE_CHECKING:
    from placebudget.plan.plan import Plan


# What a plan says of services that keep today's money, nothing being known of their effects.

_PENNIES = 0.5
_ONE_BY_ONE = 8
"""So many that gave way are named; of more, their sums by year."""


def kept_beside(first: Plan, other: Plan) -> float:
    """How much more one plan leaves than another to services that both keep, in pounds.

    What that is worth no plan knows: it makes a plan worth less by what else the money did.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> kept_beside(pb.simulate(place), pb.optimise(place, prices=False))
    0.0
    """
    kept = set(first.run.get("kept", ())) & set(other.run.get("kept", ()))
    if not kept:
        return 0.0
    had, has = (
        plan.money("service").set_index("service")["amount"].reindex(sorted(kept), fill_value=0.0)
        for plan in (first, other)
    )
    return float((has - had).sum())


def kept_said(plan: Plan) -> Iterator[str]:
    """Sentences on them; none where there are no such services, or the money was given.

    Examples
    --------
    >>> import placebudget as pb
    >>> list(kept_said(pb.optimise(pb.example("toy_pooling"), prices=False)))
    []
    """
    kept = set(plan.run.get("kept", ()))
    if not kept or plan.status == "simulated":
        return
    labels = plan.labels["services"].set_index("service")
    agencies = plan.labels["agencies"].set_index("agency")["name"]
    whose, names = labels["commissioner"].map(agencies), labels["name"]
    spent = plan.money("service").set_index("service")["amount"]
    # As it came out: a line that may have other money than today need not.
    changed = [
        (service, area, year, has)
        for service, area, year, _, has in ways_given(plan.run)
        if abs(has) >= _PENNIES
    ]
    gave_way = {row[0] for row in changed}
    # Services of one name on either side are told apart: one is not kept and cut.
    both = set(names.reindex(list(kept - gave_way))) & set(names.reindex(list(gave_way)))
    names = names.where(~names.isin(both), names + " (" + whose + ")")
    if whole := sorted(kept - gave_way):
        alike = Counter(str(names[service]) for service in whole)
        said = listed(name if n == 1 else f"{name} ({n} agencies)" for name, n in alike.items())
        amount = money(float(spent.reindex(whole).sum()))
        yield f"kept as today, as no effect of theirs is counted: {said} ({amount})"
    if not changed:
        return
    left = money(float(spent.reindex(sorted(gave_way)).sum()))
    lead = "not kept, as need that must be met, other rules or limits leave no way"
    if len(changed) > _ONE_BY_ONE:
        years: dict[str, float] = {}
        for _, _, year, pounds in changed:
            years[year] = years.get(year, 0.0) + pounds
        said = listed(f"{year} {_by(pounds)}" for year, pounds in sorted(years.items()))
        yield f"{lead}: {len(gave_way)} services, which have {left} together, {said} than today"
        return
    places = plan.labels["areas"].set_index("area")["name"]
    each = (
        f"{names[service]} in {places.get(area, area)}, {year}, {_by(pounds)}"
        for service, area, year, pounds in changed
    )
    yield f"{lead}: {listed(each)} than today"


def _by(pounds: float) -> str:
    return f"{money(abs(pounds))} {'less' if pounds < 0 else 'more'}"


# What every result can do: show itself as one page, which opens from disk.


class Shown:
    """What has a page: one file that asks for nothing from elsewhere."""

    def to_html(self, path: str | os.PathLike[str] | None = None) -> str | Path:
        """The result as one stand-alone page; written if a path is given.

        Parameters
        ----------
        path : path or str, optional
            The file to write; a reader never finds half of it.

        Returns
        -------
        str or Path
            The page, or where it was written.

        Raises
        ------
        WrongArgument
            If the path is none, or does not end in ``.html``.

        Examples
        --------
        >>> import placebudget as pb
        >>> text = pb.simulate(pb.example("toy_pooling")).to_html()
        >>> "Toyland Council" in text, "The money, drawn" in text
        (True, True)
        """
        from placebudget.view.html import page_of

        goal = None if path is None else file_to_write(path, ".html", ".htm")
        page = page_of(self)
        if goal is None:
            return page
        replace_with(goal, page.encode())
        return goal


@dataclass(frozen=True)
class Paragraph:
    """A sentence, and the points that follow it; without a sentence, points alone."""

    text: str
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class Summary:
    """What a result says. Text, pages, workbooks and boards each lay it out their own way.

    Parameters
    ----------
    title : str
        What it is about.
    paragraphs : tuple of Paragraph
        What was found.
    close : str
        What it is: a model. Pages say so in a place of their own.

    Examples
    --------
    >>> found = Summary("Toyland", (Paragraph("Two areas:", ("North", "South")),))
    >>> found.lines
    ('Toyland', 'Two areas:', '- North', '- South')
    >>> found.sentences
    ('Two areas:', 'North', 'South')
    """

    title: str
    paragraphs: tuple[Paragraph, ...]
    close: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it, as lines of text."""
        found = _told(self.paragraphs, "- ")
        return (self.title, *found, *([self.close] if self.close else []))

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, a sentence or a point each."""
        return tuple(_told(self.paragraphs))


def sentences(lines: Iterable[str]) -> Iterator[Paragraph]:
    """Each line as a paragraph of its own."""
    return map(Paragraph, lines)


def _told(paragraphs: Iterable[Paragraph], mark: str = "") -> Iterator[str]:
    for each in paragraphs:
        yield from [each.text] if each.text else []
        yield from (f"{mark}{point}" for point in each.points)


def unmet_said(plans: Mapping[str, Plan]) -> tuple[Paragraph, ...]:
    """Need that must be met and is not, of plans by name: a sentence each, a point a service."""
    said = ((name, *unmet_words(plan)) for name, plan in plans.items())
    return tuple(
        Paragraph(f"{name}: {lead}.", tuple(f"{point}." for point in points))
        for name, lead, points in said
        if lead
    )


_NEARLY = 0.98


def rewards_said(plan: Plan, outcomes: Collection[str] | None = None) -> Iterator[str]:
    """What each target pays for what a plan reaches; nothing of today's money carried on.

    Parameters
    ----------
    outcomes : collection of str, optional
        Targets of these alone.

    Examples
    --------
    >>> import placebudget as pb
    >>> list(rewards_said(pb.simulate(pb.example("toy_pooling"))))
    []
    """
    place, made = plan.source, plan.tables["outcomes"]
    today = plan.run.get("options", {}).get("money") == "today"
    if place is None or place.targets.empty or today:
        return
    names, tree, last = Names(place), Geography.of(place), len(place.years) - 1
    shares = place.filled("target_shares")
    for row in place.filled("targets").to_dict("records"):
        if outcomes is not None and row["outcome"] not in outcomes:
            continue
        mine = (made["outcome"] == row["outcome"]) & (made["year"] == row["year"])
        mine &= made["area"].isin(tree.descendants(tree.key(row["area"])))
        has = float(made.loc[mine, "counted"].sum())
        paid = share_of_reward(has, row["baseline"], row["stretch"], row["threshold"])
        pays = shares.loc[shares["target"] == row["target"], "pays"].astype(bool)
        verb = "earns" if not pays.any() else "pays" if pays.all() else "earns and pays"
        said = f"{target_words(row, names)}; the plan has {count(has)} and {verb} "
        said += money(paid * row["reward"])
        near = row["baseline"] + row["threshold"] * (row["stretch"] - row["baseline"])
        if pays.any() and not paid and has > _NEARLY * near > 0:
            said += ", being just short of what is paid for"
        after = place.years.index(row["year"]) if row["year"] in place.years else last
        in_time = min(last - after, row["instalments"]) / row["instalments"]
        if paid and in_time < 1:
            said += (
                f", of which {money(paid * in_time * row['reward'])} comes in years it can spend"
            )
        yield said


def summarised(plan: Plan) -> Summary:
    """What a plan is, what it reaches, and what it does not keep.

    Examples
    --------
    >>> import placebudget as pb
    >>> print(pb.simulate(pb.example("toy_pooling")).summary())
    Toy place for pooling (invented): today’s spending carried on
    public value: £285 million (2025-26 prices, discounted)
    money on services: £90 million; not spent: £10 million
    savings as they fall: £0, of which cashable £0 (2025-26 prices, not discounted)
    """
    spent = float(plan.money()["amount"].sum())
    unspent = but_for_pennies(float(plan.unspent()["amount"].sum()), spent)
    saved = plan.savings()[["fiscal", "cashable"]].sum()
    unmet, people = unmet_words(plan)
    need, rewards = tuple(need_points(plan)), tuple(rewards_said(plan))
    loans = tuple(loans_said(plan))
    shut = () if plan.source is None else tuple(gates_said(plan.source))
    after = () if plan.source is None else succession_words(plan.source)
    said = [
        *_objectives(plan),
        f"money on services: {money(spent)}; not spent: {money(unspent)}",
        f"savings as they fall: {money(saved['fiscal'])}, of which cashable "
        f"{money(saved['cashable'])} ({plan.place['price_base']} prices, not discounted)",
    ]
    if compared_at(plan.run):
        said.append(f"solved by {method_in_words(plan.run)}")
    compared = {mark.get("base", "aligned") for mark in plan.run.get("benchmarks", {}).values()}
    said += [f"no worse off than working apart: beside the {name} plan" for name in compared]
    broken = [
        Paragraph(f"{title}:", tuple(plan.run[key]))
        for title, key in (
            ("rules not kept", "rules_not_kept"),
            ("conditions not kept", "conditions_not_kept"),
        )
        if plan.run.get(key)
    ]
    return Summary(
        f"{plan.place['title']}: {_called(plan)}",
        (
            *([Paragraph(f"{unmet}:", people)] if unmet else []),
            *sentences([*([plan.picked] if plan.picked else []), *said, *kept_said(plan)]),
            *([Paragraph("need, all years of money:", need)] if need else []),
            *([Paragraph("targets:", rewards)] if rewards else []),
            *([Paragraph("loans:", loans)] if loans else []),
            *([Paragraph("gateways:", shut)] if shut else []),
            *([Paragraph("who takes over:", after)] if after else []),
            *broken,
        ),
    )


def _objectives(plan: Plan) -> Iterator[str]:
    """What was made the most of; what services led by need bring themselves is said apart."""
    own = value_of_services_led_by_need(plan)
    for each in plan.objectives:
        said = objective_said(each.name, each.unit, each.value)
        if own and each.name in (PUBLIC, NET):
            said += f", of which services led by need bring {money(own)} themselves"
            said += "" if unmet_words(plan)[0] else ", as in every plan that meets all need"
        yield said


def _called(plan: Plan) -> str:
    """What a plan is, under which option, and why it is not the best where it is not."""
    said = _kind(plan)
    return f"{said}, with the option “{plan.option}”" if plan.option else said


def _kind(plan: Plan) -> str:
    if plan.status == "simulated":
        today = "today’s spending carried on"
        return today if plan.name == "today" else f"{today}, {plain(plan.name)}"
    if plan.name == "siloed":
        return f"each agency for itself, {plain(plan.status)}"
    best = f"best {plan.name} plan" if plan.name in ("aligned", "pooled", "freed") else plan.name
    return best if plan.status == "optimal" else f"{best}: {plain(plan.status)}"


def objective_said(name: str, unit: str, value: float) -> str:
    """How much a plan reaches of what it is best by.

    Examples
    --------
    >>> objective_said("public value", "pounds, present value", 310e6)
    'public value: £310 million (present value)'
    """
    head, _, rest = unit.partition(", ")
    if head == "pounds":
        return f"{name}: {money(value)} ({rest})"
    return f"{name}: {count(value)} ({unit})"
